/**
 * What a power-on may leave in a file system after any power cut: by directory each name that it touched, with the most blocks of anything that it
 * put there. A directory that may be found under several paths is told under each.
 */
import type { Inode, StoreId } from '../disk/call'
import { absent } from '../disk/frame'
import { join, nameOf, parentOf } from '../explore/question'
import type { Patch } from './patch'
import type { Room } from './room'
import type { Footprint, Way } from './space'
import type { OwnDirectory } from './own-names'

/** Another name of something. */
export interface Moved { readonly inode: Inode; readonly directory: Inode; readonly name: string; readonly isFolder: boolean }

interface Names {
  readonly blocks: Map<string, number>
  readonly inodes: Map<string, readonly Inode[]>
}

interface Touched {
  readonly store: StoreId
  readonly room: Room
  readonly directories: Iterable<OwnDirectory>
  /** Directory, name, inode, and so on. */
  readonly past: readonly Inode[]
  readonly moved: readonly Moved[]
  readonly rewritten: Iterable<Inode>
  readonly patches: readonly Patch[]
  pathsOf(directory: Inode): Iterable<string>
  mostBlocks(inode: Inode): number
}

export function footprintOf({ store, room, directories, past, moved, rewritten, patches, pathsOf, mostBlocks }: Touched): Footprint {
  const names = new Map<Inode, Names>()
  /** Made here, and linked to another name. */
  const linked = new Set(moved.flatMap(({ inode }) => (inode[0] === '#' ? [inode] : [])))
  const touch = (directory: Inode, name: string, entry: Inode): void => {
    let of = names.get(directory)
    if (of === undefined) names.set(directory, of = { blocks: new Map(), inodes: new Map() })
    const inode = entry[0] === '?' ? entry.slice(1) : entry
    const blocks = inode === absent ? 0 : mostBlocks(inode)
    of.blocks.set(name, Math.max(of.blocks.get(name) ?? 0, blocks))
    if (linked.has(inode)) of.inodes.set(name, [...of.inodes.get(name) ?? [], inode])
  }
  for (const { directory, own } of directories) for (const [name, entry] of own) touch(directory, name, entry)
  for (let at = 0; at < past.length; at += 3) touch(past[at]!, past[at + 1]!, past[at + 2]!)
  for (const inode of rewritten) touch(`@${parentOf(inode.slice(1))}`, nameOf(inode.slice(1)), inode)
  const list: (readonly [string, ReadonlyMap<string, number>])[] = []
  for (const [directory, of] of names) for (const path of pathsOf(directory)) list.push([path, of.blocks])
  for (const patch of patches) list.push(...patch.footprint.names)
  return {
    store, names: list, reliedOn: room.reliedOn, wasCounted: room.wasCounted,
    moved: [waysOf(moved, names, pathsOf), ...patches.flatMap(({ footprint }) => [...footprint.moved])],
  }
}

/** From where it was at power-on, or from its other names. */
function waysOf(moved: readonly Moved[], names: ReadonlyMap<Inode, Names>, pathsOf: Touched['pathsOf']): readonly Way[] {
  const ways: Way[] = []
  for (const { inode, directory, name, isFolder } of moved) {
    const froms = inode[0] === '@' ? [inode.slice(1)] : namesOf(inode, names, pathsOf)
    for (const path of pathsOf(directory)) for (const from of froms) if (from !== join(path, name)) ways.push({ from, to: join(path, name), isFolder })
  }
  return ways
}

function namesOf(inode: Inode, names: ReadonlyMap<Inode, Names>, pathsOf: Touched['pathsOf']): readonly string[] {
  const found: string[] = []
  for (const [directory, { inodes }] of names) {
    for (const [name, of] of inodes) if (of.includes(inode)) for (const path of pathsOf(directory)) found.push(join(path, name))
  }
  return found
}
