/**
 * `leak`: after further updates with their clean-ups more bytes are allocated than after the same updates in the life without a cut.
 * Source of the measure: st_blocks, see `allocated-disk.ts`. A partition is allocated as a whole and cannot leak.
 *
 * Leftovers of one folder (`leftovers.ts`) are one cause. A story is followed on concrete disks, through the further updates, and that
 * decides for all; the cuts that count are those that may leave one of them with bytes in it. Looked at are cuts out of the measured span: what a
 * second cut alone leaves is not, nor a file of the old release that stays because nobody removes it any more.
 */
import { known } from '../assert'
import { Asker } from '../explore/answers'
import type { Closure, Edge } from '../explore/closure'
import { damaged, type Group, parseClasses } from '../explore/group'
import { type Replayed, type StoryStep, replay } from '../explore/replay'
import { type Disk, type Question, parentOf } from '../explore/question'
import { cutPoints } from '../explore/intervals'
import { type World, narrow } from '../explore/world'
import type { SpanStep } from './cut-verdicts'
import type { EndLives } from './end-lives'
import type { FurtherJudge } from './further-judge'
import { type Leftover, leftoversOf } from './leftovers'
import { storyTo } from './story'
import { type RunsVerdict, verdictOfRuns } from './verdict-of-runs'

export interface Leak {
  readonly cause: string
  readonly story: readonly StoryStep[]
  readonly replayed: Replayed
  readonly verdict: RunsVerdict
  /** Cuts that may leave something there: the part of each edge's world in which one does. */
  readonly worlds: ReadonlyMap<Edge, readonly World[]>
}

/** Stories that are followed before the leftovers of a folder count as harmless. */
const storiesMax = 4

export function leaksOf(closure: Closure, span: readonly SpanStep[], lives: EndLives, judge: FurtherJudge): readonly Leak[] {
  const folders = new Map<string, { readonly edge: Edge; readonly leftovers: Leftover[] }[]>()
  for (const { edge, leftovers } of leftoversOf(closure, span, lives)) {
    for (const leftover of leftovers) {
      const folder = folderOf(leftover)
      const list = folders.get(folder) ?? []
      folders.set(folder, list)
      const last = list.at(-1)
      if (last?.edge === edge) last.leftovers.push(leftover)
      else list.push({ edge, leftovers: [leftover] })
    }
  }
  const leaks: Leak[] = []
  for (const [folder, places] of [...folders].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const worlds = new Map<Edge, readonly World[]>()
    for (const { edge, leftovers } of places) {
      const parts = worldsWith(closure, edge, leftovers)
      if (parts.length > 0) worlds.set(edge, parts)
    }
    const shown = shownLeak(closure, worlds, judge)
    if (shown !== null) leaks.push({ ...shown, cause: `what was being written in ${folder} stays for ever`, worlds })
  }
  return leaks
}

function folderOf({ store, path }: Leftover): string {
  return `${parentOf(path)} of ${store}`
}

/** The survivors of an edge that have one of these with bytes in it. */
function worldsWith({ machine, runs }: Closure, { from, world }: Edge, leftovers: readonly Leftover[]): readonly World[] {
  const store = known(leftovers[0], 'a leftover').store
  // Absent, or empty: such a file has no block.
  const group: Group = {
    id: 'leftovers', store, title: 'leftovers', releases: 2, of: 'paths',
    members: leftovers.map(({ path }) => ({ path, expected: [{ type: 'absent' }, { type: 'file', blob: '', sizeBytes: 0 }] })),
  }
  const below: Disk = {
    answer: (question) => from.disk.answer(question),
    memberClass: (_group, member) => (known(leftovers[member], 'a member').wasThere ? damaged : 1),
  }
  const asker = new Asker(runs.of(from).frame(), below, machine.stores, new Map([[group.id, group]]))
  const question: Question = { kind: 'group', group: group.id, view: 'kernel' }
  return [...asker.answers(known(world, 'a cut'), question)].flatMap((part) => (parseClasses(part.answer).includes(damaged) ? [part.world] : []))
}

function shownLeak(closure: Closure, worlds: ReadonlyMap<Edge, readonly World[]>, judge: FurtherJudge): Omit<Leak, 'cause' | 'worlds'> | null {
  let tried = 0
  for (const [edge, parts] of worlds) {
    for (const world of parts) {
      for (const at of [world, latest(world)]) {
        if (tried++ >= storiesMax) return null
        const story = storyTo({ ...edge, world: at })
        const replayed = replay(closure.machine, story, closure.runs.of(known(closure.states[0], 'a first state')))
        if ('why' in replayed) continue
        const verdict = judge.verdictOf(replayed, verdictOfRuns(replayed.after, replayed.goesRound))
        if (verdict.flags.includes('leak')) return { story, replayed, verdict }
      }
    }
  }
  return null
}

function latest(world: World): World {
  const to = Math.max(...cutPoints(world).map((each) => each.to))
  return known(narrow(world, { cutLow: to, cutHigh: to }), 'its last cut point')
}
