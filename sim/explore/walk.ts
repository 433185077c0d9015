/** From canonical paths to inodes, name by name, as a reader of the disk goes. */
import { known } from '../assert'
import type { Inode, StoreId } from '../disk/call'
import { type Frame, type View, absent, entryCell, seenAs } from '../disk/frame'
import { type Setting, baseSign, belowMark, cellContent, kernelMark } from './cells'
import { recordOf } from './inodes'
import { join, nameOf, parentOf } from './question'

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
export function isUntouched(frame: Frame, store: StoreId, path: string, view: View): boolean {
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

/** 'd', 'f' or 'l' and its target. */
export function typeOf(setting: Setting, { inode, below }: Found): string {
  return below === null ? typeOfNew(setting, inode) : below.type
}

function typeOfNew(setting: Setting, inode: Inode): string {
  const node = known(setting.frame.nodes.get(inode), `inode ${inode}`)
  return node.type === 'file' ? 'f' : node.type === 'directory' ? 'd' : `l${node.target ?? ''}`
}
