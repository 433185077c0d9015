import { describe, expect, test } from 'vitest'
import { bytesBody } from '../../sim/disk/content'
import { type RaucOptions, rauc } from '../../strategies/rauc'
import { strategies } from '../../strategies/registry'
import { type Given, diskWith, listening } from '../support/empty-disk'
import { fakeOs } from '../support/fake-os'
import { bootable } from '../sim/release/bundled'

const release = bootable('small/b')
const previous = bootable('small/a')
const options: RaucOptions = { version: '1.15', imageFlush: true, statusFile: '/data/central.raucs' }
const folders: readonly (readonly [string, Given])[] = [['/', { node: 'd' }], ['/data', { node: 'd' }]]

function install(given: Partial<RaucOptions> = {}, status?: string): ReturnType<typeof fakeOs> {
  const nodes = new Map([...folders, ...(status === undefined ? [] : [['/data/central.raucs', { node: 'f', body: bytesBody(status) }] as const])])
  const fake = fakeOs({ disk: diskWith(nodes), variables: new Map([['BOOT_ORDER', 'A B'], ['BOOT_A_LEFT', '3'], ['BOOT_B_LEFT', '3']]) })
  void rauc.program({ ...options, ...given }).update(fake.os, release, previous)
  return fake
}

describe('rauc', () => {
  test('each variable is a store of its own: out of the order first, into the order last', () => {
    expect(install().lines.filter((line) => line.startsWith('boot-store') || line.endsWith('device'))).toEqual([
      'boot-store BOOT_ORDER=A', 'boot-store BOOT_B_LEFT=0', 'fsync device', 'boot-store BOOT_B_LEFT=3', 'boot-store BOOT_ORDER=B A',
    ])
  })

  test('the status file says pending while the slot is written, since 1.11', () => {
    expect(install().lines.findIndex((line) => line.includes('central.raucs'))).toBeLessThan(install().lines.findIndex((line) => line.startsWith('write device')))
    expect(install({ version: '1.8' }).lines.findIndex((line) => line.includes('central.raucs'))).toBeGreaterThan(install({ version: '1.8' }).lines.indexOf('fsync device'))
  })

  test('the first status file is not synced, the ones that replace it are', () => {
    const first = install().lines.filter((line) => line.startsWith('fsync') && !line.endsWith('device'))
    expect(first).toEqual(['fsync /data/central.raucs.2', 'fsync-folder /data', 'fsync /data/central.raucs.3', 'fsync-folder /data'])
  })

  test('what the status file tells of other slots is kept; what is no key file counts as none', () => {
    const other = '[slot.rootfs.0]\nstatus=ok\nsha256=abc\n'
    expect(install({}, other).os.fs.readFileSync('/data/central.raucs', 'latin1')).toContain(other)
    expect(install({}, '\0\0\0').os.fs.readFileSync('/data/central.raucs', 'latin1')).toMatch(/^\[slot\.rootfs\.1\]\nbundle\.version=small\/b\nstatus=ok\n/)
  })

  test('without imageFlush the slot is never synced', () => {
    expect(install({ imageFlush: false }).lines).not.toContain('fsync device')
  })

  test('it is told as installed after the last status; nothing is asked when the release runs already', () => {
    expect(install().reports).toEqual(['installed small/b'])
    const asked: string[] = []
    const fake = fakeOs({ disk: listening(diskWith(new Map(folders)), asked), running: release })
    expect(rauc.program(options).update(fake.os, release, previous)).toBe('done')
    expect([...asked, ...fake.lines, ...fake.fetched]).toEqual([])
  })
})

test('strategies are told apart by name, and their options have defaults', () => {
  expect(strategies.map(({ facts }) => facts.name)).toEqual(['rauc', 'dpkg'])
  for (const { facts } of strategies) for (const option of Object.values(facts.options)) expect(option).toHaveProperty('default')
})
