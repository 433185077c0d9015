/** The part of Node's fs that looks at inodes and changes their mode. */
import type * as fs from 'node:fs'
import { checkDescriptor, modeBits, optionsOf, pathText } from './arguments'
import { constants } from './flags'
import { Refusal, notSimulated, systemCall } from './fs-errors'
import type { Kernel } from './kernel'
import type { Follow } from './paths'
import { FileStats, type Stated } from './stats'

export type StatCalls = Pick<typeof fs, 'statSync' | 'lstatSync' | 'fstatSync' | 'existsSync' | 'accessSync' | 'readlinkSync' | 'chmodSync' | 'fchmodSync'>

interface StatOptions { readonly bigint?: boolean; readonly throwIfNoEntry?: boolean }

export function statCalls({ paths, modes, descriptors }: Kernel): StatCalls {
  function statWith(syscall: string, follow: Follow): (path: fs.PathLike, options?: StatOptions) => FileStats | undefined {
    return (path, options) => {
      const text = pathText(path)
      checkNoBigint(options)
      return systemCall(syscall, [text], () => {
        try {
          return new FileStats(paths.node(text, follow), modes)
        } catch (error) {
          if (options?.throwIfNoEntry === false && error instanceof Refusal && error.code === 'ENOENT') return undefined
          throw error
        }
      })
    }
  }

  function fstatSync(fd: number, options?: StatOptions): FileStats | fs.BigIntStats {
    checkDescriptor(fd)
    checkNoBigint(options)
    return systemCall('fstat', [], () => new FileStats(descriptors.get(fd), modes))
  }

  function setMode({ volume, inode }: Stated, mode: number): void {
    modes.set(volume, inode, mode)
    volume.chmod(inode, mode & 0o7777)
  }

  /** Root may do everything, save run a file that nobody may run. */
  function accessSync(path: fs.PathLike, mode = constants.F_OK as number): void {
    const text = pathText(path)
    systemCall('access', [text], () => {
      const { volume, inode, type } = paths.node(text, 'always')
      const bits = modes.get(volume, inode)
      if ((mode & constants.X_OK) !== 0 && type === 'file' && bits !== undefined && (bits & 0o111) === 0) throw new Refusal('EACCES')
    })
  }

  function existsSync(path: fs.PathLike): boolean {
    try {
      const last = paths.last(pathText(path), 'always')
      const node = paths.look(last)
      return node !== null && (!last.slash || node.place !== undefined)
    } catch (error) {
      if (error instanceof Refusal || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_INVALID_ARG'))) return false
      throw error
    }
  }

  function readlinkSync(path: fs.PathLike, options?: { encoding?: BufferEncoding | 'buffer' | null } | BufferEncoding | 'buffer' | null): string | Buffer {
    const text = pathText(path)
    return systemCall('readlink', [text], () => {
      const { target } = paths.node(text, 'before-slash')
      if (target === undefined) throw new Refusal('EINVAL')
      return optionsOf(options).encoding === 'buffer' ? Buffer.from(target) : target
    })
  }

  return {
    statSync: statWith('stat', 'always') as StatCalls['statSync'],
    lstatSync: statWith('lstat', 'before-slash') as StatCalls['lstatSync'],
    fstatSync: fstatSync as StatCalls['fstatSync'],
    existsSync,
    accessSync,
    readlinkSync: readlinkSync as StatCalls['readlinkSync'],

    chmodSync(path, mode) {
      const text = pathText(path)
      const bits = modeBits(mode, 0)
      systemCall('chmod', [text], () => setMode(paths.node(text, 'always'), bits))
    },

    fchmodSync(fd, mode) {
      checkDescriptor(fd)
      const bits = modeBits(mode, 0)
      systemCall('fchmod', [], () => setMode(descriptors.get(fd), bits))
    },
  }
}

function checkNoBigint(options: StatOptions | undefined): void {
  if (options?.bigint === true) throw notSimulated('stat with bigint')
}
