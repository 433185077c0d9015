/** Open files: what `open`, `read`, `write`, `ftruncate` and `fsync` do to an inode, whatever became of its names. */
import type { Inode, NodeKind } from '../disk/call'
import { O_TMPFILE, constants } from './flags'
import { Refusal, byReference } from './fs-errors'
import type { LastName, Node, Paths } from './paths'
import type { Modes } from './stats'
import type { Volume } from './volume'

export interface OpenFile {
  readonly volume: Volume
  readonly inode: Inode
  readonly type: NodeKind
  readonly flags: number
  position: number
}

const { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_SYNC, O_TRUNC, O_WRONLY } = constants
const accessMode = 3
const firstDescriptor = 3

export class Descriptors {
  private readonly open = new Map<number, OpenFile>()

  constructor(private readonly paths: Paths, private readonly modes: Modes) {}

  /** Asks for the names of the path and no more. */
  openPath(path: string, flags: number, mode: number): number {
    if ((flags & O_TMPFILE) !== 0) throw new Refusal('EOPNOTSUPP')
    const file = (flags & O_CREAT) !== 0 ? this.openOrCreate(path, flags, mode) : this.openExisting(path, flags)
    let descriptor = firstDescriptor
    while (this.open.has(descriptor)) descriptor++
    this.open.set(descriptor, file)
    file.volume.opened(file.inode)
    return descriptor
  }

  get(descriptor: number): OpenFile {
    const file = this.open.get(descriptor)
    if (file === undefined) throw new Refusal('EBADF')
    return file
  }

  close(descriptor: number): void {
    const { volume, inode } = this.get(descriptor)
    this.open.delete(descriptor)
    volume.closed(inode)
  }

  private openOrCreate(path: string, flags: number, mode: number): OpenFile {
    if ((flags & O_DIRECTORY) !== 0) throw new Refusal('EINVAL')
    const last = this.paths.last(path, (flags & (O_EXCL | O_NOFOLLOW)) !== 0 ? 'never' : 'always', true)
    const node = this.paths.look(last)
    if (node === null) return this.create(last, flags, mode)
    if ((flags & O_EXCL) !== 0) throw new Refusal('EEXIST')
    return this.openNode(node, flags | O_WRONLY, flags)
  }

  private create({ directory, name }: LastName, flags: number, mode: number): OpenFile {
    const { volume } = directory
    const inode = volume.create(directory.inode, name, 'file')
    this.modes.made(volume, inode, mode)
    return { volume, inode, type: 'file', flags, position: 0 }
  }

  private openExisting(path: string, flags: number): OpenFile {
    const last = this.paths.last(path, (flags & O_NOFOLLOW) !== 0 ? 'before-slash' : 'always')
    const node = this.paths.look(last)
    if (node === null) throw new Refusal('ENOENT')
    if ((last.slash || (flags & O_DIRECTORY) !== 0) && node.type !== 'directory') throw new Refusal('ENOTDIR')
    return this.openNode(node, flags, flags)
  }

  /** `wants`: writing, creating and truncating are all more than a directory lets one do. */
  private openNode({ volume, inode, type }: Node, wants: number, flags: number): OpenFile {
    if (type === 'symlink') throw new Refusal('ELOOP')
    if (type === 'directory' && ((wants & accessMode) !== O_RDONLY || (flags & O_TRUNC) !== 0)) throw new Refusal('EISDIR')
    if ((flags & O_TRUNC) !== 0) volume.truncate(inode, 0)
    return { volume, inode, type, flags, position: 0 }
  }
}

/** `position` null: where the descriptor stands. */
export function readFrom(file: OpenFile, length: number, position: number | null): string {
  if ((file.flags & accessMode) === O_WRONLY) throw new Refusal('EBADF')
  if (file.type === 'directory') throw new Refusal('EISDIR')
  const bytes = file.volume.read(file.inode, position ?? file.position, length)
  if (bytes === null) throw byReference()
  if (position === null) file.position += bytes.length
  return bytes
}

/** Tells how many bytes were written: fewer than wanted where no more blocks are free. */
export function writeTo(file: OpenFile, bytes: string, position: number | null): number {
  const { volume, inode, flags } = file
  if ((flags & accessMode) === O_RDONLY) throw new Refusal('EBADF')
  if (bytes.length === 0) return 0
  const offset = (flags & O_APPEND) !== 0 ? volume.sizeOf(inode) : position ?? file.position
  if (!volume.canWrite(inode, offset, bytes.length)) throw byReference()
  const written = volume.write(inode, offset, bytes)
  if (position === null) file.position = offset + written
  if ((flags & O_SYNC) === O_SYNC) volume.fsync(inode)
  else if ((flags & O_DSYNC) !== 0) volume.fsync(inode, 'fdatasync')
  return written
}

export function truncateTo({ volume, inode, type, flags }: OpenFile, sizeBytes: number): void {
  if (type !== 'file' || (flags & accessMode) === O_RDONLY) throw new Refusal('EINVAL')
  if (!volume.canTruncate(inode, sizeBytes)) throw byReference()
  volume.truncate(inode, sizeBytes)
}

export function syncFile({ volume, inode, type }: OpenFile, kind: 'fsync' | 'fdatasync'): void {
  if (type === 'directory') volume.fsyncDirectory(inode)
  else volume.fsync(inode, kind)
}
