/** What a cell holds, given which of its stores shows. */
import { assert, known } from '../assert'
import type { StoreId } from '../disk/call'
import { type CellId, type CellStore, type Frame, type IfMissing, type StoreContent, type View, absent, storesOf } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import { type Disk, join } from './question'

/** Which of a cell's stores shows: the newest surviving one below `upTo`, or -1 for what was there at power-on. */
export type Pick = (cell: CellId, stores: readonly CellStore[], upTo: number) => number

export interface Setting {
  readonly frame: Frame
  readonly pick: Pick
  /** The disk at power-on of the step that wrote the frame. */
  readonly below: Disk
  readonly stores: ReadonlyMap<StoreId, StoreSetup>
}

/** Where home locations never lag all readers see the same. */
export function effectiveView({ stores }: { readonly stores: Setting['stores'] }, store: StoreId, view: View): View {
  return known(stores.get(store), store).model.homeLags ? view : 'kernel'
}

/** Inodes known at power-on are named after their path: '@' as the kernel saw it, '~' as a loader saw it before a replay. */
export function baseSign(setting: Setting, store: StoreId, view: View): string {
  return view === 'loader' && setting.frame.replays.has(store) ? '~' : '@'
}

/** In the place of a content: as it was at power-on. */
export const belowMark = '\u0000below'
/** What the kernel saw at power-on, brought home by a journal replay. */
export const kernelMark = '\u0000kernel'

/** The content of a cell; `below` gives it as it was at power-on. */
export function cellContent(setting: Setting, cell: CellId, below: () => string): string {
  const stores = storesOf(setting.frame, cell)
  let upTo = stores.length
  // Writing again what is there already: whichever survives, it shows the same.
  if (upTo > 0 && (cell[0] === 's' || cell[0] === 'p') && stores.every(({ content }) => content === stores[0]!.content) && below() === stores[0]!.content) return below()
  let whenMissing: string | null = null
  for (;;) {
    const at = upTo === 0 ? -1 : setting.pick(cell, stores, upTo)
    const found = at < 0 ? below() : seen(cell, stores[at]!.content, below)
    if (typeof found === 'string') {
      if (whenMissing === null) return found
      if (found === belowMark || found === kernelMark) return isMissingBelow(setting, cell, found) ? whenMissing : found
      return found === absent ? whenMissing : found
    }
    whenMissing = found.ifMissing // the oldest of several wins: the first one filled the gap
    upTo = at
  }
}

/** A replay brings home what the kernel saw at power-on; of what this power-on made that is nothing. */
function seen(cell: CellId, content: StoreContent, below: () => string): string | IfMissing {
  if (typeof content === 'string' || 'ifMissing' in content) return content
  return cell.split('|', 3)[2]![0] === '#' ? below() : kernelMark
}

/** "Put it where it is missing" over what was there at power-on: only the disk then can tell. */
function isMissingBelow(setting: Setting, cell: CellId, mark: string): boolean {
  const [kind, store, directory, name] = cell.split('|')
  assert(kind === 'e' || kind === 'he', `${cell}: only names are put where missing`)
  const path = join(known(directory, cell).slice(1), known(name, cell))
  const view: View = kind === 'e' || mark === kernelMark ? 'kernel' : 'loader'
  return setting.below.answer({ kind: 'node', store: known(store, cell), path, view }) === absent
}
