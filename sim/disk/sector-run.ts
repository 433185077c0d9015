/**
 * A run of sectors that hold consecutive blocks of one blob: an image of a gigabyte is one run, not two million sectors.
 *
 * A history writes a run call by call (`WrittenRun`); what a disk shows in the end is a `SectorRun`.
 */
import { type Page, blobPage } from './content'
import type { StoreId } from './call'
import type { EffectId } from './order'

export interface SectorRun {
  readonly first: number
  readonly count: number
  readonly blob: string
  /** Block of the blob in sector `first`. */
  readonly block: number
}

/** Effect `firstEffect + i` writes the i-th `perEffect` sectors of the run; the last one may be shorter. */
export interface WrittenRun extends SectorRun {
  readonly store: StoreId
  readonly firstEffect: EffectId
  readonly perEffect: number
}

export function pageOfRun(run: SectorRun, sector: number): Page {
  return blobPage(run.blob, run.block + sector - run.first)
}

export function isInRun(run: SectorRun, sector: number): boolean {
  return sector >= run.first && sector < run.first + run.count
}

export function effectAt(run: WrittenRun, sector: number): EffectId {
  return run.firstEffect + Math.floor((sector - run.first) / run.perEffect)
}

/** One run where the second goes on where the first ends; else null. */
export function joined(run: SectorRun, next: SectorRun): SectorRun | null {
  const goesOn = next.blob === run.blob && next.first === run.first + run.count && next.block === run.block + run.count
  return goesOn ? { ...run, count: run.count + next.count } : null
}

/** The same for runs that a history writes: effects go on as well. */
export function joinedWritten(run: WrittenRun, next: WrittenRun): WrittenRun | null {
  const isWhole = run.count % run.perEffect === 0
  const fits = next.perEffect === run.perEffect || (next.count === next.perEffect && next.count < run.perEffect)
  const goesOn = isWhole && fits && next.store === run.store && next.firstEffect === run.firstEffect + run.count / run.perEffect
  const both = goesOn ? joined(run, next) : null
  return both === null ? null : { ...run, count: both.count }
}
