/** A set of block numbers as runs: what files allocate and caches hold dirty comes in few long pieces, seldom out of order. */
import { known } from '../assert'

interface Run { from: number; to: number }

export class Blocks {
  /** Ascending, neither touching nor overlapping; `to` is the first block after. */
  private runs: Run[] = []
  size = 0

  /** Blocks first…first+count-1. Tells how many of them are new. */
  add(first: number, count: number): number {
    if (count <= 0) return 0
    let from = first
    let to = first + count
    let at = this.runs.length
    while (at > 0 && known(this.runs[at - 1], 'a run').to >= from) at--
    let swallowed = 0
    let held = 0
    for (let run = this.runs[at]; run !== undefined && run.from <= to; run = this.runs[at + swallowed]) {
      held += run.to - run.from
      from = Math.min(from, run.from)
      to = Math.max(to, run.to)
      swallowed++
    }
    this.runs.splice(at, swallowed, { from, to })
    this.size += to - from - held
    return to - from - held
  }

  /** Drops all blocks from this one on. Tells how many. */
  cut(keep: number): number {
    const before = this.size
    for (let run = this.runs.at(-1); run !== undefined && run.to > keep; run = this.runs.at(-1)) {
      const from = Math.max(run.from, keep)
      this.size -= run.to - from
      if (from > run.from) run.to = from
      else this.runs.pop()
    }
    return before - this.size
  }
}
