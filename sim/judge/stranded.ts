/**
 * At which ends of a search the machine is stranded (the rule: `further-judge.ts`).
 *
 * At each end the further updates are followed on what is known of the state, without a history; ends that answer alike to all that these
 * updates ask are looked at once. Where they fail, or where the answers do not tell, a story to that end is followed on concrete disks, and
 * that decides. A question that no power-on of the search asks is answered by one member of the state: two members that differ
 * in nothing but what the further updates find are taken for alike.
 */
import type { Closure } from '../explore/closure'
import { cannotTell } from '../explore/machine'
import type { Further, StepRun } from '../explore/machine'
import { NameMemory } from '../explore/name-memory'
import type { Disk } from '../explore/question'
import { Remembered } from '../explore/remembered'
import { replay } from '../explore/replay'
import type { State } from '../explore/states'
import { spanOf } from './cut-verdicts'
import { type FurtherJudge, isStranded } from './further-judge'
import { type FurtherLife, furtherLife } from './further-life'
import { storyToState } from './story'

interface Looked {
  /** Null: what is known of the state does not tell. */
  readonly life: FurtherLife | null
  stranded?: boolean
}

class Unknown extends Error {}

export function strandedEnds(closure: Closure, judge: FurtherJudge): ReadonlySet<State> {
  const { machine, runs } = closure
  const { further } = machine
  const stranded = new Set<State>()
  const ends = closure.states.filter((state) => {
    const { end, flags } = runs.of(state, false).step
    return end === 'idle' && !flags.includes('updater-crash')
  })
  const uncutEnd = spanOf(closure).at(-1)?.state
  if (further === undefined || uncutEnd === undefined || !ends.includes(uncutEnd)) return stranded
  const names = new NameMemory(machine.initial)
  for (const run of new Set(closure.states.map((state) => runs.of(state, false)))) names.learn(run.step)
  const remembered = new Remembered<Looked>()
  const lookAt = (state: State): Looked => remembered.of(leaveClean(runs.of(state, false).step, state.disk), (disk) => look(further, disk, names))
  const uncut = lookAt(uncutEnd).life
  for (const state of ends) {
    if (state === uncutEnd) continue
    const looked = lookAt(state)
    if (uncut !== null && looked.life !== null && !isStranded(looked.life, uncut)) continue
    if (looked.stranded === undefined) {
      const replayed = replay(machine, storyToState(state), runs.of(closure.states[0]!))
      looked.stranded = !('why' in replayed) && judge.isStranded(replayed)
    }
    if (looked.stranded) stranded.add(state)
  }
  return stranded
}

function look(further: Further, disk: Disk, names: NameMemory): Looked {
  try {
    return { life: furtherLife(further, { disk, names, powerOns: 0 }, leaveClean) }
  } catch (error) {
    if (error instanceof Unknown) return { life: null }
    throw error
  }
}

/** What the kernel saw last is what a clean end leaves. */
function leaveClean(run: StepRun, below: Disk): Disk {
  if (run.end === 'reset') throw new Unknown()
  const left = run.final(below)
  return {
    answer(question) {
      const answer = left.answer(question)
      if (answer === cannotTell) throw new Unknown()
      // An inode's name of then means nothing now.
      return question.kind === 'node' && answer.startsWith('f=') ? 'f' : answer
    },
    memberClass: () => null,
  }
}
