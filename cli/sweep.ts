/** `powercut sweep`: everything that one system can end in. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { bundledScenarios, bundledSystems, packageVersion, readScenario, readSystem } from '../api/data-files'
import type { SweepRequest } from '../api/requests'
import { sweepHeader } from '../reports/sweep-text'
import type { CommandResult, Running } from './context'
import { exitCodes, UsageError } from './exit-codes'
import { knownName } from './names'
import { addQuestionOptions, questionOf, type QuestionOptions } from './question-options'
import { releaseId } from './release-options'
import { questionsOf } from './scenario-questions'

const CUTS = 'any'

export interface SweepOptions extends QuestionOptions {
  readonly system?: string
  readonly variant?: string
}

export function describeSweep(program: Command): Command {
  const command = program.command('sweep')
    .summary('everything that one system can end in')
    .description('Cuts the power again and again, also during the boots and retries after a cut, until nothing new can happen.')
    .argument('[scenario]', 'a scenario file, or the name of a bundled one: what it asks, in place of --system')
    .option('--system <name>', `which system: ${bundledSystems().join(', ')}`)
    .option('--variant <name>', 'which variant of the scenario (default: its only one)')
  return addQuestionOptions(command, { cuts: CUTS, hardware: "the system's own" })
}

export async function sweepCommand(scenario: string | undefined, options: SweepOptions, running: Running): Promise<CommandResult> {
  const question = scenario === undefined ? ofSystem(options, running) : ofScenario(scenario, options, running)
  const release = { from: releaseId(question.releases.from), to: releaseId(question.releases.to) }
  running.begin((look) => sweepHeader({ ...question, release, version: packageVersion() }, look))
  const report = await running.engine.sweepSystem({ ...question, onPartial: (partial) => running.found(partial) })
  if (report.findings.length > 0) return { report, exitCode: exitCodes.failed }
  return { report, exitCode: report.complete ? exitCodes.ok : exitCodes.incomplete }
}

function ofSystem(options: SweepOptions, running: Running): SweepRequest {
  const known = bundledSystems()
  if (options.variant !== undefined) throw new UsageError('--variant is of a scenario; sweep was given none')
  if (options.system === undefined) throw new UsageError(`sweep needs a scenario, or --system, one of ${known.join(', ')}`)
  const system = knownName('system', options.system, known)
  return { ...questionOf(options, running, { cuts: CUTS, hardware: readSystem(system).hardware }), system }
}

/** What a scenario says itself: its systems, releases, options. How far to search may be said here. */
function ofScenario(name: string, options: SweepOptions, running: Running): SweepRequest {
  for (const given of ['system', 'releases', 'set', 'strategy', 'hardware'] as const) {
    if (options[given] !== undefined) throw new UsageError(`--${given} and a scenario say the same thing twice: ${name} has its own`)
  }
  const scenario = readScenario(bundledScenarios().includes(name) ? name : resolve(running.io.folder, name), name)
  const variants = questionsOf(scenario, running)
  const names = variants.map((each) => each.name)
  if (options.variant === undefined && variants.length !== 1) throw new UsageError(`scenario ${scenario.name} has several variants: choose one with --variant, of ${names.join(', ')}`)
  const wanted = options.variant === undefined ? names[0] : knownName('variant', options.variant, names)
  const { question, unable } = variants.find((each) => each.name === wanted)!
  if (question === null) throw new UsageError(`scenario ${scenario.name}, variant ${wanted}: ${unable}`)
  const around = questionOf(options, running, { cuts: question.cuts, hardware: question.build.hardware })
  return { ...around, ...question.build }
}
