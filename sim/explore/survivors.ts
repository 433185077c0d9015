/** How one set of survivors is written down: the cut point, and the least of what was lost; all else survives. */
import { assert, known } from '../assert'
import type { EffectId, Level, Order } from '../disk/order'
import { holds, solveKeeping } from './solve'
import { intervalOf } from './intervals'
import { isMissing } from './clause'
import { type World, everything, isLost, narrow, narrowInPlace } from './world'

export interface Loss {
  readonly cutPoint: number
  /** Lost effects that need no other lost effect, oldest first. */
  readonly lost: readonly EffectId[]
}

/** The survivors of a world that lose least, at the earliest cut that fits them. */
export function leastLoss(world: World): Loss {
  const solution = known(solveKeeping(world), 'a survivor')
  // Not before the world allows: a panic or a clean end comes after the last call, whatever its survivors would fit.
  const first = Math.max(world.cutLow, intervalOf(solution).from)
  const early = narrow(world, { cutLow: first, cutHigh: first })
  const at = known(early === null ? null : solveKeeping(early), 'a survivor at its earliest cut')
  return { cutPoint: first, lost: minimal(world.order, world.level, first, (effect) => holds(at, effect)) }
}

function minimal(order: Order, level: Level, cutPoint: number, survives: (effect: EffectId) => boolean): readonly EffectId[] {
  const left = known(narrow(everything(order, level), { cutLow: cutPoint, cutHigh: cutPoint }), 'a cut point')
  const lost: EffectId[] = []
  for (let effect = 0; effect < order.effects; effect++) {
    if (survives(effect) || isLost(left, effect)) continue
    lost.push(effect)
    assert(narrowInPlace(left, { literals: [isMissing(effect)] }), 'a survivor without it')
  }
  return lost
}

/** The survivors that a loss stands for; null when it does not fit the order. */
export function survivorsOf(order: Order, level: Level, loss: Loss): ((effect: EffectId) => boolean) | null {
  if (loss.cutPoint < 0 || loss.cutPoint > order.callCount || loss.lost.some((effect) => effect < 0 || effect >= order.effects)) return null
  const world = narrow(everything(order, level), { cutLow: loss.cutPoint, cutHigh: loss.cutPoint, literals: loss.lost.map(isMissing) })
  if (world === null) return null
  assert(world.clauses.length === 0, 'a loss is a conjunction')
  return (effect) => !isLost(world, effect)
}
