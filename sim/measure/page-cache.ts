/** Dirty blocks of one store, by file and age: a block dirtied twice before it is written is written once. */
import { Blocks } from './blocks'

/** Timers of Linux by which write-back happens without anybody's sync, in seconds. */
export interface WriteBackTimers {
  /** A file whose oldest dirty page is older is written, all of it (dirty_expire_centisecs, mm/page-writeback.c). */
  readonly dirtyExpireSeconds: number
  /** The flusher looks so often (dirty_writeback_centisecs). */
  readonly flusherSeconds: number
  /** A transaction is committed so long after it began (mount option commit, ext4(5)). */
  readonly journalCommitSeconds: number
}

export const linuxTimers: WriteBackTimers = { dirtyExpireSeconds: 30, flusherSeconds: 5, journalCommitSeconds: 5 }

/** The flusher's first round that finds what was dirtied then too old. Rounds are counted from the start of the span. */
export function roundAfter(sinceSeconds: number, { dirtyExpireSeconds, flusherSeconds }: WriteBackTimers): number {
  return Math.ceil((sinceSeconds + dirtyExpireSeconds) / flusherSeconds) * flusherSeconds
}

interface DirtyFile { readonly sinceSeconds: number; readonly blocks: Blocks; grew: boolean }

export interface Cleaned<File> { readonly file: File; readonly blocks: number; /** its length or allocation changes with it */ readonly grew: boolean }

export class PageCache<File> {
  /** The oldest first. */
  private readonly files = new Map<File, DirtyFile>()

  constructor(private readonly timers: WriteBackTimers) {}

  dirty(file: File, first: number, count: number, grew: boolean, nowSeconds: number): void {
    let dirty = this.files.get(file)
    if (dirty === undefined) {
      dirty = { sinceSeconds: nowSeconds, blocks: new Blocks(), grew: false }
      this.files.set(file, dirty)
    }
    dirty.blocks.add(first, count)
    dirty.grew ||= grew
  }

  /** Blocks from this one on are void and never written. */
  cut(file: File, keep: number): void {
    const dirty = this.files.get(file)
    dirty?.blocks.cut(keep)
    if (dirty?.blocks.size === 0) this.files.delete(file)
  }

  /** The file is written. */
  clean(file: File): Cleaned<File> {
    const dirty = this.files.get(file)
    this.files.delete(file)
    return { file, blocks: dirty?.blocks.size ?? 0, grew: dirty?.grew ?? false }
  }

  cleanAll(): readonly Cleaned<File>[] {
    return [...this.files.keys()].map((file) => this.clean(file))
  }

  /** When the flusher writes the oldest file. */
  dueSeconds(): number {
    for (const { sinceSeconds } of this.files.values()) return roundAfter(sinceSeconds, this.timers)
    return Infinity
  }

  /** What the flusher writes in its round at this time. */
  cleanDue(nowSeconds: number): readonly Cleaned<File>[] {
    const cleaned: Cleaned<File>[] = []
    for (const [file, { sinceSeconds }] of this.files) {
      if (roundAfter(sinceSeconds, this.timers) > nowSeconds) break
      cleaned.push(this.clean(file))
    }
    return cleaned
  }

  /** Memory is lost. */
  forget(): void {
    this.files.clear()
  }
}
