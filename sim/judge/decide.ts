/**
 * The whole question decided: the closed graph, its verdicts, and findings that replay.
 *
 * Of a group only one answer is known in a state, so what a later power-on leaves of it may be a guess. Where a guess shows
 * (in the measured span, or in a cause that no replay confirms), the group is parted and the search starts again.
 */
import { type Closure, type ClosureOptions, type Edge, close } from '../explore/closure'
import { type Group, memberCount } from '../explore/group'
import type { Machine } from '../explore/machine'
import { partGroups } from '../explore/parted'
import type { State } from '../explore/states'
import type { Vow } from '../machine/os'
import { spanOf } from './cut-verdicts'
import { type Found, findingsOf } from './findings'
import { EndLives } from './end-lives'
import { FurtherJudge } from './further-judge'
import { type Verdict, judge } from './judgement'
import { type Leak, leaksOf } from './leaks'
import { endsOf } from './ends'

export interface Decided {
  readonly closure: Closure
  readonly verdicts: ReadonlyMap<State, Verdict>
  readonly found: readonly Found[]
  readonly leaks: readonly Leak[]
  /** Causes that the graph shows and no replay does. */
  readonly unconfirmed: number
  /** Power-ons really run, in all rounds. */
  readonly executions: number
}

/** Parts of one machine's groups; beyond that a guess stays a guess. */
const partsMax = 64

/** @param first the graph of the machine as it is, when it is there already */
export function decide(machine: Machine, options: ClosureOptions, vows: readonly Vow[], first?: Closure): Decided {
  let parts: ReadonlyMap<string, number> = new Map()
  let executions = 0
  const further = new FurtherJudge(machine)
  for (;;) {
    const closure = parts.size === 0 && first !== undefined ? first : close(parts.size === 0 ? machine : partGroups(machine, parts), options)
    executions += closure.executions
    const { verdicts, leaks } = judged(closure, machine, further)
    const { found, unconfirmed, unconfirmedEdges } = findingsOf(closure, { verdicts, leaks, further }, vows)
    const next = closure.incomplete === null ? finer(machine, parts, doubtful(closure, unconfirmedEdges)) : null
    if (next === null) return { closure, verdicts, leaks, found, unconfirmed, executions }
    parts = next
  }
}

interface Judged { readonly verdicts: ReadonlyMap<State, Verdict>; readonly leaks: readonly Leak[] }

/** With the flags that only further updates show. */
function judged(closure: Closure, { further: offers }: Machine, further: FurtherJudge): Judged {
  const span = spanOf(closure)
  const uncutEnd = span.at(-1)?.state
  if (offers === undefined || uncutEnd === undefined || closure.incomplete !== null) return { verdicts: judge(closure, closure.runs), leaks: [] }
  const lives = new EndLives(closure, offers)
  return { verdicts: judge(closure, closure.runs, endsOf(closure, uncutEnd, lives, further)), leaks: leaksOf(closure, span, lives, further) }
}

/** Groups whose guesses show in the measured span, in what a cut there leads to, and in causes that no replay confirms. */
function doubtful(closure: Closure, unconfirmed: readonly (readonly Edge[])[]): ReadonlySet<string> {
  const natural = new Map<State, Edge[]>()
  for (const edge of closure.edges) {
    if (edge.kind !== 'natural') continue
    const list = natural.get(edge.from)
    if (list === undefined) natural.set(edge.from, [edge])
    else list.push(edge)
  }
  const doubts = new Set<string>()
  const reached = new Set<State>()
  const take = (edge: Edge): void => {
    for (const group of edge.doubts) doubts.add(group)
    reached.add(edge.to)
  }
  const span = new Set(spanOf(closure).map(({ state }) => state))
  for (const state of span) reached.add(state)
  for (const edge of closure.edges) if (edge.kind === 'cut' && span.has(edge.from)) take(edge)
  for (const edges of unconfirmed) {
    for (const edge of edges) {
      take(edge)
      for (let { arrival } = edge.from; arrival !== null; { arrival } = arrival.from) for (const group of arrival.doubts) doubts.add(group)
    }
  }
  for (const state of reached) for (const edge of natural.get(state) ?? []) take(edge)
  return doubts
}

/** Twice as many parts of each group in doubt; null when there is nothing to part, or it would be too much. */
function finer(machine: Machine, parts: ReadonlyMap<string, number>, doubts: ReadonlySet<string>): ReadonlyMap<string, number> | null {
  const next = new Map(parts)
  let grown = false
  for (const id of doubts) {
    // A part is named after its group.
    const group: Group | undefined = machine.groups.get(id) ?? machine.groups.get(id.slice(0, id.lastIndexOf('#')))
    if (group === undefined || next.get(group.id) !== parts.get(group.id)) continue
    const count = Math.min(memberCount(group), 2 * (parts.get(group.id) ?? 1))
    if (count === (parts.get(group.id) ?? 1)) continue
    next.set(group.id, count)
    grown = true
  }
  const total = [...next.values()].reduce((sum, count) => sum + count, 0)
  return grown && total <= partsMax ? next : null
}
