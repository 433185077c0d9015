/**
 * A file system as the running kernel sees it during one power-on: what was there at power-on, asked for only when somebody
 * looks, under all that this power-on has changed. Every change is recorded as a call.
 *
 * Names and the recording are here, what files hold is in `file-contents.ts`. Works on inodes and single names; paths and
 * descriptors are the business of the faces above it.
 */
import { assert, known } from '../assert'
import type { FileSystemOperation, Inode, NodeKind } from '../disk/call'
import { type NewNode, absent } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Names } from '../explore/machine'
import { type Disk, join, nameOf, parentOf } from '../explore/question'
import { FileContents } from './file-contents'
import { type Moved, footprintOf } from './footprint'
import { Refusal } from './fs-errors'
import { NameBook } from './name-book'
import { oneText } from './one-text'
import type { Patch, PatchFolder } from './patch'
import { Room } from './room'
import { type Footprint, type Space, blocksOf } from './space'
import { type UseView, countUse } from './use'

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

/** What a power-on did to the names of a directory: what each leads to now, and over that what patches laid, oldest first. */
export interface OwnDirectory {
  readonly directory: Inode
  readonly own: ReadonlyMap<string, Inode>
  readonly layers: readonly PatchFolder[]
}

interface Typed { readonly type: NodeKind; readonly target?: string }

const noNames: ReadonlyMap<string, Inode> = new Map()
const noLayers: readonly PatchFolder[] = []

/** Blocks and inodes of a file system of which there are as many as anybody wants, to see how many that is. */
const unlimited: Space = { blocks: Infinity, inodes: Infinity }

export class Volume extends FileContents {
  /** By directory what this power-on did to each name: see `ownDirectories`. */
  private readonly entries = new Map<Inode, Map<string, Inode>>()
  /** Over `entries`, until somebody changes a name of the directory or learns of an inode in it. */
  private readonly layers = new Map<Inode, PatchFolder[]>()
  private readonly laid = new Set<Patch>()
  /** What was there at power-on, as far as it was asked for. */
  private readonly entriesBelow = new Map<Inode, Map<string, Inode | null>>()
  private readonly typesBelow = new Map<Inode, Typed>()
  /** Where this power-on put a directory that it made. */
  private readonly homes = new Map<Inode, { readonly directory: Inode; readonly name: string }>()
  /** Known without asking to be folders, or files: made blindly, or met as another name of a file. */
  protected readonly types = new Map<Inode, NodeKind>()
  private readonly book: NameBook
  protected override readonly room: Room | null
  /** Made blindly: nowhere, if the name was taken at power-on. */
  private readonly blind = new Map<Inode, { readonly directory: Inode; readonly name: string }>()
  /** Open files, each as often as it is open. */
  private readonly open = new Map<Inode, number>()
  /** What names led to before they led to something else: directory, name, inode, and so on. */
  private readonly past: Inode[] = []
  /** Names of things that have, or had, another name. */
  private readonly moved: Moved[] = []
  private readonly patches: Patch[] = []
  /** A folder that was there at power-on got another name: members below it have moved without being touched. */
  hasMovedFolders = false

  constructor(setup: StoreSetup, private readonly disk: Disk & Names, protected readonly recorder: Recorder) {
    super(setup, disk)
    const space = disk.space?.(setup.id) ?? null
    this.room = space === null ? null : new Room(setup.capacity ?? unlimited, space.most, (limit) => countUse(this.useView(), space, limit))
    this.book = new NameBook(setup.id, disk, (directory) => (this.layers.has(directory) ? this.namesIn(directory) : this.entries.get(directory) ?? noNames).keys(), (directory, name) => recorder.named(setup.id, directory, name))
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
    const own = this.shown(directory, name)
    // Whoever knows an inode may change it or give it another name: the patch that made it is no longer as it was.
    if (own !== undefined && (own[0] === '#' || own[0] === '?') && this.layers.has(directory)) this.namesIn(directory)
    return own
  }

  private shown(directory: Inode, name: string): Inode | undefined {
    const layers = this.layers.get(directory) ?? noLayers
    for (let at = layers.length - 1; at >= 0; at--) {
      const entry = layers[at]!.names.get(name)
      if (entry !== undefined) return entry
    }
    return this.entries.get(directory)?.get(name)
  }

  /** All that this power-on did to the names of a directory, patches worked in. */
  private namesIn(directory: Inode): Map<string, Inode> {
    let names = this.entries.get(directory)
    if (names === undefined) this.entries.set(directory, names = new Map<string, Inode>())
    for (const layer of this.layers.get(directory) ?? noLayers) {
      for (const [name, entry] of layer.names) names.set(name, entry)
      for (const [inode, { node, body }] of layer.made) {
        this.recorder.nodes.set(inode, node)
        if (body !== null) this.adopt(inode, body)
      }
    }
    this.layers.delete(directory)
    return names
  }

  /** Lays what a run of calls comes to over all that was done before; false, and nothing done, where it would come to something else here. */
  lay(patch: Patch): boolean {
    if (this.laid.has(patch)) return false
    // Where room is scarce each call is made for itself.
    if (this.room?.surelyHas(patch.takes.blocks, patch.takes.inodes) === false) return false
    for (const [directory, names] of patch.untouched) {
      if (!this.layers.has(directory) && !this.entries.has(directory)) continue
      for (const [name, then] of names) if ((this.shown(directory, name) ?? then) !== then) return false
    }
    for (const directory of patch.folders.keys()) if (!this.book.isWhereItWas(directory)) return false
    this.laid.add(patch)
    this.room?.take(patch.takes.blocks, patch.takes.inodes)
    this.room?.loosen()
    for (const [directory, folder] of patch.folders) {
      const layers = this.layers.get(directory)
      if (layers === undefined) this.layers.set(directory, [folder])
      else layers.push(folder)
    }
    for (const { directory, name, inode } of patch.directories) {
      this.types.set(inode, 'directory')
      this.book.entered(directory, name, inode)
    }
    this.patches.push(patch)
    this.recorder.namedAll?.(patch.named)
    return true
  }

  /** Asks when this power-on has not touched the name. */
  entry(directory: Inode, name: string): Inode | null {
    const own = this.lookUp(directory, name)
    if (own !== undefined && own[0] !== '?') return own === absent ? null : own
    if (own === undefined && this.recorder.isFresh(name)) return null
    const below = this.entryBelow(directory, name)
    return below ?? own?.slice(1) ?? null
  }

  private entryBelow(directory: Inode, name: string): Inode | null {
    if (directory[0] === '#') return null
    let names = this.entriesBelow.get(directory)
    if (names === undefined) this.entriesBelow.set(directory, names = new Map<string, Inode | null>())
    let inode = names.get(name)
    if (inode === undefined) names.set(name, inode = this.askEntry(join(directory.slice(1), name)))
    return inode
  }

  private askEntry(path: string): Inode | null {
    const answer = this.disk.answer({ kind: 'node', store: this.setup.id, path, view: 'kernel' })
    if (answer === absent) return null
    if (!answer.startsWith('f=')) return `@${path}`
    const inode = `@${answer.slice(2)}`
    this.types.set(inode, 'file')
    return inode
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
  *ownDirectories(): Generator<OwnDirectory> {
    for (const [directory, own] of this.entries) yield { directory, own, layers: this.layers.get(directory) ?? noLayers }
    for (const [directory, layers] of this.layers) if (!this.entries.has(directory)) yield { directory, own: noNames, layers }
  }

  /** 'file', 'directory' or 'symlink' and its target. Asks for inodes that were there at power-on. */
  type(inode: Inode): Typed {
    if (inode === this.root) return { type: 'directory' }
    const own = this.recorder.nodes.get(inode)
    if (own !== undefined) return own
    const type = this.types.get(inode)
    if (type !== undefined) return { type }
    let then = this.typesBelow.get(inode)
    if (then === undefined) this.typesBelow.set(inode, then = this.askType(inode))
    return then
  }

  private askType(inode: Inode): Typed {
    const answer = this.disk.answer({ kind: 'node', store: this.setup.id, path: inode.slice(1), view: 'kernel' })
    assert(answer !== absent, `${inode} was there`)
    return answer[0] === 'l' ? { type: 'symlink', target: answer.slice(1) } : { type: answer[0] === 'd' ? 'directory' : 'file' }
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
    if (inode[0] === '@') this.types.set(inode, type)
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
    if (this.room !== null) this.moved.push({ inode, directory, name, isFolder: false })
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
    if (this.room !== null && inode[0] === '@') this.moved.push({ inode, directory, name, isFolder })
    if (isFolder && inode[0] === '@') this.hasMovedFolders = true
    this.enter(directory, name, inode, isFolder)
  }

  private enter(directory: Inode, name: string, inode: Inode, isFolder: boolean, onlyIfMissing = false): void {
    this.set(directory, name, onlyIfMissing ? `?${inode}` : inode)
    if (isFolder && inode[0] === '#') this.homes.set(inode, { directory, name })
    this.book.entered(directory, name, isFolder ? inode : null)
  }

  private set(directory: Inode, name: string, entry: Inode): void {
    const names = this.namesIn(directory)
    if (this.room !== null) {
      const before = names.get(name)
      if (before !== undefined && before !== absent && before !== entry) this.past.push(directory, name, before)
      // Whoever had this name may have lost the last one.
      this.room.loosen()
    }
    names.set(name, entry)
  }

  protected override isNowhere(inode: Inode): boolean {
    const made = this.blind.get(inode)
    return made !== undefined && this.entryBelow(made.directory, made.name) !== null
  }

  /** An open file keeps its blocks, whatever becomes of its names. */
  opened(inode: Inode): void {
    this.open.set(inode, (this.open.get(inode) ?? 0) + 1)
  }

  closed(inode: Inode): void {
    const more = (this.open.get(inode) ?? 1) - 1
    if (more > 0) this.open.set(inode, more)
    else this.open.delete(inode)
    this.room?.loosen()
  }

  /** Whoever had files open is dead. */
  closeAll(): void {
    this.open.clear()
    this.room?.loosen()
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
    const { room, setup: { id }, past, moved, patches } = this
    if (room === null) return null
    return footprintOf({
      store: id, room, past, patches, moved,
      directories: this.ownDirectories(), rewritten: this.rewrittenInodes(),
      pathsOf: (directory) => this.pathsOf(directory),
      mostBlocks: (inode) => this.blocksAtMost(inode),
    })
  }

  /** Of an inode that this power-on made or wrote to. */
  private blocksAtMost(inode: Inode): number {
    const { type = this.types.get(inode) ?? 'file', target = '' }: { type?: NodeKind; target?: string } = this.recorder.nodes.get(inode) ?? {}
    return type === 'file' ? this.mostBlocks(inode) : blocksOf(type, target.length, this.setup.blockBytes)
  }

  private useView(): UseView {
    const { setup: { blockBytes } } = this
    return {
      ownPaths: () => this.ownPaths(),
      placesOf: (directory) => this.pathsOf(`@${directory}`),
      peekAt: (path) => {
        const found = this.peek(path)
        return found.kind === 'absent' ? null : found.kind === 'here' ? { inode: found.inode, isSure: true } : { inode: `@${found.path}`, isSure: false }
      },
      inodeThen: (path) => this.entryBelow(`@${parentOf(path)}`, nameOf(path)),
      blocksKnown: (inode) => (this.types.get(inode) === 'directory' ? 1 : this.blocksHeld(inode)),
      blocksNow: (inode) => {
        const { type, target = '' } = this.type(inode)
        if (type !== 'file') return blocksOf(type, target.length, blockBytes)
        try {
          return blocksOf(type, this.sizeOf(inode), blockBytes)
        } catch (error) {
          // Its inode never reached the disk.
          if (error instanceof Refusal && error.code === 'EUCLEAN') return 0
          throw error
        }
      },
      held: () => [...this.open.keys()],
    }
  }

  private *ownPaths(): Generator<string> {
    for (const { directory, own, layers } of this.ownDirectories()) {
      for (const path of this.pathsOf(directory)) {
        for (const name of own.keys()) yield join(path, name)
        for (const { names } of layers) for (const name of names.keys()) yield join(path, name)
      }
    }
    for (const inode of this.rewrittenInodes()) yield inode.slice(1)
  }

  protected override record(operation: FileSystemOperation): void {
    this.recorder.record(this.setup.id, operation)
  }
}
