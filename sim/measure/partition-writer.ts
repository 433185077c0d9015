/** What a raw partition sends to its device: an image through the page cache in whole blocks, or variables sector by sector. */
import { assert } from '../assert'
import { type Call, pageCount } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { PageCache, type WriteBackTimers } from './page-cache'
import type { Sent, StoreWriter } from './store-writer'

export class PartitionWriter implements StoreWriter {
  readonly sent: Sent = { data: 0, metadata: 0, journal: 0, loader: 0, deviceFlushes: 0 }
  private readonly cache: PageCache<'all'>

  constructor(private readonly setup: StoreSetup, private readonly isSlot: boolean, timers: WriteBackTimers) {
    this.cache = new PageCache(timers)
  }

  powerOn(): void {}

  apply({ does }: Call, nowSeconds: number): void {
    if (does.kind !== 'sectors') {
      assert(does.kind === 'flush' || does.kind === 'syncfs' || does.kind === 'unmount', `${does.kind} is no call on a raw partition`)
      this.settle(nowSeconds)
      this.sent.deviceFlushes++
      return
    }
    const { unitBytes } = this.setup
    const first = Math.floor((does.first * unitBytes) / this.writtenBytes)
    const count = Math.ceil(((does.first + pageCount(does.pages)) * unitBytes) / this.writtenBytes) - first
    if (does.through === 'device') this.wrote(count)
    else this.cache.dirty('all', first, count, false, nowSeconds)
  }

  dueSeconds(): number {
    return this.cache.dueSeconds()
  }

  pass(nowSeconds: number): void {
    for (const { blocks } of this.cache.cleanDue(nowSeconds)) this.wrote(blocks)
  }

  settle(_nowSeconds: number): void {
    this.wrote(this.cache.clean('all').blocks)
  }

  loseMemory(): void {
    this.cache.forget()
  }

  private get writtenBytes(): number {
    return this.isSlot ? this.setup.blockBytes : this.setup.unitBytes
  }

  private wrote(count: number): void {
    this.sent[this.isSlot ? 'data' : 'loader'] += count * this.writtenBytes
  }
}
