/** What scripts of whole-tree calls come to, remembered for all power-ons of a machine: names, files, how many calls, how long. */
import type { FileSystemOperation } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { type Patch, patchOf } from '../fs/patch'
import { type Hardware, type Nanoseconds, Stopwatch } from './hardware'
import type { TreeScript } from './os'
import { treesOn } from './trees'

export interface TimedPatch {
  readonly patch: Patch
  readonly calls: number
  readonly took: Nanoseconds
  /** Bytes of files that nobody has synced. */
  readonly dirty: ReadonlyMap<string, number>
}

export class PatchBook {
  private readonly books = new Map<StoreSetup, WeakMap<TreeScript, TimedPatch | 'seen' | 'none'>>()
  private made = 0

  constructor(private readonly hardware: Hardware) {}

  /** Null the first time, since most scripts of most machines run once; and where what it comes to hangs on what is there. */
  find(setup: StoreSetup, script: TreeScript): TimedPatch | null {
    let book = this.books.get(setup)
    if (book === undefined) this.books.set(setup, book = new WeakMap())
    let found = book.get(script)
    if (found === undefined) book.set(script, 'seen')
    else if (found === 'seen') book.set(script, found = this.make(setup, script) ?? 'none')
    return typeof found === 'object' ? found : null
  }

  private make(setup: StoreSetup, script: TreeScript): TimedPatch | null {
    const stopwatch = new Stopwatch(this.hardware, () => setup.unitBytes)
    let calls = 0
    let took = 0
    const record = (store: string, does: FileSystemOperation): void => {
      calls++
      took += stopwatch.took(store, does)
    }
    const patch = patchOf(setup, `#P${++this.made}.`, record, (volume) => script(treesOn(volume)))
    return patch === null ? null : { patch, calls, took, dirty: stopwatch.dirtyFiles(setup.id) }
  }
}
