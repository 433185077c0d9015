/**
 * The documents that powercut hands out: plain data, versioned by `schema`, described by `schemas/*.schema.json`.
 * What each measure means is told in docs; here are units and shapes. No durations of powercut itself: same input, same bytes.
 */
import type { Flag, Remedy } from '../sim/explore/machine'
import type { Outcome } from '../sim/judge/outcome'

export type { Flag, Outcome, Remedy }

/** Most power cuts in one story. */
export type Cuts = number | 'any'

export type ByOutcome<T> = Readonly<Record<Outcome, T>>
export type ByFlag<T> = Readonly<Record<Flag, T>>

export interface Relied {
  readonly rule: string
  /** Measured, read in source, documented, reported in an issue, our reasoning. */
  readonly evidence: 'M' | 'S' | 'D' | 'I' | 'R'
  readonly contested: boolean
}

/** All stories of one cause (what broke, where), told by the shortest. */
export interface Finding {
  readonly verdict: Outcome
  readonly flags: readonly Flag[]
  readonly remedy: Remedy
  /** What broke and where, in a few words: the cause. */
  readonly class: string
  /** The law that it breaks; null when the strategy vows nothing of the kind. */
  readonly invariant: string | null
  readonly token: string
  /** The command line that replays it. */
  readonly replay: string
  readonly story: readonly string[]
  readonly reliesOn: readonly Relied[]
  readonly count: number
}

/** Null: the machine never comes up. */
export interface Spread {
  readonly median: number | null
  readonly p95: number | null
  readonly worst: number | null
}

/** At most 200 equal parts of the measured span, in order; see `bucketed` in `timeline.ts`. */
export interface Timeline {
  readonly buckets: readonly Bucket[]
}

export interface Bucket {
  /** When it begins, from the call of the updater. */
  readonly atSeconds: number
  /** Most bytes allocated over those at the start. */
  readonly extraBytes: number
  /** Worst outcome of a cut within it. */
  readonly worst: Outcome
}

export interface SystemReport {
  readonly system: string
  readonly strategy: string
  readonly loader: string
  readonly release: { readonly from: string; readonly to: string }
  readonly wireBytes: number
  readonly requests: number
  /** Null when the new release holds no new content. */
  readonly wireRatio: number | null
  readonly changedBytes: number
  readonly bytesWritten: {
    readonly data: number
    readonly metadata: number
    readonly journal: number
    readonly loader: number
    readonly total: number
  }
  /** Null when the new release holds no new content. */
  readonly writeAmplification: number | null
  readonly peakExtraBytes: number
  readonly steadyBytes: number
  readonly barriers: number
  readonly deviceFlushes: number
  readonly boots: number
  readonly downtimeSeconds: number
  readonly updateSeconds: number
  readonly settlingSeconds: number
  readonly cutPoints: number
  /** `exact`: a decimal string of up to 64 digits, else null. */
  readonly crashStates: { readonly log10: number; readonly exact: string | null }
  readonly executions: number
  readonly complete: boolean
  /** Number of cut points by their worst outcome; the sum is `cutPoints`. */
  readonly verdicts: ByOutcome<number>
  /** Number of cut points at which this outcome is among the possible ones. */
  readonly possible: ByOutcome<number>
  readonly flags: ByFlag<number>
  readonly exposureSeconds: ByOutcome<number>
  readonly certainSeconds: ByOutcome<number>
  readonly vulnerableSeconds: number
  /** From 0 to 1. */
  readonly exposureShare: number
  readonly recovery: { readonly boots: Spread; readonly seconds: Spread; readonly remedy: Remedy }
  readonly findings: readonly Finding[]
  readonly timeline: Timeline
}

export interface CompareReport {
  readonly schema: 'powercut/compare@1'
  /** Of powercut. */
  readonly version: string
  readonly cuts: Cuts
  /** Name of the hardware profile. */
  readonly hardware: string
  readonly systems: readonly SystemReport[]
}

/** Why a search stopped before its end, what it did cover, and the option that lets it go further. */
export interface Incomplete {
  readonly why: string
  readonly covered: string
  readonly raise: string
}

export interface SweepReport extends SystemReport {
  readonly schema: 'powercut/sweep@1'
  readonly version: string
  readonly cuts: Cuts
  readonly hardware: string
  readonly closure: { readonly states: number; readonly edges: number }
  /** Present exactly when `complete` is false. */
  readonly incomplete?: Incomplete
}

export interface ReplayReport {
  readonly schema: 'powercut/replay@1'
  readonly version: string
  readonly token: string
  readonly verdict: Outcome
  readonly flags: readonly Flag[]
  readonly remedy: Remedy
  readonly story: readonly string[]
  /** False: it ended otherwise than the token says. */
  readonly reproduced: boolean
}

export interface ListItem {
  readonly name: string
  readonly summary: string
  /** What `show` tells beyond the summary. */
  readonly details?: readonly { readonly label: string; readonly lines: readonly string[] }[]
}

export interface ListReport {
  readonly schema: 'powercut/list@1'
  readonly version: string
  readonly kind: string
  readonly items: readonly ListItem[]
}

export interface CheckedVariant {
  readonly name: string
  readonly ok: boolean
  readonly complete: boolean
  /** As in the scenario file: 'always new', 'sometimes brick after installed'. */
  readonly expected: readonly string[]
  /** Null where nothing was judged. */
  readonly got: readonly string[] | null
  readonly findings: readonly Finding[]
}

export interface CheckReport {
  readonly schema: 'powercut/check@1'
  readonly version: string
  readonly scenarios: readonly { readonly name: string; readonly file: string; readonly variants: readonly CheckedVariant[] }[]
  /** Counts of variants. */
  readonly summary: { readonly ok: number; readonly failed: number; readonly incomplete: number }
}

export type Report = CompareReport | SweepReport | ReplayReport | ListReport | CheckReport
