/**
 * Whole trees without a question. Each step of a recipe is the very call that the real tool issues for an entry; whether a
 * file was there before stays open until somebody asks.
 */
import { assertNever, known } from '../assert'
import type { Inode } from '../disk/call'
import { join, nameOf, parentOf } from '../explore/question'
import type { Volume } from '../fs/volume'
import type { Entry } from '../release/entry'
import type { Recipe, RecipeStep, Trees } from './os'

export function treesOn(volume: Volume): Trees {
  /** The folder of a path, without asking whether it is there. Entries of one call lie side by side: the last one is remembered. */
  let last: { readonly path: string; readonly inode: Inode } | null = null
  const folder = (path: string): Inode => {
    if (last?.path === path) return last.inode
    const found = volume.peek(path)
    const inode = found.kind === 'here' ? found.inode : `@${path}`
    last = { path, inode }
    return inode
  }
  /** There may be one already. */
  const makeDirectory = (path: string): void => {
    volume.create(folder(parentOf(path)), nameOf(path), 'directory', { onlyIfMissing: true })
    last = null
  }
  const made = new Set<string>(['/'])
  const makeParents = (path: string, entryOf: (path: string) => boolean): void => {
    const parent = parentOf(path)
    if (made.has(parent)) return
    makeParents(parent, entryOf)
    made.add(parent)
    if (entryOf(parent)) makeDirectory(parent)
  }

  function step(doing: RecipeStep, entry: Entry, path: string, recipe: Recipe, when: 'always' | 'missing', isFolder: (path: string) => boolean): void {
    const directory = folder(parentOf(path))
    const temporary = recipe.temporary(path)
    const temporaryName = nameOf(temporary)
    const ownTemporary = (): Inode => known(volume.ownEntry(folder(parentOf(temporary)), temporaryName), temporary)
    switch (doing) {
      case 'make-parents': return makeParents(path, isFolder)
      case 'make-directory': return // directories only, see put
      case 'clear-temporary':
        volume.unlink(folder(parentOf(temporary)), temporaryName)
        if (recipe.backup !== undefined) volume.unlink(directory, nameOf(recipe.backup(path)))
        return
      case 'write-temporary': return create(folder(parentOf(temporary)), temporaryName, entry)
      case 'link-backup':
        if (recipe.backup !== undefined) volume.link(directory, nameOf(recipe.backup(path)), volume.ownEntry(directory, nameOf(path)) ?? `@${path}`)
        return
      case 'fsync-temporary':
        if (entry.type === 'file') volume.fsync(ownTemporary())
        return
      case 'rename-temporary':
        volume.rename(folder(parentOf(temporary)), temporaryName, directory, nameOf(path), ownTemporary(), volume.ownEntry(directory, nameOf(path)) ?? `@${path}`)
        return
      case 'write-in-place': return create(directory, nameOf(path), entry, when === 'missing')
      case 'fsync':
        if (entry.type === 'file') volume.fsync(known(volume.ownEntry(directory, nameOf(path)), path))
        return
      case 'fsync-parent': return volume.fsyncDirectory(directory)
      case 'unlink-backup':
        if (recipe.backup !== undefined) volume.unlink(directory, nameOf(recipe.backup(path)))
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

  return {
    put(entries, into, recipe, when = 'always') {
      last = null
      const folders = new Set(entries.filter((entry) => entry.type === 'directory').map((entry) => join(into, entry.path)))
      for (const phase of recipe.phases) {
        for (const entry of entries) {
          if (entry.type === 'directory') {
            if (phase.includes('make-directory')) makeDirectory(join(into, entry.path))
            continue
          }
          for (const doing of phase) step(doing, entry, join(into, entry.path), recipe, when, (path) => folders.has(path))
        }
      }
    },
    remove(entries, from) {
      last = null
      for (const entry of entries) {
        const path = join(from, entry.path)
        volume.unlink(folder(parentOf(path)), nameOf(path))
      }
    },
    link(entries, from, into) {
      last = null
      for (const entry of entries) {
        const source = join(from, entry.path)
        const path = join(into, entry.path)
        const found = volume.peek(source)
        volume.link(folder(parentOf(path)), nameOf(path), found.kind === 'here' ? found.inode : `@${source}`)
      }
    },
  }
}
