/** The strategy that the README shows how to add: it type-checks, is safe with its fsync, and is caught without. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SweepReport } from '../../reports/run-report'
// Types only: at run time the package's own name leads to a build that need not be there.
import type { mySlots } from '../../docs/examples/my-strategy'
import { powercut, root } from './run'

const file = join(root, 'docs/examples/my-strategy.ts')
const question = ['sweep', '--system', 'rauc-slots', '--releases', 'small', '--cuts', '1', '--json', '--strategy', file]

/** Its options are what `--set` gives it. */
const options: Readonly<Record<string, Parameters<typeof mySlots.program>[0]>> = { 'with its fsync': { sync: true }, 'without its fsync': { sync: false } }

test('the example is short', () => {
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(45)
})

test.each(Object.entries(options))('the example %s', (_, { sync }) => {
  const { code, stdout } = powercut([...question, '--set', `my-slots.sync=${sync}`])
  const report = JSON.parse(stdout) as SweepReport
  expect(report).toMatchObject({ strategy: 'my-slots', complete: true })
  expect(code).toBe(sync ? 0 : 1)
  const shown = report.findings.map(({ verdict, invariant }) => `${verdict}, ${invariant ?? 'no vow'}`)
  if (sync) expect(shown).toEqual([])
  else expect(shown).toContain('brick, no-brick')
})
