import { expect, test } from 'vitest'
import { wrapped } from '../../reports/look'
import { bigCount, count, inBytes, inCuts, inSeconds, share } from '../../reports/units'

const told: readonly [found: string, expected: string][] = [
  [inBytes(0), '0 B'], [inBytes(512), '512 B'], [inBytes(999), '999 B'], [inBytes(1000), '1.00 kB'], [inBytes(99_950), '100 kB'],
  [inBytes(999_999), '1.00 MB'], [inBytes(412_345_678), '412 MB'], [inBytes(1_073_741_824), '1.07 GB'], [inBytes(-4096), '-4.10 kB'],
  [inBytes(5e15), '5,000 TB'],
  [inSeconds(0), '0 s'], [inSeconds(0.00001), '< 0.1 ms'], [inSeconds(0.0123), '12.3 ms'], [inSeconds(0.0999), '0.10 s'],
  [inSeconds(9.999), '10.0 s'], [inSeconds(412.9), '413 s'], [inSeconds(600), '10.0 min'], [inSeconds(7200), '2.00 h'],
  [count(184_022), '184,022'], [count(7), '7'],
  [bigCount('933254300796', 11.97), '933,254,300,796'], [bigCount('1000000000000', 12), '10^12.0'], [bigCount(null, 30_312.71), '10^30312.7'],
  [share(0.0001), '< 0.1 %'], [share(0.99999), '> 99.9 %'], [share(1), '100.0 %'], [share(0.7603), '76.0 %'],
  [inCuts(0), 'no power cut'], [inCuts(1), 'one power cut'], [inCuts(3), 'up to 3 power cuts'], [inCuts('any'), 'any number of power cuts'],
]
for (const [found, expected] of told)
  test(`units: ${expected}`, () => {
    expect(found).toBe(expected)
  })

test('wrapped breaks between words only', () => {
  expect(wrapped('- ', 'one two three', 9, '  ')).toBe('- one two\n  three')
  expect(wrapped('', 'averyverylongword and', 8, '')).toBe('averyverylongword\nand')
  expect(wrapped('  ', '', 8, '')).toBe('  ')
})
