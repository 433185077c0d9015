/**
 * `bytesWritten`: bytes that reach the devices from the call of `update` until all has settled. A block dirtied twice before it
 * is written counts once. Written back is at each sync and by the timers of Linux, in the span's own seconds:
 *
 * - data: dirty blocks of a file at its fsync, at syncfs, freeze and unmount, or in the flusher's first round (each 5 s) in
 *   which the oldest is 30 s old; whole blocks. Blocks of a file that lost its last name, or cut off before, are never written.
 * - journal: a commit at each sync that has something of its inode to wait for, and 5 s after the transaction began: each of its
 *   metadata blocks, descriptors and a commit block (`journal.ts`). A commit takes no delayed allocation with it.
 * - metadata: committed blocks written home, by syncfs, freeze, unmount, a replay, or the flusher as above.
 * - loader: sectors of partitions that are no slots, whoever writes them, and what a loader writes in place into a file.
 *
 * `deviceFlushes`: a commit counts 2 (flush before, commit block with FUA), a sync that writes data only 1, one that finds nothing
 * dirty 0, as does the flusher; freeze and unmount 1 more once the journal is written home, fsync of a raw partition always 1.
 * Measured of real ostree (Linux 6.18): 524 sync calls and 38 flushes in a deploy, 259 and 6 in a pull; most of those calls
 * find nothing dirty, which is why they cost nothing here.
 *
 * Sources: fs/jbd2/commit.c, fs/ext4/fsync.c, mm/page-writeback.c of Linux; every file system is taken for such an ext4.
 * Left out: bitmaps, group descriptors, extent and xattr blocks, superblocks; write-back because memory is short; a journal that
 * is full; fast commits; flushes that the kernel merges; what the device itself writes more.
 */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { type AllocationInput, isRaw, ledgersOf } from './allocation'
import { FileSystemWriter } from './file-system-writer'
import { type WriteBackTimers, linuxTimers } from './page-cache'
import { PartitionWriter } from './partition-writer'
import type { Sent, StoreWriter } from './store-writer'
import { secondsAfterCalls } from './span'

export interface Written extends Readonly<Sent> {
  /** Bytes: data, metadata, journal and loader. */
  readonly total: number
}

export function writtenOf(input: AllocationInput, timers: WriteBackTimers = linuxTimers): Written {
  const writers = writersOf(input, timers)
  let nowSeconds = 0
  const pass = (seconds: number): void => {
    nowSeconds += seconds
    for (const writer of writers.values()) if (writer.dueSeconds() <= nowSeconds) writer.pass(nowSeconds)
  }
  for (const run of input.span.steps) {
    for (const writer of writers.values()) writer.powerOn(run.calls)
    for (const call of run.calls) {
      pass(call.tookSeconds)
      writers.get(call.store)?.apply(call, nowSeconds)
    }
    pass(secondsAfterCalls(run))
    for (const writer of writers.values()) {
      if (run.end === 'reset') writer.loseMemory()
      else if (run.end === 'clean') writer.settle(nowSeconds)
    }
  }
  pass(input.span.settlingSeconds)
  for (const writer of writers.values()) writer.settle(nowSeconds)
  return total([...writers.values()].map((writer) => writer.sent))
}

function writersOf({ stores, initialFiles, partitions }: AllocationInput, timers: WriteBackTimers): ReadonlyMap<StoreId, StoreWriter> {
  const writers = new Map<StoreId, StoreWriter>()
  for (const [id, ledger] of ledgersOf(stores, initialFiles)) writers.set(id, new FileSystemWriter(ledger, timers))
  for (const { store, isSlot } of partitions) {
    const setup = known(stores.get(store), store)
    if (isRaw(setup)) writers.set(store, new PartitionWriter(setup, isSlot, timers))
  }
  return writers
}

function total(parts: readonly Readonly<Sent>[]): Written {
  const sum: Sent = { data: 0, metadata: 0, journal: 0, loader: 0, deviceFlushes: 0 }
  for (const part of parts) {
    for (const kind of ['data', 'metadata', 'journal', 'loader', 'deviceFlushes'] as const) sum[kind] += part[kind]
  }
  return { ...sum, total: sum.data + sum.metadata + sum.journal + sum.loader }
}
