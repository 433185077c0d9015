/**
 * What a power-on has left of a file system: names and contents without the history, as texts that pictures of many
 * power-ons share. A search ends a thousand power-ons that way, most of them alike.
 *
 * What a name leads to is
 *   ''           nothing
 *   '@/path'     the inode that was there at power-on under this path, or a folder that was made there blindly
 *   'd#n'        a folder of this power-on, 'l<target>' a symbolic link of it
 *   'f<body>'    a file of it that has no other name, its content as `bodyKey` prints it
 *   'h#n <body>' a file of it that has had several names
 *   '?' and any of these: put there blindly, so only if the name was free.
 */
import { known } from '../assert'
import type { Inode } from '../disk/call'
import { bodyKey } from '../disk/content'
import { absent } from '../disk/frame'
import { type Disk, join, nameOf, parentOf } from '../explore/question'
import { oneText } from '../fs/one-text'
import type { PatchFolder } from '../fs/patch'
import type { Volume } from '../fs/volume'

type Leaf = string
export type Folder = ReadonlyMap<string, Leaf>

/** Folders of which many pictures have the same. */
export class PictureShelf {
  private readonly folders = new Map<string, Folder>()
  private readonly ofPatches = new WeakMap<PatchFolder, Folder>()
  private readonly together = new WeakMap<Folder, WeakMap<Folder, Folder>>()

  folder(names: Iterable<readonly [string, Leaf]>): Folder {
    const list = [...names]
    const key = list.map(([name, leaf]) => `${name}\0${leaf}`).join('\0')
    let folder = this.folders.get(key)
    if (folder === undefined) this.folders.set(key, folder = new Map(list.map(([name, leaf]) => [name, oneText(leaf)])))
    return folder
  }

  ofPatch(layer: PatchFolder): Folder {
    let folder = this.ofPatches.get(layer)
    if (folder === undefined) {
      const leafOf = (entry: Inode): Leaf => {
        if (entry[0] === '?') return `?${leafOf(entry.slice(1))}`
        const made = layer.made.get(entry)
        if (made === undefined) return entry
        return made.body === null ? `l${made.node.target ?? ''}` : `f${bodyKey(made.body)}`
      }
      this.ofPatches.set(layer, folder = new Map([...layer.names].map(([name, entry]) => [name, oneText(leafOf(entry))])))
    }
    return folder
  }

  /** The last ones are laid together first: power-ons mostly differ in where they begin. */
  stack([folder, ...over]: readonly Folder[]): Folder {
    const lowest = known(folder, 'a folder')
    if (over.length === 0) return lowest
    const upper = this.stack(over)
    let of = this.together.get(lowest)
    if (of === undefined) this.together.set(lowest, of = new WeakMap())
    let both = of.get(upper)
    if (both === undefined) of.set(upper, both = new Map([...lowest, ...upper]))
    return both
  }
}

export type Place =
  | { readonly kind: 'absent' }
  /** As it was at power-on, under this path then. */
  | { readonly kind: 'below'; readonly path: string }
  | { readonly kind: 'leaf'; readonly leaf: Leaf }

export class Picture {
  readonly store: string
  readonly isPersistent: boolean
  readonly hasMovedFolders: boolean
  /** Content of files that were there at power-on and were written in place, by inode. */
  readonly rewritten: ReadonlyMap<Inode, string>
  private readonly folders = new Map<Inode, Folder>()
  /** Whether the folders on a path are where they were, as far as anybody asked. */
  private readonly plain = new Map<string, boolean>()
  /** By path, as far as anybody asked. */
  private readonly directories = new Map<string, Inode>()

  constructor(volume: Volume, shelf: PictureShelf) {
    this.store = volume.setup.id
    this.isPersistent = volume.setup.model.persistent
    this.hasMovedFolders = volume.hasMovedFolders
    this.rewritten = new Map([...volume.rewrittenInodes()].map((inode) => [inode, bodyKey(volume.body(inode))]))
    const seen = new Set<Inode>()
    const several = new Set<Inode>()
    for (const { own } of volume.ownDirectories()) {
      for (const entry of own.values()) {
        const inode = entry[0] === '?' ? entry.slice(1) : entry
        if (inode[0] === '#') (seen.has(inode) ? several : seen).add(inode)
      }
    }
    const leafOf = (entry: Inode): Leaf => {
      if (entry[0] === '?') return `?${leafOf(entry.slice(1))}`
      if (entry[0] !== '#') return entry
      const { type, target } = volume.type(entry)
      if (type === 'directory') return `d${entry}`
      if (type === 'symlink') return `l${target ?? ''}`
      return several.has(entry) ? `h${entry} ${bodyKey(volume.body(entry))}` : `f${bodyKey(volume.body(entry))}`
    }
    for (const { directory, own, layers } of volume.ownDirectories()) {
      const folders = layers.map((layer) => shelf.ofPatch(layer))
      if (own.size > 0) folders.unshift(shelf.folder([...own].map(([name, entry]) => [name, leafOf(entry)] as const)))
      if (folders.length > 0) this.folders.set(directory, shelf.stack(folders))
    }
  }

  folderOf(directory: Inode): Folder | undefined {
    return this.folders.get(directory)
  }

  /** What this power-on touched in the folder at a path; undefined where folders on the way were touched, too, so that it may be another one. */
  plainFolder(path: string): Folder | undefined {
    return this.isPlain(path) ? this.folders.get(`@${path}`) : undefined
  }

  private isPlain(path: string): boolean {
    if (path === '/') return true
    let is = this.plain.get(path)
    if (is === undefined) {
      const parent = parentOf(path)
      is = this.isPlain(parent)
      if (is) {
        const leaf = this.folders.get(`@${parent}`)?.get(nameOf(path))
        is = leaf === undefined || leaf === `@${path}`
      }
      this.plain.set(path, is)
    }
    return is
  }

  /** Where a canonical path leads; `below` decides what became of names that were put there blindly. */
  at(path: string, below: Disk): Place {
    if (path === '/') return { kind: 'below', path }
    const directory = this.directoryAt(parentOf(path), below)
    return directory === null ? { kind: 'absent' } : this.in(directory, nameOf(path), below)
  }

  private in(directory: Inode, name: string, below: Disk): Place {
    let leaf = this.folders.get(directory)?.get(name)
    if (leaf?.[0] === '?') leaf = (directory[0] === '@' ? this.inodeBelow(below, join(directory.slice(1), name)) : null) ?? leaf.slice(1)
    if (leaf === absent || (leaf === undefined && directory[0] === '#')) return { kind: 'absent' }
    return leaf === undefined ? { kind: 'below', path: join(directory.slice(1), name) } : { kind: 'leaf', leaf }
  }

  /** Null: no folder. What hangs on a name that was put blindly is not kept. */
  private directoryAt(path: string, below: Disk): Inode | null {
    if (path === '/') return '@/'
    const kept = this.directories.get(path)
    if (kept !== undefined) return kept
    const [parent, name] = [parentOf(path), nameOf(path)]
    const above = this.directoryAt(parent, below)
    if (above === null) return null
    const directory = directoryOf(this.in(above, name, below))
    const isBlind = this.folders.get(above)?.get(name)?.[0] === '?' || (parent !== '/' && !this.directories.has(parent))
    if (directory !== null && !isBlind) this.directories.set(path, directory)
    return directory
  }

  private inodeBelow(below: Disk, path: string): Inode | null {
    const answer = below.answer({ kind: 'node', store: this.store, path, view: 'kernel' })
    if (answer === absent) return null
    return answer.startsWith('f=') ? `@${answer.slice(2)}` : `@${path}`
  }

  /** Content of an inode that was there at power-on, as `bodyKey` prints it. */
  contentOf(inode: Inode, below: Disk): string {
    return this.rewritten.get(inode) ?? below.answer({ kind: 'bytes', store: this.store, path: inode.slice(1), view: 'kernel' })
  }

  /** Type of an inode that was there at power-on, or was made blindly: 'd', 'f', 'l<target>'. */
  typeOf(inode: Inode, below: Disk): string {
    if (this.rewritten.has(inode)) return 'f'
    const answer = below.answer({ kind: 'node', store: this.store, path: inode.slice(1), view: 'kernel' })
    return answer === absent ? 'd' : answer[0] === 'f' ? 'f' : answer
  }
}

function directoryOf(place: Place): Inode | null {
  switch (place.kind) {
    case 'absent': return null
    case 'below': return `@${place.path}`
    case 'leaf': return place.leaf[0] === '@' ? place.leaf : place.leaf[0] === 'd' ? place.leaf.slice(1) : null
  }
}
