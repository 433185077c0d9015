/** `powercut compare`: systems side by side. */
import type { Command } from 'commander'
import { bundledSystems, packageVersion } from '../api/data-files'
import { compareHeader } from '../reports/compare-text'
import type { CompareReport, SystemReport } from '../reports/run-report'
import type { CommandResult, Running } from './context'
import { exitCodes, UsageError } from './exit-codes'
import { knownNames } from './names'
import { addQuestionOptions, questionOf, type QuestionOptions } from './question-options'
import { releaseId } from './release-options'

/** One profile for all, else their times could not be compared. */
const usual = { cuts: 1, hardware: 'emmc-board' } as const

export interface CompareOptions extends QuestionOptions {
  readonly systems?: readonly string[]
}

export function describeCompare(program: Command): Command {
  const command = program.command('compare')
    .summary('systems side by side: space, download, time, outcomes')
    .description('Runs one update on each system, cuts the power everywhere, and shows what is left side by side.')
    .option('--systems <names...>', `which systems, separated by commas or blanks: ${bundledSystems().join(', ')} (default: all)`)
  return addQuestionOptions(command, { ...usual, cuts: String(usual.cuts) })
}

export async function compareCommand(options: CompareOptions, running: Running): Promise<CommandResult> {
  const known = bundledSystems()
  if (options.strategy !== undefined && options.systems === undefined) {
    throw new UsageError('--strategy replaces the strategy of the systems it is to run on: name them with --systems')
  }
  const systems = options.systems === undefined ? known : knownNames('system', options.systems, known)
  const question = questionOf(options, running, usual)
  const release = { from: releaseId(question.releases.from), to: releaseId(question.releases.to) }
  running.begin((look) => compareHeader([release], { version: packageVersion(), ...question }, look))
  const finished: SystemReport[] = []
  const report = await running.engine.compareSystems({
    ...question, systems,
    onSystem: (system) => {
      finished.push(system)
      running.found(partialReport(finished, question.cuts, question.hardware))
    },
  })
  const undecided = report.systems.filter((system) => !system.complete).map((system) => system.system)
  return {
    report,
    exitCode: undecided.length === 0 ? exitCodes.ok : exitCodes.incomplete,
    notes: undecided.length === 0 ? [] : [`incomplete: ${undecided.join(', ')}`],
  }
}

function partialReport(systems: readonly SystemReport[], cuts: CompareReport['cuts'], hardware: string): CompareReport {
  return { schema: 'powercut/compare@1', version: packageVersion(), cuts, hardware, systems: [...systems] }
}
