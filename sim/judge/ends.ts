/**
 * What shows of the ends of a search only when the machine is used further (the rules: `further-judge.ts`): that it halts at the next
 * start, or that nothing can be installed on it any more. Where what is known of an end says so, or does not tell, a story to it is
 * followed on concrete disks, and that decides.
 */
import { known } from '../assert'
import type { Closure } from '../explore/closure'
import type { StepRun } from '../explore/machine'
import { replay } from '../explore/replay'
import type { State } from '../explore/states'
import type { EndLives, Looked } from './end-lives'
import { type FurtherLife, haltAtRestart } from './further-life'
import { type FurtherJudge, isStranded } from './further-judge'
import { storyToState } from './story'

export interface Ends {
  readonly stranded: ReadonlySet<State>
  /** By the end the start that halts. */
  readonly halting: ReadonlyMap<State, StepRun>
}

type Fate = 'stranded' | 'fine' | StepRun

/** `uncutEnd`: the last state of the life without a cut. */
export function endsOf({ machine, runs, states }: Closure, uncutEnd: State, lives: EndLives, judge: FurtherJudge): Ends {
  const stranded = new Set<State>()
  const halting = new Map<State, StepRun>()
  const uncut = lives.at(uncutEnd)?.life
  if (uncut === undefined) return { stranded, halting }
  const fates = new Map<Looked, Fate>()
  for (const state of states) {
    const looked = state === uncutEnd ? null : lives.at(state)
    if (looked === null || (looked.life !== null && isFine(looked.life, uncut))) continue
    let fate = fates.get(looked)
    if (fate === undefined) {
      const replayed = replay(machine, storyToState(state), runs.of(known(states[0], 'a first state')))
      fate = 'why' in replayed ? 'fine' : judge.haltAtRestart(replayed) ?? (judge.isStranded(replayed) ? 'stranded' : 'fine')
      fates.set(looked, fate)
    }
    if (fate === 'stranded') stranded.add(state)
    else if (fate !== 'fine') halting.set(state, fate)
  }
  return { stranded, halting }
}

/** `uncut` null: it cannot tell whether this one is stranded. */
function isFine(life: FurtherLife, uncut: FurtherLife | null): boolean {
  return haltAtRestart(life) === null && uncut !== null && !isStranded(life, uncut)
}
