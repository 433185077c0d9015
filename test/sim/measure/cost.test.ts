/** All measures of one small update together. */
import { expect, test } from 'vitest'
import { costsOf } from '../../../sim/measure/cost'
import { after, call, create, fsync, inputOf, rename, startBlocks, step, write } from './history'

const update = step([after(2, create('a', '#1')), write('#1', 3), fsync('#1'), rename('a', 'old', '#1', '@/old'), { ...fsync('#9'), store: 'run' }, call({ kind: 'unmount' })], {
  end: 'clean', seconds: 10, shutdownAtSeconds: 6, fetched: [{ what: 'index', bytes: 100, requests: 1 }, { what: 'file', bytes: 900, requests: 2 }],
})
const boot = step([
  call({ kind: 'sectors', first: 0, pages: ['Lx'], through: 'device' }, { issuer: 'loader', store: 'env' }), call({ kind: 'mount' }),
  call({ kind: 'mark', what: 'confirmed' }, { store: 'people' }),
], { seconds: 20, up: { outcome: 'new', why: '', afterSeconds: 15 } })

test('the costs of an update', () => {
  expect(costsOf({ ...inputOf(update, boot), hardware: { writeBackSeconds: 40 }, compare: { changedBytes: 12_000, deflatedBytes: 500 } })).toMatchObject({
    wireBytes: 1000, requests: 3, wireRatio: 2, changedBytes: 12_000,
    // Two blocks (folder, inodes) are committed twice and written home once; 3 + 2 + 4 + 4 blocks and a sector.
    bytesWritten: { data: 3 * 4096, metadata: 2 * 4096, journal: 8 * 4096, loader: 512, total: 13 * 4096 + 512 },
    writeAmplification: (13 * 4096 + 512) / 12_000,
    barriers: { byKind: { fsync: 1, unmount: 1, 'direct-write': 1 }, total: 3 },
    deviceFlushes: 2 + 3, boots: 1, downtimeSeconds: 4 + 15, updateSeconds: 30, settlingSeconds: 40,
    peakExtraBytes: 3 * 4096, peakAt: { step: 0, calls: 2 }, peakExtraInodes: 1, steadyBytes: (startBlocks + 3) * 4096 + 1_032_768,
  })
})

test('a release without new contents has no ratios', () => {
  expect(costsOf({ ...inputOf(update), hardware: { writeBackSeconds: 40 }, compare: { changedBytes: 0, deflatedBytes: 0 } })).toMatchObject({ wireRatio: null, writeAmplification: null })
})
