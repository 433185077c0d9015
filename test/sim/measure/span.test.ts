/** Each second of the span belongs to exactly one cut point, waits included. */
import { expect, test } from 'vitest'
import type { Hardware } from '../../../sim/machine/hardware'
import { PowerOn } from '../../../sim/machine/power-on'
import { downtimeSeconds, moments, spanSeconds, updateSeconds } from '../../../sim/measure/span'
import { emptyDisk } from '../../support/empty-disk'
import { after, create, fsync, spanOf, step, stores } from './history'

const first = step([after(1, create('a', '#1')), after(2, fsync('#1'))], { end: 'clean', seconds: 3 + 4, shutdownAtSeconds: 2.5 })
const silent = step([], { end: 'reset', seconds: 8 })
const last = step([after(16, create('b', '#1'))], { seconds: 16 + 32, up: { outcome: 'new', why: '', afterSeconds: 15 } })

test('t(p) reaches from the return of a call to that of the next, over the ends of power-ons', () => {
  expect(moments(spanOf(first, silent, last)).map(({ step: at, calls, atSeconds, seconds }) => [at, calls, atSeconds, seconds])).toEqual([
    [0, 0, 0, 1], [0, 1, 1, 2], [0, 2, 3, 4 + 8 + 16], [2, 1, 31, 32 + 40],
  ])
})

test('t(p) sums up to the span', () => {
  const span = spanOf(first, silent, last)
  expect(moments(span).reduce((sum, { seconds }) => sum + seconds, 0)).toBe(spanSeconds(span))
  expect(updateSeconds(span)).toBe(7 + 8 + 48)
  expect(moments(spanOf(step([], { seconds: 3 })))).toEqual([{ step: 0, calls: 0, atSeconds: 0, seconds: 43 }])
})

test('out of service is from the start of a shutdown until up, boots that fail included', () => {
  expect(downtimeSeconds(spanOf(first, silent, last))).toBe(7 - 2.5 + 8 + 15)
  expect(downtimeSeconds(spanOf(last))).toBe(0)
})

const hardware: Hardware = {
  name: 'test', title: 'test', sequentialWriteBytesPerSecond: 1, flushSeconds: 1, randomWriteSeconds: 1, pageCacheBytesPerSecond: 1, callSeconds: 1,
  networkBytesPerSecond: 1, requestSeconds: 1, firmwareSeconds: 1, loaderSeconds: 1, startSeconds: 1, healthCheckSeconds: 1, shutdownSeconds: 1,
  watchdogSeconds: 1, writeBackSeconds: 1,
}

test('a power-on loses no second: a wait counts for the call that follows it', () => {
  const on = new PowerOn(emptyDisk, stores, new Map(), hardware, 100)
  on.wait(10)
  on.volume('root').create('@/', 'a', 'file')
  on.wait(20)
  expect(on.seconds).toBe(31)
  on.volume('root').create('@/', 'b', 'file')
  on.wait(40)
  const run = on.end('idle', '')
  expect(run.calls.map(({ tookSeconds }) => tookSeconds)).toEqual([11, 21])
  expect(run.seconds).toBe(72)
  expect(moments({ steps: [run], settlingSeconds: 100 }).map(({ seconds }) => seconds)).toEqual([11, 21, 140])
})
