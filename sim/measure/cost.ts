/** What one uncut update costs: wire, writes, space, waiting. Bytes and seconds; each figure's definition stands where it is made. */
import { known } from '../assert'
import type { Call, Operation, StoreId } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import type { Hardware } from '../machine/hardware'
import { type Allocation, type AllocationInput, allocationOf } from './allocation'
import { type WriteBackTimers, linuxTimers } from './page-cache'
import { type Span, downtimeSeconds, updateSeconds } from './span'
import { type Written, writtenOf } from './written'

export interface CostInput extends AllocationInput {
  /** Timers that it does not name are those of Linux. */
  readonly hardware: Pick<Hardware, 'writeBackSeconds'> & Partial<WriteBackTimers>
  /** Contents (sha256) of the new release that the old one lacks, each once, as they are and deflated: one reference for all systems. */
  readonly compare: { readonly changedBytes: number; readonly deflatedBytes: number }
}

/** Calls that wait for a device, by kind. `direct-write`: past the page cache, as a boot loader stores its variables. */
export type BarrierKind = 'fsync' | 'fdatasync' | 'fsync-directory' | 'syncfs' | 'freeze' | 'unmount' | 'flush' | 'direct-write'

export interface Costs extends Allocation {
  /** Payload as shipped, with metadata and indexes, without protocol framing; what is fetched twice counts twice. */
  readonly wireBytes: number
  readonly requests: number
  /** `wireBytes` over the deflated bytes of new contents; null where there are none. */
  readonly wireRatio: number | null
  readonly changedBytes: number
  readonly bytesWritten: Omit<Written, 'deviceFlushes'>
  /** Bytes written over `changedBytes`; null where there are none. */
  readonly writeAmplification: number | null
  readonly barriers: { readonly byKind: Readonly<Partial<Record<BarrierKind, number>>>; readonly total: number }
  readonly deviceFlushes: number
  /** Power-ons after the first, which runs already. */
  readonly boots: number
  readonly downtimeSeconds: number
  readonly updateSeconds: number
  readonly settlingSeconds: number
}

export function costsOf(input: CostInput): Costs {
  const { span, hardware, stores, compare } = input
  const fetched = span.steps.flatMap((run) => run.fetched)
  const wireBytes = fetched.reduce((sum, { bytes }) => sum + bytes, 0)
  const { deviceFlushes, ...bytesWritten } = writtenOf(input, { ...linuxTimers, ...hardware })
  return {
    ...allocationOf(input),
    wireBytes,
    requests: fetched.reduce((sum, { requests }) => sum + requests, 0),
    wireRatio: compare.deflatedBytes === 0 ? null : wireBytes / compare.deflatedBytes,
    changedBytes: compare.changedBytes,
    bytesWritten,
    writeAmplification: compare.changedBytes === 0 ? null : bytesWritten.total / compare.changedBytes,
    barriers: barriersOf(span, stores),
    deviceFlushes,
    boots: span.steps.length - 1,
    downtimeSeconds: downtimeSeconds(span),
    updateSeconds: updateSeconds(span),
    settlingSeconds: span.settlingSeconds,
  }
}

/** On memory file systems nothing waits. */
function barriersOf(span: Span, stores: ReadonlyMap<StoreId, StoreSetup>): Costs['barriers'] {
  const byKind: Partial<Record<BarrierKind, number>> = {}
  let total = 0
  const isOnDevice = ({ store, does }: Call): boolean => does.kind !== 'mark' && known(stores.get(store), store).model.persistent
  for (const run of span.steps) {
    for (const call of run.calls) {
      const kind = barrierKind(call.does)
      if (kind === null || !isOnDevice(call)) continue
      byKind[kind] = (byKind[kind] ?? 0) + 1
      total++
    }
  }
  return { byKind, total }
}

function barrierKind(operation: Operation): BarrierKind | null {
  switch (operation.kind) {
    case 'fsync':
    case 'fdatasync':
    case 'fsync-directory':
    case 'syncfs':
    case 'freeze':
    case 'unmount':
    case 'flush': return operation.kind
    case 'sectors': return operation.through === 'device' ? 'direct-write' : null
    default: return null
  }
}
