/** The verdict on one concrete way: the power-ons after the last cut, until the machine stands still or repeats itself. */
import type { Flag, Remedy, StepRun } from '../explore/machine'
import { type Outcome, haltOutcome, harder, worse } from './outcome'

export interface RunsVerdict {
  readonly outcome: Outcome
  readonly flags: readonly Flag[]
  readonly remedy: Remedy
  readonly cause: string
  /** With the flag `leak`: allocated after further updates beyond what is without the cut. */
  readonly leakedBytes?: number
  /** The next start, where it halts though the machine was up with nothing left to do. */
  readonly restart?: StepRun
}

/** A machine that was up, and does not come up when people start it again: that halt shows, too. */
export function withRestart(verdict: RunsVerdict, restart: StepRun): RunsVerdict {
  const halt = haltOutcome(restart.remedy)
  const isWorse = halt !== verdict.outcome && worse(halt, verdict.outcome) === halt
  return { ...verdict, ...(isWorse ? { outcome: halt, cause: restart.cause } : {}), remedy: harder(verdict.remedy, restart.remedy), restart }
}

/** `goesRound`: the last of them, which repeat for ever. */
export function verdictOfRuns(after: readonly StepRun[], goesRound: readonly StepRun[] | null): RunsVerdict {
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
  if (goesRound !== null) {
    // What it was before it began to go round is past: up once and never again is a loop.
    if (goesRound.some((run) => run.up !== null)) flags.add('churn')
    else take('bootloop', loopCause(goesRound))
  }
  return { outcome, flags: [...flags].sort(), remedy, cause }
}

/** The same wherever in the round one looks first. */
export function loopCause(round: readonly StepRun[]): string {
  return round.map(({ cause }) => cause).sort()[0] ?? 'it never comes up'
}
