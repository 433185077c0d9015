import { describe, expect, test } from 'vitest'
import { chart } from '../../reports/chart'
import type { Bucket } from '../../reports/run-report'
import { bucketed, columnsOf } from '../../reports/timeline'
import { outcomeWords, outcomes } from '../../reports/words'
import { raucSlots } from './samples'

const moments = [
  { atSeconds: 0, extraBytes: 10, worst: 'old' },
  { atSeconds: 4.1, extraBytes: 90, worst: 'brick' },
  { atSeconds: 4.2, extraBytes: 20, worst: 'new' },
] as const

describe('bucketed', () => {
  test('a peak shorter than a bucket is not lost', () => {
    expect(bucketed(moments, 10, 5).buckets).toEqual([
      { atSeconds: 0, extraBytes: 10, worst: 'old' },
      { atSeconds: 2, extraBytes: 10, worst: 'old' },
      { atSeconds: 4, extraBytes: 90, worst: 'brick' },
      { atSeconds: 6, extraBytes: 20, worst: 'new' },
      { atSeconds: 8, extraBytes: 20, worst: 'new' },
    ])
  })

  test('a moment at the very end is in the last bucket', () => {
    const last = bucketed([moments[0], { atSeconds: 10, extraBytes: 70, worst: 'stuck' }], 10, 2).buckets.at(-1)
    expect(last).toEqual({ atSeconds: 5, extraBytes: 70, worst: 'stuck' })
  })

  test('a span of no length', () => {
    expect(bucketed([moments[0]], 0, 1).buckets).toHaveLength(1)
  })

  test('a hundred thousand moments end in 200 buckets', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ atSeconds: index / 100, extraBytes: index, worst: 'old' as const }))
    const { buckets } = bucketed(many, 1000)
    expect(buckets).toHaveLength(200)
    expect(Math.max(...buckets.map((bucket) => bucket.extraBytes))).toBe(99_999)
  })

  test('must begin at 0 s', () => {
    expect(() => bucketed([], 1)).toThrow('first moment')
  })
})

test('columnsOf keeps the peak and the worst when it has fewer columns, and repeats when it has more', () => {
  const timeline = bucketed(moments, 10, 5)
  expect(columnsOf(timeline, 2).map((column) => column.worst)).toEqual(['old', 'brick'])
  expect(columnsOf(timeline, 10).map((column) => column.extraBytes)).toEqual([10, 10, 10, 10, 90, 90, 20, 20, 20, 20])
  expect(columnsOf({ buckets: [] }, 10)).toEqual([])
})

describe('chart', () => {
  const shapes: readonly { name: string; bytes: readonly number[] }[] = [
    { name: 'flat at nothing', bytes: [0, 0, 0] },
    { name: 'flat and high', bytes: [5e9, 5e9] },
    { name: 'one value', bytes: [1] },
    { name: 'below the start', bytes: [0, -4096, 4096] },
    { name: 'not a number', bytes: [0, Number.NaN, 7] },
    { name: 'infinite', bytes: [0, Number.POSITIVE_INFINITY] },
  ]
  for (const { name, bytes } of shapes)
    test(`always seven rows, a strip, an axis and a legend: ${name}`, () => {
      const buckets: readonly Bucket[] = bytes.map((extraBytes, atSeconds) => ({ atSeconds, extraBytes, worst: 'old' }))
      const lines = chart({ ...raucSlots, timeline: { buckets } }, { colours: false, columns: 60 }).split('\n')
      expect(lines).toHaveLength(10)
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
    })

  test('nothing recorded', () => {
    expect(chart({ ...raucSlots, timeline: { buckets: [] } }, { colours: false, columns: 60 })).toBe('  nothing was recorded')
  })

  test('strip and curve have the same columns', () => {
    const lines = chart(raucSlots, { colours: false, columns: 90 }).split('\n')
    const strip = lines.find((line) => line.includes('cut here')) ?? ''
    expect(strip.split('│')[1]).toHaveLength(90 - 11)
    expect(lines[6]?.length).toBeLessThanOrEqual(90)
  })
})

test('every outcome has a mark of its own', () => {
  expect(new Set(outcomes.map((outcome) => outcomeWords[outcome].mark)).size).toBe(outcomes.length)
})
