/**
 * The most that the file systems of one machine may hold, whatever survives of whichever power-ons: under each path the largest thing that any of
 * them put there, all at once. Learned from each run, like names are (`name-memory.ts`).
 *
 * No disk holds more: each inode is under some path, and one path leads to one inode. Where a power-on gave another name to what was there
 * before, as much may be under that name as under the first one; of two names of one file each may be what grows.
 */
import type { StoreId } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { larger, plus } from '../fs/room'
import { type Footprint, type Space, type Way, blocksOf } from '../fs/space'
import type { Initial, InitialSpace, SpaceKnown } from './machine'
import { join, nameOf, parentOf } from './question'

/** More of a path is a folder that went into itself. */
const pathCharactersMax = 4096
const nothing: Space = { blocks: 0, inodes: 0 }

export class SpaceMemory {
  private readonly of = new Map<StoreId, StoreSpace | null>()

  constructor(private readonly initial: Initial, private readonly stores: ReadonlyMap<StoreId, StoreSetup>) {}

  /** One that goes on learning by itself. */
  fork(): SpaceMemory {
    const copy = new SpaceMemory(this.initial, this.stores)
    for (const [store, space] of this.of) copy.of.set(store, space?.fork() ?? null)
    return copy
  }

  /** Null: it never runs full. */
  space(store: StoreId): StoreSpace | null {
    let space = this.of.get(store)
    if (space === undefined) {
      const setup = this.stores.get(store)
      space = setup?.capacity === undefined || this.initial.contents === undefined ? null : new StoreSpace(setup.capacity, initialSpace(setup, this.initial.contents(store)))
      this.of.set(store, space)
    }
    return space
  }

  /** True where some run that was learned of relied on less. */
  learn(footprints: readonly Footprint[] | undefined): boolean {
    let isStale = false
    for (const footprint of footprints ?? []) if (this.space(footprint.store)?.learn(footprint) === true) isStale = true
    return isStale
  }

  /** All runs are to be done again. */
  forgetRuns(): void {
    for (const space of this.of.values()) space?.forgetRuns()
  }
}

export class StoreSpace implements SpaceKnown {
  readonly touched = new Map<string, Map<string, number>>()
  most: Space
  /** From each path to the others at which the same thing may be found. */
  private readonly ways = new Map<string, Set<string>>()
  private readonly folderWays: Way[] = []
  private readonly learned = new WeakSet<object>()
  /** Of all runs: the most that one of them had to find room for without counting; whether one has counted. */
  private reliedOn = nothing
  private wasCounted = false

  constructor(private readonly capacity: Space, readonly initial: InitialSpace & { readonly byName: Space }) {
    this.most = initial.byName
  }

  fork(): StoreSpace {
    const copy = new StoreSpace(this.capacity, this.initial)
    copy.most = this.most
    for (const [directory, names] of this.touched) copy.touched.set(directory, new Map(names))
    for (const [from, to] of this.ways) copy.ways.set(from, new Set(to))
    copy.folderWays.push(...this.folderWays)
    return copy
  }

  learn({ names, moved, reliedOn, wasCounted }: Footprint): boolean {
    let isNew = false
    for (const [directory, entered] of names) {
      if (this.learned.has(entered)) continue
      this.learned.add(entered)
      for (const [name, blocks] of entered) if (this.touch(directory, name, blocks)) isNew = true
    }
    for (const ways of moved) {
      if (this.learned.has(ways)) continue
      this.learned.add(ways)
      for (const way of ways) if (this.connect(way)) isNew = true
    }
    if (this.folderWays.length > 0) while (this.followFolders()) isNew = true
    this.reliedOn = larger(this.reliedOn, reliedOn)
    this.wasCounted ||= wasCounted
    if (!isNew) return false
    const needed = plus(this.most, this.reliedOn)
    return this.wasCounted || needed.blocks > this.capacity.blocks || needed.inodes > this.capacity.inodes
  }

  forgetRuns(): void {
    this.reliedOn = nothing
    this.wasCounted = false
  }

  private touch(directory: string, name: string, blocks: number): boolean {
    let names = this.touched.get(directory)
    if (names === undefined) this.touched.set(directory, names = new Map<string, number>())
    const before = names.get(name)
    if (before !== undefined && before >= blocks) return false
    const path = join(directory, name)
    const initial = before === undefined ? this.initial.at(path) : undefined
    const most = Math.max(before ?? initial?.blocks ?? 0, blocks)
    this.most = plus(this.most, { blocks: most - (before ?? initial?.blocks ?? 0), inodes: before === undefined && initial === undefined ? 1 : 0 })
    names.set(name, most)
    for (const other of this.ways.get(path) ?? []) this.touch(parentOf(other), nameOf(other), most)
    // Written under one name, it has grown under all.
    if (initial !== undefined) for (const other of this.initial.namesBeside(path)) this.touch(parentOf(other), nameOf(other), most)
    return true
  }

  /** Both ways: a file that has grown under one of its names has grown under the other. */
  private connect({ from, to, isFolder }: Way): boolean {
    let of = this.ways.get(from)
    if (of?.has(to) === true) return false
    if (of === undefined) this.ways.set(from, of = new Set())
    of.add(to)
    const back = this.ways.get(to)
    if (back === undefined) this.ways.set(to, new Set([from]))
    else back.add(from)
    if (isFolder) this.folderWays.push({ from, to, isFolder })
    const blocks = Math.max(this.blocksAt(from), this.blocksAt(to))
    this.touch(parentOf(from), nameOf(from), blocks)
    this.touch(parentOf(to), nameOf(to), blocks)
    return true
  }

  private blocksAt(path: string): number {
    return this.touched.get(parentOf(path))?.get(nameOf(path)) ?? this.initial.at(path)?.blocks ?? 0
  }

  /** What was below a folder may be found below its other name. True where that was news. */
  private followFolders(): boolean {
    let isNew = false
    for (const { from, to } of this.folderWays) {
      const paths = [...this.initial.below(from)]
      for (const [directory, names] of this.touched) {
        if (directory === from || directory.startsWith(`${from}/`)) for (const name of names.keys()) paths.push(join(directory, name))
      }
      for (const path of paths) {
        if (this.touch(parentOf(path), nameOf(path), 0)) isNew = true
        const there = to + path.slice(from.length)
        if (there.length <= pathCharactersMax && this.touch(parentOf(there), nameOf(there), this.blocksAt(path))) isNew = true
      }
    }
    return isNew
  }
}

function initialSpace({ blockBytes }: StoreSetup, contents: ReturnType<NonNullable<Initial['contents']>>): InitialSpace & { readonly byName: Space } {
  const nodes = new Map<string, { readonly inode: string; readonly blocks: number }>()
  const several = new Map<string, string[]>()
  const first = new Map<string, string>()
  let total = nothing
  let byName = nothing
  for (const { path, type, sizeBytes, inode } of contents) {
    const space = { blocks: blocksOf(type, sizeBytes, blockBytes), inodes: 1 }
    byName = plus(byName, space)
    nodes.set(path, { inode, blocks: space.blocks })
    const other = first.get(inode)
    if (other === undefined) {
      first.set(inode, path)
      total = plus(total, space)
    } else if (several.has(inode)) several.get(inode)!.push(path)
    else several.set(inode, [other, path])
  }
  return {
    total, byName,
    at: (path) => nodes.get(path),
    namesBeside: (path) => (several.size === 0 ? [] : several.get(nodes.get(path)?.inode ?? '') ?? []),
    below: (path) => [...nodes.keys()].filter((each) => each.startsWith(`${path}/`)),
  }
}
