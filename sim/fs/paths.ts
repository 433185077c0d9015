/**
 * From paths to inodes, as the Linux kernel walks: symbolic links, `.` and `..`, trailing slashes, mount points.
 *
 * A relative path starts at the root. A mount point is a path: what is mounted there hides what the file system below has
 * under that name, and the name need not exist there.
 */
import { known } from '../assert'
import type { Inode, NodeKind } from '../disk/call'
import { join } from '../explore/question'
import { Refusal } from './fs-errors'
import type { Volume } from './volume'

/** A directory, and the way that led to it. */
export interface Place {
  readonly volume: Volume
  readonly inode: Inode
  /** Canonical. */
  readonly path: string
  readonly above: Place | null
  /** Directories in it as they were met last. */
  readonly met: Map<string, Node>
}

/** The last name of a path, not looked up yet. `special`: there is none, the path ends at `directory` itself. */
export interface LastName {
  readonly directory: Place
  readonly name: string
  readonly special: '/' | '.' | '..' | null
  /** A slash after it: it must be a directory. */
  readonly slash: boolean
}

export interface Node {
  readonly volume: Volume
  readonly inode: Inode
  readonly type: NodeKind
  readonly target?: string
  /** Set for directories. */
  readonly place?: Place
  readonly isMountPoint: boolean
}

/** Whether a symbolic link at the end of the path is followed: as `open`, as `lstat`, as `unlink` do it. */
export type Follow = 'always' | 'before-slash' | 'never'

const linksMax = 40
const nameBytesMax = 255
const pathBytesMax = 4095

export class Paths {
  private readonly root: Place

  constructor(private readonly mounts: ReadonlyMap<string, Volume>) {
    const volume = known(mounts.get('/'), 'a file system mounted at /')
    this.root = { volume, inode: volume.root, path: '/', above: null, met: new Map() }
  }

  /** The last name of a path, all before it walked. `creates`: a slash after a name to be made is refused as `open` does. */
  last(path: string, follow: Follow, creates = false): LastName {
    checkLength(path)
    let directory = this.root
    let slash = path.endsWith('/')
    let special: LastName['special'] = '/'
    let links = 0
    let names = split(path)
    for (let at = 0; at < names.length; ) {
      const name = names[at++]!
      if (name === '.' || name === '..') {
        special = name
        if (name === '..') directory = directory.above ?? directory
        continue
      }
      special = null
      const isLast = at === names.length
      if (isLast && creates && slash) throw new Refusal('EISDIR')
      if (isLast && follow === 'never') return { directory, name, special, slash }
      const node = this.child(directory, name)
      if (node?.target !== undefined && (!isLast || follow === 'always' || slash)) {
        if (++links > linksMax) throw new Refusal('ELOOP')
        if (isLast) slash ||= node.target.endsWith('/')
        if (node.target.startsWith('/')) directory = this.root
        special = '/'
        names = [...split(node.target), ...names.slice(at)]
        at = 0
        continue
      }
      if (isLast) return { directory, name, special, slash }
      if (node === null) throw new Refusal('ENOENT')
      if (node.place === undefined) throw new Refusal('ENOTDIR')
      directory = node.place
    }
    return { directory, name: '', special, slash }
  }

  /** What a last name leads to, or null. */
  look({ directory, name, special }: LastName): Node | null {
    if (special !== null) return directoryNode(directory, false)
    return this.child(directory, name)
  }

  /** What a path leads to. */
  node(path: string, follow: Follow): Node {
    const last = this.last(path, follow)
    const node = this.look(last)
    if (node === null) throw new Refusal('ENOENT')
    if (last.slash && node.place === undefined) throw new Refusal('ENOTDIR')
    return node
  }

  /** Names of what is mounted in this very directory. */
  mountsIn(directory: Place): readonly string[] {
    const start = join(directory.path, '')
    return [...this.mounts.keys()].filter((path) => path.startsWith(start) && path.length > start.length).map((path) => path.slice(start.length).split('/')[0]!)
  }

  /** Moving it would move what is mounted within. */
  holdsMounts(directory: Place): boolean {
    return this.mountsIn(directory).length > 0
  }

  private child(directory: Place, name: string): Node | null {
    // A character has at most three bytes.
    if (name.length * 3 > nameBytesMax && Buffer.byteLength(name) > nameBytesMax) throw new Refusal('ENAMETOOLONG')
    const { volume, met } = directory
    const last = met.get(name)
    if (last?.isMountPoint === true) return last
    const mounted = last === undefined ? this.mounts.get(join(directory.path, name)) : undefined
    if (mounted !== undefined) return this.meet(directory, name, mounted, mounted.root, true)
    const inode = volume.entry(directory.inode, name)
    if (inode === null) return null
    if (last?.inode === inode) return last
    const { type, target } = volume.type(inode)
    if (type === 'directory') return this.meet(directory, name, volume, inode, false)
    return { volume, inode, type, isMountPoint: false, ...(target === undefined ? {} : { target }) }
  }

  private meet(above: Place, name: string, volume: Volume, inode: Inode, isMountPoint: boolean): Node {
    const node = directoryNode({ volume, inode, path: join(above.path, name), above, met: new Map() }, isMountPoint)
    above.met.set(name, node)
    return node
  }
}

export function isWithin(place: Place, directory: Node): boolean {
  for (let at: Place | null = place; at !== null; at = at.above) if (isSameNode(at, directory)) return true
  return false
}

export function isSameNode(a: Place | Node, b: Place | Node): boolean {
  return a.volume === b.volume && a.inode === b.inode
}

export function checkLength(path: string): void {
  if (path === '') throw new Refusal('ENOENT')
  if (path.length * 3 > pathBytesMax && Buffer.byteLength(path) > pathBytesMax) throw new Refusal('ENAMETOOLONG')
}

function directoryNode(place: Place, isMountPoint: boolean): Node {
  return { volume: place.volume, inode: place.inode, type: 'directory', place, isMountPoint }
}

/** Power-ons of one machine walk the same paths. */
const splitPaths = new Map<string, readonly string[]>()
const splitPathsMax = 20_000

function split(path: string): readonly string[] {
  let names = splitPaths.get(path)
  if (names === undefined) {
    names = path.split('/').filter((name) => name !== '')
    if (splitPaths.size === splitPathsMax) splitPaths.clear()
    splitPaths.set(path, names)
  }
  return names
}
