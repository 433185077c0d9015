/**
 * What a run of calls comes to where nothing was done before: names and files, worked out once and laid over the file systems of a
 * thousand power-ons by reference. An upgrade puts the same packages in place in each of them.
 */
import { known } from '../assert'
import type { Inode, StoreId } from '../disk/call'
import type { Body } from '../disk/content'
import type { NewNode } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Disk } from '../explore/question'
import type { Names, SpaceKnown } from '../explore/machine'
import { join } from '../explore/question'
import type { Footprint, Space } from './space'
import { type Recorder, Volume } from './volume'

/** What names of one folder lead to after the calls, and the inodes among them that the calls made. */
export interface PatchFolder {
  readonly names: ReadonlyMap<string, Inode>
  readonly made: ReadonlyMap<Inode, Made>
}

export interface Made { readonly node: NewNode; /** Of files. */ readonly body: Body | null }

export interface Patch {
  readonly folders: ReadonlyMap<Inode, PatchFolder>
  /** Folders that were made where there may have been one already. */
  readonly directories: readonly { readonly directory: Inode; readonly name: string; readonly inode: Inode }[]
  /** Names that the calls looked for, and what each leads to where nothing was done to it: it must be so wherever the patch is laid. */
  readonly untouched: ReadonlyMap<Inode, ReadonlyMap<string, Inode>>
  /** All names that were entered on the way, by `store:path` of their folder. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>
  /** What the calls take, whatever they free. */
  readonly takes: Space
  readonly footprint: Footprint
}

/** It asked the disk below, so what the calls come to hangs on more than themselves. */
class Asked extends Error {}

const silent: Disk & Names = {
  answer() { throw new Asked() },
  memberClass() { throw new Asked() },
  candidates: () => [],
  space: () => nothingThere,
}

/** No names and no files, in a file system without an end. */
const nothingThere: SpaceKnown = {
  most: { blocks: 0, inodes: 0 }, touched: new Map(),
  initial: { total: { blocks: 0, inodes: 0 }, at: () => undefined, namesBeside: () => [], below: () => [] },
}

/**
 * Null where what the calls come to cannot be told apart from what lies below.
 * @param inodes   prefix of the names of inodes, distinct from those of all other patches
 * @param recorded hears of each call
 */
export function patchOf(setup: StoreSetup, inodes: string, recorded: Recorder['record'], work: (volume: Volume) => void): Patch | null {
  const volume = new Scratch(setup, inodes, recorded)
  try {
    work(volume)
  } catch (error) {
    if (error instanceof Asked) return null
    throw error
  }
  return volume.patch()
}

class Scratch extends Volume {
  private readonly looked = new Map<Inode, Map<string, Inode>>()
  private readonly named: Map<string, Set<string>>

  constructor(setup: StoreSetup, inodes: string, record: Recorder['record']) {
    const named = new Map<string, Set<string>>()
    const nodes = new Map<Inode, NewNode>()
    const { capacity: _without, ...endless } = setup
    super(endless, silent, {
      record, nodes, keepsHistory: false, isFresh: () => false, inode: () => `${inodes}${nodes.size + 1}`,
      named(store: StoreId, directory: string, name: string) {
        const key = `${store}:${directory}`
        const names = named.get(key)
        if (names === undefined) named.set(key, new Set([name]))
        else names.add(name)
      },
    })
    this.named = named
  }

  protected override lookUp(directory: Inode, name: string): Inode | undefined {
    const own = super.lookUp(directory, name)
    if (own === undefined) {
      const names = this.looked.get(directory) ?? new Map<string, Inode>()
      this.looked.set(directory, names.set(name, `@${join(directory.slice(1), name)}`))
    }
    return own
  }

  patch(): Patch | null {
    if (this.hasRewritten || this.hasMovedFolders) return null
    const folders = new Map<Inode, PatchFolder>()
    const directories: Patch['directories'][number][] = []
    const seen = new Set<Inode>()
    for (const { directory, own } of this.ownDirectories()) {
      const made = new Map<Inode, Made>()
      for (const [name, entry] of own) {
        const inode = entry[0] === '?' ? entry.slice(1) : entry
        if (inode[0] === '@' && this.nodesThen.known.get(inode) === 'directory') directories.push({ directory, name, inode })
        if (inode[0] !== '#') continue
        const node = this.recorder.nodes.get(inode)
        // A file of several names or one that was written in pieces, and a folder that is surely new: others may look into these.
        if (node === undefined || node.type === 'directory' || seen.has(inode) || !this.isFilledInOneGo(inode)) return null
        seen.add(inode)
        made.set(inode, { node, body: node.type === 'file' ? this.body(inode) : null })
      }
      folders.set(directory, { names: own, made })
    }
    return {
      folders, directories, untouched: this.looked, named: this.named,
      takes: known(this.room, 'room').taken, footprint: known(this.footprint(), 'a footprint'),
    }
  }
}
