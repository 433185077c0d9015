/**
 * Whole trees without a question. Each step of a recipe is the very call that the real tool issues for an entry; whether a
 * file was there before stays open until somebody asks.
 */
import { assertNever, known } from '../assert'
import type { Inode } from '../disk/call'
import { join, nameOf, parentOf } from '../explore/question'
import { systemCall } from '../fs/fs-errors'
import { oneText } from '../fs/one-text'
import type { Volume } from '../fs/volume'
import type { Entry } from '../release/entry'
import type { Recipe, RecipeStep, TreeScript, Trees } from './os'

interface Parts {
  readonly path: string
  readonly parent: string
  readonly name: string
}

/**
 * `isDone`: true where all that a script comes to is done already; else its calls are made one by one. `volumeAt`: the file system that a
 * directory is on.
 */
export function treesOn(volume: Volume, isDone: (script: TreeScript) => boolean = () => false, volumeAt: (directory: string) => Volume = () => volume): Trees {
  /** Where paths lead, for the entries of one call: nothing but making a folder changes it meanwhile. */
  const folders = new Map<string, Inode>()
  /** What is being put, for errors. */
  const where: [path: string] = ['']
  /** The folder of a path, without asking whether it is there. */
  const folder = (path: string): Inode => {
    let inode = folders.get(path)
    if (inode === undefined) {
      const found = volume.peek(path)
      inode = found.kind === 'here' ? found.inode : oneText(`@${path}`)
      folders.set(path, inode)
    }
    return inode
  }

  /** There may be one already. */
  const makeDirectory = (path: string): void => {
    volume.create(folder(parentOf(path)), nameOf(path), 'directory', { onlyIfMissing: true })
    folders.clear()
  }
  /** `made`: folders that are there by now. */
  const makeParents = (path: string, made: Set<string>, isFolder: (path: string) => boolean): void => {
    const parent = parentOf(path)
    if (made.has(parent)) return
    makeParents(parent, made, isFolder)
    made.add(parent)
    if (isFolder(parent)) makeDirectory(parent)
  }

  function step(doing: RecipeStep, entry: Entry, { at, below }: EntryParts, temporary: Parts, backup: Parts | null, when: 'always' | 'missing'): void {
    const directory = folder(at.parent)
    const ownTemporary = (): Inode => known(volume.ownEntry(folder(temporary.parent), temporary.name), temporary.path)
    switch (doing) {
      case 'make-parents':
      case 'make-directory': return // see putPhase
      case 'clear-temporary':
        volume.unlink(folder(temporary.parent), temporary.name)
        if (backup !== null) volume.unlink(directory, backup.name)
        return
      case 'write-temporary': return create(folder(temporary.parent), temporary.name, entry)
      case 'link-backup':
        if (backup !== null) volume.link(directory, backup.name, volume.ownEntry(directory, at.name) ?? below)
        return
      case 'fsync-temporary':
        if (entry.type === 'file') volume.fsync(ownTemporary())
        return
      case 'rename-temporary':
        volume.rename(folder(temporary.parent), temporary.name, directory, at.name, ownTemporary(), volume.ownEntry(directory, at.name) ?? below)
        return
      case 'write-in-place': return create(directory, at.name, entry, when === 'missing')
      case 'fsync':
        if (entry.type === 'file') volume.fsync(known(volume.inodePut(directory, at.name), at.path))
        return
      case 'fsync-parent': return volume.fsyncDirectory(directory)
      case 'unlink-backup':
        if (backup !== null) volume.unlink(directory, backup.name)
        return
      default: assertNever(doing, 'recipe')
    }
  }

  function create(directory: Inode, name: string, entry: Entry, onlyIfMissing = false): void {
    const inode = volume.create(directory, name, entry.type, {
      ...(entry.type === 'symlink' ? { target: entry.target ?? '' } : {}), ...(onlyIfMissing ? { onlyIfMissing } : {}),
    })
    if (entry.type === 'file') volume.fill(inode, { kind: 'blob', blob: entry.sha256 ?? '', sizeBytes: entry.sizeBytes })
  }

  function putPhase(phase: readonly RecipeStep[], entries: readonly Entry[], into: string, recipe: Recipe, when: 'always' | 'missing', made: Set<string>): void {
    const makesParents = phase.includes('make-parents')
    const directories = new Set(makesParents ? entries.filter(({ type }) => type === 'directory').map(({ path }) => join(into, path)) : [])
    for (const entry of entries) {
      if (entry.type === 'directory') {
        where[0] = join(into, entry.path)
        if (phase.includes('make-directory')) makeDirectory(where[0])
        continue
      }
      const parts = partsOf(entry, into)
      const { path } = parts.at
      where[0] = path
      if (makesParents) makeParents(path, made, (parent) => directories.has(parent))
      const temporary = parts.temporary = madeBy(recipe.temporary, path, parts.temporary)
      const backup = recipe.backup === undefined ? null : parts.backup = madeBy(recipe.backup, path, parts.backup)
      for (const doing of phase) step(doing, entry, parts, temporary.parts, backup?.parts ?? null, when)
    }
  }

  return {
    put(entries, into, recipe, when = 'always') {
      folders.clear()
      const made = new Set(['/'])
      where[0] = into
      systemCall('write', where, () => {
        for (const phase of recipe.phases) putPhase(phase, entries, into, recipe, when, made)
      })
    },
    fits: (directory, sizeBytes, inodes = 0) => volumeAt(directory).fits(sizeBytes, inodes),
    remove(entries, from) {
      folders.clear()
      for (const entry of entries) {
        const path = join(from, entry.path)
        volume.unlink(folder(parentOf(path)), oneText(nameOf(path)))
      }
    },
    link(entries, from, into) {
      folders.clear()
      for (const entry of entries) {
        const source = join(from, entry.path)
        const path = join(into, entry.path)
        const found = volume.peek(source)
        volume.link(folder(parentOf(path)), oneText(nameOf(path)), found.kind === 'here' ? found.inode : oneText(`@${source}`))
      }
    },
    run(script) {
      if (!isDone(script)) script(this)
    },
  }
}

function inParts(path: string): Parts {
  return { path, parent: oneText(parentOf(path)), name: oneText(nameOf(path)) }
}

/** Of an entry that is put, with what each function of a recipe made of its path last. */
interface EntryParts {
  readonly into: string
  readonly at: Parts
  /** What the path leads to where no power-on touched it. */
  readonly below: Inode
  temporary: Made | null
  backup: Made | null
}

interface Made { readonly by: (path: string) => string; readonly parts: Parts }

/** Entries outlive power-ons, and mostly are put to the same place by the same recipes. */
const partsOfEntries = new WeakMap<Entry, EntryParts>()

function partsOf(entry: Entry, into: string): EntryParts {
  let parts = partsOfEntries.get(entry)
  if (parts?.into !== into) {
    const path = join(into, entry.path)
    parts = { into, at: inParts(path), below: oneText(`@${path}`), temporary: null, backup: null }
    partsOfEntries.set(entry, parts)
  }
  return parts
}

function madeBy(by: (path: string) => string, path: string, last: Made | null): Made {
  return last?.by === by ? last : { by, parts: inParts(by(path)) }
}
