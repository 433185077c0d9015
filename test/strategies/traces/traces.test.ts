/** Our recorded calls against those of the real tools: the same persistent calls, in the same order. */
import { expect, test } from 'vitest'
import { bytesBody } from '../../../sim/disk/content'
import { grubEditenv } from '../../../sim/boot/grub-editenv'
import { createGrubEnvironment } from '../../../sim/boot/grub-environment'
import { bytesToText } from '../../../sim/disk/content'
import { absentPackage, initialDatabase, printDatabase } from '../../../sim/release/dpkg-database'
import type { Release } from '../../../sim/release/release'
import { configurePending } from '../../../strategies/dpkg/configure'
import { Database } from '../../../strategies/dpkg/database'
import { upgradePlan } from '../../../strategies/dpkg/plan'
import { type Run, unpackAll } from '../../../strategies/dpkg/unpack'
import { rauc } from '../../../strategies/rauc'
import { type Given, diskWith } from '../../support/empty-disk'
import { type FakeOs, fakeOs } from '../../support/fake-os'
import { environmentStores } from './environment'
import { excerpt, kernelReleases, releasesOf } from './excerpts'
import { type Difference, differences, firstDifference, normalise } from './normalise'

const kernels = ['6.1.0-50-cloud-amd64', '6.1.0-56-cloud-amd64'] as const
const image = `linux-image-${kernels[1]}`

const file = (bytes = ''): Given => ({ node: 'f', body: bytesBody(bytes) })
const folder: Given = { node: 'd' }

function diskOf(status: string, more: Readonly<Record<string, Given>> = {}): Map<string, Given> {
  const nodes = new Map<string, Given>(Object.entries({ '/var/lib/dpkg/status': file(status), '/var/lib/dpkg/status-old': file(), ...more }))
  for (const path of ['/', '/var', '/var/lib', '/var/lib/dpkg', '/var/lib/dpkg/updates', '/var/lib/dpkg/info', '/boot', '/boot/grub', '/etc', '/etc/ssl']) nodes.set(path, folder)
  return nodes
}

/** One run of dpkg over a database. */
function dpkgRun(previous: Release, release: Release, nodes: Map<string, Given>, work: (run: Run) => void): readonly string[] {
  const fake = fakeOs({ disk: diskWith(nodes) })
  const run: Run = { os: fake.os, database: Database.look(fake.os), plan: upgradePlan(previous, release), syncsFiles: true }
  run.database.run(() => work(run))
  return fake.lines
}

function raucRun(): readonly string[] {
  const { os, lines } = fakeOs({ disk: diskWith(new Map([['/', folder]])), image: { blob: 'image', sizeBytes: 25_157_632 }, variables: new Map([['BOOT_ORDER', 'A B']]) })
  const { release } = kernelReleases([], kernels)
  const program = rauc.program({ version: '1.8', imageFlush: true, statusFile: '/rauc.status' })
  void program.update(os, release, release)
  program.confirm?.(os, release)
  return lines
}

function editenv(nodes: ReadonlyMap<string, Given>, work: (tool: ReturnType<typeof grubEditenv>) => void): FakeOs['lines'] {
  const fake = fakeOs({ disk: diskWith(nodes) })
  work(grubEditenv(fake.os.fs, '/boot/grub/grubenv'))
  return fake.lines
}

interface Comparison { readonly name: string; readonly real: readonly string[]; readonly ours: () => readonly string[] }

const upgraded = releasesOf(excerpt('dpkg-upgrade'), new Map([
  ['libssl3', ['1', '2']], ['openssl', ['1', '2']], ['liblzma5', ['1', '2']], ['libexpat1', ['1', '2']], ['libc-bin', ['1', '1']],
]))
const unpacked = releasesOf(excerpt('dpkg-kernel-unpack'), new Map([[image, [null, kernels[1]]]]))
const configured = kernelReleases(excerpt('dpkg-kernel-configure'), kernels)
const grubFolder = new Map<string, Given>([['/', folder], ['/boot', folder], ['/boot/grub', folder]])

const comparisons: readonly Comparison[] = [
  {
    name: 'dpkg -i of five packages', real: excerpt('dpkg-upgrade'),
    ours: () => dpkgRun(upgraded.previous, upgraded.release, diskOf(initialDatabase(upgraded.previous, upgraded.release)), (run) => {
      // In the order of the command line that was traced.
      unpackAll(run, ['libssl3', 'openssl', 'liblzma5', 'libexpat1'].map((name) => run.plan.unpack.find((change) => change.name === name)!))
      configurePending({ ...run, plan: { ...run.plan, unpack: ['libssl3', 'openssl', 'liblzma5', 'libexpat1'].map((name) => run.plan.unpack.find((change) => change.name === name)!) } })
    }),
  },
  {
    name: 'dpkg --unpack of a kernel', real: excerpt('dpkg-kernel-unpack'),
    ours: () => dpkgRun(unpacked.previous, unpacked.release, diskOf(''), (run) => unpackAll(run, run.plan.unpack)),
  },
  {
    name: 'dpkg --configure of a kernel', real: excerpt('dpkg-kernel-configure'),
    ours: () => {
      const state = { ...absentPackage(image), status: 'unpacked', version: kernels[1] } as const
      const nodes = diskOf(printDatabase(new Map([[image, state]])), {
        [`/boot/vmlinuz-${kernels[0]}`]: file(), [`/boot/vmlinuz-${kernels[1]}`]: file(), [`/boot/initrd.img-${kernels[0]}`]: file(),
        '/boot/grub/grub.cfg': file('old'),
        ...Object.fromEntries(['vmlinuz', 'initrd.img'].flatMap((stem) => ['', '.old'].map((end) => [`/${stem}${end}`, { node: `lboot/${stem}-${kernels[0]}` }] as const))),
      })
      return dpkgRun(configured.previous, configured.release, nodes, configurePending)
    },
  },
  { name: 'rauc install and mark-good', real: excerpt('rauc-install'), ours: raucRun },
  { name: 'fw_setenv', real: [...excerpt('fw_setenv-1'), ...excerpt('fw_setenv-2')], ours: environmentStores },
  { name: 'grub-editenv create', real: excerpt('grub-editenv-create'), ours: () => editenv(grubFolder, (tool) => tool.create()) },
  {
    name: 'grub-editenv set', real: excerpt('grub-editenv-set'),
    ours: () => editenv(new Map([...grubFolder, ['/boot/grub/grubenv', file(bytesToText(createGrubEnvironment()))]]), (tool) => tool.store({ saved_entry: 'ostree-1' })),
  },
]

function compare({ name, real, ours }: Comparison, without: Difference | null = null): string | null {
  return firstDifference(normalise(name, real, 'real', without), normalise(name, ours(), 'ours', without))
}

for (const comparison of comparisons) {
  test(`as the real tool: ${comparison.name}`, () => {
    expect(compare(comparison)).toBeNull()
  })
}

for (const difference of differences) {
  test(`the difference is still needed: ${difference.name}`, () => {
    expect(comparisons.some((comparison) => comparison.name.startsWith(difference.of) && compare(comparison, difference) !== null)).toBe(true)
  })
}

test('a call that is missing, or one too many, is found', () => {
  const real = normalise('rauc', excerpt('rauc-install'), 'real')
  expect(firstDifference(real, real)).toBeNull()
  expect(firstDifference(real, real.filter((line) => line !== 'fsync device'))).toContain('real "fsync device"')
  expect(firstDifference(real.slice(0, -1), real)).toContain('real "ends"')
})
