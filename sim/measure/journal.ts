/**
 * Metadata blocks of one journalled file system: dirtied in the running transaction, copied to the journal at its commit, written
 * home later. Blocks of 4 KiB: one for each directory, and one for each 16 inodes of 256 bytes made in sequence.
 *
 * A commit writes each block of the transaction, a descriptor for each 254 of them (16-byte tags of journal_checksum_v3 behind a
 * header of 12 bytes and a UUID of 16, before a tail of 4) and a commit block: Linux Documentation/filesystems/ext4/journal.rst.
 */
import type { Node } from './ledger'
import { type WriteBackTimers, roundAfter } from './page-cache'

export const metadataBlockBytes = 4096
const inodesPerBlock = 16
const tagsPerDescriptor = 254

export class Journal {
  private readonly running = new Set<number>()
  /** Inodes that changed in the running transaction; true: in a way that fdatasync waits for. */
  private readonly changed = new Map<Node, boolean>()
  private beganSeconds = Infinity
  private readonly committed = new Set<number>()
  private committedSeconds = Infinity

  constructor(private readonly timers: WriteBackTimers) {}

  /** `isSize`: fdatasync waits for it too. */
  touchRecord(node: Node, isSize: boolean, nowSeconds: number): void {
    this.touch(2 * Math.floor(node.id / inodesPerBlock), nowSeconds)
    this.changed.set(node, isSize || this.changed.get(node) === true)
  }

  touchDirectory(node: Node, nowSeconds: number): void {
    this.touch(2 * node.id + 1, nowSeconds)
  }

  /** Whether a sync of this inode has a transaction to wait for. */
  holds(node: Node, kind: 'fsync' | 'fdatasync'): boolean {
    const isSize = this.changed.get(node)
    return kind === 'fsync' ? isSize !== undefined : isSize === true
  }

  /** Ends the running transaction. Tells how many blocks the journal got, 0 when there was nothing to commit. */
  commit(nowSeconds: number): number {
    const { size } = this.running
    if (size === 0) return 0
    if (this.committed.size === 0) this.committedSeconds = nowSeconds
    for (const block of this.running) this.committed.add(block)
    this.loseRunning()
    return size + Math.ceil(size / tagsPerDescriptor) + 1
  }

  /** Writes home what is committed. Tells how many blocks. */
  writeHome(): number {
    const { size } = this.committed
    this.committed.clear()
    this.committedSeconds = Infinity
    return size
  }

  commitDueSeconds(): number {
    return this.beganSeconds + this.timers.journalCommitSeconds
  }

  homeDueSeconds(): number {
    return roundAfter(this.committedSeconds, this.timers)
  }

  /** Memory is lost; what is committed waits for its replay. */
  loseRunning(): void {
    this.running.clear()
    this.changed.clear()
    this.beganSeconds = Infinity
  }

  private touch(block: number, nowSeconds: number): void {
    if (this.running.size === 0) this.beganSeconds = nowSeconds
    this.running.add(block)
  }
}
