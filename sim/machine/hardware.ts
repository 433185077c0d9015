/** A hardware profile: what calls and boots take. Figures are data (`scenarios/hardware`); here is how they become seconds. */
import type { Operation, Seconds } from '../disk/call'
import { pageCount } from '../disk/call'

export interface Hardware {
  readonly name: string
  readonly title: string
  readonly sequentialWriteBytesPerSecond: number
  /** One cache flush of the device. */
  readonly flushSeconds: Seconds
  /** One write of a block somewhere else. */
  readonly randomWriteSeconds: Seconds
  readonly pageCacheBytesPerSecond: number
  /** A system call that changes a name. */
  readonly callSeconds: Seconds
  readonly networkBytesPerSecond: number
  readonly requestSeconds: Seconds
  readonly firmwareSeconds: Seconds
  readonly loaderSeconds: Seconds
  /** Kernel, initramfs and init until services are up. */
  readonly startSeconds: Seconds
  readonly healthCheckSeconds: Seconds
  readonly shutdownSeconds: Seconds
  /** A hardware watchdog resets after this. */
  readonly watchdogSeconds: Seconds
  /** Until write-back has emptied every cache by itself. */
  readonly writeBackSeconds: Seconds
}

/** Whole, so that sums do not hang on their order. */
export type Nanoseconds = number

export function nanoseconds(seconds: Seconds): Nanoseconds {
  return Math.round(seconds * 1e9)
}

/** Tells what each call takes; remembers what is dirty, since a sync pays for it. */
export class Stopwatch {
  private readonly stores = new Map<string, { dirtyBytes: number; readonly ofFile: Map<string, number> }>()
  private readonly call: Nanoseconds
  private readonly sync: Nanoseconds

  constructor(private readonly hardware: Hardware, private readonly unitBytes: (store: string) => number) {
    this.call = nanoseconds(hardware.callSeconds)
    this.sync = nanoseconds(hardware.randomWriteSeconds + hardware.flushSeconds)
  }

  took(store: string, operation: Operation): Nanoseconds {
    const { hardware } = this
    switch (operation.kind) {
      case 'write': {
        const bytes = pageCount(operation.pages) * this.unitBytes(store)
        this.dirty(store, operation.inode, bytes)
        return this.call + nanoseconds(bytes / hardware.pageCacheBytesPerSecond)
      }
      case 'sectors': {
        const bytes = pageCount(operation.pages) * this.unitBytes(store)
        if (operation.through === 'device') return nanoseconds(hardware.randomWriteSeconds + bytes / hardware.sequentialWriteBytesPerSecond)
        this.dirty(store, '', bytes)
        return this.call + nanoseconds(bytes / hardware.pageCacheBytesPerSecond)
      }
      case 'fsync':
      case 'fdatasync': return this.synced(store, operation.inode)
      case 'fsync-directory': return this.sync
      case 'flush':
      case 'syncfs':
      case 'freeze':
      case 'unmount': return this.synced(store, null)
      case 'mark': return 0
      default: return this.call
    }
  }

  dirty(store: string, file: string, bytes: number): void {
    const of = this.of(store)
    of.dirtyBytes += bytes
    of.ofFile.set(file, (of.ofFile.get(file) ?? 0) + bytes)
  }

  /** Files of a store that were not synced yet. */
  dirtyFiles(store: string): ReadonlyMap<string, number> {
    return this.of(store).ofFile
  }

  private of(store: string): { dirtyBytes: number; readonly ofFile: Map<string, number> } {
    let of = this.stores.get(store)
    if (of === undefined) this.stores.set(store, of = { dirtyBytes: 0, ofFile: new Map() })
    return of
  }

  private synced(store: string, file: string | null): Nanoseconds {
    const of = this.of(store)
    const bytes = file === null ? of.dirtyBytes : of.ofFile.get(file) ?? 0
    of.dirtyBytes = Math.max(0, of.dirtyBytes - bytes)
    if (file !== null) of.ofFile.delete(file)
    return this.sync + nanoseconds(bytes / this.hardware.sequentialWriteBytesPerSecond)
  }
}
