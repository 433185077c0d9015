import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDebianVersions, compareKernelVersions } from '../../../sim/boot/debian-version'

const ascending = [
  { name: 'numbers by value', versions: ['6.1.0-9-amd64', '6.1.0-18-amd64', '6.10.0-1-amd64'] },
  { name: 'a tilde before the end', versions: ['1.0~rc1', '1.0', '1.0a', '1.0+b1', '1.0.1'] },
  { name: 'the epoch first', versions: ['9.9', '1:0.1', '2:0.0'] },
  { name: 'the revision last', versions: ['1.0', '1.0-1', '1.0-1.1', '1.0-2', '1.0-10'] },
]
for (const { name, versions } of ascending)
  test(name, () => {
    for (const [i, a] of versions.entries())
      for (const [j, b] of versions.entries()) expect([a, b, compareDebianVersions(a, b)]).toEqual([a, b, Math.sign(i - j)])
  })

test('leading zeros do not count, and no revision equals revision 0', () => {
  expect(compareDebianVersions('1.01', '1.1')).toBe(0)
  expect(compareDebianVersions('1.0', '1.0-0')).toBe(0)
})

test('grub-mkconfig puts a release candidate before its kernel, plain comparison after it', () => {
  expect(compareKernelVersions('6.5-rc1-amd64', '6.5-amd64')).toBe(-1)
  expect(compareDebianVersions('6.5-rc1-amd64', '6.5-amd64')).toBe(1)
  expect(compareKernelVersions('6.1.0-18-amd64.old', '6.1.0-18-amd64')).toBe(-1)
})

const version = fc
  .tuple(fc.constantFrom('', '', '1:', '02:'), fc.nat(12), fc.string({ unit: fc.constantFrom('0', '0', '1', '9', 'a', 'b', 'Z', '.', '+', '~', '-'), maxLength: 8 }), fc.constantFrom('', '-1', '-0', '-10~x'))
  .map(([epoch, major, rest, revision]) => `${epoch}${major}${rest}${revision}`)

test('is an order', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(compareDebianVersions(a, b) + compareDebianVersions(b, a)).toBe(0)
      if (compareDebianVersions(a, b) <= 0 && compareDebianVersions(b, c) <= 0) expect(compareDebianVersions(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 2000 },
  )
})

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0

test.skipIf(!hasDpkg)('dpkg --compare-versions agrees', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      fc.pre(![a, b].some((text) => text.endsWith('-')))
      const holds = (relation: string): boolean => spawnSync('dpkg', ['--compare-versions', a, relation, b]).status === 0
      expect([a, b, compareDebianVersions(a, b)]).toEqual([a, b, holds('eq') ? 0 : holds('lt') ? -1 : 1])
    }),
    { numRuns: 60 },
  )
})
