/** Blocks and inodes along histories whose figures one can check with a pencil. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Call } from '../../../sim/disk/call'
import { allocationOf } from '../../../sim/measure/allocation'
import { call, create, fsync, initialFiles, inputOf, link, mkdir, partitions, rename, startBlocks, startInodes, step, unlink, write } from './history'

/** Extra blocks after each call. */
function extraBlocks(...calls: readonly Call[]): readonly number[] {
  return allocationOf(inputOf(step(calls))).timeline.map(({ extraBytes }) => extraBytes / 4096)
}

test('at the start: files once, folders, no short links, partitions as a whole', () => {
  expect(allocationOf(inputOf(step([])))).toMatchObject({
    startBytes: startBlocks * 4096 + 1_032_768, steadyBytes: startBytes(), startInodes, steadyInodes: startInodes, peakExtraBytes: 0, peakAt: { step: 0, calls: 0 },
  })
})

const startBytes = (): number => startBlocks * 4096 + 1_032_768

const symlink = (target: string): Call => call({ kind: 'create', directory: '@/', name: target, inode: `#${target}`, type: 'symlink', target })

test.each<[string, readonly Call[], readonly number[]]>([
  ['a file takes the blocks that were written, once', [create('a', '#1'), write('#1', 3), write('#1', 3), fsync('#1')], [0, 0, 3, 3, 3]],
  ['a hole takes none', [create('a', '#1'), write('#1', 1, 9)], [0, 0, 1]],
  ['a file goes with its last name', [unlink('old'), unlink('same')], [0, 0, -2]],
  ['also a new one', [create('a', '#1'), write('#1', 3), link('b', '#1'), unlink('a'), unlink('b')], [0, 0, 3, 3, 3, 0]],
  ['a rename takes the other one\'s place', [create('a', '#1'), write('#1', 3), rename('a', 'old', '#1', '@/old'), unlink('same')], [0, 0, 3, 3, 1]],
  ['a rename onto another name of the same file does nothing', [rename('old', 'same', '@/old', '@/old'), unlink('old')], [0, 0, 0]],
  ['cut to nothing', [call({ kind: 'truncate', inode: '@/old', generation: 1, sizeBytes: 0, tail: null, blocksBefore: 2 })], [0, -2]],
  ['a folder takes one, a full one stays', [mkdir('d', '#1'), create('f', '#2', '#1'), unlink('d'), unlink('f', '#1'), unlink('d')], [0, 1, 1, 1, 1, 0]],
  ['a long link takes one', [symlink('x'.repeat(59)), symlink('x'.repeat(60))], [0, 0, 1]],
  ['a blind folder that is there is the same', [call({ kind: 'create', directory: '@/', name: 'dir', inode: '@/dir', type: 'directory', onlyIfMissing: true }), create('a', '#1', '@/dir'), write('#1', 1)], [0, 0, 0, 1]],
  ['a blind folder that is not there is new', [call({ kind: 'create', directory: '@/', name: 'x', inode: '@/x', type: 'directory', onlyIfMissing: true }), create('a', '#1', '@/x'), write('#1', 1)], [0, 1, 1, 2]],
  ['a blind file whose name is taken is none', [call({ kind: 'create', directory: '@/', name: 'old', inode: '#1', type: 'file', onlyIfMissing: true }), write('#1', 7)], [0, 0, 0]],
  ['exchange moves only names', [create('a', '#1'), write('#1', 3), call({ kind: 'exchange', aDirectory: '@/', a: 'a', aInode: '#1', bDirectory: '@/', b: 'old', bInode: '@/old' }), unlink('old')], [0, 0, 3, 3, 0]],
  ['memory takes none', [{ ...create('a', '#1'), store: 'run' }, { ...write('#1', 3), store: 'run' }], [0, 0, 0]],
])('%s', (_title, calls, blocks) => {
  expect(extraBlocks(...calls)).toEqual(blocks)
})

test('the peak and where it was, over power-ons: `@/path` is what was found there', () => {
  const first = step([create('a', '#1'), write('#1', 3), rename('a', 'new', '#1')], { end: 'clean' })
  const second = step([create('b', '#1'), write('#1', 2), unlink('new'), link('new', '@/new'), unlink('b')])
  expect(allocationOf(inputOf(first, second))).toMatchObject({
    // `@/new` is still known by the name that it had at power-on, yet gone.
    peakExtraBytes: 5 * 4096, peakAt: { step: 1, calls: 2 }, peakExtraInodes: 2, peakInodesAt: { step: 1, calls: 1 },
  })
})

const anyCall: fc.Arbitrary<Call> = fc.oneof(
  fc.constantFrom(
    create('a', '#1'), create('old', '#2'), mkdir('d', '#3'), create('f', '#4', '#3'), unlink('a'), unlink('old'), unlink('same'), unlink('dir'), unlink('f', '#3'), unlink('d'),
    link('b', '#1'), link('c', '@/old'), rename('a', 'old', '#1'), rename('old', 'b', '@/old'), fsync('#1'),
  ),
  fc.tuple(fc.constantFrom('#1', '#2', '#4', '@/old'), fc.nat(5), fc.nat(5)).map(([inode, blocks, at]) => write(inode, blocks + 1, at)),
)

test('never less than nothing, and empty once all names are gone', () => {
  const cleanUp = [unlink('f', '#3'), ...['d', 'dir', 'a', 'b', 'c', 'old', 'same', 'link'].map((name) => unlink(name))]
  fc.assert(fc.property(fc.array(anyCall, { maxLength: 30 }), (calls) => {
    const { timeline, startBytes: start, steadyBytes, steadyInodes } = allocationOf(inputOf(step([...calls, ...cleanUp])))
    for (const { extraBytes } of timeline) expect(start + extraBytes).toBeGreaterThanOrEqual(0)
    const whole = partitions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    // The root folder, and a folder `d` that was replaced by another `d` with its file.
    const lost = steadyInodes - 1
    expect(lost).toBeLessThanOrEqual(calls.length)
    if (lost === 0) expect(steadyBytes).toBe(4096 + whole)
  }))
  expect(initialFiles.length).toBe(startInodes)
})
