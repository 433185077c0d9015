/**
 * How much more a file system takes during one power-on. While an upper bound of what it may hold leaves room, nobody asks; only beyond
 * that it is counted, and the count asks the disk.
 *
 * A call that needs blocks takes them when it is made, though they are written back later: near the end ext4 allocates at once
 * (fs/ext4/inode.c, ext4_nonda_switch), before that it reserves them (ext4_da_reserve_space). What is freed can be had again by the next
 * call: ext4 commits its journal and tries again (ext4_should_retry_alloc).
 */
import type { Space } from './space'

/** What is used for certain, and at most. */
export interface Counted { readonly least: Space; readonly most: Space }

const none: Space = { blocks: 0, inodes: 0 }

export class Room {
  /** Used at most. */
  private used: Space
  private isExact = false
  private isCounted = false
  /** Taken before the first count. */
  private own = none
  private most = none

  /**
   * @param before no power-on begins with more than this
   * @param count  what is used now, asked until it is at most `limit` for certain, or more for certain; to the end where there is no limit
   */
  constructor(readonly capacity: Space, before: Space, private readonly count: (limit: Space | null) => Counted) {
    this.used = before
  }

  /** On top of what it began with, where that was never counted: the most that had to fit. */
  get reliedOn(): Space {
    return this.most
  }

  get wasCounted(): boolean {
    return this.isCounted
  }

  /** All that was taken and never counted, whatever was freed meanwhile. */
  get taken(): Space {
    return this.own
  }

  has(blocks: number, inodes: number): boolean {
    const limit = { blocks: this.capacity.blocks - blocks, inodes: this.capacity.inodes - inodes }
    if (this.surelyHas(blocks, inodes)) {
      if (!this.isCounted) this.most = larger(this.most, plus(this.own, { blocks, inodes }))
      return true
    }
    if (this.isExact) return false
    const { least, most } = this.count(limit)
    this.counted(most, isWithin(most, least))
    return isWithin(most, limit)
  }

  /** By the bound, without counting. */
  surelyHas(blocks: number, inodes: number): boolean {
    return isWithin(plus(this.used, { blocks, inodes }), this.capacity)
  }

  /** False, and nothing taken, where it does not fit. */
  take(blocks: number, inodes: number): boolean {
    if (!this.has(blocks, inodes)) return false
    this.used = plus(this.used, { blocks, inodes })
    if (!this.isCounted) this.own = plus(this.own, { blocks, inodes })
    return true
  }

  /** Blocks that are free. */
  left(): number {
    if (!this.isExact) this.counted(this.count(null).most, true)
    return Math.max(0, this.capacity.blocks - this.used.blocks)
  }

  /** What is used, to the block. */
  exactly(): Space {
    if (!this.isExact) this.counted(this.count(null).most, true)
    return this.used
  }

  /** Something was freed, or taken that nobody may have needed. */
  loosen(): void {
    this.isExact = false
  }

  private counted(used: Space, isExact: boolean): void {
    this.used = used
    this.isExact = isExact
    this.isCounted = true
  }
}

export function plus(one: Space, other: Space): Space {
  return { blocks: one.blocks + other.blocks, inodes: one.inodes + other.inodes }
}

export function isWithin(space: Space, limit: Space): boolean {
  return space.blocks <= limit.blocks && space.inodes <= limit.inodes
}

export function larger(one: Space, other: Space): Space {
  return { blocks: Math.max(one.blocks, other.blocks), inodes: Math.max(one.inodes, other.inodes) }
}
