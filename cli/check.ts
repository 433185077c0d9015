/**
 * `powercut check`: expectations of scenarios, for CI. What cannot be judged is incomplete, never green: so far all of them,
 * as running a story is not there yet. Files are read, checked and held to the systems that exist all the same.
 */
import type { Command } from 'commander'
import { bundledScenarios, bundledSystems, packageVersion, readScenario } from '../api/data-files'
import type { CheckReport, CheckedVariant } from '../reports/run-report'
import type { ExpectationDocument, ScenarioDocument, VariantDocument } from '../scenarios/schema/scenario'
import type { CommandResult } from './context'
import { exitCodes } from './exit-codes'
import { knownName } from './names'

export function describeCheck(program: Command): Command {
  return program.command('check')
    .summary('judge the expectations of scenarios, for CI')
    .description('Reads scenarios and judges what each of their variants expects. Exits 1 when one fails, 3 when one cannot be judged.')
    .argument('[scenarios...]', 'scenario files, or names of bundled ones (default: all bundled)')
}

export function checkCommand(names: readonly string[]): CommandResult {
  const files = names.length === 0 ? bundledScenarios() : names
  const scenarios = files.map((file) => ({ file, scenario: readScenario(file) }))
  for (const { scenario } of scenarios) for (const system of systemsOf(scenario)) knownName(`system (in scenario ${scenario.name})`, system, bundledSystems())
  const variantCount = scenarios.reduce((sum, { scenario }) => sum + scenario.variants.length, 0)
  const report: CheckReport = {
    schema: 'powercut/check@1', version: packageVersion(),
    scenarios: scenarios.map(({ file, scenario }) => ({ name: scenario.name, file, variants: scenario.variants.map(unjudged) })),
    summary: { ok: 0, failed: 0, incomplete: variantCount },
  }
  const note = files.length === 0
    ? 'there is no bundled scenario yet; nothing was judged'
    : 'the scenarios are well formed and their systems exist, but this version cannot run a story yet; nothing was judged'
  return { report, exitCode: exitCodes.incomplete, notes: [note] }
}

function systemsOf({ systems }: ScenarioDocument): readonly string[] {
  if (typeof systems === 'string') return [systems]
  return 'matrix' in systems ? systems.matrix.system : systems
}

function unjudged({ name, expect }: VariantDocument): CheckedVariant {
  return { name, ok: false, complete: false, expected: expect.map(inWords), got: null, findings: [] }
}

function inWords({ always, sometimes, after }: ExpectationDocument): string {
  const words = [always ?? sometimes ?? []].flat().join(' or ')
  return `${always === undefined ? 'sometimes' : 'always'} ${words}${after === undefined ? '' : ` after ${after}`}`
}
