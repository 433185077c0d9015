/**
 * At which ends of a search the machine is stranded (the rule: `further-judge.ts`). Where the further updates fail on what is known of an
 * end, or where that does not tell, a story to it is followed on concrete disks, and that decides.
 */
import { known } from '../assert'
import type { Closure } from '../explore/closure'
import { replay } from '../explore/replay'
import type { State } from '../explore/states'
import type { EndLives, Looked } from './end-lives'
import { type FurtherJudge, isStranded } from './further-judge'
import { storyToState } from './story'

/** `uncutEnd`: the last state of the life without a cut. */
export function strandedEnds({ machine, runs, states }: Closure, uncutEnd: State, lives: EndLives, judge: FurtherJudge): ReadonlySet<State> {
  const stranded = new Set<State>()
  const uncut = lives.at(uncutEnd)?.life
  if (uncut === undefined) return stranded
  const decided = new Map<Looked, boolean>()
  for (const state of states) {
    const looked = state === uncutEnd ? null : lives.at(state)
    if (looked === null) continue
    if (uncut !== null && looked.life !== null && !isStranded(looked.life, uncut)) continue
    let isSo = decided.get(looked)
    if (isSo === undefined) {
      const replayed = replay(machine, storyToState(state), runs.of(known(states[0], 'a first state')))
      isSo = !('why' in replayed) && judge.isStranded(replayed)
      decided.set(looked, isSo)
    }
    if (isSo) stranded.add(state)
  }
  return stranded
}
