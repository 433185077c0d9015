/**
 * The inodes of one file system along a measured span: who has which names and blocks after each call. Calls name inodes by
 * power-on (`@/path` as found there, `#n` made there); here an inode stays the same over all of them.
 *
 * Allocated are whole blocks that were written, one block a directory, one a symbolic link of 60 bytes and more (ext4 keeps
 * shorter ones in the inode: Linux Documentation/filesystems/ext4/dynamic.rst), and an inode each. An inode is given back with its
 * last name, though a descriptor may hold it longer. Left out: extent blocks, larger directories, xattr blocks.
 *
 * A blind call (`put … missing`, `remove`) does here what it would do on this path. What a power-on that ends by reset
 * lost is taken as kept.
 */
import type { Call, FileSystemOperation, Inode, NodeKind } from '../disk/call'
import { pageCount } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { blocksOf } from '../fs/space'
import { Blocks } from './blocks'

export interface InitialFile {
  readonly store: string
  readonly path: string
  readonly type: NodeKind
  /** Of a symbolic link the length of its target. */
  readonly sizeBytes: number
  /** The same for all names of one file; the path of its first name will do. */
  readonly inode: string
}

export interface Node {
  /** By age: inodes made one after the other are neighbours in the inode table. Of ghosts below 0. */
  readonly id: number
  readonly type: NodeKind
  /** Of a directory. */
  readonly names: Map<string, Node>
  readonly blocks: Blocks
  links: number
  /** Never came to be: a blind call found its name taken, or what it names is not there. */
  readonly isGhost: boolean
}

/** What a call changed. */
export interface Change {
  readonly records: readonly Node[]
  /** Whose entries changed. */
  readonly directories: readonly Node[]
  readonly freed: readonly Node[]
  /** Blocks that got new content; `grew`: the length or the allocation changed with it. */
  readonly data: { readonly node: Node; readonly first: number; readonly count: number; readonly grew: boolean } | null
  /** Dirty blocks of this file from here on are void. */
  readonly cut: { readonly node: Node; readonly keep: number } | null
}

const nothing: Change = { records: [], directories: [], freed: [], data: null, cut: null }

export class Ledger {
  blocks = 0
  inodes = 0
  private readonly root: Node
  private readonly bound = new Map<Inode, Node>()
  private made = 0
  private ghosts = 0

  constructor(readonly setup: StoreSetup, files: readonly InitialFile[]) {
    this.root = this.make('directory', 0)
    this.root.links = 1
    const first = new Map<string, Node>()
    for (const file of files) {
      const names = file.path.split('/').filter((name) => name !== '')
      const name = names.pop()
      if (name === undefined) continue
      let directory = this.root
      for (const each of names) directory = directory.names.get(each) ?? this.enter(directory, each, this.make('directory', 0))
      if (directory.names.has(name)) continue
      const node = first.get(file.inode) ?? this.make(file.type, file.sizeBytes)
      first.set(file.inode, node)
      if (file.type === 'file') this.blocks += node.blocks.add(0, blocksOf('file', file.sizeBytes, setup.blockBytes))
      this.enter(directory, name, node)
    }
  }

  get bytes(): number {
    return this.blocks * this.setup.blockBytes
  }

  /** A power-on begins: `@/path` is what the path leads to now, whatever these calls do to it later. */
  powerOn(calls: readonly Call[]): void {
    this.bound.clear()
    for (const { store, does } of calls) {
      if (store !== this.setup.id) continue
      for (const value of Object.values(does)) {
        if (typeof value !== 'string' || !value.startsWith('@/') || this.bound.has(value)) continue
        const node = this.lookUp(value.slice(1))
        if (node !== null) this.bound.set(value, node)
      }
    }
  }

  node(inode: Inode): Node {
    let node = this.bound.get(inode)
    if (node === undefined) {
      node = { id: -++this.ghosts, type: 'directory', names: new Map(), blocks: new Blocks(), links: 0, isGhost: true }
      this.bound.set(inode, node)
    }
    return node
  }

  apply(operation: FileSystemOperation): Change {
    switch (operation.kind) {
      case 'create': return this.create(operation)
      case 'link': {
        const node = this.node(operation.inode)
        const directory = this.node(operation.directory)
        if (node.isGhost || (operation.onlyIfMissing === true && directory.names.has(operation.name))) return nothing
        return this.changed([node, directory], [directory], this.replace(directory, operation.name, node))
      }
      case 'unlink': {
        const directory = this.node(operation.directory)
        const node = directory.names.get(operation.name)
        if (node === undefined || node.names.size > 0) return nothing
        directory.names.delete(operation.name)
        return this.changed([node, directory], [directory], this.release(node))
      }
      case 'rename': {
        const from = this.node(operation.fromDirectory)
        const to = this.node(operation.toDirectory)
        const node = from.names.get(operation.from)
        if (node === undefined || node === to.names.get(operation.to)) return nothing
        const freed = this.replace(to, operation.to, node)
        from.names.delete(operation.from)
        node.links--
        return this.changed([node, from, to, ...freed], [from, to], freed)
      }
      case 'exchange': {
        const [aDirectory, bDirectory] = [this.node(operation.aDirectory), this.node(operation.bDirectory)]
        const [a, b] = [aDirectory.names.get(operation.a), bDirectory.names.get(operation.b)]
        if (a === undefined || b === undefined) return nothing
        aDirectory.names.set(operation.a, b)
        bDirectory.names.set(operation.b, a)
        return this.changed([a, b, aDirectory, bDirectory], [aDirectory, bDirectory], [])
      }
      case 'write': {
        const node = this.node(operation.inode)
        if (node.isGhost) return nothing
        const { unitBytes, blockBytes } = this.setup
        const first = Math.floor((operation.firstBlock * unitBytes) / blockBytes)
        const count = Math.ceil(((operation.firstBlock + pageCount(operation.pages)) * unitBytes) / blockBytes) - first
        const added = this.grow(node, first, count)
        return { ...this.changed([node], [], []), data: { node, first, count, grew: added > 0 || operation.sizeAfter !== operation.sizeBefore } }
      }
      case 'truncate': {
        const node = this.node(operation.inode)
        if (node.isGhost) return nothing
        const keep = Math.ceil(operation.sizeBytes / this.setup.blockBytes)
        const dropped = node.blocks.cut(keep)
        if (node.links > 0) this.blocks -= dropped
        const data = operation.tail === null ? null : { node, first: keep - 1, count: 1, grew: true }
        if (data !== null) this.grow(node, data.first, 1)
        return { ...this.changed([node], [], []), cut: { node, keep }, data }
      }
      case 'chmod': {
        const node = this.node(operation.inode)
        return node.isGhost ? nothing : this.changed([node], [], [])
      }
      default: return nothing
    }
  }

  private create({ directory: in_, name, inode, type, target, onlyIfMissing }: Extract<FileSystemOperation, { kind: 'create' }>): Change {
    const directory = this.node(in_)
    const there = directory.names.get(name)
    if (onlyIfMissing === true && there !== undefined) {
      if (inode[0] === '@') this.bound.set(inode, there)
      return nothing
    }
    const node = this.make(type, target?.length ?? 0)
    this.bound.set(inode, node)
    const freed = this.replace(directory, name, node)
    return this.changed([node, directory, ...freed], type === 'directory' ? [directory, node] : [directory], freed)
  }

  private make(type: NodeKind, sizeBytes: number): Node {
    const node: Node = { id: this.made++, type, names: new Map(), blocks: new Blocks(), links: 0, isGhost: false }
    this.inodes++
    if (type !== 'file') this.blocks += node.blocks.add(0, blocksOf(type, sizeBytes, this.setup.blockBytes))
    return node
  }

  /** Blocks of a file without a name (still open) are not counted. */
  private grow(node: Node, first: number, count: number): number {
    const added = node.blocks.add(first, count)
    if (node.links > 0) this.blocks += added
    return added
  }

  private changed(records: readonly Node[], directories: readonly Node[], freed: readonly Node[]): Change {
    return { ...nothing, records, directories, freed }
  }

  private enter(directory: Node, name: string, node: Node): Node {
    directory.names.set(name, node)
    node.links++
    return node
  }

  private replace(directory: Node, name: string, node: Node): readonly Node[] {
    const before = directory.names.get(name)
    this.enter(directory, name, node)
    return before === undefined ? [] : this.release(before)
  }

  /** One name less. */
  private release(node: Node): readonly Node[] {
    node.links--
    if (node.links > 0) return []
    this.blocks -= node.blocks.size
    this.inodes--
    return [node]
  }

  private lookUp(path: string): Node | null {
    let node = this.root
    for (const name of path.split('/')) {
      if (name === '') continue
      const next = node.names.get(name)
      if (next === undefined) return null
      node = next
    }
    return node
  }
}
