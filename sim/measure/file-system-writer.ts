/** What one file system sends to its device: data, metadata, journal and flushes (the model is told in `written.ts`). */
import type { Call, FileSystemOperation } from '../disk/call'
import { pageCount } from '../disk/call'
import { Journal, metadataBlockBytes } from './journal'
import type { Ledger, Node } from './ledger'
import { type Cleaned, PageCache, type WriteBackTimers } from './page-cache'
import type { Sent, StoreWriter } from './store-writer'

const flushesOfCommit = 2

export class FileSystemWriter implements StoreWriter {
  readonly sent: Sent = { data: 0, metadata: 0, journal: 0, loader: 0, deviceFlushes: 0 }
  private readonly cache: PageCache<Node>
  private readonly journal: Journal

  constructor(private readonly ledger: Ledger, timers: WriteBackTimers) {
    this.cache = new PageCache(timers)
    this.journal = new Journal(timers)
  }

  powerOn(calls: readonly Call[]): void {
    this.ledger.powerOn(calls)
  }

  apply({ does, issuer }: Call, nowSeconds: number): void {
    const operation = does as FileSystemOperation
    switch (operation.kind) {
      case 'fsync':
      case 'fdatasync': return this.syncFile(this.ledger.node(operation.inode), operation.kind, nowSeconds)
      case 'fsync-directory': return this.syncFile(this.ledger.node(operation.directory), 'fsync', nowSeconds)
      case 'syncfs':
      case 'freeze':
      case 'unmount': return this.syncAll(operation.kind, nowSeconds)
      case 'mount': return this.writeHome()
      case 'write':
        if (issuer === 'loader') {
          this.sent.loader += pageCount(operation.pages) * this.ledger.setup.unitBytes
          return
        }
        return this.change(operation, nowSeconds)
      default: return this.change(operation, nowSeconds)
    }
  }

  dueSeconds(): number {
    return Math.min(this.cache.dueSeconds(), this.journal.commitDueSeconds(), this.journal.homeDueSeconds())
  }

  pass(nowSeconds: number): void {
    for (let due = this.dueSeconds(); due <= nowSeconds; due = this.dueSeconds()) {
      if (this.journal.commitDueSeconds() <= due) this.commit(due)
      if (this.journal.homeDueSeconds() <= due) this.writeHome()
      for (const cleaned of this.cache.cleanDue(due)) this.wrote(cleaned, due)
    }
  }

  settle(nowSeconds: number): void {
    this.pass(nowSeconds)
    for (const cleaned of this.cache.cleanAll()) this.wrote(cleaned, nowSeconds)
    this.commit(nowSeconds)
    this.writeHome()
  }

  loseMemory(): void {
    this.cache.forget()
    this.journal.loseRunning()
  }

  private change(operation: FileSystemOperation, nowSeconds: number): void {
    const { records, directories, freed, data, cut } = this.ledger.apply(operation)
    const isSize = operation.kind === 'create' || operation.kind === 'truncate'
    for (const node of records) this.journal.touchRecord(node, isSize, nowSeconds)
    for (const node of directories) this.journal.touchDirectory(node, nowSeconds)
    for (const node of freed) this.cache.cut(node, 0)
    if (cut !== null) this.cache.cut(cut.node, cut.keep)
    if (data !== null) this.cache.dirty(data.node, data.first, data.count, data.grew, nowSeconds)
  }

  private syncFile(node: Node, kind: 'fsync' | 'fdatasync', nowSeconds: number): void {
    const cleaned = this.cache.clean(node)
    this.wrote(cleaned, nowSeconds)
    if (this.journal.holds(node, kind)) this.commit(nowSeconds)
    else if (cleaned.blocks > 0) this.sent.deviceFlushes++
  }

  private syncAll(kind: 'syncfs' | 'freeze' | 'unmount', nowSeconds: number): void {
    const cleaned = this.cache.cleanAll()
    for (const each of cleaned) this.wrote(each, nowSeconds)
    if (!this.commit(nowSeconds) && cleaned.length > 0) this.sent.deviceFlushes++
    const before = this.sent.metadata
    this.writeHome()
    // Only then may the journal be marked empty.
    if (kind !== 'syncfs' && this.sent.metadata > before) this.sent.deviceFlushes++
  }

  private wrote({ file, blocks, grew }: Cleaned<Node>, nowSeconds: number): void {
    this.sent.data += blocks * this.ledger.setup.blockBytes
    if (grew) this.journal.touchRecord(file, true, nowSeconds)
  }

  private commit(nowSeconds: number): boolean {
    const blocks = this.journal.commit(nowSeconds)
    this.sent.journal += blocks * metadataBlockBytes
    if (blocks > 0) this.sent.deviceFlushes += flushesOfCommit
    return blocks > 0
  }

  private writeHome(): void {
    this.sent.metadata += this.journal.writeHome() * metadataBlockBytes
  }
}
