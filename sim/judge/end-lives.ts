/**
 * The further updates of each end of a search, followed on what is known of the state, without a history. Ends that answer alike to all
 * that these updates ask are looked at once. A question that no power-on of the search asks is answered by one member
 * of the state: two members that differ in nothing but what the further updates find are taken for alike.
 */
import type { Closure } from '../explore/closure'
import { type Further, type StepRun, cannotTell } from '../explore/machine'
import { NameMemory } from '../explore/name-memory'
import type { Disk } from '../explore/question'
import { Remembered } from '../explore/remembered'
import type { State } from '../explore/states'
import { type FurtherLife, furtherLife } from './further-life'

export interface Looked {
  /** Null: what is known of the state does not tell. */
  readonly life: FurtherLife | null
}

class Unknown extends Error {}

export class EndLives {
  private readonly remembered = new Remembered<Looked>()
  private readonly ofState = new Map<State, Looked | null>()
  private readonly names: NameMemory

  constructor(private readonly closure: Closure, private readonly further: Further) {
    this.names = new NameMemory({ candidates: (store, directory) => closure.runs.namesIn(store, directory) }, closure.runs.spaces.fork())
  }

  /** The same object for ends that are alike. Null: no end that a further update could follow; a crash, or lack of space, is told as such. */
  at(state: State): Looked | null {
    let looked = this.ofState.get(state)
    if (looked === undefined) {
      const { step } = this.closure.runs.of(state, false)
      const isEnd = step.end === 'idle' && !step.flags.includes('updater-crash') && !step.flags.includes('no-space')
      looked = isEnd ? this.remembered.of(leaveClean(step, state.disk), (disk) => this.look(disk)) : null
      this.ofState.set(state, looked)
    }
    return looked
  }

  private look(disk: Disk): Looked {
    try {
      return { life: furtherLife(this.further, { disk, names: this.names, powerOns: 1 }, leaveClean, false) }
    } catch (error) {
      if (error instanceof Unknown) return { life: null }
      throw error
    }
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
