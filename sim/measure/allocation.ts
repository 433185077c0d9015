/**
 * Space along a measured span, in allocated bytes (whole blocks of the file systems; a slot and any other raw partition as a
 * whole) and inodes, as of the return of each call. `peakExtraBytes`: the largest total minus that at the start, never below 0;
 * `steadyBytes`: the total at the end. What counts as allocated: `ledger.ts`. Memory file systems take none.
 *
 * Source: POSIX st_blocks, as the lab's `df` and `du` show it; a delayed allocation counts from the write on, since ext4 reserves
 * its blocks then (fs/ext4/inode.c, ext4_da_reserve_space). Left out: inode tables, journal and bitmaps, fixed by mkfs.
 */
import { known } from '../assert'
import type { FileSystemOperation, StoreId } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { partitionModel } from '../disk/partition-model'
import { type InitialFile, Ledger } from './ledger'
import { type Moment, type Span, moments } from './span'

/** A raw partition. A slot holds a release, any other one the variables of a boot loader. */
export interface PartitionSize { readonly store: StoreId; readonly sizeBytes: number; readonly isSlot: boolean }

/** A cut point of the span. */
export type Place = Pick<Moment, 'step' | 'calls'>

export interface Allocation {
  readonly startBytes: number
  readonly startInodes: number
  readonly peakExtraBytes: number
  /** Where it is reached first. */
  readonly peakAt: Place
  readonly peakExtraInodes: number
  readonly peakInodesAt: Place
  readonly steadyBytes: number
  readonly steadyInodes: number
  /** One entry for each of `moments(span)`; below 0 where less is allocated than at the start. */
  readonly timeline: readonly { readonly atSeconds: number; readonly extraBytes: number }[]
}

export interface AllocationInput {
  readonly span: Span
  readonly stores: ReadonlyMap<StoreId, StoreSetup>
  readonly initialFiles: readonly InitialFile[]
  readonly partitions: readonly PartitionSize[]
}

export function allocationOf({ span, stores, initialFiles, partitions }: AllocationInput): Allocation {
  const ledgers = ledgersOf(stores, initialFiles)
  const whole = partitions.reduce((sum, { store, sizeBytes }) => sum + (isRaw(known(stores.get(store), store)) ? sizeBytes : 0), 0)
  const startBytes = sum(ledgers, (ledger) => ledger.bytes)
  const startInodes = sum(ledgers, (ledger) => ledger.inodes)
  const points = moments(span)
  const timeline = [{ atSeconds: 0, extraBytes: 0 }]
  let [extraBytes, extraInodes, peakExtraBytes, peakExtraInodes] = [0, 0, 0, 0]
  let [peakAt, peakInodesAt]: [Place, Place] = [{ step: 0, calls: 0 }, { step: 0, calls: 0 }]
  let point = 0
  for (const [step, { calls }] of span.steps.entries()) {
    for (const ledger of ledgers.values()) ledger.powerOn(calls)
    for (const [at, { store, does }] of calls.entries()) {
      const ledger = ledgers.get(store)
      if (ledger !== undefined) {
        const before = { bytes: ledger.bytes, inodes: ledger.inodes }
        ledger.apply(does as FileSystemOperation)
        extraBytes += ledger.bytes - before.bytes
        extraInodes += ledger.inodes - before.inodes
      }
      if (extraBytes > peakExtraBytes) [peakExtraBytes, peakAt] = [extraBytes, { step, calls: at + 1 }]
      if (extraInodes > peakExtraInodes) [peakExtraInodes, peakInodesAt] = [extraInodes, { step, calls: at + 1 }]
      timeline.push({ atSeconds: points[++point]!.atSeconds, extraBytes })
    }
  }
  return {
    startBytes: startBytes + whole, startInodes, peakExtraBytes, peakAt, peakExtraInodes, peakInodesAt,
    steadyBytes: startBytes + whole + extraBytes, steadyInodes: startInodes + extraInodes, timeline,
  }
}

/** A ledger for each file system on a device. */
export function ledgersOf(stores: ReadonlyMap<StoreId, StoreSetup>, files: readonly InitialFile[]): ReadonlyMap<StoreId, Ledger> {
  const onDevices = [...stores.values()].filter((setup) => setup.model.persistent && !isRaw(setup))
  return new Map(onDevices.map((setup) => [setup.id, new Ledger(setup, files.filter((file) => file.store === setup.id))]))
}

export function isRaw(setup: StoreSetup): boolean {
  return setup.model.key === partitionModel.key
}

function sum(ledgers: ReadonlyMap<StoreId, Ledger>, of: (ledger: Ledger) => number): number {
  return [...ledgers.values()].reduce((total, ledger) => total + of(ledger), 0)
}
