/** A finding without a closed search: the updater took all time or memory in one power-on, and nobody knows what it would do next. */
import type { Closure } from '../sim/explore/closure'
import type { StepRun } from '../sim/explore/machine'
import type { ReplayedStep } from '../sim/explore/replay'
import type { State } from '../sim/explore/states'
import type { RunsVerdict } from '../sim/judge/verdict-of-runs'
import { arrivalsTo, stepOf } from '../sim/judge/story'
import { tell } from '../sim/judge/tell'
import type { Finding, Incomplete } from '../reports/run-report'
import type { Built } from './build'
import { replayLineOf } from './replay-line'
import { printToken } from './token'

export interface Crashed {
  readonly why: string
  /** In whose power-on; null where that is not known. */
  readonly state: State | null
}

export function crashFinding(built: Built, closure: Closure, { why, state }: Crashed): Finding {
  const run = state === null ? null : closure.runs.of(state).step
  const verdict = crashVerdict(run, why)
  const steps = state === null ? [] : storyOf(closure, state)
  const token = printToken(built, steps.map(({ ended }) => ended), verdict)
  return {
    verdict: verdict.outcome, flags: verdict.flags, remedy: verdict.remedy, class: `updater-crash: ${verdict.cause}`,
    invariant: built.strategy.facts.vows.includes('retry-completes') ? 'retry-completes' : null,
    token, replay: replayLineOf(built, token),
    story: tell({ steps, after: run === null ? [] : [run], goesRound: null }, verdict),
    reliesOn: [], count: 1,
  }
}

/** Of a power-on that ended so: what the machine was then, and nothing of what it would do next. */
export function crashVerdict(run: StepRun | null, why: string): RunsVerdict {
  return { outcome: run?.up?.outcome ?? 'old', flags: ['updater-crash'], remedy: 'nothing', cause: `the updater crashed: ${why}` }
}

export function crashIncomplete({ why }: Crashed): Incomplete {
  return { why: `the strategy ${why}`, covered: 'power cuts up to that power-on, other findings left out', raise: 'a strategy that comes to an end' }
}

/** The power-ons that led to a state first, as the search knows them: an example of its members, not a replay. */
function storyOf(closure: Closure, state: State): readonly ReplayedStep[] {
  return arrivalsTo(state).map((arrival) => {
    const { from } = arrival
    const run = closure.runs.of(from)
    return {
      run: run.step, frame: run.frame(), ended: stepOf(arrival),
      disk: { answer: (question) => from.disk.answer(question), memberClass: () => null, candidates: (store, directory) => closure.machine.initial.candidates(store, directory), space: (store) => closure.runs.spaces.space(store) },
    }
  })
}
