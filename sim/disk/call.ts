/**
 * Calls: what software asked of a store, recorded once and with every name resolved. A call knows nothing of persistence
 * models; `sim/fs/*-model.ts` lower it to effects.
 *
 * An inode is named `@/path` when it was there at power-on (the path by which it is known) and `#n` when this step made it.
 */
import type { Page } from './content'

export type StoreId = string
export type Inode = string
export type Seconds = number

export type Issuer = 'updater' | 'kernel' | 'init' | 'loader' | 'health-check' | 'user' | 'fsck' | 'shutdown'

export type NodeKind = 'file' | 'directory' | 'symlink'

export type FileSystemOperation =
  | { readonly kind: 'create'; readonly directory: Inode; readonly name: string; readonly inode: Inode; readonly type: NodeKind
      readonly target?: string; /** blind: does nothing where the name exists */ readonly onlyIfMissing?: boolean }
  | { readonly kind: 'unlink'; readonly directory: Inode; readonly name: string }
  | { readonly kind: 'link'; readonly directory: Inode; readonly name: string; readonly inode: Inode; readonly onlyIfMissing?: boolean }
  | { readonly kind: 'rename'; readonly fromDirectory: Inode; readonly from: string; readonly toDirectory: Inode; readonly to: string
      readonly inode: Inode; /** inode that loses its name */ readonly replaced: Inode | null }
  | { readonly kind: 'exchange'; readonly aDirectory: Inode; readonly a: string; readonly aInode: Inode
      readonly bDirectory: Inode; readonly b: string; readonly bInode: Inode }
  /** Whole new content of blocks, as the page cache holds them after the write. */
  | { readonly kind: 'write'; readonly inode: Inode; readonly generation: number; readonly firstBlock: number
      readonly pages: readonly Page[] | PageRun; readonly sizeBefore: number; readonly sizeAfter: number }
  | { readonly kind: 'truncate'; readonly inode: Inode; readonly generation: number; readonly sizeBytes: number
      readonly tail: { readonly block: number; readonly page: Page } | null; readonly blocksBefore: number }
  | { readonly kind: 'chmod'; readonly inode: Inode; readonly mode: number }
  | { readonly kind: 'fsync' | 'fdatasync'; readonly inode: Inode }
  | { readonly kind: 'fsync-directory'; readonly directory: Inode }
  | { readonly kind: 'syncfs' | 'freeze' | 'unmount' }
  /** The kernel mounts and replays its journal: what it sees becomes what every reader sees. */
  | { readonly kind: 'mount' }

/** Consecutive blocks of a blob, without a list; from block 0 where nothing is said. */
export interface PageRun { readonly blob: string; readonly blocks: number; readonly from?: number }

export type PartitionOperation =
  /** Sectors from `first`; `through`: the page cache (nothing is accepted before a flush) or straight to the device. */
  | { readonly kind: 'sectors'; readonly first: number; readonly pages: readonly Page[] | PageRun; readonly through: 'page-cache' | 'device' }
  | { readonly kind: 'flush' }

export type MarkOperation = { readonly kind: 'mark'; readonly what: string }

export type Operation = FileSystemOperation | PartitionOperation | MarkOperation

export interface Call {
  readonly issuer: Issuer
  readonly store: StoreId
  readonly does: Operation
  readonly tookSeconds: Seconds
}

export function pageCount(pages: readonly Page[] | PageRun): number {
  return 'blob' in pages ? pages.blocks : pages.length
}

export function pageAt(pages: readonly Page[] | PageRun, at: number): Page {
  return 'blob' in pages ? `R${pages.blob}:${(pages.from ?? 0) + at}` : pages[at]!
}
