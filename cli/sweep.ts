/** `powercut sweep`: everything that one system can end in. */
import type { Command } from 'commander'
import { bundledSystems, readScenario, readSystem } from '../api/data-files'
import type { CommandResult, Running } from './context'
import { exitCodes, UsageError } from './exit-codes'
import { knownName } from './names'
import { addQuestionOptions, questionOf, type QuestionOptions } from './question-options'

const CUTS = 'any'

export interface SweepOptions extends QuestionOptions {
  readonly system?: string
}

export function describeSweep(program: Command): Command {
  const command = program.command('sweep')
    .summary('everything that one system can end in')
    .description('Cuts the power again and again, also during the boots and retries after a cut, until nothing new can happen.')
    .argument('[scenario]', 'a scenario file, or the name of a bundled one')
    .option('--system <name>', `which system: ${bundledSystems().join(', ')}`)
  return addQuestionOptions(command, { cuts: CUTS, hardware: "the system's own" })
}

export async function sweepCommand(scenario: string | undefined, options: SweepOptions, running: Running): Promise<CommandResult> {
  if (scenario !== undefined) {
    const { name } = readScenario(scenario)
    throw new UsageError(`scenario ${name} is well formed, but only systems can be swept yet: use --system`)
  }
  const known = bundledSystems()
  if (options.system === undefined) throw new UsageError(`sweep needs --system, one of ${known.join(', ')}`)
  const system = knownName('system', options.system, known)
  const report = await running.engine.sweepSystem({
    ...questionOf(options, running, { cuts: CUTS, hardware: readSystem(system).hardware }),
    system,
    onPartial: (partial) => running.found(partial),
  })
  if (report.findings.length > 0) return { report, exitCode: exitCodes.failed }
  return { report, exitCode: report.complete ? exitCodes.ok : exitCodes.incomplete }
}
