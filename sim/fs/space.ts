/**
 * How much room a file system has, and how much of it a file takes: whole blocks, and an inode each. The one arithmetic of measures and of
 * ENOSPC.
 *
 * One block a directory, one a symbolic link of 60 bytes and more (ext4 keeps shorter ones in the inode: Linux
 * Documentation/filesystems/ext4/dynamic.rst). A length counts as written, a hole as filled. Left out: extent blocks, larger directories, xattr
 * blocks. Blocks that are reserved for root are there for the updater, which is root (fs/ext4/balloc.c, ext4_has_free_clusters).
 */
import type { NodeKind, StoreId } from '../disk/call'

export interface Space { readonly blocks: number; readonly inodes: number }

export interface Way { readonly from: string; readonly to: string; readonly isFolder: boolean }

/** What a power-on may leave in a file system after any power cut. */
export interface Footprint {
  readonly store: StoreId
  /** By directory each name that it touched, and the most blocks of what it put there. */
  readonly names: Iterable<readonly [directory: string, names: ReadonlyMap<string, number>]>
  /** What is found under one of these paths may be what was under the other one; of folders with all below it. */
  readonly moved: Iterable<readonly Way[]>
  /** On top of what it began with: the most that had to fit without being counted. */
  readonly reliedOn: Space
  readonly wasCounted: boolean
}

export const symlinkInInodeBytes = 60

/** `sizeBytes`: of a symbolic link the length of its target. */
export function blocksOf(type: NodeKind, sizeBytes: number, blockBytes: number): number {
  if (type === 'file') return Math.ceil(sizeBytes / blockBytes)
  return type === 'directory' || sizeBytes >= symlinkInInodeBytes ? 1 : 0
}

const inodeBytes = 256

/**
 * What mke2fs leaves for files on a device of this size: without the inode tables (mke2fs.conf: 256 bytes for each 16 KiB, below 512 MiB for
 * each 4 KiB, below 3 MiB for each 8 KiB) and the journal (e2fsprogs lib/ext2fs/mkjournal.c, ext2fs_default_journal_size). Left out: superblocks,
 * group descriptors, bitmaps.
 */
export function ext4Capacity(sizeBytes: number, blockBytes: number): Space {
  const mebibytes = sizeBytes / (1024 * 1024)
  const inodes = Math.floor(sizeBytes / (mebibytes < 3 ? 8192 : mebibytes < 512 ? 4096 : 16_384))
  const all = Math.floor(sizeBytes / blockBytes)
  return { blocks: Math.max(0, all - Math.ceil((inodes * inodeBytes) / blockBytes) - journalBlocks(all)), inodes }
}

/** A tmpfs has no tables; its inodes are not limited here. */
export function memoryCapacity(sizeBytes: number, blockBytes: number): Space {
  return { blocks: Math.floor(sizeBytes / blockBytes), inodes: Infinity }
}

const journals: readonly (readonly [below: number, blocks: number])[] = [
  [2048, 0], [32_768, 1024], [262_144, 4096], [524_288, 8192], [4_194_304, 16_384], [8_388_608, 32_768], [16_777_216, 65_536], [33_554_432, 131_072],
]

function journalBlocks(all: number): number {
  return journals.find(([below]) => all < below)?.[1] ?? 262_144
}
