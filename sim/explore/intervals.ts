/**
 * At which cut points a world has a survivor. Without clauses that is one interval (for each p between the bounds the smallest
 * survivor together with all that is certain by p will do). With clauses: ask about the whole range, take the interval of
 * the survivor found, and go on to both sides of it.
 */
import { type Solution, holds, solveLosing } from './solve'
import { type World, narrow, sameUntil } from './world'

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

/** The cut points that fit the survivors that a solution stands for. */
export function intervalOf(solution: Solution): Interval {
  const { world } = solution
  const { order } = world
  const forcedAt = order.forcedAt[world.level]
  let from = 0
  let to = order.callCount
  for (let effect = 0, end; effect < order.effects; effect = end + 1) {
    end = sameUntil(world, effect, order.effects - 1)
    if (holds(solution, effect)) from = Math.max(from, order.issued[end]!)
    else to = Math.min(to, forcedAt[effect]! - 1)
  }
  return { from, to }
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
