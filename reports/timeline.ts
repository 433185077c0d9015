/** From moments in time to the few buckets that a report keeps, and from those to the columns of a chart. */
import { assert } from '../sim/assert'
import type { Bucket, Outcome, Timeline } from './run-report'
import { worse } from './words'

const BUCKETS_MAX = 200

/** From this moment on (until the next one) so much is allocated, and a cut ends at worst in this. */
export interface Moment {
  readonly atSeconds: number
  readonly extraBytes: number
  readonly worst: Outcome
}

/**
 * @param moments by time, the first at 0
 * @param endSeconds end of the measured span
 */
export function bucketed(moments: readonly Moment[], endSeconds: number, bucketCount = BUCKETS_MAX): Timeline {
  assert(moments[0]?.atSeconds === 0, 'the first moment of a timeline is at 0 s')
  assert(endSeconds >= 0 && bucketCount >= 1 && bucketCount <= BUCKETS_MAX, `a timeline has an end and 1 to ${BUCKETS_MAX} buckets`)
  const buckets: Bucket[] = []
  let first = 0
  for (let index = 0; index < bucketCount; index++) {
    const atSeconds = (endSeconds * index) / bucketCount
    const untilSeconds = (endSeconds * (index + 1)) / bucketCount
    const isLast = index === bucketCount - 1
    // The last moment at or before the bucket's begin still holds in it.
    while (first + 1 < moments.length && (moments[first + 1]?.atSeconds ?? 0) <= atSeconds) first++
    const within: Moment[] = []
    for (let at = first; at < moments.length; at++) {
      const moment = moments[at]
      if (moment === undefined || (at > first && moment.atSeconds >= untilSeconds && !isLast)) break
      within.push(moment)
    }
    buckets.push({ atSeconds, ...summed(within) })
  }
  return { buckets }
}

/** As many columns as asked: the most bytes and the worst outcome of what falls into a column. */
export function columnsOf(timeline: Timeline, columnCount: number): readonly Omit<Bucket, 'atSeconds'>[] {
  const { buckets } = timeline
  if (buckets.length === 0 || columnCount < 1) return []
  return Array.from({ length: columnCount }, (_, column) => {
    const from = Math.floor((column * buckets.length) / columnCount)
    const to = Math.max(from + 1, Math.floor(((column + 1) * buckets.length) / columnCount))
    return summed(buckets.slice(from, to))
  })
}

function summed(parts: readonly Omit<Bucket, 'atSeconds'>[]): { extraBytes: number; worst: Outcome } {
  const [head, ...rest] = parts
  assert(head !== undefined, 'a column of a timeline stands for something')
  let { extraBytes, worst } = head
  for (const part of rest) {
    extraBytes = Math.max(extraBytes, part.extraBytes)
    worst = worse(worst, part.worst)
  }
  return { extraBytes, worst }
}
