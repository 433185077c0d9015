/**
 * What a frame makes of a question, given which store each of its cells shows. The same code answers for one survivor
 * (`newestSurviving`) and, through `picks.ts`, for a whole world at once.
 */
import { assert, known } from '../assert'
import type { Inode, StoreId } from '../disk/call'
import { type Body, type Page, bodyKey, bodyOf, bodyPage, bodySize, nulPage, parseBody } from '../disk/content'
import {
  type CellId, type CellStore, type Frame, type InodeRecord, type View, absent, entryCell, pageCell, parseRecord, recordCell, sectorCell,
  seenAs, staleRecord, storesOf, toldCell,
} from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import { type Answer, type Disk, type Question, join } from './question'

/** Which of a cell's stores shows: the newest surviving one below `upTo`, or -1 for what was there at power-on. */
export type Pick = (cell: CellId, stores: readonly CellStore[], upTo: number) => number

export interface Setting {
  readonly frame: Frame
  readonly pick: Pick
  /** The disk at power-on of the step that wrote the frame. */
  readonly below: Disk
  readonly stores: ReadonlyMap<StoreId, StoreSetup>
}

export function evaluate(setting: Setting, question: Exclude<Question, { kind: 'group' }>): Answer {
  switch (question.kind) {
    case 'told': return cellContent(setting, toldCell(question.what), () => setting.below.answer(question))
    case 'sector': return cellContent(setting, sectorCell(question.store, question.sector), () => setting.below.answer(question))
    case 'node': {
      const found = lookUp(setting, question.store, question.path, question.view)
      return found === null ? absent : found.below !== null ? printNode(found.below.type, found.inode, question.path) : printNode(typeOf(setting, found.inode), found.inode, question.path)
    }
    case 'bytes': {
      const found = lookUp(setting, question.store, question.path, question.view)
      if (found === null) return 'absent'
      const type = found.below !== null ? found.below.type : typeOf(setting, found.inode)
      if (type !== 'f') return 'not a file'
      const body = bodyOfInode(setting, question.store, found.inode, question.view)
      return body === null ? 'stale' : bodyKey(body)
    }
  }
}

function printNode(type: string, inode: Inode, path: string): string {
  return type === 'f' && inode !== `@${path}` && inode !== `~${path}` ? `f=${inode}` : type
}

function typeOf(setting: Setting, inode: Inode): string {
  const node = known(setting.frame.nodes.get(inode), `inode ${inode}`)
  return node.type === 'file' ? 'f' : node.type === 'directory' ? 'd' : `l${node.target ?? ''}`
}

export interface Found {
  readonly inode: Inode
  /** Its type as the disk at power-on tells it; null for an inode that the frame made. */
  readonly below: { readonly type: string } | null
}

/** The inode that a canonical path leads to, or null. */
export function lookUp(setting: Setting, store: StoreId, path: string, view: View): Found | null {
  const at = entryOf(setting, store, path, view)
  if (at.kind === 'absent') return null
  if (at.kind === 'here') return fromInode(setting, store, at.inode, view)
  if (at.kind === 'kernel') return fromInode(setting, store, `@${at.path}`, view)
  return nodeBelow(setting, store, at.path, view)
}

export type Entry =
  | { readonly kind: 'absent' }
  /** The frame entered this inode. */
  | { readonly kind: 'here'; readonly inode: Inode }
  /** As it was at power-on, under this path then; `kernel`: as the kernel saw it then, brought home by a replay. */
  | { readonly kind: 'below' | 'kernel'; readonly path: string }

/** Walks a canonical path. Folders that were there at power-on are taken for granted: below a missing one all is missing. */
export function entryOf(setting: Setting, store: StoreId, path: string, view: View): Entry {
  if (path === '/') return { kind: 'below', path }
  const names = path.slice(1).split('/')
  let directory: Inode = '@/'
  for (const [depth, name] of names.entries()) {
    if (view === 'loader' && directory[0] === '#' && recordOf(setting, store, directory, view) === null) return { kind: 'absent' }
    const cell = seenAs(entryCell(store, directory, name), view)
    const content = cellContent(setting, cell, () => (directory[0] === '#' ? absent : belowMark))
    const last = depth === names.length - 1
    if (content === absent) return { kind: 'absent' }
    if (content === belowMark || content === kernelMark) {
      const pathThen = join(directory.slice(1), name)
      if (last) return { kind: content === kernelMark ? 'kernel' : 'below', path: pathThen }
      directory = content === kernelMark ? `@${pathThen}` : `${baseSign(setting, store, view)}${pathThen}`
      continue
    }
    if (last) return { kind: 'here', inode: content }
    directory = content
  }
  return { kind: 'absent' }
}

const belowMark = '\u0000below'
/** What the kernel saw at power-on, brought home by a journal replay. */
const kernelMark = '\u0000kernel'

/** Inodes known at power-on are named after their path: '@' as the kernel saw it, '~' as a loader saw it before a replay. */
function baseSign(setting: Setting, store: StoreId, view: View): string {
  return view === 'loader' && setting.frame.replays.has(store) ? '~' : '@'
}

function nodeBelow(setting: Setting, store: StoreId, path: string, view: View): Found | null {
  if (path === '/') return { inode: '@/', below: { type: 'd' } }
  const answer = setting.below.answer({ kind: 'node', store, path, view })
  if (answer === absent) return null
  const sign = baseSign(setting, store, view)
  if (answer.startsWith('f=')) return { inode: `${sign}${answer.slice(2)}`, below: { type: 'f' } }
  return { inode: `${sign}${path}`, below: { type: answer } }
}

function fromInode(setting: Setting, store: StoreId, inode: Inode, view: View): Found | null {
  if (inode[0] === '#') {
    // A name brought home before the inode it leads to: whatever that inode held before.
    if (view === 'loader' && typeOf(setting, inode)[0] === 'l' && recordOf(setting, store, inode, view) === null) return null
    return { inode, below: null }
  }
  const path = inode.slice(1)
  const answer = setting.below.answer({ kind: 'node', store, path, view: 'kernel' })
  if (answer === absent) return null
  return { inode: answer.startsWith('f=') ? `@${answer.slice(2)}` : inode, below: { type: answer[0] === 'f' ? 'f' : answer } }
}

/** The content of a cell; `below` gives it as it was at power-on. */
function cellContent(setting: Setting, cell: CellId, below: () => string): string {
  const stores = storesOf(setting.frame, cell)
  let upTo = stores.length
  let whenMissing: string | null = null
  for (;;) {
    const at = upTo === 0 ? -1 : setting.pick(cell, stores, upTo)
    const found = at < 0 ? below() : stores[at]!.content
    if (typeof found === 'string') {
      if (whenMissing === null) return found
      if (found === belowMark) return belowOr(setting, cell, whenMissing)
      return found === absent ? whenMissing : found
    }
    if ('asKernelSaw' in found) return kernelMark
    whenMissing = found.ifMissing // the oldest of several wins: the first one filled the gap
    upTo = at
  }
}

/** "Put it where it is missing" over what was there at power-on: only the disk then can tell. */
function belowOr(setting: Setting, cell: CellId, whenMissing: string): string {
  const [kind, store, directory, name] = cell.split('|')
  assert(kind === 'e' || kind === 'he', `${cell}: only names are put where missing`)
  const path = join(known(directory, cell).slice(1), known(name, cell))
  const answer = setting.below.answer({ kind: 'node', store: known(store, cell), path, view: kind === 'e' ? 'kernel' : 'loader' })
  return answer === absent ? whenMissing : belowMark
}

/** The inode record as the reader sees it; null: stale. */
function recordOf(setting: Setting, store: StoreId, inode: Inode, view: View): InodeRecord | null {
  const cell = seenAs(recordCell(store, inode), view)
  const content = cellContent(setting, cell, () => (inode[0] === '#' ? staleRecord : belowMark))
  if (content === staleRecord) return null
  if (content === belowMark || content === kernelMark) {
    const body = bodyBelow(setting, store, inode, content === kernelMark ? 'kernel' : view)
    return body === null ? null : { sizeBytes: bodySize(body), generation: 0 }
  }
  return parseRecord(content)
}

function bodyBelow(setting: Setting, store: StoreId, inode: Inode, view: View): Body | null {
  // '@' is a name of the kernel's; where the loader's view lags there was a replay, and it saw to it.
  const as: View = inode[0] === '~' ? 'loader' : setting.frame.replays.has(store) ? 'kernel' : view
  return parseBody(setting.below.answer({ kind: 'bytes', store, path: inode.slice(1), view: as }))
}

/** The content of a file; null when the reader meets an inode record that was never written home. */
export function bodyOfInode(setting: Setting, store: StoreId, inode: Inode, view: View): Body | null {
  const record = recordOf(setting, store, inode, view)
  if (record === null) return null
  const { unitBytes } = known(setting.stores.get(store), store)
  let base: Body | null | undefined
  const pages: Page[] = []
  for (let block = 0; block * unitBytes < record.sizeBytes; block++) {
    // File data has one place on the disk, the same for all readers.
    pages.push(cellContent(setting, pageCell(store, inode, record.generation, block), () => {
      if (inode[0] === '#' || record.generation > 0) return nulPage
      base ??= bodyBelow(setting, store, inode, view)
      return base === null ? nulPage : bodyPage(base, block, unitBytes)
    }))
  }
  return bodyOf(pages, record.sizeBytes, unitBytes)
}

/** True when the frame may have changed the content of an inode that was there at power-on. */
export function isRewritten(frame: Frame, store: StoreId, inode: Inode): boolean {
  return frame.cells.has(recordCell(store, inode)) || frame.rewritten.has(`${store}|${inode}`)
}
