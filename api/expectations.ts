/**
 * What a scenario expects, held against a closed search.
 *
 * An *end* is what one power cut leads to: the machine's own way from there on (no further cut, the updater retrying, nobody
 * helping), judged as one outcome and any number of flags. The ends of a question are those of all cuts at all points, in the
 * first update and in all that follows a cut, as long as the story has cuts left; with `cuts: 0` the uncut update is the only end.
 *
 * An end *is* a word when that is its outcome or one of its flags. Then
 * - `always a or b` ("every cut"): each end is a or b. "Or better" is not meant: who accepts more names it.
 * - `sometimes a or b` ("some cut"): at least one end is a or b.
 * - `after installed` leaves only the ends of cuts after people were told so.
 *
 * States stand for many disks, so a counterexample of `always` and an example of `sometimes` count only when they show on
 * concrete disks. Where that fails, or the search was not finished, the line is undecided, which is neither pass nor fail.
 */
import type { Closure, Edge } from '../sim/explore/closure'
import { cutPoints } from '../sim/explore/intervals'
import { type Replayed, type StoryStep, replay } from '../sim/explore/replay'
import type { State } from '../sim/explore/states'
import { narrow } from '../sim/explore/world'
import type { Verdict } from '../sim/judge/judgement'
import type { Leak } from '../sim/judge/leaks'
import { FurtherJudge } from '../sim/judge/further-judge'
import { flags, outcomes } from '../sim/judge/outcome'
import { storyTo } from '../sim/judge/story'
import { type RunsVerdict, verdictOfRuns } from '../sim/judge/verdict-of-runs'
import { known } from '../sim/assert'
import type { Finding } from '../reports/run-report'
import type { Built } from './build'
import { findingOf } from './finding'

export interface Expectation {
  readonly kind: 'always' | 'sometimes'
  readonly words: readonly string[]
  /** What people were told, without the release: 'installed'. */
  readonly after: string | null
}

export interface Held {
  /** Null: undecided. */
  readonly ok: boolean | null
  readonly got: string
  /** What breaks an `always`. */
  readonly finding: Finding | null
}

interface End {
  readonly edge: Edge
  readonly verdict: Verdict
}

/** Stories replayed before a line is given up as undecided. */
const candidatesMax = 24

interface Judged {
  readonly verdicts: ReadonlyMap<State, Verdict>
  readonly leaks: readonly Leak[]
}

export function held(built: Built, closure: Closure, judged: Judged, expectation: Expectation): Held {
  const { kind, words, after } = expectation
  const { verdicts } = judged
  const ends = endsOf(built, closure, judged, after)
  const is = (verdict: { readonly outcome: string; readonly flags: Iterable<string> }): boolean => [verdict.outcome, ...verdict.flags].some((word) => words.includes(word))
  if (ends.length === 0) return uncut(closure, verdicts, expectation, is)
  const wanted = ends.filter(({ verdict }) => is(verdict) === (kind === 'sometimes'))
  const shown = shownOf(closure, wanted, (verdict) => is(verdict) === (kind === 'sometimes'))
  const seen = wordsOf(ends.map(({ verdict }) => verdict))
  if (shown !== null) {
    if (kind === 'sometimes') return { ok: true, got: seen, finding: null }
    const name = `${shown.verdict.outcome}${shown.verdict.flags.map((flag) => `, ${flag}`).join('')}: ${shown.verdict.cause}`
    return { ok: false, got: seen, finding: findingOf(built, { ...shown, class: name, invariant: null, count: wanted.length }) }
  }
  if (wanted.length > 0) return { ok: null, got: `${seen}; not shown on concrete disks`, finding: null }
  if (closure.incomplete !== null) return { ok: null, got: `${seen}; ${closure.incomplete.why}`, finding: null }
  return { ok: kind === 'always', got: seen, finding: null }
}

function uncut(closure: Closure, verdicts: ReadonlyMap<State, Verdict>, { kind, after }: Expectation, is: (verdict: Verdict) => boolean): Held {
  const [first] = closure.states
  const cuts = closure.edges.some((edge) => edge.kind === 'cut')
  if (cuts || after !== null) return { ok: kind === 'always' ? null : false, got: `no cut ${after === null ? '' : `after ${after}`}`, finding: null }
  const verdict = known(verdicts.get(known(first, 'a first state')), 'a verdict')
  return { ok: is(verdict), got: wordsOf([verdict]), finding: null }
}

function endsOf({ to }: Built, closure: Closure, { verdicts, leaks }: Judged, after: string | null): readonly End[] {
  const what = after === null ? null : `${after} ${to.release.id}`
  return closure.edges.flatMap((edge): readonly End[] => {
    if (edge.kind !== 'cut' || edge.world === null) return []
    const verdict = known(verdicts.get(edge.to), 'a verdict')
    const leaking = { ...verdict, flags: new Set([...verdict.flags, 'leak' as const]) }
    return [
      ...endsAfter(edge, verdict),
      ...leaks.flatMap(({ worlds }) => worlds.get(edge) ?? []).flatMap((world) => endsAfter({ ...edge, world }, leaking)),
    ]
  })

  function endsAfter(edge: Edge, verdict: Verdict): readonly End[] {
    if (edge.world === null) return []
    if (what === null || edge.from.disk.answer({ kind: 'told', what }) !== '') return [{ edge, verdict }]
    const mark = closure.runs.of(edge.from).step.calls.findIndex(({ does }) => does.kind === 'mark' && does.what === what)
    if (mark < 0 || !cutPoints(edge.world).some((interval) => interval.to > mark)) return []
    const world = narrow(edge.world, { cutLow: mark + 1 })
    return world === null ? [] : [{ edge: { ...edge, world }, verdict }]
  }
}

/** The first of these ends, fewest cuts first, that shows on concrete disks. */
function shownOf(closure: Closure, ends: readonly End[], is: (verdict: RunsVerdict) => boolean): { readonly story: readonly StoryStep[]; readonly verdict: RunsVerdict; readonly replayed: Replayed } | null {
  const byCuts = [...ends].sort((one, other) => one.edge.from.cuts - other.edge.from.cuts)
  const further = new FurtherJudge(closure.machine)
  for (const { edge, verdict: abstract } of byCuts.slice(0, candidatesMax)) {
    const story = storyTo(edge)
    const replayed = replay(closure.machine, story)
    if ('why' in replayed) continue
    const runs = verdictOfRuns(replayed.after, replayed.goesRound)
    const verdict = abstract.isLater || abstract.flags.has('leak') ? further.verdictOf(replayed, runs) : runs
    if (is(verdict)) return { story, verdict, replayed }
  }
  return null
}

/** 'brick, old, new; blamed': worst first. */
function wordsOf(verdicts: readonly Verdict[]): string {
  const seen = outcomes.filter((outcome) => verdicts.some((verdict) => verdict.outcome === outcome))
  const flagged = flags.filter((flag) => verdicts.some((verdict) => verdict.flags.has(flag)))
  return [seen.join(', '), ...(flagged.length === 0 ? [] : [flagged.join(', ')])].join('; ')
}
