/**
 * What a frame makes of a question, given which store each of its cells shows. The same code answers for one survivor
 * (`newestSurviving`) and, through `picks.ts`, for a whole world at once.
 */
import { assert, known } from '../assert'
import type { Inode, StoreId } from '../disk/call'
import { type Body, type Page, blobPage, bodyKey, bodyOf, bodyPage, bodySize, nulPage, parseBody } from '../disk/content'
import {
  type CellId, type CellStore, type Frame, type IfMissing, type InodeRecord, type StoreContent, type View, absent, entryCell, pageCell, parseRecord, recordCell, runCell, sectorCell,
  seenAs, staleRecord, storesOf, toldCell,
} from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import { type Answer, type Disk, type Question, join, nameOf, parentOf } from './question'

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
      const found = lookUp(setting, question.store, question.path, effectiveView(setting, question.store, question.view))
      return found === null ? absent : printNode(typeOf(setting, found), found.inode, question.path)
    }
    case 'bytes': {
      const view = effectiveView(setting, question.store, question.view)
      const found = lookUp(setting, question.store, question.path, view)
      if (found === null) return 'absent'
      const type = typeOf(setting, found)
      if (type !== 'f') return 'not a file'
      const body = bodyOfInode(setting, question.store, found.inode, view)
      return body === null ? 'stale' : bodyKey(body)
    }
  }
}

/** Where home locations never lag all readers see the same. */
export function effectiveView({ stores }: { readonly stores: Setting['stores'] }, store: StoreId, view: View): View {
  return known(stores.get(store), store).model.homeLags ? view : 'kernel'
}

function printNode(type: string, inode: Inode, path: string): string {
  return type === 'f' && inode !== `@${path}` && inode !== `~${path}` ? `f=${inode}` : type
}

/** 'd', 'f' or 'l' and its target. */
export function typeOf(setting: Setting, { inode, below }: Found): string {
  return below === null ? typeOfNew(setting, inode) : below.type
}

function typeOfNew(setting: Setting, inode: Inode): string {
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
  return leadsTo(setting, store, entryOf(setting, store, path, view), view)
}

/** The inode that an entry leads to, or null. */
export function leadsTo(setting: Setting, store: StoreId, at: Entry, view: View): Found | null {
  if (at.kind === 'absent') return null
  if (at.kind === 'here') return fromInode(setting, store, at.inode, view)
  return nodeBelow(setting, store, at.path, at.kind === 'kernel' ? 'kernel' : view)
}

export type Entry =
  | { readonly kind: 'absent' }
  /** The frame entered this inode. */
  | { readonly kind: 'here'; readonly inode: Inode }
  /** As it was at power-on, under this path then; `kernel`: as the kernel saw it then, brought home by a replay. */
  | { readonly kind: 'below' | 'kernel'; readonly path: string }

/** Walks a canonical path. Folders that were there at power-on are taken for granted: below a missing one all is missing. */
export function entryOf(setting: Setting, store: StoreId, path: string, view: View): Entry {
  if (path === '/' || isUntouched(setting.frame, store, path, view)) return { kind: 'below', path }
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

const untouched = new WeakMap<Frame, Map<string, boolean>>()

/** No name on the path was touched by the frame: asked of the same paths for each state that ends in it. */
function isUntouched(frame: Frame, store: StoreId, path: string, view: View): boolean {
  if (view === 'loader' && frame.replays.has(store)) return false
  let paths = untouched.get(frame)
  if (paths === undefined) untouched.set(frame, paths = new Map<string, boolean>())
  const key = `${view} ${store}:${path}`
  let is = paths.get(key)
  if (is === undefined) {
    const parent = parentOf(path)
    is = (parent === '/' || isUntouched(frame, store, parent, view)) && !frame.cells.has(seenAs(entryCell(store, `@${parent}`, nameOf(path)), view))
    paths.set(key, is)
  }
  return is
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
    if (view === 'loader' && typeOfNew(setting, inode)[0] === 'l' && recordOf(setting, store, inode, view) === null) return null
    return { inode, below: null }
  }
  const path = inode.slice(1)
  const answer = setting.below.answer({ kind: 'node', store, path, view: 'kernel' })
  // A folder that was made blindly goes by its path, and here it was missing.
  if (answer === absent) return { inode, below: { type: 'd' } }
  return { inode: answer.startsWith('f=') ? `@${answer.slice(2)}` : inode, below: { type: answer[0] === 'f' ? 'f' : answer } }
}

/** The content of a cell; `below` gives it as it was at power-on. */
function cellContent(setting: Setting, cell: CellId, below: () => string): string {
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

/** A file, page by page: each page asked for is one more thing that survivors differ in. */
export interface OpenFile {
  readonly sizeBytes: number
  readonly generation: number
  page(block: number): Page
}

/** Null when the reader meets an inode record that was never written home. */
export function openInode(setting: Setting, store: StoreId, inode: Inode, view: View): OpenFile | null {
  const record = recordOf(setting, store, inode, view)
  if (record === null) return null
  const { unitBytes } = known(setting.stores.get(store), store)
  let base: Body | null | undefined
  const own = inode.replace(/^~/, '@')
  const run = runCell(store, own, record.generation)
  let filled: Page | undefined
  return {
    sizeBytes: record.sizeBytes,
    generation: record.generation,
    // File data has one place on the disk, the same for all readers.
    page: (block) => cellContent(setting, pageCell(store, own, record.generation, block), () => {
      if (setting.frame.cells.has(run)) {
        filled ??= cellContent(setting, run, () => nulPage)
        return filled[0] === 'R' ? blobPage(filled.slice(1), block) : filled
      }
      if (inode[0] === '#' || record.generation > 0) return nulPage
      base ??= bodyBelow(setting, store, inode, view)
      return base === null ? nulPage : bodyPage(base, block, unitBytes)
    }),
  }
}

/** The content of a file; null when the reader meets an inode record that was never written home. */
export function bodyOfInode(setting: Setting, store: StoreId, inode: Inode, view: View): Body | null {
  const file = openInode(setting, store, inode, view)
  if (file === null) return null
  const { unitBytes } = known(setting.stores.get(store), store)
  const pages: Page[] = []
  const first = file.sizeBytes > 0 ? file.page(0) : nulPage
  // An empty file is empty, whatever it was to hold.
  if (file.sizeBytes > 0 && setting.frame.cells.has(runCell(store, inode, file.generation)) && !setting.frame.paged.has(`${store}|${inode}|${file.generation}`)) {
    return first[0] === 'R' ? { kind: 'blob', blob: first.slice(1, first.lastIndexOf(':')), sizeBytes: file.sizeBytes } : { kind: 'pages', sizeBytes: file.sizeBytes, pages: [first] }
  }
  for (let block = 0; block * unitBytes < file.sizeBytes; block++) pages.push(file.page(block))
  return bodyOf(pages, file.sizeBytes, unitBytes)
}

/** True when the frame may have changed the content of an inode that was there at power-on. */
export function isRewritten(frame: Frame, store: StoreId, inode: Inode): boolean {
  return frame.cells.has(recordCell(store, inode)) || frame.rewritten.has(`${store}|${inode}`)
}
