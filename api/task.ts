/** What the main thread and the thread of one system tell each other. */
import type { Cuts } from '../reports/run-report'
import type { Analysis } from './analyse'
import type { BuildRequest } from './build'
import type { Expectation } from './expectations'

export interface Task {
  readonly build: Omit<BuildRequest, 'strategy' | 'strategyDigest'>
  readonly cuts: Cuts
  readonly statesMax: number
  readonly strategyModule: string | null
  readonly expect: readonly Expectation[]
  /** How long user code may take for one power-on. */
  readonly silenceSeconds: number
  /** `beat` by name: see there. */
  readonly heartbeat: SharedArrayBuffer
  /** The thread died in this power-on of the search: now it is to crash there instead. */
  readonly crash?: { readonly atPowerOn: number; readonly why: string }
}

/** Places in the shared memory. */
export const beat = {
  /** Power-ons begun. */
  powerOns: 0,
  /** Odd: user code runs. Counts up at each change. */
  user: 1,
  /** 0: it is loaded. 1: the first uncut run. 2: the search. */
  phase: 2,
} as const
export const beats = Object.keys(beat).length

export const phases = ['while it was loaded', 'in the first uncut run', 'after a power cut'] as const

export type Message =
  | { readonly kind: 'progress'; readonly states: number; readonly executions: number }
  | { readonly kind: 'done'; readonly analysis: Analysis }
  | { readonly kind: 'refused'; readonly error: { readonly file: string; readonly line: number; readonly column: number; readonly found: string; readonly expected: string } }
  | { readonly kind: 'failed'; readonly message: string; readonly isDefect: boolean }
