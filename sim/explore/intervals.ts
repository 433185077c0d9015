/**
 * At which cut points a world has a survivor. Without clauses that is one interval (for each p between the bounds the smallest
 * survivor together with all that is certain by p will do). With clauses: ask about the whole range, take the interval of
 * the survivor found, and go on to both sides of it.
 */
import type { Level, Order } from '../disk/order'
import { type Solution, holds, solveLosing } from './solve'
import { type World, narrow } from './world'

export interface Interval { readonly from: number; readonly to: number }

export function cutPoints(world: World): readonly Interval[] {
  if (world.clauses.length === 0) return [{ from: world.cutLow, to: world.cutHigh }]
  const found: Interval[] = []
  const todo: Interval[] = [{ from: world.cutLow, to: world.cutHigh }]
  for (let range = todo.pop(); range !== undefined; range = todo.pop()) {
    if (range.from > range.to) continue
    const part = narrow(world, { cutLow: range.from, cutHigh: range.to })
    const solution = part === null ? null : solveLosing(part)
    if (solution === null) continue
    const own = intervalOf(solution)
    const within = { from: Math.max(own.from, range.from), to: Math.min(own.to, range.to) }
    found.push(within)
    todo.push({ from: range.from, to: within.from - 1 }, { from: within.to + 1, to: range.to })
  }
  return merge(found)
}

/** The cut points that fit the survivors that a solution stands for: after the last of them was issued, before one that is lost would be certain. */
export function intervalOf(solution: Solution): Interval {
  const { world } = solution
  const { order } = world
  const { forcedAt, byForce } = forces(order, world.level)
  // What is kept for certain was issued by the lowest cut point, what may be kept by the highest.
  let from = firstAbove(order.effects, (effect) => order.issued[effect]!, solution.open === 'lost' ? world.cutLow : world.cutHigh) - 1
  while (from >= 0 && !holds(solution, from)) from--
  // What is certain at the lowest cut point is held.
  let to = firstAbove(byForce.length, (at) => forcedAt[byForce[at]!]!, world.cutLow)
  while (to < byForce.length && holds(solution, byForce[to]!)) to++
  return { from: from < 0 ? 0 : order.issued[from]!, to: to === byForce.length ? order.callCount : Math.min(order.callCount, forcedAt[byForce[to]!]! - 1) }
}

interface Forces {
  readonly forcedAt: Int32Array
  /** Effects by the call that makes them certain. */
  readonly byForce: Int32Array
}

const forcesOf = new WeakMap<Int32Array, Forces>()

function forces(order: Order, level: Level): Forces {
  const forcedAt = order.forcedAt[level]
  let found = forcesOf.get(forcedAt)
  if (found === undefined) forcesOf.set(forcedAt, found = { forcedAt, byForce: Int32Array.from(forcedAt.keys()).sort((one, other) => forcedAt[one]! - forcedAt[other]! || one - other) })
  return found
}

/** The first of so many ascending values that is above a limit. */
function firstAbove(count: number, value: (at: number) => number, limit: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const between = (low + high) >> 1
    if (value(between) > limit) high = between
    else low = between + 1
  }
  return low
}

function merge(intervals: readonly Interval[]): readonly Interval[] {
  const result: { from: number; to: number }[] = []
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result[result.length - 1]
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to)
    else result.push({ from, to })
  }
  return result
}
