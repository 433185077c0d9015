/**
 * `powercut check`: expectations of scenarios, for CI. What cannot be judged is incomplete, never green; what always and
 * sometimes mean is told in `api/expectations.ts`.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { bundledScenarios, packageVersion, readScenario } from '../api/data-files'
import type { JudgeQuestion, Judged } from '../api/requests'
import type { CheckReport, CheckedVariant } from '../reports/run-report'
import type { CommandResult, Running } from './context'
import { exitCodes, UsageError } from './exit-codes'
import { questionsOf, type VariantQuestion } from './scenario-questions'

export function describeCheck(program: Command): Command {
  return program.command('check')
    .summary('judge the expectations of scenarios, for CI')
    .description('Reads scenarios and judges what each of their variants expects. Exits 1 when one fails, 3 when one cannot be judged.')
    .argument('[scenarios...]', 'scenario files, folders of them, or names of bundled ones (default: all bundled)')
}

export async function checkCommand(names: readonly string[], running: Running): Promise<CommandResult> {
  const files = names.length === 0 ? bundledScenarios() : names.flatMap((name) => scenariosIn(name, running.io.folder))
  const scenarios = files.map((file) => {
    const scenario = readScenario(bundledScenarios().includes(file) ? file : resolve(running.io.folder, file), file)
    return { file, scenario, variants: questionsOf(scenario, running) }
  })
  const asked = scenarios.flatMap(({ variants }) => variants.flatMap(({ question }) => (question === null ? [] : [question])))
  const answers = new Map<JudgeQuestion, Judged>()
  const { workers, signal, onProgress } = running
  for (const [at, judged] of (await running.engine.judgeExpectations(asked, { workers, signal, onProgress })).entries()) answers.set(asked[at]!, judged)
  const report: CheckReport = {
    schema: 'powercut/check@1', version: packageVersion(),
    scenarios: scenarios.map(({ file, scenario, variants }) => ({ name: scenario.name, file, variants: variants.map((each) => checkedVariant(each, answers)) })),
    summary: { ok: 0, failed: 0, incomplete: 0 },
  }
  const all = report.scenarios.flatMap(({ variants }) => variants)
  const failed = all.filter(({ ok, complete }) => complete && !ok).length
  const incomplete = all.filter(({ complete }) => !complete).length
  return {
    report: { ...report, summary: { ok: all.length - failed - incomplete, failed, incomplete } },
    exitCode: failed > 0 ? exitCodes.failed : incomplete > 0 || all.length === 0 ? exitCodes.incomplete : exitCodes.ok,
    notes: [
      ...scenarios.flatMap(({ scenario, variants }) => variants.flatMap(({ name, unable }) => (unable === null ? [] : [`${scenario.name}, ${name}: not judged: ${unable}`]))),
      ...(all.length === 0 ? ['there is no scenario; nothing was judged'] : []),
    ],
  }
}

/** A folder stands for the scenario files in it. */
function scenariosIn(name: string, folder: string): readonly string[] {
  const path = resolve(folder, name)
  if (bundledScenarios().includes(name) || !existsSync(path) || !statSync(path).isDirectory()) return [name]
  const files = readdirSync(path).filter((file) => file.endsWith('.yaml')).toSorted()
  if (files.length === 0) throw new UsageError(`${name} holds no scenario file (*.yaml)`)
  return files.map((file) => join(name, file))
}

function checkedVariant({ name, expected, question }: VariantQuestion, answers: ReadonlyMap<JudgeQuestion, Judged>): CheckedVariant {
  const judged = question === null ? undefined : answers.get(question)
  if (judged === undefined) return { name, ok: false, complete: false, expected, got: null, findings: [] }
  const hasFailed = judged.some(({ ok }) => ok === false)
  return {
    name, expected,
    ok: judged.every(({ ok }) => ok === true),
    // One line that surely fails decides, whatever the others are.
    complete: hasFailed || judged.every(({ ok }) => ok !== null),
    got: judged.map(({ got }) => got),
    findings: judged.flatMap(({ finding }) => (finding === null ? [] : [finding])),
  }
}
