/** What the main thread and the thread of one system tell each other. */
import type { Cuts, ReplayReport } from '../reports/run-report'
import type { Analysis } from './analyse'
import type { BuildRequest } from './build'
import type { Expectation } from './expectations'
import type { Token } from './token'

/** All that a system can end in. */
export interface AnalyseWork {
  readonly kind: 'analyse'
  readonly cuts: Cuts
  readonly statesMax: number
  readonly expect: readonly Expectation[]
}

/** One story again. */
export interface ReplayWork {
  readonly kind: 'replay'
  /** As somebody typed it, for the report. */
  readonly text: string
  readonly token: Token
}

export type Work = AnalyseWork | ReplayWork
export type ResultOf<W extends Work> = W extends AnalyseWork ? Analysis : ReplayReport

export interface Task<W extends Work = Work> {
  readonly build: Omit<BuildRequest, 'strategy' | 'strategyDigest'>
  readonly work: W
  readonly strategyModule: string | null
  /** How long user code may take for one power-on. */
  readonly silenceSeconds: number
  /** `beat` by name: see there. */
  readonly heartbeat: SharedArrayBuffer
  /** The thread died in this power-on of the work: now it is to crash there instead. */
  readonly crash?: { readonly atPowerOn: number; readonly why: string }
}

/** Places in the shared memory. */
export const beat = {
  /** Power-ons begun. */
  powerOns: 0,
  /** Odd: user code runs. Counts up at each change. */
  user: 1,
  /** 0: it is loaded. 1: the first uncut run. 2: the work itself. */
  phase: 2,
} as const
export const beats = Object.keys(beat).length

export const phases = ['while it was loaded', 'in the first uncut run', 'after a power cut'] as const

export type Message =
  | { readonly kind: 'progress'; readonly states: number; readonly executions: number }
  | { readonly kind: 'done'; readonly result: Analysis | ReplayReport }
  | { readonly kind: 'refused'; readonly error: { readonly file: string; readonly line: number; readonly column: number; readonly found: string; readonly expected: string } }
  | { readonly kind: 'failed'; readonly message: string; readonly isDefect: boolean }
