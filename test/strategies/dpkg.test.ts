import { describe, expect, test } from 'vitest'
import { debianBootFiles } from '../../sim/boot/debian-boot-files'
import { bytesBody } from '../../sim/disk/content'
import { absentPackage, applyNotes, initialDatabase, parseDatabase, printDatabase, printPackage } from '../../sim/release/dpkg-database'
import type { Release } from '../../sim/release/release'
import { dpkg } from '../../strategies/dpkg'
import { upgradePlan } from '../../strategies/dpkg/plan'
import { type Given, diskWith, listening } from '../support/empty-disk'
import { fakeOs } from '../support/fake-os'
import { bootable } from '../sim/release/bundled'

const previous = bootable('small/a')
const release = bootable('small/b')
const [oldKernel, newKernel] = ['6.1.0-50-amd64', '6.1.0-56-amd64']

function installed(of: Release, status: string, more: Readonly<Record<string, Given>> = {}): Map<string, Given> {
  const nodes = new Map<string, Given>([['/', { node: 'd' }]])
  for (const path of ['/var/lib', '/var/lib/dpkg', '/var/lib/dpkg/updates', '/var/lib/dpkg/info', '/boot/grub']) nodes.set(path, { node: 'd' })
  for (const entry of of.paths) {
    const node: Given = entry.type === 'directory' ? { node: 'd' } : entry.type === 'symlink' ? { node: `l${entry.target ?? ''}` }
      : { node: 'f', body: { kind: 'blob', blob: entry.sha256 ?? '', sizeBytes: entry.sizeBytes } }
    nodes.set(`/${entry.path}`, node)
  }
  nodes.set('/var/lib/dpkg/status', { node: 'f', body: bytesBody(status) })
  nodes.set(debianBootFiles.configPath, { node: 'f', body: bytesBody(debianBootFiles.config([oldKernel])) })
  for (const [path, node] of Object.entries(more)) nodes.set(path, node)
  return nodes
}

function run(nodes: Map<string, Given>, kernelVersion: string): ReturnType<typeof fakeOs> & { readonly done: unknown; readonly asked: readonly string[] } {
  const asked: string[] = []
  const fake = fakeOs({ disk: listening(diskWith(nodes), asked), kernelVersion })
  const done = dpkg.program({ unsafeIo: false }).update(fake.os, release, previous)
  return { ...fake, done, asked }
}

const allInstalled = parseDatabase(initialDatabase(previous, release), 'status')
for (const change of upgradePlan(previous, release).unpack) {
  allInstalled.set(change.name, { ...absentPackage(change.name), status: 'installed', version: change.newVersion })
}

describe('dpkg', () => {
  test('an upgrade brings every path of the new release, and asks for a reboot because of its kernel', () => {
    const { os, done, reports, fetched } = run(installed(previous, initialDatabase(previous, release)), oldKernel)
    expect(done).toBe('reboot')
    expect(reports).toEqual([`installed ${release.id}`])
    expect(fetched).toHaveLength(upgradePlan(previous, release).unpack.length)
    expect(release.paths.filter((entry) => os.fs.lstatSync(`/${entry.path}`).isDirectory() !== (entry.type === 'directory'))).toEqual([])
    const database = parseDatabase(os.fs.readFileSync('/var/lib/dpkg/status', 'latin1'), 'status')
    expect([...database.values()].every(({ status }) => status === 'installed')).toBe(true)
    expect(os.fs.readdirSync('/var/lib/dpkg/updates')).toEqual([])
    expect(os.fs.readFileSync(debianBootFiles.configPath, 'latin1')).toBe(debianBootFiles.config([oldKernel, newKernel]))
  })

  test('nothing temporary is left', () => {
    const { os, lines } = run(installed(previous, initialDatabase(previous, release)), oldKernel)
    const temporary = lines.flatMap((line) => /^(?:create|symlink|link \S+) (\S+\.(?:dpkg-new|dpkg-tmp|new|deb))\b/.exec(line)?.[1] ?? [])
    expect(temporary.length).toBeGreaterThan(100)
    expect(temporary.filter((path) => os.fs.existsSync(path))).toEqual([])
  })

  test('with all of it installed it changes nothing and asks for the database only', () => {
    const { done, lines, asked } = run(installed(release, printDatabase(allInstalled)), newKernel)
    expect(done).toBe('done')
    expect(lines).toEqual([])
    expect(asked.filter((question) => !/\/(?:var(?:\/lib(?:\/dpkg(?:\/(?:status|updates(?:\/\d{4})?))?)?)?)$/.test(question))).toEqual([])
  })

  test('after an interruption it configures what is unpacked, unpacks again what is broken, and goes on with the rest', () => {
    const [unpacked, broken] = ['libc6', 'libexpat1']
    const states = parseDatabase(initialDatabase(previous, release), 'status')
    const newVersion = upgradePlan(previous, release).unpack.find(({ name }) => name === unpacked)?.newVersion ?? null
    states.set(unpacked, { ...states.get(unpacked)!, status: 'unpacked', version: newVersion })
    const note = printPackage({ ...states.get(broken)!, status: 'half-installed', needsReinstall: true })
    const { done, lines, fetched, os } = run(installed(previous, printDatabase(states), { '/var/lib/dpkg/updates/0000': { node: 'f', body: bytesBody(note) } }), oldKernel)
    expect(done).toBe('reboot')
    expect(fetched).not.toContain(`${unpacked}.deb`)
    expect(fetched[0]).toBe(`${broken}.deb`)
    // First the note is merged, then libc6 is configured; only then anything is unpacked.
    expect(lines.indexOf('unlink /var/lib/dpkg/updates/0000')).toBeLessThan(lines.findIndex((line) => line.includes('.dpkg-new')))
    expect(lines.filter((line) => line.startsWith('unlink ') && line.endsWith('.so.1.8.10.dpkg-new')).length).toBeGreaterThan(0)
    expect(parseDatabase(os.fs.readFileSync('/var/lib/dpkg/status', 'latin1'), 'status').get(broken)?.status).toBe('installed')
  })

  test('a retry asks for no file of any package but conffiles that may lie ready', () => {
    const states = parseDatabase(initialDatabase(previous, release), 'status')
    const { asked } = run(installed(previous, printDatabase(states), { '/var/lib/dpkg/updates/0000': { node: 'f', body: bytesBody(printPackage(states.get('libc6')!)) } }), oldKernel)
    const packageFiles = new Set(upgradePlan(previous, release).unpack.flatMap(({ unpacks }) => unpacks.filter(({ type, path }) => type !== 'directory' && !path.startsWith('boot/')).map(({ path }) => `/${path}`)))
    const askedFor = [...new Set(asked.map((question) => question.slice(question.indexOf(' /') + 1)))]
    expect(askedFor.filter((path) => packageFiles.has(path) && !path.startsWith('/etc/'))).toEqual([])
  })

  test('clean-up removes the old kernel once the new one runs, and not before', () => {
    const nodes = installed(release, printDatabase(allInstalled), {
      [`/boot/vmlinuz-${oldKernel}`]: { node: 'f', body: bytesBody('') }, [`/boot/initrd.img-${oldKernel}`]: { node: 'f', body: bytesBody('') },
    })
    const before = fakeOs({ disk: diskWith(nodes), kernelVersion: oldKernel })
    dpkg.program({ unsafeIo: false }).cleanUp?.(before.os, release, previous)
    expect(before.lines).toEqual([])
    const after = fakeOs({ disk: diskWith(nodes), kernelVersion: newKernel })
    dpkg.program({ unsafeIo: false }).cleanUp?.(after.os, release, previous)
    expect(after.os.fs.existsSync(`/boot/vmlinuz-${oldKernel}`)).toBe(false)
    expect(after.os.fs.existsSync(`/boot/initrd.img-${oldKernel}`)).toBe(false)
    expect(after.os.fs.readFileSync(debianBootFiles.configPath, 'latin1')).toBe(debianBootFiles.config([newKernel]))
  })

  test('force-unsafe-io leaves out the fsync of unpacked files and nothing else', () => {
    const syncs = (unsafeIo: boolean): readonly string[] => {
      const { os, lines } = fakeOs({ disk: diskWith(installed(previous, initialDatabase(previous, release))), kernelVersion: oldKernel })
      void dpkg.program({ unsafeIo }).update(os, release, previous)
      return lines.filter((line) => line.startsWith('fsync'))
    }
    expect(syncs(false).filter((line) => !line.endsWith('.dpkg-new'))).toEqual(syncs(true))
    expect(syncs(false).length).toBeGreaterThan(syncs(true).length)
  })

  test('the database reads back what it prints, and a note wins over what it is about', () => {
    const text = initialDatabase(previous, release)
    expect(printDatabase(parseDatabase(text, 'status'))).toBe(text)
    const note = parseDatabase(printPackage({ ...absentPackage('libc6'), status: 'half-installed', needsReinstall: true, version: '1' }), 'note')
    expect(applyNotes(parseDatabase(text, 'status'), [note]).get('libc6')).toMatchObject({ status: 'half-installed', needsReinstall: true })
    expect(() => parseDatabase('\0\0\0', 'status')).toThrow("parsing file 'status'")
  })
})
