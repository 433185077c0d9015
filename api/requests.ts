/** What the engine is asked for. Names are those that `powercut list` shows; nothing here depends on a terminal. */
import type { CompareReport, Cuts, ReplayReport, SweepReport, SystemReport } from '../reports/run-report'
import type { Options } from '../sim/machine/os'
import type { Expectation, Held } from './expectations'

/** A bundled release by its full name ('server/deb12-a'), or one of a manifest that somebody handed in. */
export type ReleaseSource =
  | { readonly kind: 'bundled'; readonly name: string }
  | { readonly kind: 'manifest'; readonly file: string; readonly bytes: Uint8Array; readonly name: string }

export interface ReleasePair {
  readonly from: ReleaseSource
  readonly to: ReleaseSource
}

export interface Progress {
  readonly system: string
  /** In a few words: 'recording', 'closing', 'replaying'. */
  readonly doing: string
  readonly states?: number
  readonly executions?: number
}

interface Request {
  readonly releases: ReleasePair
  readonly cuts: Cuts
  /** Name of the profile that all times are counted with. */
  readonly hardware: string
  /** `strategy.option` or `loader.option` → value, over those of the systems. */
  readonly options: Options
  /** Absolute path of a module whose strategy runs on the systems instead of their own. */
  readonly strategyModule?: string
  /** That file as the user named it, for the lines that replay findings; default: its path. */
  readonly strategyShown?: string
  /** How long that strategy may take for one power-on before it counts as crashed; default 10. */
  readonly silenceSeconds?: number
  /** Threads; the result does not depend on it. */
  readonly workers: number
  readonly seed: string
  /** Most states of the closure; beyond that the search is incomplete. */
  readonly statesMax?: number
  /** Aborted when nobody waits for the result any more: stop the workers. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface CompareRequest extends Request {
  readonly systems: readonly string[]
  /** Called with each system as soon as it is decided, in the order of `systems`. */
  readonly onSystem?: (system: SystemReport) => void
}

export interface SweepRequest extends Request {
  readonly system: string
  /** Called now and then with what is known so far, as an incomplete report. */
  readonly onPartial?: (report: SweepReport) => void
}

/** What a token knows by digest only. */
export type ReplayFiles = Pick<Request, 'strategyModule' | 'strategyShown'> & { readonly releases?: ReleasePair }

export type ReplayAround = Pick<Request, 'silenceSeconds' | 'signal' | 'onProgress'>

/** One variant of a scenario on one system. */
export interface JudgeQuestion {
  readonly name: string
  readonly build: { readonly system: string; readonly releases: ReleasePair; readonly hardware: string; readonly options: Options }
  readonly cuts: Cuts
  readonly expect: readonly Expectation[]
}

export type JudgeAround = Pick<Request, 'workers' | 'statesMax' | 'signal' | 'onProgress'>

/** For each expectation. */
export type Judged = readonly Held[]

export interface Engine {
  compareSystems(request: CompareRequest): Promise<CompareReport>
  sweepSystem(request: SweepRequest): Promise<SweepReport>
  replayToken(token: string, request: ReplayFiles & ReplayAround): Promise<ReplayReport>
  judgeExpectations(questions: readonly JudgeQuestion[], around: JudgeAround): Promise<readonly Judged[]>
}
