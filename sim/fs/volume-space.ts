/** The room of one volume during one power-on: what it takes, what of that must be remembered to count it, and what it may leave. */
import type { Inode } from '../disk/call'
import { absent } from '../disk/frame'
import type { SpaceKnown } from '../explore/machine'
import { join, nameOf, parentOf } from '../explore/question'
import { type Moved, footprintOf } from './footprint'
import { Refusal } from './fs-errors'
import type { Patch } from './patch'
import { Room } from './room'
import { type Footprint, type Space, blocksOf } from './space'
import { type UseView, countUse } from './use'
import type { Volume } from './volume'

/** Blocks and inodes of a file system of which there are as many as anybody wants, to see how many that is. */
const unlimited: Space = { blocks: Infinity, inodes: Infinity }

export class VolumeSpace {
  /** Null: it never runs full. */
  readonly room: Room | null
  /** Open files, each as often as it is open. */
  private readonly open = new Map<Inode, number>()
  /** What names led to before they led to something else: directory, name, inode, and so on. */
  private readonly past: Inode[] = []
  /** Names of things that have, or had, another name. */
  private readonly moved: Moved[] = []
  private readonly patches: Patch[] = []

  constructor(private readonly volume: Volume, known: SpaceKnown | null) {
    this.room = known === null ? null : new Room(volume.setup.capacity ?? unlimited, known.most, (limit) => countUse(this.useView(), known, limit))
  }

  opened(inode: Inode): void {
    this.open.set(inode, (this.open.get(inode) ?? 0) + 1)
  }

  closed(inode: Inode): void {
    const more = (this.open.get(inode) ?? 1) - 1
    if (more > 0) this.open.set(inode, more)
    else this.open.delete(inode)
    this.room?.loosen()
  }

  closeAll(): void {
    this.open.clear()
    this.room?.loosen()
  }

  laid(patch: Patch): void {
    this.room?.take(patch.takes.blocks, patch.takes.inodes)
    this.room?.loosen()
    this.patches.push(patch)
  }

  gotName(moved: Moved): void {
    if (this.room !== null) this.moved.push(moved)
  }

  /** `before`: what it led to, where that is something else now. Whoever had this name may have lost the last one. */
  changedName(directory: Inode, name: string, before: Inode | undefined): void {
    if (this.room === null) return
    if (before !== undefined && before !== absent) this.past.push(directory, name, before)
    this.room.loosen()
  }

  footprint(): Footprint | null {
    const { room, volume, past, moved, patches } = this
    if (room === null) return null
    return footprintOf({
      store: volume.setup.id, room, past, patches, moved,
      directories: volume.ownDirectories(), rewritten: volume.rewrittenInodes(),
      pathsOf: (directory) => volume.pathsOf(directory),
      mostBlocks: (inode) => this.mostBlocks(inode),
    })
  }

  /** Of an inode that this power-on made or wrote to. */
  private mostBlocks(inode: Inode): number {
    const { type, target = '' } = this.volume.typeKnown(inode) ?? { type: 'file' as const }
    return type === 'file' ? this.volume.mostBlocks(inode) : blocksOf(type, target.length, this.volume.setup.blockBytes)
  }

  private useView(): UseView {
    const { volume } = this
    return {
      ownPaths: () => this.ownPaths(),
      placesOf: (directory) => volume.pathsOf(`@${directory}`),
      peekAt: (path) => {
        const found = volume.peek(path)
        return found.kind === 'absent' ? null : found.kind === 'here' ? { inode: found.inode, isSure: true } : { inode: `@${found.path}`, isSure: false }
      },
      inodeThen: (path) => volume.entryThen(`@${parentOf(path)}`, nameOf(path)),
      blocksKnown: (inode) => (volume.typeKnown(inode)?.type === 'directory' ? 1 : volume.blocksHeld(inode)),
      blocksNow: (inode) => this.blocksNow(inode),
      held: () => [...this.open.keys()],
    }
  }

  private blocksNow(inode: Inode): number {
    const { volume } = this
    const { type, target = '' } = volume.type(inode)
    try {
      return blocksOf(type, type === 'file' ? volume.sizeOf(inode) : target.length, volume.setup.blockBytes)
    } catch (error) {
      // Its inode never reached the disk.
      if (error instanceof Refusal && error.code === 'EUCLEAN') return 0
      throw error
    }
  }

  private *ownPaths(): Generator<string> {
    for (const { directory, own, layers } of this.volume.ownDirectories()) {
      for (const path of this.volume.pathsOf(directory)) {
        for (const name of own.keys()) yield join(path, name)
        for (const { names } of layers) for (const name of names.keys()) yield join(path, name)
      }
    }
    for (const inode of this.volume.rewrittenInodes()) yield inode.slice(1)
  }
}
