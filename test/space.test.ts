/** Systems with less room than their updates need. */
import { expect, test } from 'vitest'
import type { Built } from '../api/build'
import { SpaceMemory } from '../sim/explore/space-memory'
import type { Program, Strategy } from '../sim/machine/os'
import { rauc } from '../strategies/rauc'
import { analysed, only, small, withStrategy, withSystem } from './small-systems'

/** So many blocks more than what it holds at the start. */
function withRoom(built: Built, store: string, blocks: number): Built {
  const { initial, stores } = built.machine
  const used = new SpaceMemory(initial, stores).space(store)!.initial.total.blocks
  return withSystem(built, (system) => ({
    ...system, stores: new Map([...system.stores].map(([id, setup]) => [id, id === store ? { ...setup, capacity: { blocks: used + blocks, inodes: 1_000_000 } } : setup])),
  }))
}

test('dpkg on a root that is full: apt refuses before it fetches anything, and the old release stays', () => {
  const { report } = analysed(withRoom(only(small('debian-classic'), ['demo-files', 'liblzma5']), 'root', 1), 1)
  expect(report).toMatchObject({ complete: true, possible: { old: 1, new: 0, mixed: 0 }, flags: { 'no-space': 1, 'updater-crash': 0, 'lost-update': 0 } })
  expect(report.findings.map((finding) => finding.invariant)).toEqual(['retry-completes'])
  expect(report.findings[0]?.story.join('\n')).toContain("You don't have enough free space in /var/cache/apt/archives/.")
})

test('rauc refuses an image that is larger than its slot, and the old release stays', () => {
  const built = withSystem(small('rauc-slots'), (system) => ({
    ...system, stores: new Map([...system.stores].map(([id, setup]) => [id, id.startsWith('slot-') ? { ...setup, sizeBytes: 4096 } : setup])),
  }))
  const { report } = analysed(built, 'any')
  expect(report).toMatchObject({ complete: true, possible: { brick: 0, new: 0 }, flags: { 'updater-crash': 0 } })
  expect(report.flags['no-space']).toBe(report.cutPoints)
  expect(report.findings[0]?.story.join('\n')).toMatch(/Slot \(4096 bytes\) is too small for image \(\d+ bytes\)/)
})

/** Downloads to a name that is free, and removes what it has downloaded once it is installed; what an interrupted attempt has left it does not know. */
const downloading: Strategy = ((): Strategy => {
  const program = rauc.program({ version: '1.15', imageFlush: true, statusFile: '/run/central.raucs' })
  return { facts: { ...rauc.facts, options: {} }, program: (): Program => ({ ...program, update(os, release, previous) {
    if (os.running === release) return 'done'
    let number = 1
    while (os.fs.existsSync(`/data/download-${number}`)) number++
    const file = `/data/download-${number}`
    os.fs.writeFileSync(file, 'x'.repeat(10_000))
    os.fs.fsyncSync(os.fs.openSync(file, 'r'))
    const done = program.update(os, release, previous)
    os.fs.unlinkSync(file)
    return done
  } }) }
})()

test('an updater that leaves its downloads behind runs out of room after so many power cuts, and never before', () => {
  const downloads = (count: number): Built => withRoom(withStrategy(small('rauc-slots'), downloading), 'data', 3 * count)
  expect(analysed(downloads(1), 0).report.flags['no-space']).toBe(0)
  const one = analysed(downloads(1), 1).report
  expect(one.flags['no-space']).toBeGreaterThan(0)
  expect(one.flags['no-space']).toBeLessThan(one.cutPoints)
  const finding = one.findings.find(({ flags }) => flags.includes('no-space'))
  expect(finding?.story.join('\n')).toContain('ENOSPC: no space left on device')
  expect(analysed(downloads(2), 1).report.flags['no-space']).toBe(0)
})
