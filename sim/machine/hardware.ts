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

/** Tells what each call takes; remembers what is dirty, since a sync pays for it. */
export class Stopwatch {
  private readonly dirtyOfFile = new Map<string, number>()
  private readonly dirtyOfStore = new Map<string, number>()

  constructor(private readonly hardware: Hardware, private readonly unitBytes: (store: string) => number) {}

  took(store: string, operation: Operation): Seconds {
    const { hardware } = this
    switch (operation.kind) {
      case 'write': {
        const bytes = pageCount(operation.pages) * this.unitBytes(store)
        this.add(store, operation.inode, bytes)
        return hardware.callSeconds + bytes / hardware.pageCacheBytesPerSecond
      }
      case 'sectors': {
        const bytes = pageCount(operation.pages) * this.unitBytes(store)
        if (operation.through === 'device') return hardware.randomWriteSeconds + bytes / hardware.sequentialWriteBytesPerSecond
        this.add(store, '', bytes)
        return hardware.callSeconds + bytes / hardware.pageCacheBytesPerSecond
      }
      case 'fsync':
      case 'fdatasync': return this.sync(store, operation.inode)
      case 'fsync-directory': return hardware.randomWriteSeconds + hardware.flushSeconds
      case 'flush':
      case 'syncfs':
      case 'freeze':
      case 'unmount': return this.sync(store, null)
      case 'mark': return 0
      default: return hardware.callSeconds
    }
  }

  private add(store: string, file: string, bytes: number): void {
    this.dirtyOfFile.set(`${store}|${file}`, (this.dirtyOfFile.get(`${store}|${file}`) ?? 0) + bytes)
    this.dirtyOfStore.set(store, (this.dirtyOfStore.get(store) ?? 0) + bytes)
  }

  private sync(store: string, file: string | null): Seconds {
    const { hardware } = this
    const bytes = file === null ? this.dirtyOfStore.get(store) ?? 0 : this.dirtyOfFile.get(`${store}|${file}`) ?? 0
    this.dirtyOfStore.set(store, Math.max(0, (this.dirtyOfStore.get(store) ?? 0) - bytes))
    if (file !== null) this.dirtyOfFile.delete(`${store}|${file}`)
    return hardware.randomWriteSeconds + bytes / hardware.sequentialWriteBytesPerSecond + hardware.flushSeconds
  }
}
