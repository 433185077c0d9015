/** The verdict on one concrete way: the power-ons after the last cut, until the machine stands still or repeats itself. */
import type { Flag, Remedy, StepRun } from '../explore/machine'
import { type Outcome, haltOutcome, harder, worse } from './outcome'

export interface RunsVerdict {
  readonly outcome: Outcome
  readonly flags: readonly Flag[]
  readonly remedy: Remedy
  readonly cause: string
}

export function verdictOfRuns(after: readonly StepRun[], goesRound: boolean): RunsVerdict {
  let outcome: Outcome = 'new'
  let remedy: Remedy = 'nothing'
  let cause = ''
  const flags = new Set<Flag>()
  const take = (found: Outcome, why: string): void => {
    if (worse(found, outcome) === found && (found !== outcome || cause === '')) {
      outcome = found
      cause = why
    }
  }
  for (const run of after) {
    for (const flag of run.flags) flags.add(flag)
    if (run.up !== null) take(run.up.outcome, run.up.why)
    if (run.end === 'halt') {
      take(haltOutcome(run.remedy), run.cause)
      remedy = harder(remedy, run.remedy)
    }
  }
  if (goesRound) {
    if (after.some((run) => run.up !== null)) flags.add('churn')
    else take('bootloop', after.at(-1)?.cause ?? 'it never comes up')
  }
  return { outcome, flags: [...flags].sort(), remedy, cause }
}
