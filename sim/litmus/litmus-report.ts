/** What a run of litmus tests found: the document `powercut/litmus@1`, without its version. */

/** A survivor that satisfies the predicate. */
export interface Witness {
  /** Operations 0…cutPoint-1 had returned. */
  readonly cutPoint: number
  readonly cut: string
  /** Effects of the operations begun before the cut, oldest first. */
  readonly survived: readonly string[]
  readonly lost: readonly string[]
  /** What a reader then finds, by path or sector. */
  readonly state: Readonly<Record<string, string>>
}

/** One verdict line, held against one model. */
export interface LitmusResult {
  readonly test: string
  readonly model: string
  readonly end: string
  readonly expected: 'allowed' | 'forbidden' | 'contested'
  readonly reached: boolean
  /** A contested end may be reached or not: always true. */
  readonly ok: boolean
  /** Present where the end is reached. */
  readonly witness?: Witness
}

export interface LitmusCounts {
  /** Allowed and forbidden lines that hold. */
  readonly ok: number
  readonly failed: number
  readonly contested: number
  readonly na: number
  /** Lines that nobody decided, for the reasons in `skipped`. */
  readonly skipped: number
}

export interface Skipped {
  /** `model`: not there yet. `operation`: not there yet, its test was not run. `property`: prose, for a test written by hand. */
  readonly what: 'model' | 'operation' | 'property'
  readonly name: string
  readonly lines: number
}

export interface LitmusReport {
  readonly schema: 'powercut/litmus@1'
  readonly results: readonly LitmusResult[]
  readonly models: readonly ({ readonly model: string } & LitmusCounts)[]
  readonly skipped: readonly Skipped[]
  readonly summary: LitmusCounts
}
