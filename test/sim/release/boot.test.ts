import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withBootFiles } from '../../../sim/release/boot-files'
import { sameEntry } from '../../../sim/release/entry'
import { partition } from '../../../sim/release/groups'
import { needsOf } from '../../../sim/release/needs'
import type { Release } from '../../../sim/release/release'
import { releaseFrom } from '../../../sim/release/release'
import { rolesOf } from '../../../sim/release/roles'
import { bootable, bundled } from './bundled'

const pairs = [['deb12-a', 'deb12-b'], ['deb12-b', 'deb12-c'], ['deb12-a', 'deb12-d'], ['deb12-d', 'deb13-a'], ['small/a', 'small/b']] as const
for (const [from, to] of pairs) {
  test(`${from} -> ${to}: law: the groups are a partition, and changed is what differs`, () => {
    const releases = [bootable(from), bootable(to)]
    checkPartition(releases)
  })
}

test('law: random parts of a release partition too', () => {
  const [a, b] = [bootable('small/a'), bootable('small/b')]
  const part = (release: Release, step: number, at: number): Release =>
    releaseFrom(release.id, release.paths.filter((_, index) => index % step === at % step), release.packages)
  const cut = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(40))
  fc.assert(fc.property(cut, cut, ([stepA, atA], [stepB, atB]) => checkPartition([part(a, stepA, atA), part(b, stepB, atB)])), { numRuns: 20 })
})

function checkPartition(releases: readonly Release[]): void {
  const groups = partition(releases)
  const grouped = groups.flatMap((group) => group.paths)
  const all = new Set(releases.flatMap((release) => release.paths.map((entry) => entry.path)))
  expect(grouped).toHaveLength(all.size)
  expect(new Set(grouped)).toEqual(all)
  expect(new Set(groups.map((group) => group.name)).size).toBe(groups.length)
  const [from, to] = releases
  const differing = [...all].filter((path) => !sameEntry(from?.byPath.get(path), to?.byPath.get(path)))
  expect(groups.flatMap((group) => group.changed).toSorted()).toEqual(differing.toSorted())
  for (const group of groups) expect(group.paths).toEqual(group.paths.toSorted())
  expect(partition(releases)).toEqual(groups)
}

test('two kernels never share a group; the initrd and depmod files go with their kernel', () => {
  const groups = partition([bundled('deb12-a'), bundled('deb12-b')])
  const sizes = groups.filter((group) => group.package.startsWith('linux-image-6')).map((group) => `${group.name}:${group.paths.length}`)
  expect(sizes).toEqual([
    'linux-image-6.1.0-50-amd64/kernel:1', 'linux-image-6.1.0-50-amd64/initrd:1', 'linux-image-6.1.0-50-amd64/modules:4035', 'linux-image-6.1.0-50-amd64/rest:903',
    'linux-image-6.1.0-56-amd64/kernel:1', 'linux-image-6.1.0-56-amd64/initrd:1', 'linux-image-6.1.0-56-amd64/modules:4036', 'linux-image-6.1.0-56-amd64/rest:905',
  ])
})

for (const name of ['deb12-a', 'deb12-d', 'deb13-a', 'small/a', 'small/b']) {
  test(`${name}: law: what a boot needs exists, is no directory, and is a union of whole groups`, () => {
    const release = bootable(name)
    const needs = needsOf(release)
    const needed = new Set([...needs.kernel, ...needs.init, ...needs.same.flatMap((set) => set.paths)])
    expect([...needed].filter((path) => !['file', 'symlink'].includes(release.byPath.get(path)?.type ?? 'absent'))).toEqual([])
    const torn = partition([release]).filter((group) => new Set(group.paths.map((path) => needed.has(path))).size > 1)
    expect(torn.map((group) => group.name)).toEqual([])
  })
}

test('deb12-d: kernel, init and the sets that must match', () => {
  const needs = needsOf(bundled('deb12-d'))
  expect(needs.kernelVersion).toBe('6.1.0-56-amd64')
  expect(needs.kernel).toEqual(['boot/initrd.img-6.1.0-56-amd64', 'boot/vmlinuz-6.1.0-56-amd64'])
  for (const path of [
    'sbin', 'lib64', 'usr/sbin/init', 'usr/lib/systemd/systemd', 'usr/lib/x86_64-linux-gnu/libc.so.6', 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    'usr/lib/x86_64-linux-gnu/libcrypto.so.3', 'usr/bin/dash', 'usr/bin/udevadm', 'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so',
  ]) expect(needs.init).toContain(path)
  for (const path of ['usr/lib/x86_64-linux-gnu/libssl.so.3', 'usr/share/man/man1/systemctl.1.gz', 'etc/systemd/system.conf', 'usr/lib/x86_64-linux-gnu/gconv/BIG5.so', 'usr/bin/bash']) {
    expect([path, bundled('deb12-d').byPath.has(path)]).toEqual([path, true])
    expect(needs.init).not.toContain(path)
  }
  expect(needs.same.map((set) => [set.name, set.paths.length])).toEqual([['kernel', 4038], ['libc', 21]])
})

test('small: no kernel as it comes; bootable with synthetic files, an init of busybox and a libc that changes', () => {
  expect(needsOf(bundled('small/a'))).toMatchObject({ kernelVersion: null, kernel: [], same: [] })
  const needs = needsOf(bootable('small/a'))
  expect(needs.kernelVersion).toBe('6.1.0-50-amd64')
  expect(needs.init).toEqual(expect.arrayContaining(['usr/bin/init', 'usr/bin/busybox', 'usr/lib/x86_64-linux-gnu/libc.so.6']))
  expect(needs.init).not.toContain('usr/lib/x86_64-linux-gnu/liblzma.so.5')
  const changed = partition([bootable('small/a'), bootable('small/b')]).filter((group) => group.changed.length > 0)
  expect(changed.filter((group) => group.role === 'libc').map((group) => group.changed.length)).toEqual([14])
})

test('withBootFiles is deterministic, differs by release, leaves its input alone and refuses a second kernel', () => {
  const plain = bundled('small/a')
  const kernel = 'boot/vmlinuz-1'
  const digest = (release: Release): string | null | undefined => withBootFiles(release, '1').byPath.get(kernel)?.sha256
  expect(digest(plain)).toBe(digest(plain))
  expect(digest(plain)).not.toBe(digest(bundled('small/b')))
  expect(plain.byPath.has(kernel)).toBe(false)
  expect(() => withBootFiles(withBootFiles(plain, '1'), '1')).toThrow('needs no synthetic kernel')
})

test('owners that the path rule gives are those of the server release, wherever both have the path', () => {
  const server = bundled('deb12-d')
  const differing = bootable('small/b').paths
    .filter((entry) => entry.type !== 'directory' && (server.byPath.get(entry.path)?.package ?? entry.package) !== entry.package)
    .map((entry) => entry.path)
  // The links of the merged /usr belong to whoever came first; links to busybox are the demo's; busybox-static is no part of the server.
  expect(differing).toEqual([
    'lib', 'lib64', 'usr/bin/busybox', 'usr/bin/cat', 'usr/bin/ls', 'usr/bin/mount', 'usr/bin/sh', 'usr/bin/umount',
    'usr/share/initramfs-tools/conf-hooks.d/busybox', 'usr/share/initramfs-tools/hooks/zz-busybox',
  ])
})

test('of two kernels the one that the root link names is booted', () => {
  const [a, b] = [bundled('deb12-a'), bundled('deb12-b')]
  const both = releaseFrom('both', [...b.paths.filter((entry) => !a.byPath.has(entry.path)), ...a.paths], b.packages)
  const needs = needsOf(both)
  expect(needs.kernelVersion).toBe('6.1.0-50-amd64')
  expect(needs.same[0]?.paths.some((path) => path.includes('6.1.0-56'))).toBe(false)
  const unlinked = releaseFrom('both', both.paths.filter((entry) => entry.path !== 'vmlinuz'), b.packages)
  expect(needsOf(unlinked).kernelVersion).toBe('6.1.0-56-amd64')
})

test('odd names under boot/ are no kernels', () => {
  const file = bundled('deb12-a').byPath.get('boot/vmlinuz-6.1.0-50-amd64')
  const folder = bundled('deb12-a').byPath.get('boot')
  if (file === undefined || folder === undefined) throw new Error('not in the data')
  const odd = releaseFrom('odd', [
    folder, { ...folder, path: 'boot/vmlinuz-1' }, { ...file, path: 'boot/vmlinuz-1/x' }, { ...file, path: 'boot/vmlinuz-' }, { ...file, path: 'boot/vmlinuz' },
  ], new Map())
  expect(needsOf(odd)).toEqual({ kernelVersion: null, kernel: [], init: [], same: [] })
  expect(odd.paths.map(rolesOf([odd]))).toEqual(['rest', 'rest', 'rest', 'rest', 'rest'])
})
