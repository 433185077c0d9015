/** What any store tells of its way to the device. */
import type { Call } from '../disk/call'

/** Bytes by what they are, and cache flushes. */
export interface Sent {
  data: number
  metadata: number
  journal: number
  loader: number
  deviceFlushes: number
}

/** Times in seconds from the start of the span. */
export interface StoreWriter {
  readonly sent: Readonly<Sent>
  powerOn(calls: readonly Call[]): void
  /** At the return of the call. */
  apply(call: Call, nowSeconds: number): void
  /** When the next timer goes off; Infinity when all is clean. */
  dueSeconds(): number
  /** Lets the timers go off that are due by now. */
  pass(nowSeconds: number): void
  /** All caches are emptied by now. */
  settle(nowSeconds: number): void
  loseMemory(): void
}
