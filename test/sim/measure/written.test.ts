/** What reaches the device, against counts by hand; and laws. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Call } from '../../../sim/disk/call'
import { writtenOf } from '../../../sim/measure/written'
import { after, call, create, fsync, inputOf, link, rename, step, unlink, write } from './history'

/** In blocks of 4 KiB; loader in bytes. */
function written(...calls: readonly Call[]): Record<string, number> {
  const { data, metadata, journal, loader, deviceFlushes } = writtenOf(inputOf(step(calls)))
  return { data: data / 4096, metadata: metadata / 4096, journal: journal / 4096, loader, deviceFlushes }
}

const none = { data: 0, metadata: 0, journal: 0, loader: 0, deviceFlushes: 0 }
const unmount = call({ kind: 'unmount' })
const fdatasync = call({ kind: 'fdatasync', inode: '@/old' })
const sectors = (store: string, first: number, count: number, through: 'page-cache' | 'device'): Call =>
  call({ kind: 'sectors', first, pages: { blob: 'image', blocks: count }, through }, { store })
const flush = (store: string): Call => call({ kind: 'flush' }, { store })

test.each<[string, readonly Call[], Record<string, number>]>([
  ['nothing', [fsync('@/old'), call({ kind: 'syncfs' }), unmount, call({ kind: 'mount' })], none],
  // The new inode lies beside the root folder: one block of the inode table, one of the folder; with descriptor and commit 4.
  ['a new file and its fsync', [create('a', '#1'), write('#1', 3), fsync('#1')], { ...none, data: 3, metadata: 2, journal: 4, deviceFlushes: 2 }],
  ['dirtied twice, written once', [create('a', '#1'), write('#1', 3), write('#1', 2, 1), fsync('#1')], { ...none, data: 3, metadata: 2, journal: 4, deviceFlushes: 2 }],
  ['synced in between, written twice', [create('a', '#1'), write('#1', 3), fsync('#1'), write('#1', 2, 1, 3 * 4096), fsync('#1')], { ...none, data: 5, metadata: 2, journal: 4 + 3, deviceFlushes: 4 }],
  ['the second fsync finds nothing', [create('a', '#1'), write('#1', 3), fsync('#1'), fsync('#1')], { ...none, data: 3, metadata: 2, journal: 4, deviceFlushes: 2 }],
  ['a file that goes before write-back', [create('a', '#1'), write('#1', 3), unlink('a')], { ...none, metadata: 2, journal: 4, deviceFlushes: 2 }],
  ['a blind call that finds the name taken', [call({ kind: 'create', directory: '@/', name: 'old', inode: '#1', type: 'file', onlyIfMissing: true }), write('#1', 3)], none],
  // No new length: fdatasync waits for the data only, the time of change is committed later.
  ['fdatasync of an overwrite', [write('@/old', 1, 0, 5000), fdatasync], { ...none, data: 1, metadata: 1, journal: 3, deviceFlushes: 1 + 2 }],
  ['unmount marks the journal empty', [create('a', '#1'), unmount], { ...none, metadata: 2, journal: 4, deviceFlushes: 3 }],
  ['an image in whole blocks', [sectors('slot-b', 0, 12, 'page-cache'), sectors('slot-b', 12, 1, 'page-cache'), flush('slot-b')], { ...none, data: 2, deviceFlushes: 1 }],
  ['variables by sectors', [sectors('env', 0, 3, 'page-cache'), flush('env'), sectors('env', 0, 3, 'device'), flush('env')], { ...none, loader: 6 * 512, deviceFlushes: 2 }],
  ['memory', [{ ...create('a', '#1'), store: 'run' }, { ...write('#1', 3), store: 'run' }, { ...fsync('#1'), store: 'run' }], none],
])('%s', (_title, calls, blocks) => {
  expect(written(...calls)).toEqual(blocks)
})

test('timers: the journal commits after 5 s, the flusher writes what is 30 s old', () => {
  const early = [create('a', '#1'), write('#1', 1)]
  expect(written(...early, after(29, write('#1', 1)))['data']).toBe(1)
  expect(written(...early, after(30, write('#1', 1)))['data']).toBe(2)
  // Dirtied after the round at 0 s, 30 s old before the one at 35 s.
  expect(written(after(1, create('a', '#1')), write('#1', 1), after(33, write('#1', 1)))['data']).toBe(1)
  expect(written(after(1, create('a', '#1')), write('#1', 1), after(34, write('#1', 1)))['data']).toBe(2)
  expect(written(...early, after(4, create('b', '#2')))).toEqual(written(...early, create('b', '#2')))
  expect(written(...early, after(6, create('b', '#2')))['journal']).toBe(written(...early, create('b', '#2'))['journal']! + 4)
})

test('a reset loses what was dirty, and the replay brings home what was committed', () => {
  const lost = step([create('a', '#1'), fsync('#1'), write('#1', 9)], { end: 'reset' })
  expect(writtenOf(inputOf(lost, step([call({ kind: 'mount' })])))).toMatchObject({ data: 0, metadata: 2 * 4096, journal: 4 * 4096 })
})

const anyCall: fc.Arbitrary<Call> = fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.oneof(
  fc.constantFrom(
    create('a', '#1'), create('b', '#2'), unlink('a'), link('c', '#1'), rename('a', 'old', '#1'), fsync('#1'), fsync('#2'), fsync('@/old'),
    call({ kind: 'syncfs' }), call({ kind: 'freeze' }), sectors('slot-b', 3, 9, 'page-cache'), flush('slot-b'), sectors('env', 0, 2, 'device'),
  ),
  fc.tuple(fc.constantFrom('#1', '#2', '@/old'), fc.nat(5), fc.nat(5)).map(([inode, blocks, at]) => write(inode, blocks + 1, at)),
)).map(([seconds, each]) => after(seconds, each))
const history = fc.array(anyCall, { maxLength: 30 }).map((calls) => [create('a', '#1'), create('b', '#2'), ...calls])

test('all data that was dirty at a sync of its file was written at least once', () => {
  fc.assert(fc.property(history, (calls) => {
    const dirty = new Map<string, Set<number>>()
    const synced = new Set<string>()
    const made = new Map([['#1', 0], ['#2', 0]])
    for (const { does } of calls) {
      if (does.kind === 'create') made.set(does.inode, (made.get(does.inode) ?? 0) + 1)
      if (does.kind === 'write' && 'blob' in does.pages) {
        const blocks = dirty.get(does.inode) ?? new Set()
        dirty.set(does.inode, blocks)
        for (let at = 0; at < does.pages.blocks; at++) blocks.add(does.firstBlock + at)
      }
      // Of files that may have lost their last name or become another one nothing is said.
      if (does.kind === 'fsync' && (does.inode === '#2' && made.get('#2') === 1)) for (const block of dirty.get(does.inode) ?? []) synced.add(`${does.inode} ${block}`)
    }
    expect(writtenOf(inputOf(step(calls))).data).toBeGreaterThanOrEqual(synced.size * 4096)
  }))
})

test('calls that only look change nothing', () => {
  fc.assert(fc.property(history, fc.nat(30), (calls, at) => {
    const look = call({ kind: 'mark', what: 'looked' }, { store: 'people' })
    expect(writtenOf(inputOf(step([...calls.slice(0, at), look, ...calls.slice(at)])))).toEqual(writtenOf(inputOf(step(calls))))
  }))
})

test('the sum is the sum', () => {
  fc.assert(fc.property(history, (calls) => {
    const { data, metadata, journal, loader, total } = writtenOf(inputOf(step(calls)))
    expect(total).toBe(data + metadata + journal + loader)
    expect(journal).toBeGreaterThanOrEqual(metadata)
  }))
})
