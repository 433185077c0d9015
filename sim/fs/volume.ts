/**
 * A file system as the running kernel sees it during one power-on: what was there at power-on, asked for only when somebody
 * looks, under all that this power-on has changed. Every change is recorded as a call.
 *
 * Names and the recording are here, what files hold is in `file-contents.ts`. Works on inodes and single names; paths and
 * descriptors are the business of the faces above it.
 */
import { known } from '../assert'
import type { FileSystemOperation, Inode, NodeKind } from '../disk/call'
import { type NewNode, absent } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Names } from '../explore/machine'
import { type Disk, join } from '../explore/question'
import { FileContents } from './file-contents'
import { Refusal } from './fs-errors'
import { NameBook } from './name-book'
import { NodesThen, type Typed } from './nodes-then'
import { oneText } from './one-text'
import { type OwnDirectory, OwnNames } from './own-names'
import type { Patch, PatchFolder } from './patch'
import type { Room } from './room'
import { type Footprint, type Space, blocksOf } from './space'
import { VolumeSpace } from './volume-space'

export interface Recorder {
  record(store: string, operation: FileSystemOperation): void
  /** A name that cannot be there yet: nobody need ask. */
  isFresh(name: string): boolean
  /** A fresh inode name. */
  inode(): Inode
  readonly nodes: Map<Inode, NewNode>
  /** False: nobody will ask where an inode was made. */
  readonly keepsHistory?: boolean
  /** A name was entered into the directory at this path. */
  named(store: string, directory: string, name: string): void
  /** The same for many names at once, by `store:path` of their directory. */
  namedAll?(names: ReadonlyMap<string, ReadonlySet<string>>): void
}

export class Volume extends FileContents {
  private readonly own = new OwnNames((made) => this.takeOver(made))
  private readonly laid = new Set<Patch>()
  /** Where this power-on put a directory that it made. */
  private readonly homes = new Map<Inode, { readonly directory: Inode; readonly name: string }>()
  /** Made blindly: nowhere, if the name was taken at power-on. */
  private readonly blind = new Map<Inode, { readonly directory: Inode; readonly name: string }>()
  protected readonly nodesThen: NodesThen
  private readonly book: NameBook
  private readonly space: VolumeSpace
  /** A folder that was there at power-on got another name: members below it have moved without being touched. */
  hasMovedFolders = false

  constructor(setup: StoreSetup, disk: Disk & Names, protected readonly recorder: Recorder) {
    super(setup, disk)
    this.nodesThen = new NodesThen(setup.id, disk)
    this.space = new VolumeSpace(this, disk.space?.(setup.id) ?? null)
    this.book = new NameBook(setup.id, disk, (directory) => this.own.in(directory), (directory, name) => recorder.named(setup.id, directory, name))
  }

  protected override get room(): Room | null {
    return this.space.room
  }

  readonly root: Inode = '@/'

  /** Path of a directory as far as known without asking: where it was at power-on or where it was made. */
  private pathOf(directory: Inode): string {
    if (directory[0] === '@') return this.book.pathOfThen(directory)
    const home = known(this.homes.get(directory), `path of ${directory}`)
    return join(this.pathOf(home.directory), home.name)
  }

  /** What this power-on did to the name. */
  protected lookUp(directory: Inode, name: string): Inode | undefined {
    return this.own.get(directory, name)
  }

  private takeOver(made: PatchFolder['made']): void {
    for (const [inode, { node, body }] of made) {
      this.recorder.nodes.set(inode, node)
      if (body !== null) this.adopt(inode, body)
    }
  }

  /** Lays what a run of calls comes to over all that was done before; false, and nothing done, where it would come to something else here. */
  lay(patch: Patch): boolean {
    if (this.laid.has(patch)) return false
    // Where room is scarce each call is made for itself.
    if (this.room?.surelyHas(patch.takes.blocks, patch.takes.inodes) === false) return false
    for (const [directory, names] of patch.untouched) {
      if (!this.own.isTouched(directory)) continue
      for (const [name, then] of names) if ((this.own.shown(directory, name) ?? then) !== then) return false
    }
    for (const directory of patch.folders.keys()) if (!this.book.isWhereItWas(directory)) return false
    this.laid.add(patch)
    for (const [directory, folder] of patch.folders) this.own.lay(directory, folder)
    for (const { directory, name, inode } of patch.directories) {
      this.nodesThen.known.set(inode, 'directory')
      this.book.entered(directory, name, inode)
    }
    this.space.laid(patch)
    this.recorder.namedAll?.(patch.named)
    return true
  }

  /** Asks when this power-on has not touched the name. */
  entry(directory: Inode, name: string): Inode | null {
    const own = this.lookUp(directory, name)
    if (own !== undefined && own[0] !== '?') return own === absent ? null : own
    if (own === undefined && this.recorder.isFresh(name)) return null
    const below = this.nodesThen.entry(directory, name)
    return below ?? own?.slice(1) ?? null
  }

  /** What a directory holds now, in code-unit order. Asks for each name that it may have held at power-on. */
  names(directory: Inode): readonly string[] {
    const names = new Set([...this.book.candidates(directory), ...this.book.own(directory)])
    return [...names].filter((name) => this.entry(directory, name) !== null).sort()
  }

  /** Asks only until a name is found. */
  isEmpty(directory: Inode): boolean {
    return [[...this.book.own(directory)], this.book.candidates(directory)].every((names) => names.every((name) => this.entry(directory, name) === null))
  }

  /** What this power-on did to the name for certain: undefined when nothing, null when it is gone. */
  ownEntry(directory: Inode, name: string): Inode | null | undefined {
    const own = this.lookUp(directory, name)
    return own === absent ? null : own?.[0] === '?' ? undefined : own
  }

  /** The inode that this power-on put under the name, also where it did so blindly: it is nowhere then if the name was taken. */
  inodePut(directory: Inode, name: string): Inode | null | undefined {
    const own = this.lookUp(directory, name)
    return own?.[0] === '?' ? own.slice(1) : this.ownEntry(directory, name)
  }

  /**
   * By directory all names that this power-on touched, and the inode that each leads to now: `absent` where it is gone, and
   * with `?` before it where it was made blindly, so that it is there only if the name was free.
   */
  ownDirectories(): Iterable<OwnDirectory> {
    return this.own.directories()
  }

  /** The inode that was there at power-on under this name. Asks. */
  entryThen(directory: Inode, name: string): Inode | null {
    return this.nodesThen.entry(directory, name)
  }

  /** As far as known without asking. */
  typeKnown(inode: Inode): Typed | null {
    const own = this.recorder.nodes.get(inode)
    if (own !== undefined) return own
    const type = this.nodesThen.known.get(inode)
    return type === undefined ? null : { type }
  }

  /** 'file', 'directory' or 'symlink' and its target. Asks for inodes that were there at power-on. */
  type(inode: Inode): Typed {
    if (inode === this.root) return { type: 'directory' }
    const own = this.recorder.nodes.get(inode)
    if (own !== undefined) return own
    return this.nodesThen.type(inode)
  }

  /** Paths by which a directory may be found. */
  pathsOf(directory: Inode): Iterable<string> {
    return this.book.pathsOf(directory)
  }

  /** Where a canonical path leads, without asking: folders that were there at power-on are taken for granted. */
  peek(path: string): { readonly kind: 'absent' } | { readonly kind: 'here'; readonly inode: Inode } | { readonly kind: 'below'; readonly path: string } {
    let directory: Inode = this.root
    if (path === '/') return { kind: 'below', path }
    const names = path.slice(1).split('/')
    for (const [depth, name] of names.entries()) {
      const last = depth === names.length - 1
      let own = this.lookUp(directory, name)
      if (own?.[0] === '?') own = this.entry(directory, name) ?? absent
      if (own === absent || (own === undefined && directory[0] === '#')) return { kind: 'absent' }
      if (own === undefined) {
        const pathThen = join(directory.slice(1), name)
        if (last) return { kind: 'below', path: pathThen }
        directory = `@${pathThen}`
      } else {
        if (last) return { kind: 'here', inode: own }
        directory = own
      }
    }
    return { kind: 'absent' }
  }

  create(directory: Inode, name: string, type: NodeKind, options: { readonly target?: string; readonly onlyIfMissing?: boolean } = {}): Inode {
    const { target, onlyIfMissing = false } = options
    this.takeInode(directory, name, blocksOf(type, type === 'symlink' ? target?.length ?? 0 : 0, this.setup.blockBytes), onlyIfMissing)
    const isKnownByPath = onlyIfMissing && type === 'directory'
    const path = isKnownByPath || this.recorder.keepsHistory !== false ? oneText(join(this.pathOf(directory), name)) : ''
    // Blind: a folder that may be there already is the same folder either way, known by its path.
    const inode = isKnownByPath ? `@${path}` : this.recorder.inode()
    if (inode[0] === '@') this.nodesThen.known.set(inode, type)
    else this.recorder.nodes.set(inode, target === undefined ? { type, path } : { type, path, target })
    if (onlyIfMissing && inode[0] === '#') this.blind.set(inode, { directory, name })
    this.enter(directory, name, inode, type === 'directory', onlyIfMissing && inode[0] === '#')
    this.record({ kind: 'create', directory, name, inode, type, ...options })
    return inode
  }

  /** The length of a symbolic link's target is counted in characters. */
  private takeInode(directory: Inode, name: string, blocks: number, onlyIfMissing: boolean): void {
    const { room } = this
    if (room === null) return
    if (!room.take(blocks, 1) && !(onlyIfMissing && this.entry(directory, name) !== null)) throw new Refusal('ENOSPC')
    if (onlyIfMissing) room.loosen()
  }

  link(directory: Inode, name: string, inode: Inode): void {
    this.space.gotName({ inode, directory, name, isFolder: false })
    this.enter(directory, name, inode, false)
    this.record({ kind: 'link', directory, name, inode })
  }

  unlink(directory: Inode, name: string): void {
    this.set(directory, name, absent)
    this.record({ kind: 'unlink', directory, name })
  }

  rename(fromDirectory: Inode, from: string, toDirectory: Inode, to: string, inode: Inode, replaced: Inode | null): void {
    this.set(fromDirectory, from, absent)
    this.move(toDirectory, to, inode)
    this.record({ kind: 'rename', fromDirectory, from, toDirectory, to, inode, replaced })
  }

  exchange(aDirectory: Inode, a: string, aInode: Inode, bDirectory: Inode, b: string, bInode: Inode): void {
    this.move(aDirectory, a, bInode)
    this.move(bDirectory, b, aInode)
    this.record({ kind: 'exchange', aDirectory, a, aInode, bDirectory, b, bInode })
  }

  chmod(inode: Inode, mode: number): void {
    this.record({ kind: 'chmod', inode, mode })
  }

  fsync(inode: Inode, kind: 'fsync' | 'fdatasync' = 'fsync'): void {
    this.record({ kind, inode })
  }

  fsyncDirectory(directory: Inode): void {
    this.record({ kind: 'fsync-directory', directory })
  }

  whole(kind: 'syncfs' | 'freeze' | 'unmount' | 'mount'): void {
    this.record({ kind })
  }

  private move(directory: Inode, name: string, inode: Inode): void {
    const isFolder = this.type(inode).type === 'directory'
    if (inode[0] === '@') this.space.gotName({ inode, directory, name, isFolder })
    if (isFolder && inode[0] === '@') this.hasMovedFolders = true
    this.enter(directory, name, inode, isFolder)
  }

  private enter(directory: Inode, name: string, inode: Inode, isFolder: boolean, onlyIfMissing = false): void {
    this.set(directory, name, onlyIfMissing ? `?${inode}` : inode)
    if (isFolder && inode[0] === '#') this.homes.set(inode, { directory, name })
    this.book.entered(directory, name, isFolder ? inode : null)
  }

  private set(directory: Inode, name: string, entry: Inode): void {
    const before = this.own.set(directory, name, entry)
    this.space.changedName(directory, name, before === entry ? undefined : before)
  }

  protected override isNowhere(inode: Inode): boolean {
    const made = this.blind.get(inode)
    return made !== undefined && this.nodesThen.entry(made.directory, made.name) !== null
  }

  /** An open file keeps its blocks, whatever becomes of its names. */
  opened(inode: Inode): void {
    this.space.opened(inode)
  }

  closed(inode: Inode): void {
    this.space.closed(inode)
  }

  /** Whoever had files open is dead. */
  closeAll(): void {
    this.space.closeAll()
  }

  /** Whether so much more would fit now. */
  fits(sizeBytes: number, inodes: number): boolean {
    return this.room?.has(Math.ceil(sizeBytes / this.setup.blockBytes), inodes) ?? true
  }

  /** What is used now, where it was ever counted. */
  useNow(): Space | null {
    return this.room?.wasCounted === true ? this.room.exactly() : null
  }

  /** Null where it cannot run full. */
  footprint(): Footprint | null {
    return this.space.footprint()
  }

  protected override record(operation: FileSystemOperation): void {
    this.recorder.record(this.setup.id, operation)
  }
}
