/** The sectors of one partition that a power-on has written, as it reads them back. */
import { type Page } from '../disk/content'
import { type SectorRun, isInRun, joined, pageOfRun } from '../disk/sector-run'

export class Sectors {
  /** Disjoint, and none of them holds a sector of `single`. */
  private runs: SectorRun[] = []
  private readonly single = new Map<number, Page>()

  get(sector: number): Page | undefined {
    const single = this.single.get(sector)
    if (single !== undefined) return single
    const run = this.runs.find((each) => isInRun(each, sector))
    return run === undefined ? undefined : pageOfRun(run, sector)
  }

  write(first: number, pages: readonly Page[]): void {
    this.cut(first, pages.length)
    for (const [at, page] of pages.entries()) this.single.set(first + at, page)
  }

  writeRun(run: SectorRun): void {
    for (const sector of this.single.keys()) if (isInRun(run, sector)) this.single.delete(sector)
    const last = this.runs.at(-1)
    const both = last === undefined ? null : joined(last, run)
    this.cut(run.first, run.count)
    if (both !== null && this.runs.at(-1) === last) this.runs[this.runs.length - 1] = both
    else this.runs.push(run)
  }

  *written(): Generator<SectorRun | { readonly sector: number; readonly page: Page }> {
    yield* this.runs
    for (const [sector, page] of this.single) yield { sector, page }
  }

  /** Takes these sectors out of all runs. */
  private cut(first: number, count: number): void {
    const end = first + count
    if (!this.runs.some((run) => run.first < end && first < run.first + run.count)) return
    this.runs = this.runs.flatMap((run) => {
      const before = { ...run, count: Math.min(run.first + run.count, first) - run.first }
      const skipped = Math.max(run.first, end) - run.first
      const after = { ...run, first: run.first + skipped, block: run.block + skipped, count: run.count - skipped }
      return [before, after].filter((each) => each.count > 0)
    })
  }
}
