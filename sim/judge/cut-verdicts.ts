/**
 * V(p): for each cut point of the measured span all outcomes and flags that some survivor there reaches.
 *
 * The span is the natural path from the first power-on. Cut points are numbered over all of it: 0…n of the first power-on,
 * then 1…n of each later one, since its point 0 is the last of the one before.
 */
import type { Closure, Edge } from '../explore/closure'
import { cutPoints } from '../explore/intervals'
import type { Flag, StepRun } from '../explore/machine'
import type { State } from '../explore/states'
import type { World } from '../explore/world'
import type { Verdict } from './judgement'
import type { Leak } from './leaks'
import { type Outcome, outcomes } from './outcome'

export interface SpanStep { readonly state: State; readonly run: StepRun; /** number of its cut point 0 in the span */ readonly firstCutPoint: number }

/** What is possible at one cut point. */
export interface CutVerdict {
  readonly outcomes: ReadonlySet<Outcome>
  readonly flags: ReadonlySet<Flag>
  /** Verdicts of all states that a cut here leads to. */
  readonly verdicts: ReadonlySet<Verdict>
}

export function spanOf(closure: Closure): readonly SpanStep[] {
  const steps: SpanStep[] = []
  const natural = new Map<State, State>()
  for (const edge of closure.edges) if (edge.kind === 'natural' && !natural.has(edge.from)) natural.set(edge.from, edge.to)
  let firstCutPoint = 0
  for (let state: State | undefined = closure.states[0]; state !== undefined && !steps.some((step) => step.state === state); state = natural.get(state)) {
    const run = closure.runs.of(state).step
    steps.push({ state, run, firstCutPoint })
    firstCutPoint += run.calls.length
  }
  return steps
}

export function cutVerdicts(closure: Closure, span: readonly SpanStep[], verdicts: ReadonlyMap<State, Verdict>, leaks: readonly Leak[] = []): readonly CutVerdict[] {
  const length = span.reduce((sum, step) => sum + step.run.calls.length, 0) + 1
  const at: { outcomes: Set<Outcome>; flags: Set<Flag>; verdicts: Set<Verdict> }[] =
    Array.from({ length }, () => ({ outcomes: new Set(), flags: new Set(), verdicts: new Set() }))
  const ofState = new Map<State, Edge[]>()
  for (const edge of closure.edges) {
    if (edge.kind !== 'cut') continue
    const list = ofState.get(edge.from)
    if (list === undefined) ofState.set(edge.from, [edge])
    else list.push(edge)
  }
  for (const [number, step] of span.entries()) {
    const eachPoint = (world: World, act: (cut: (typeof at)[number]) => void): void => {
      for (const { from, to } of cutPoints(world)) for (let p = Math.max(from, number === 0 ? 0 : 1); p <= to; p++) act(at[step.firstCutPoint + p]!)
    }
    for (const edge of ofState.get(step.state) ?? []) {
      const verdict = verdicts.get(edge.to)
      if (verdict === undefined || edge.world === null) continue
      eachPoint(edge.world, (cut) => {
        cut.outcomes.add(verdict.outcome)
        cut.verdicts.add(verdict)
        for (const flag of verdict.flags) cut.flags.add(flag)
      })
      // Of the survivors that lead to one state some may leave something behind, others not.
      for (const { worlds } of leaks) for (const world of worlds.get(edge) ?? []) eachPoint(world, (cut) => cut.flags.add('leak'))
    }
  }
  return at
}

export function worstAt(cut: CutVerdict): Outcome {
  return outcomes.find((outcome) => cut.outcomes.has(outcome)) ?? 'new'
}
