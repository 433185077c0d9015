/** Small things that all parts share: names of dpkg's temporary files, recipes, made-up entries, fsync of a folder. */
import type { Os, Recipe, RecipeStep } from '../../sim/machine/os'
import { type Entry, UNOWNED } from '../../sim/release/entry'
import { oncePerText } from './once'

export const dpkgFolder = '/var/lib/dpkg'
export const infoFolder = `${dpkgFolder}/info`

export function dpkgNew(path: string): string {
  return `${path}.dpkg-new`
}

export function dpkgTmp(path: string): string {
  return `${path}.dpkg-tmp`
}

export function recipe(temporary: (path: string) => string, ...phases: readonly (readonly RecipeStep[])[]): Recipe {
  return { temporary, phases }
}

const noTemporary = (path: string): string => path

export const writeInPlace = recipe(noTemporary, ['write-in-place'])
export const onlyMakeFolders = recipe(noTemporary, ['make-directory'])
/** What scripts do: a temporary file, moved over the name, nothing synced. */
export const replaceUnsynced = recipe((path) => `${path}.new`, ['write-temporary', 'rename-temporary'])

/** A file whose bytes nobody looks at, `blob` their name. */
export function madeUpFile(path: string, blob: string, sizeBytes: number): Entry {
  return { ...plain, path, type: 'file', mode: 0o644, sizeBytes, sha256: blob }
}

const plain = { uid: 0, gid: 0, deflatedBytes: 0, hardLink: null, target: null, package: UNOWNED, xattrs: '' } as const

/** One entry for each path: each power-on names the same ones. */
export const emptyFile = oncePerText((path): Entry => ({ ...plain, path, type: 'file', mode: 0o644, sizeBytes: 0, sha256: '' }))
export const folderEntry = oncePerText((path): Entry => ({ ...plain, path, type: 'directory', mode: 0o755, sizeBytes: 0, sha256: null }))

/** The same thing at another path. */
export function moved(entry: Entry, path: string): Entry {
  return { ...entry, path }
}

export function fsyncFolder(os: Os, path: string): void {
  const fd = os.fs.openSync(path, 'r')
  os.fs.fsyncSync(fd)
  os.fs.closeSync(fd)
}
