/**
 * The verdict on each state of a closed graph: no further power cut, the updater retrying, nobody helping, until a state
 * repeats. The outcome is the worst that shows on that way: each `up` as what it came up as, a halt, or a loop that never
 * comes up. Where nothing is left to do, people shut it down and start it once more: one that then halts was no success. So a machine that comes back old and then retries the update is `old`, and one that a retry breaks is a brick.
 */
import type { Closure } from '../explore/closure'
import type { Flag, Remedy } from '../explore/machine'
import type { RunCache } from '../explore/runs'
import type { State } from '../explore/states'
import type { Ends } from './ends'
import { type Outcome, haltOutcome, harder, worse } from './outcome'
import { loopCause } from './verdict-of-runs'

export interface Verdict {
  readonly outcome: Outcome
  readonly flags: ReadonlySet<Flag>
  readonly remedy: Remedy
  /** Why the worst that shows is as it is. */
  readonly cause: string
  /** From power-on to `up`, worst case; null when it never comes up by itself. */
  readonly boots: number | null
  readonly seconds: number | null
  /** Some of it shows only when the machine is used further. */
  readonly isLater: boolean
}

const noEnds: Ends = { stranded: new Set(), halting: new Map() }

/** Verdicts of all states that the graph has, by state. */
export function judge(closure: Closure, runs: RunCache, ends: Ends = noEnds): ReadonlyMap<State, Verdict> {
  const natural = new Map<State, State[]>()
  for (const edge of closure.edges) {
    if (edge.kind !== 'natural') continue
    const list = natural.get(edge.from) ?? []
    if (!list.includes(edge.to)) list.push(edge.to)
    natural.set(edge.from, list)
  }
  const verdicts = new Map<State, Verdict>()
  for (const state of closure.states) verdicts.set(state, verdictOf(state, natural, runs, ends))
  return verdicts
}

function verdictOf(start: State, natural: ReadonlyMap<State, readonly State[]>, runs: RunCache, { stranded, halting }: Ends): Verdict {
  let outcome: Outcome = 'new'
  let remedy: Remedy = 'nothing'
  let cause = ''
  let everUp = false
  let isLater = false
  const take = (found: Outcome, why: string): void => {
    if (worse(found, outcome) === found && (found !== outcome || cause === '')) {
      outcome = found
      cause = why
    }
  }
  const flags = new Set<Flag>()
  const reached = new Set<State>([start])
  const todo = [start]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const { step } = runs.of(state)
    for (const flag of step.flags) flags.add(flag)
    if (stranded.has(state)) flags.add('stranded')
    const restart = halting.get(state)
    if (restart !== undefined) {
      take(haltOutcome(restart.remedy), restart.cause)
      remedy = harder(remedy, restart.remedy)
    }
    isLater ||= restart !== undefined || stranded.has(state)
    if (step.up !== null) {
      everUp = true
      take(step.up.outcome, step.up.why)
    }
    if (step.end === 'halt') {
      take(haltOutcome(step.remedy), step.cause)
      remedy = harder(remedy, step.remedy)
    }
    for (const next of natural.get(state) ?? []) {
      if (reached.has(next)) continue
      reached.add(next)
      todo.push(next)
    }
  }
  // Where it goes round for ever and cannot leave: rebooted by its own agent, or never up again whatever it was before.
  for (const round of roundsOf(reached, natural)) {
    if (round.some((state) => runs.of(state).step.up !== null)) flags.add('churn')
    else take('bootloop', loopCause(round.map((state) => runs.of(state).step)))
  }
  const up = everUp ? timeToUp(start, natural, runs) : null
  return { outcome, flags, remedy, cause, boots: up?.boots ?? null, seconds: up?.seconds ?? null, isLater }
}

/** The rounds that the machine may end up in for ever: sets of states that lead to each other and nowhere else. */
function roundsOf(reached: ReadonlySet<State>, natural: ReadonlyMap<State, readonly State[]>): readonly (readonly State[])[] {
  const before = new Map<State, State[]>()
  for (const state of reached) for (const next of natural.get(state) ?? []) before.set(next, [...before.get(next) ?? [], state])
  const ends = [...reached].filter((state) => (natural.get(state) ?? []).length === 0)
  const mayEnd = reachedFrom(ends, before)
  if (mayEnd.size === reached.size) return []
  const rounds: (readonly State[])[] = []
  const within = new Set<State>()
  for (const state of reached) {
    if (mayEnd.has(state) || within.has(state)) continue
    const onward = reachedFrom([state], natural)
    const back = reachedFrom([state], before)
    if (![...onward].every((each) => back.has(each))) continue // it passes here once
    rounds.push([...onward])
    for (const each of onward) within.add(each)
  }
  return rounds
}

function reachedFrom(start: Iterable<State>, edges: ReadonlyMap<State, readonly State[]>): ReadonlySet<State> {
  const reached = new Set(start)
  for (const state of reached) for (const next of edges.get(state) ?? []) reached.add(next)
  return reached
}

/** Boots and seconds until the machine is up for the first time, by the slowest natural way. */
function timeToUp(start: State, natural: ReadonlyMap<State, readonly State[]>, runs: RunCache): { boots: number; seconds: number } | null {
  let slowest: { boots: number; seconds: number } | null = null
  const walk = (state: State, boots: number, seconds: number, on: ReadonlySet<State>): void => {
    const { step } = runs.of(state)
    if (step.up !== null) {
      const total = { boots: boots + 1, seconds: seconds + step.up.afterSeconds }
      if (slowest === null || total.seconds > slowest.seconds) slowest = total
      return
    }
    for (const next of natural.get(state) ?? []) {
      if (!on.has(next)) walk(next, boots + 1, seconds + step.seconds, new Set([...on, next]))
    }
  }
  walk(start, 0, 0, new Set([start]))
  return slowest
}
