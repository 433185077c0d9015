/**
 * A frame: one history lowered to effects, with the order between them and an index of what each cell may hold.
 *
 * Cells are named by text. Of a file system:
 *   e|store|directory inode|name   the inode that the name leads to, or absent
 *   r|store|inode                  "size,generation" of the inode record; blocks of an older generation are gone
 *   p|store|inode|generation|block a page; w|store|inode|generation all pages of a blob
 * of a partition `s|store|sector`, and of what people were told `m|what`. A leading `h` is the same cell as a reader sees it
 * that replays no journal ("home").
 */
import type { Call, Inode, NodeKind, StoreId } from './call'
import type { EffectId, Order } from './order'
import { type WrittenRun, effectAt, isInRun, pageOfRun } from './sector-run'

export type CellId = string
/** What readers of a disk can do: the kernel replays the journal, most loaders do not. */
export type View = 'kernel' | 'loader'

/** In a store's content: whatever is below, except where it is absent. */
export interface IfMissing { readonly ifMissing: string }
/** In a store's content: what the kernel saw of the cell at power-on (journal replay). */
export interface AsKernelSaw { readonly asKernelSaw: CellId }
export type StoreContent = string | IfMissing | AsKernelSaw

/** One write of one cell by one effect. A cell shows its newest surviving store, else what was there at power-on. */
export interface CellStore { readonly effect: EffectId; readonly content: StoreContent }

/** An inode that a history made; `path`: where, for stories. */
export interface NewNode { readonly type: NodeKind; readonly target?: string; readonly path: string }

export interface Frame {
  readonly calls: readonly Call[]
  readonly order: Order
  readonly cells: ReadonlyMap<CellId, readonly CellStore[]>
  /** Sectors written as parts of a blob: disjoint, and none of them is among `cells`. */
  readonly runs: ReadonlyMap<StoreId, readonly WrittenRun[]>
  /** Numbers of the sectors that are among `cells`. */
  readonly sectors: ReadonlyMap<StoreId, ReadonlySet<number>>
  /** Inodes that this history made. */
  readonly nodes: ReadonlyMap<Inode, NewNode>
  /** The call that issued each effect is `order.issued`; what it is in words: */
  readonly says: (effect: EffectId) => string
  /** `store|inode` of files whose pages this history wrote. */
  readonly rewritten: ReadonlySet<string>
  /** `store|inode|generation` of files of which single pages were written. */
  readonly paged: ReadonlySet<string>
  /** Journal replays: store → the effect that brings all of it home. */
  readonly replays: ReadonlyMap<StoreId, EffectId>
}

/** All stores to a cell, oldest first. */
export function storesOf(frame: Frame, cell: CellId): readonly CellStore[] {
  const own = frame.cells.get(cell) ?? []
  if (cell[0] === 's' && own.length === 0 && frame.runs.size > 0) return storesOfRun(frame, cell)
  if (cell[0] !== 'h' || frame.replays.size === 0) return own
  const replay = frame.replays.get(cell.split('|', 2)[1]!)
  return replay === undefined ? own : [{ effect: replay, content: { asKernelSaw: cell.slice(1) } }, ...own]
}

function storesOfRun(frame: Frame, cell: CellId): readonly CellStore[] {
  const [, store, number] = cell.split('|')
  const sector = Number(number)
  const run = frame.runs.get(store!)?.find((each) => isInRun(each, sector))
  return run === undefined ? [] : [{ effect: effectAt(run, sector), content: pageOfRun(run, sector) }]
}

export const absent = ''

export function entryCell(store: StoreId, directory: Inode, name: string): CellId {
  return `e|${store}|${directory}|${name}`
}

export function recordCell(store: StoreId, inode: Inode): CellId {
  return `r|${store}|${inode}`
}

export function pageCell(store: StoreId, inode: Inode, generation: number, block: number): CellId {
  return `p|${store}|${inode}|${generation}|${block}`
}

/**
 * All pages of a file that was filled with a blob in one go, as one cell: `R<blob>`, or what shows without the data. Nobody has
 * the bytes of a blob, so nobody can tell which of its pages are missing, only that some are.
 */
export function runCell(store: StoreId, inode: Inode, generation: number): CellId {
  return `w|${store}|${inode}|${generation}`
}

export function sectorCell(store: StoreId, sector: number): CellId {
  return `s|${store}|${sector}`
}

export function toldCell(what: string): CellId {
  return `m|${what}`
}

/** The same cell as seen without journal replay. */
export function homeCell(cell: CellId): CellId {
  return `h${cell}`
}

export function seenAs(cell: CellId, view: View): CellId {
  return view === 'kernel' ? cell : homeCell(cell)
}

export interface InodeRecord { readonly sizeBytes: number; readonly generation: number }

/** A record never written home: the name leads to whatever the inode held before. */
export const staleRecord = 'stale'

export function recordContent(sizeBytes: number, generation: number): string {
  return `${sizeBytes},${generation}`
}

export function parseRecord(content: string): InodeRecord {
  const comma = content.indexOf(',')
  return { sizeBytes: Number(content.slice(0, comma)), generation: Number(content.slice(comma + 1)) }
}
