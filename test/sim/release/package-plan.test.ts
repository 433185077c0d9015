import { expect, test } from 'vitest'
import { GENERATED, isOwned, sameEntry } from '../../../sim/release/entry'
import type { PackageChange } from '../../../sim/release/package-plan'
import { packagePlan } from '../../../sim/release/package-plan'
import type { Release } from '../../../sim/release/release'
import { releaseFrom } from '../../../sim/release/release'
import { bootable, bundled } from './bundled'

const debs = (changes: readonly PackageChange[]): number => changes.reduce((sum, change) => sum + change.debBytes, 0)

const steps = [
  { from: 'deb12-a', to: 'deb12-b', debBytes: 70_552_152, counts: [1, 1, 1], unowned: [27, 17] },
  { from: 'deb12-b', to: 'deb12-c', debBytes: 13_669_308, counts: [12, 0, 0], unowned: [23, 30] },
  { from: 'deb12-c', to: 'deb12-d', debBytes: 12_334_560, counts: [21, 0, 0], unowned: [48, 0] },
  { from: 'deb12-a', to: 'deb12-d', debBytes: 96_556_020, counts: [34, 1, 1], unowned: [94, 47] },
]
for (const { from, to, debBytes, counts, unowned } of steps) {
  test(`${from} -> ${to}: packages and .deb bytes as apt would fetch them`, () => {
    const plan = packagePlan(bundled(from), bundled(to))
    expect([plan.upgrade.length, plan.install.length, plan.remove.length]).toEqual(counts)
    expect(debs([...plan.upgrade, ...plan.install, ...plan.remove])).toBe(debBytes)
    expect([plan.unowned.writes.length, plan.unowned.removes.length]).toEqual(unowned)
    expect(plan.unowned.writes.filter(isOwned)).toEqual([])
  })
}

for (const [from, to] of [['deb12-a', 'deb12-d'], ['deb12-d', 'deb13-a'], ['small/a', 'small/b'], ['small/b', 'small/a']] as const) {
  test(`${from} -> ${to}: law: each changed path is written or removed exactly once`, () => checkCover(bootable(from), bootable(to)))
}

function checkCover(from: Release, to: Release): void {
  const plan = packagePlan(from, to)
  const changes = [...plan.upgrade, ...plan.install, ...plan.remove]
  const writes = [...changes.flatMap((change) => change.writes), ...plan.unowned.writes].map((entry) => entry.path)
  const removes = [...changes.flatMap((change) => change.removes), ...plan.unowned.removes]
  const changed = to.paths.filter((entry) => !sameEntry(from.byPath.get(entry.path), entry)).map((entry) => entry.path)
  expect(writes.toSorted()).toEqual(changed)
  expect(removes.toSorted()).toEqual(from.paths.map((entry) => entry.path).filter((path) => !to.byPath.has(path)))
  for (const change of changes) {
    const unpacked = new Set(change.unpacks)
    expect(change.writes.filter((entry) => !unpacked.has(entry))).toEqual([])
    expect(change.unpacks.filter((entry) => entry.package !== change.name)).toEqual([])
  }
}

test('order: libc6, libraries, the rest, kernel images; children are removed before their directory', () => {
  const plan = packagePlan(bootable('small/a'), bootable('small/b'))
  expect(plan.upgrade.map((change) => change.name)).toEqual(['libc6', 'libexpat1', 'liblzma5', 'ca-certificates', 'demo-files', 'tzdata', 'xz-utils'])
  const server = packagePlan(bundled('deb12-a'), bundled('deb12-d'))
  expect(server.upgrade.at(-1)?.name).toBe('linux-image-amd64')
  const removes = server.remove[0]?.removes ?? []
  expect(removes.indexOf('usr/lib/modules/6.1.0-50-amd64')).toBeGreaterThan(removes.indexOf('usr/lib/modules/6.1.0-50-amd64/kernel'))
})

test('dpkg unpacks all files of a package, most of them unchanged', () => {
  const tzdata = packagePlan(bundled('deb12-a'), bundled('deb12-d')).upgrade.find((change) => change.name === 'tzdata')
  expect([tzdata?.unpacks.length, tzdata?.writes.length, tzdata?.removes.length]).toEqual([1314, 486, 0])
})

test('what no package owns: initrd and depmod files, links at the root, caches, the package database', () => {
  const { writes } = packagePlan(bundled('deb12-a'), bundled('deb12-d')).unowned
  expect(writes.filter((entry) => entry.package === GENERATED)).toHaveLength(11)
  expect(writes.map((entry) => entry.path)).toEqual(expect.arrayContaining(['etc/ld.so.cache', 'initrd.img', 'var/lib/dpkg/status', 'vmlinuz']))
})

test('a release and itself: nothing to do', () => {
  const release = bundled('deb12-a')
  expect(packagePlan(release, release)).toEqual({ upgrade: [], install: [], remove: [], unowned: { writes: [], removes: [] } })
})

test('without package tables, packages are told apart by their files, and their deflated bytes stand in for the .deb', () => {
  const bare = (release: Release): Release => releaseFrom(release.id, release.paths, new Map())
  const plan = packagePlan(bare(bootable('small/a')), bare(bootable('small/b')))
  const names = plan.upgrade.map((change) => change.name)
  expect(names).toEqual(['libc6', 'libexpat1', 'liblzma5', 'ca-certificates', 'demo-files', 'tzdata'])
  for (const change of plan.upgrade) expect(change.debBytes).toBe(change.unpacks.reduce((sum, entry) => sum + entry.deflatedBytes, 0))
})
