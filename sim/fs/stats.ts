/**
 * What `stat` and `readdir` tell of an inode. Known: type, size, inode number and device (stable until the next power-on),
 * mode as far as this power-on set it. Not modelled: owners, times, the number of links (always 1).
 */
import type { Inode, NodeKind } from '../disk/call'
import { constants } from './flags'
import { notSimulated, systemCall } from './fs-errors'
import type { Volume } from './volume'

export interface Stated {
  readonly volume: Volume
  readonly inode: Inode
  readonly type: NodeKind
  readonly target?: string
}

const { S_IFDIR, S_IFLNK, S_IFREG } = constants
const umask = 0o022
const usualMode: Readonly<Record<NodeKind, number>> = { file: 0o644, directory: 0o755, symlink: 0o777 }
const typeBits: Readonly<Record<NodeKind, number>> = { file: S_IFREG, directory: S_IFDIR, symlink: S_IFLNK }

/** Permission bits, and numbers for inodes in the order in which somebody asks. */
export class Modes {
  private readonly modes = new Map<Volume, Map<Inode, number>>()
  private readonly numbers = new Map<Volume, Map<Inode, number>>()

  made(volume: Volume, inode: Inode, mode: number): void {
    this.set(volume, inode, mode & ~umask)
  }

  set(volume: Volume, inode: Inode, mode: number): void {
    inner(this.modes, volume).set(inode, mode & 0o7777)
  }

  /** undefined: as it was at power-on, which nobody wrote down. */
  get(volume: Volume, inode: Inode): number | undefined {
    return inner(this.modes, volume).get(inode)
  }

  usual(volume: Volume, inode: Inode, type: NodeKind): number {
    return this.get(volume, inode) ?? usualMode[type]
  }

  number(volume: Volume, inode: Inode): number {
    const numbers = inner(this.numbers, volume)
    const number = numbers.get(inode) ?? numbers.size + 1
    numbers.set(inode, number)
    return number
  }

  device(volume: Volume): number {
    inner(this.numbers, volume)
    return [...this.numbers.keys()].indexOf(volume) + 1
  }
}

class Typed {
  constructor(private readonly nodeType: NodeKind) {}

  isFile(): boolean { return this.nodeType === 'file' }
  isDirectory(): boolean { return this.nodeType === 'directory' }
  isSymbolicLink(): boolean { return this.nodeType === 'symlink' }
  isBlockDevice(): boolean { return false }
  isCharacterDevice(): boolean { return false }
  isFIFO(): boolean { return false }
  isSocket(): boolean { return false }
}

/** The size of a file is asked for when it is read off. */
export class FileStats extends Typed {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink = 1
  readonly uid = 0
  readonly gid = 0
  readonly rdev = 0
  readonly blksize: number
  private readonly sizeNow: () => number

  constructor({ volume, inode, type, target }: Stated, modes: Modes) {
    super(type)
    this.dev = modes.device(volume)
    this.ino = modes.number(volume, inode)
    this.mode = typeBits[type] | modes.usual(volume, inode, type)
    this.blksize = volume.setup.blockBytes
    const fixed = type === 'directory' ? this.blksize : Buffer.byteLength(target ?? '')
    this.sizeNow = type === 'file' ? volume.sizeLater(inode) : () => fixed
  }

  get size(): number { return systemCall('stat', [], this.sizeNow) }
  get blocks(): number { return Math.ceil(this.size / this.blksize) * (this.blksize / 512) }
  get atimeMs(): number { return noTimes() }
  get mtimeMs(): number { return noTimes() }
  get ctimeMs(): number { return noTimes() }
  get birthtimeMs(): number { return noTimes() }
  get atime(): Date { return noTimes() }
  get mtime(): Date { return noTimes() }
  get ctime(): Date { return noTimes() }
  get birthtime(): Date { return noTimes() }
}

export class DirectoryEntry extends Typed {
  constructor(readonly name: string, readonly parentPath: string, type: NodeKind) {
    super(type)
  }

  get path(): string { return this.parentPath }
}

function noTimes(): never {
  throw notSimulated('times of files')
}

function inner<T>(table: Map<Volume, Map<Inode, T>>, volume: Volume): Map<Inode, T> {
  let found = table.get(volume)
  if (found === undefined) table.set(volume, found = new Map<Inode, T>())
  return found
}
