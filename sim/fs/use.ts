/**
 * What a file system holds now, counted by asking: each name that any power-on may have touched, and how large the file is that it leads to.
 * What nobody ever touches is as the initial disk has it.
 *
 * The largest come first, and it stops where the rest cannot change the answer any more: most questions of room are settled by
 * a few files.
 */
import type { Inode } from '../disk/call'
import type { SpaceKnown } from '../explore/machine'
import { join, nameOf, parentOf } from '../explore/question'
import { type Counted, isWithin, plus } from './room'
import type { Space } from './space'

export interface UseView {
  /** Paths under which this power-on may have changed what is found there. */
  ownPaths(): Iterable<string>
  /** Where a folder of power-on may be found now. */
  placesOf(directory: string): Iterable<string>
  /** What a path leads to as far as known without asking: '@' and a path for what was there at power-on, with `isSure` where it is still there. */
  peekAt(path: string): { readonly inode: Inode; readonly isSure: boolean } | null
  /** The inode that was there at power-on, if there was one. Asks. */
  inodeThen(path: string): Inode | null
  /** Asks for those that were there at power-on. */
  blocksNow(inode: Inode): number
  /** As far as known without asking. */
  blocksKnown(inode: Inode): number
  /** Open files. */
  held(): Iterable<Inode>
}

/** A name of which only asking tells. */
interface Open { readonly path: string; readonly isSure: boolean; readonly bound: number }

export function countUse(view: UseView, known: SpaceKnown, limit: Space | null): Counted {
  const { initial } = known
  const boundAt = (path: string): number => known.touched.get(parentOf(path))?.get(nameOf(path)) ?? initial.at(path)?.blocks ?? 0
  const reached = new Set<Inode>()
  const open = new Map<string, Open>()
  let least: Space = { blocks: 0, inodes: 0 }
  let most: Space = least
  const add = (space: Space): void => {
    least = plus(least, space)
    most = plus(most, space)
  }
  const isTouched = new Set<string>()
  for (const path of touchedPaths(view, known)) isTouched.add(path)
  // What grew under one of its names in this power-on may be what another name leads to: only asking tells.
  let grown = 0
  for (const path of isTouched) {
    const blocks = view.blocksKnown(`@${path}`)
    if (blocks > boundAt(path)) grown = Math.max(grown, blocks)
  }
  for (const path of isTouched) {
    for (const name of initial.namesBeside(path)) isTouched.add(name)
    const found = view.peekAt(path)
    if (found === null) continue
    if (found.inode[0] !== '@') {
      if (!reached.has(found.inode)) add({ blocks: view.blocksNow(found.inode), inodes: 1 })
      reached.add(found.inode)
      continue
    }
    const then = found.inode.slice(1)
    const bound = Math.max(boundAt(then), found.isSure ? 0 : grown, view.blocksKnown(found.inode))
    isTouched.add(then)
    open.set(path, { path: then, isSure: found.isSure, bound })
    most = plus(most, { blocks: bound, inodes: 1 })
  }
  const before = new Set<string>()
  add(initial.total)
  for (const path of isTouched) {
    const node = initial.at(path)
    if (node === undefined || before.has(node.inode)) continue
    before.add(node.inode)
    add({ blocks: -node.blocks, inodes: -1 })
  }
  for (const inode of view.held()) {
    // Open, and without a name any more.
    if (reached.has(inode) || (inode[0] === '@' && !isTouched.has(inode.slice(1)))) continue
    if (inode[0] === '#') {
      reached.add(inode)
      add({ blocks: view.blocksNow(inode), inodes: 1 })
    } else if ([...open.values()].every(({ path }) => `@${path}` !== inode)) {
      const bound = Math.max(boundAt(inode.slice(1)), view.blocksKnown(inode))
      open.set(`held ${inode}`, { path: inode.slice(1), isSure: true, bound })
      most = plus(most, { blocks: bound, inodes: 1 })
    }
  }
  const largestFirst = [...open.values()].sort((one, other) => other.bound - one.bound || (one.path < other.path ? -1 : 1))
  for (const { path, isSure, bound } of largestFirst) {
    if (limit !== null && (isWithin(most, limit) || !isWithin(least, limit))) break
    most = plus(most, { blocks: -bound, inodes: -1 })
    const inode = isSure ? `@${path}` : view.inodeThen(path)
    if (inode === null || reached.has(inode)) continue
    reached.add(inode)
    add({ blocks: view.blocksNow(inode), inodes: 1 })
  }
  return { least, most }
}

function* touchedPaths(view: UseView, { touched }: SpaceKnown): Generator<string> {
  for (const [directory, names] of touched) for (const place of view.placesOf(directory)) for (const name of names.keys()) yield join(place, name)
  yield* view.ownPaths()
}
