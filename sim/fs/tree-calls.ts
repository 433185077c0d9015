/** What Node makes of several system calls, one after the other: parents with a directory, whole trees, listings, copies. */
import type * as fs from 'node:fs'
import { join } from '../explore/question'
import { modeBits, optionsOf, pathText } from './arguments'
import { constants } from './flags'
import { Refusal, byReference, notSimulated, systemCall } from './fs-errors'
import type { Kernel } from './kernel'
import type { NameCalls } from './name-calls'
import { type Node, isSameNode } from './paths'
import { DirectoryEntry } from './stats'

export type TreeCalls = Pick<typeof fs, 'mkdirSync' | 'unlinkSync' | 'rmdirSync' | 'rmSync' | 'readdirSync' | 'copyFileSync'>

type ReaddirOptions = { encoding?: BufferEncoding | 'buffer' | null; withFileTypes?: boolean; recursive?: boolean } | BufferEncoding | 'buffer' | null

export function treeCalls({ paths, modes }: Kernel, names: NameCalls): TreeCalls {
  /** Returns the first directory that it made. */
  function mkdirWithParents(path: string, mode: number): string | undefined {
    let first: string | undefined
    const wanted = [path]
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
      const code = codeOf(() => names.mkdir(next, mode))
      const refuse = (why: Refusal): never => systemCall('mkdir', [path], () => { throw why })
      if (code === null) first ??= next
      else if (code === 'ENOENT') {
        const parent = next.slice(0, Math.max(0, next.lastIndexOf('/')))
        if (parent === '' || parent === next) refuse(new Refusal('ENOENT'))
        wanted.push(next, parent)
      } else if (code === 'ENOTDIR') refuse(new Refusal('ENOTDIR'))
      else {
        const node = systemCall('mkdir', [path], () => paths.node(next, 'always'))
        if (node.type !== 'directory') refuse(new Refusal(code === 'EEXIST' && wanted.length > 0 ? 'ENOTDIR' : 'EEXIST'))
      }
    }
    return first
  }

  function mkdirSync(path: fs.PathLike, options?: fs.Mode | fs.MakeDirectoryOptions | null): string | undefined {
    const text = pathText(path)
    const { recursive, mode } = typeof options === 'object' && options !== null ? options : { recursive: false, mode: options }
    const bits = modeBits(mode, 0o777)
    if (recursive === true) return mkdirWithParents(text, bits)
    names.mkdir(text, bits)
    return undefined
  }

  function list(path: string): readonly string[] {
    return systemCall('scandir', [path], () => {
      const { place } = paths.node(path, 'always')
      if (place === undefined) throw new Refusal('ENOTDIR')
      return [...new Set([...place.volume.names(place.inode), ...paths.mountsIn(place)])].sort()
    })
  }

  function lstat(path: string): Node {
    return systemCall('lstat', [path], () => paths.node(path, 'before-slash'))
  }

  /** First as if it were empty, then what is in it by name, then itself: the calls of Node's rimraf. */
  function removeTree(path: string): void {
    let isDirectory = false
    const code = codeOf(() => { isDirectory = lstat(path).type === 'directory' })
    if (code === 'ENOENT') return
    if (!isDirectory) return ignoreMissing(() => names.unlink(path))
    if (codeOf(() => names.rmdir(path)) === null) return
    if (codeOf(() => names.rmdir(path)) === 'ENOTEMPTY') for (const name of list(path)) removeTree(`${path}/${name}`)
    ignoreMissing(() => names.rmdir(path))
  }

  function rmSync(path: fs.PathLike, options?: fs.RmOptions): void {
    const text = pathText(path)
    const { force = false, recursive = false } = options ?? {}
    if (!recursive) {
      let isDirectory = false
      const look = (): void => { isDirectory = lstat(text).type === 'directory' }
      if (force) ignoreMissing(look)
      else look()
      if (isDirectory) throw rmOfDirectory(text)
    } else if (!force) lstat(text)
    removeTree(text)
  }

  function rmdirSync(path: fs.PathLike, options?: fs.RmDirOptions): void {
    const text = pathText(path)
    if (options?.recursive === true && lstat(text).type === 'directory') removeTree(text)
    else names.rmdir(text)
  }

  function readdirSync(path: fs.PathLike, given?: ReaddirOptions): string[] | Buffer[] | DirectoryEntry[] {
    const text = pathText(path)
    const options = optionsOf<{ withFileTypes?: boolean; recursive?: boolean }>(given)
    if (options.recursive === true) throw notSimulated('readdirSync with recursive')
    const found = list(text)
    if (options.withFileTypes === true) {
      return found.map((name) => new DirectoryEntry(name, text, systemCall('scandir', [text], () => paths.node(join(text, name), 'before-slash').type)))
    }
    return options.encoding === 'buffer' ? found.map((name) => Buffer.from(name)) : [...found]
  }

  /** The mode of the source is taken over as far as it is known; that is one call with the creation here, two in reality. */
  function copy(from: string, to: string, exclusive: boolean): void {
    const source = paths.node(from, 'always')
    const last = paths.last(to, exclusive ? 'never' : 'always', true)
    const target = paths.look(last)
    if (target !== null && exclusive) throw new Refusal('EEXIST')
    if (target?.type === 'directory') throw new Refusal('EISDIR')
    if (target !== null && isSameNode(source, target)) return
    const body = source.type === 'file' ? source.volume.body(source.inode) : null
    if (body?.kind === 'pages') throw byReference()
    const { volume } = target ?? last.directory
    const inode = target?.inode ?? volume.create(last.directory.inode, last.name, 'file')
    if (target !== null) volume.truncate(inode, 0)
    if (body === null) {
      // libuv finds out only now, and removes what it took for its own.
      codeOf(() => names.unlink(to))
      throw new Refusal('EISDIR')
    }
    modes.set(volume, inode, modes.usual(source.volume, source.inode, 'file'))
    volume.fill(inode, body)
  }

  function copyFileSync(src: fs.PathLike, dest: fs.PathLike, mode = 0): void {
    const from = pathText(src, 'src')
    const to = pathText(dest, 'dest')
    systemCall('copyfile', [from, to], () => copy(from, to, (mode & constants.COPYFILE_EXCL) !== 0))
  }

  return {
    mkdirSync,
    unlinkSync: (path) => names.unlink(pathText(path)),
    rmdirSync,
    rmSync,
    readdirSync: readdirSync as TreeCalls['readdirSync'],
    copyFileSync,
  }
}

/** The code of the error that a call ends in; null when it ends well. */
function codeOf(act: () => void): string | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof Error && 'errno' in error && 'code' in error) return String(error.code)
    throw error
  }
}

function ignoreMissing(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

function rmOfDirectory(path: string): Error {
  const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${path}`)
  error.name = 'SystemError'
  return Object.assign(error, { code: 'ERR_FS_EISDIR', errno: 21, syscall: 'rm', path, info: { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 } })
}
