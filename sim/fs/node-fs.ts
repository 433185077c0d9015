/**
 * Node's `fs`, the synchronous part that updaters use, over the file systems of the machine as its running kernel sees them.
 *
 * Follows Linux and Node 20 in results and errors. Runs as root: permissions refuse nothing. Each call asks the disk only
 * what it needs: a name for each component of a path, content only where bytes are read or kept.
 *
 * Not modelled: owners, times, link counts, locks, special files, reading files that are known by digest only (ENODATA).
 * There is no working directory: a relative path starts at the root.
 */
import type * as fs from 'node:fs'
import { pathText } from './arguments'
import { type FileCalls, fileCalls } from './file-calls'
import { constants } from './flags'
import { systemCall } from './fs-errors'
import { Kernel } from './kernel'
import { nameCalls } from './name-calls'
import { type StatCalls, statCalls } from './stat-calls'
import { type TreeCalls, treeCalls } from './tree-calls'
import type { Volume } from './volume'

export interface NodeFs extends FileCalls, StatCalls, TreeCalls, Pick<typeof fs, 'linkSync' | 'symlinkSync' | 'renameSync'> {
  /** As on Linux, whatever the host. */
  readonly constants: typeof constants
  /** syncfs(2) of the file system that the path is on; `sync -f`. */
  syncfsSync(path: fs.PathLike): void
  /** FIFREEZE and FITHAW of the file system that the path is on: everything reaches its home. */
  freezeThawSync(path: fs.PathLike): void
  /** renameat2(2) with RENAME_EXCHANGE: both names change places at once. */
  renameExchangeSync(a: fs.PathLike, b: fs.PathLike): void
}

/** `mounts`: mount point → file system; one is mounted at `/`. */
export function createNodeFs(mounts: ReadonlyMap<string, Volume>): NodeFs {
  const kernel = new Kernel(mounts)
  const names = nameCalls(kernel)
  const { linkSync, symlinkSync, renameSync, renameExchangeSync } = names

  function wholeFileSystem(syscall: string, kind: 'syncfs' | 'freeze'): (path: fs.PathLike) => void {
    return (path) => {
      const text = pathText(path)
      systemCall(syscall, [text], () => kernel.paths.node(text, 'always').volume.whole(kind))
    }
  }

  return {
    constants,
    ...fileCalls(kernel),
    ...statCalls(kernel),
    ...treeCalls(kernel, names),
    linkSync,
    symlinkSync,
    renameSync,
    renameExchangeSync,
    syncfsSync: wholeFileSystem('syncfs', 'syncfs'),
    freezeThawSync: wholeFileSystem('ioctl', 'freeze'),
  }
}
