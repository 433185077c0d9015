/** What no updater should do, each cause once, told by its shortest story, replayed on concrete disks before it is reported. */
import { known } from '../assert'
import type { Closure, Edge } from '../explore/closure'
import type { Flag } from '../explore/machine'
import { type Replayed, type StoryStep, replay } from '../explore/replay'
import type { State } from '../explore/states'
import type { Vow } from '../machine/os'
import type { Verdict } from './judgement'
import type { FurtherJudge } from './further-judge'
import type { Leak } from './leaks'
import { type Outcome, bad } from './outcome'
import { stepOf, storyTo } from './story'
import { type RunsVerdict, verdictOfRuns } from './verdict-of-runs'

export interface Found {
  readonly verdict: RunsVerdict
  readonly class: string
  readonly invariant: Vow | null
  readonly story: readonly StoryStep[]
  readonly replayed: Replayed
  /** Edges of the graph that end in this cause. */
  readonly count: number
}

/** Flags that are findings by themselves. */
const badFlags: ReadonlySet<Flag> = new Set<Flag>(['lost-update', 'lost-data', 'no-space', 'stranded', 'latent', 'churn', 'updater-crash'])

/** Why the verdict is a finding, or null. */
export function findingClass(verdict: { readonly outcome: Outcome; readonly flags: Iterable<Flag>; readonly cause: string }): string | null {
  if (bad.has(verdict.outcome)) return `${verdict.outcome}: ${verdict.cause}`
  const all = [...verdict.flags]
  // A good release given up when its attempts were spent by power cuts is a number, not a finding; given up for lost state it is one.
  const flags = all.filter((flag) => badFlags.has(flag) || (flag === 'wrong-rollback' && !all.includes('blamed')))
  return flags.length === 0 ? null : `${flags.sort().join(', ')}: ${verdict.cause}`
}

/** Stories looked at for each cause, to find the one that loses least. */
const candidatesMax = 4

interface Seen {
  readonly verdicts: ReadonlyMap<State, Verdict>
  readonly leaks: readonly Leak[]
  readonly further: FurtherJudge
}

export function findingsOf(closure: Closure, seen: Seen, vows: readonly Vow[]): { readonly found: readonly Found[]; readonly unconfirmed: number; readonly unconfirmedEdges: readonly (readonly Edge[])[] } {
  const { verdicts, leaks } = seen
  const byClass = new Map<string, Edge[]>()
  for (const edge of closure.edges) {
    if (edge.kind !== 'cut') continue
    const name = findingClass(known(verdicts.get(edge.to), 'a verdict'))
    if (name === null) continue
    const list = byClass.get(name)
    if (list === undefined) byClass.set(name, [edge])
    else list.push(edge)
  }
  const found: Found[] = []
  const unconfirmedEdges: (readonly Edge[])[] = []
  for (const [name, edges] of [...byClass].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const best = shortest(closure, edges, name, seen)
    if (best === null) unconfirmedEdges.push(edges)
    else found.push({ ...best, class: name, invariant: broken(best.verdict, vows), count: edges.length })
  }
  // What is left lying about is a number where the strategy does not vow to leave nothing.
  if (vows.includes('no-leak')) {
    for (const { cause, story, replayed, verdict, worlds } of leaks) found.push({ story, replayed, verdict, class: `leak: ${cause}`, invariant: 'no-leak', count: worlds.size })
  }
  return { found, unconfirmed: unconfirmedEdges.length, unconfirmedEdges }
}

function shortest(closure: Closure, edges: readonly Edge[], name: string, { verdicts, leaks, further }: Seen): { readonly story: readonly StoryStep[]; readonly verdict: RunsVerdict; readonly replayed: Replayed } | null {
  const byCuts = [...edges].sort((one, other) => one.from.cuts - other.from.cuts || one.world!.cutLow - other.world!.cutLow)
  const few = byCuts.filter((edge) => edge.from.cuts === byCuts[0]!.from.cuts)
  /** What comes after the update is looked at only where the search has seen something there. */
  const laterOf = (edge: Edge): FurtherJudge | null =>
    (known(verdicts.get(edge.to), 'a verdict').isLater || leaks.some(({ worlds }) => worlds.has(edge)) ? further : null)
  const stories = few.slice(0, candidatesMax).map((edge) => ({ edge, story: storyTo(edge) })).sort((one, other) => losses(one.story) - losses(other.story))
  for (const { edge, story } of stories) {
    const shown = confirmed(closure, story, name, laterOf(edge))
    if (shown !== null) return { story, ...shown }
  }
  // What a panic loses may decide: it is part of the story then.
  for (const edge of few.slice(0, candidatesMax)) {
    for (const story of throughResets(closure, edge)) {
      const shown = confirmed(closure, story, name, laterOf(edge))
      if (shown !== null) return { story, ...shown }
    }
  }
  return null
}

function confirmed(closure: Closure, story: readonly StoryStep[], name: string, further: FurtherJudge | null): { readonly verdict: RunsVerdict; readonly replayed: Replayed } | null {
  const replayed = replay(closure.machine, story, closure.runs.of(known(closure.states[0], 'a first state')))
  if ('why' in replayed) return null
  const runs = verdictOfRuns(replayed.after, replayed.goesRound)
  const verdict = further === null ? runs : further.verdictOf(replayed, runs)
  // A leak is a cause of its own.
  const flags = verdict.flags.filter((flag) => flag !== 'leak' || runs.flags.includes(flag))
  return findingClass({ ...verdict, flags }) === name ? { verdict, replayed } : null
}

/** Stories that go on by themselves after the cut, to each state that a panic leads to. */
function* throughResets(closure: Closure, cut: Edge): Generator<readonly StoryStep[]> {
  const stories = new Map<State, readonly StoryStep[]>([[cut.to, storyTo(cut)]])
  for (const [state, story] of stories) {
    for (const edge of closure.edges) {
      if (edge.kind !== 'natural' || edge.from !== state || stories.has(edge.to)) continue
      const next = [...story, stepOf(edge)]
      stories.set(edge.to, next)
      if (edge.world !== null) yield next
    }
  }
}

function losses(story: readonly StoryStep[]): number {
  return story.reduce((sum, step) => sum + (step.kind === 'cut' ? step.loss.lost.length : step.lost.length), 0)
}

function broken(verdict: RunsVerdict, vows: readonly Vow[]): Vow | null {
  const laws: readonly (readonly [Vow, boolean])[] = [
    ['no-brick', ['brick', 'bootloop', 'stuck'].includes(verdict.outcome)],
    ['old-or-new', ['corrupt', 'mixed'].includes(verdict.outcome)],
    ['retry-completes', verdict.flags.some((flag) => ['lost-update', 'stranded', 'no-space', 'updater-crash'].includes(flag))],
    ['no-leak', verdict.flags.includes('leak')],
  ]
  return laws.find(([vow, isBroken]) => isBroken && vows.includes(vow))?.[0] ?? null
}
