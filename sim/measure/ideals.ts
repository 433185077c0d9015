/**
 * How many down-closed sets a small partial order has: a product over what hangs together; of each, along its longest path,
 * a sum over the prefixes of that path of a product over what is left.
 */
import type { EffectId } from '../disk/order'
import type { Arithmetic } from './arithmetic'

/** Direct predecessors, in any order, perhaps outside of the set that is counted. */
export type Older = (effect: EffectId) => readonly EffectId[]

/** A set of effects off a path: each needs the first `need` places of it, and the first place that needs it is `least`. */
export interface Hanging {
  readonly effects: readonly EffectId[]
  need(effect: EffectId): number
  least(effect: EffectId): number
}

/** From so many places of the path on there are so many sets; the first entry is for the least. */
export type Steps<N> = readonly { readonly from: number; readonly count: N }[]

/** `effects` in ascending order. */
export function countIdeals<N>(arithmetic: Arithmetic<N>, effects: readonly EffectId[], older: Older): N {
  let product = arithmetic.of(1)
  for (const part of apart(effects, older)) product = arithmetic.times(product, countConnected(arithmetic, part, older))
  return product
}

/** The counts of what hangs off a path of which between `low` and `high` places are there. */
export function stepsOf<N>(arithmetic: Arithmetic<N>, { effects, need, least }: Hanging, older: Older, low: number, high: number): Steps<N> {
  const starts = new Set([low])
  for (const effect of effects) for (const at of [need(effect), least(effect) + 1]) if (at > low && at <= high) starts.add(at)
  const ascending = [...starts].sort((a, b) => a - b)
  if (isPath(effects, older)) {
    // Along a path both only grow: what there may be is a prefix, what there must be another.
    let may = 0
    let must = 0
    return ascending.map((from) => {
      while (may < effects.length && need(effects[may]!) <= from) may++
      while (must < effects.length && least(effects[must]!) < from) must++
      return { from, count: arithmetic.of(may - must + 1) }
    })
  }
  return ascending.map((from) => ({
    from, count: countIdeals(arithmetic, effects.filter((effect) => need(effect) <= from && least(effect) >= from), older),
  }))
}

function countConnected<N>(arithmetic: Arithmetic<N>, effects: readonly EffectId[], older: Older): N {
  if (isPath(effects, older)) return arithmetic.of(effects.length + 1)
  const path = longestPath(effects, older)
  const place = new Map(path.map((effect, at) => [effect, at]))
  const rest = effects.filter((effect) => !place.has(effect))
  const need = new Map<EffectId, number>()
  const least = new Map<EffectId, number>(rest.map((effect) => [effect, path.length]))
  for (const effect of rest) {
    need.set(effect, Math.max(0, ...older(effect).map((each) => (place.has(each) ? place.get(each)! + 1 : need.get(each) ?? 0))))
  }
  for (const effect of [...effects].reverse()) {
    const bound = place.get(effect) ?? least.get(effect)!
    for (const each of older(effect)) if ((least.get(each) ?? -1) > bound) least.set(each, bound)
  }
  const changes = new Map<number, { before: N; after: N }[]>()
  let product = arithmetic.of(1)
  for (const part of apart(rest, older)) {
    const steps = stepsOf(arithmetic, { effects: part, need: (effect) => need.get(effect)!, least: (effect) => least.get(effect)! }, older, 0, path.length)
    product = arithmetic.times(product, steps[0]!.count)
    for (const [at, { from, count }] of steps.entries()) {
      if (at > 0) changes.set(from, [...changes.get(from) ?? [], { before: steps[at - 1]!.count, after: count }])
    }
  }
  let sum = product
  for (let prefix = 1; prefix <= path.length; prefix++) {
    for (const { before, after } of changes.get(prefix) ?? []) product = arithmetic.over(arithmetic.times(product, after), before)
    sum = arithmetic.plus(sum, product)
  }
  return sum
}

/** Ascending effects, each with a direct edge to the one before. */
function isPath(effects: readonly EffectId[], older: Older): boolean {
  return effects.every((effect, at) => at === 0 || older(effect).includes(effects[at - 1]!))
}

function longestPath(effects: readonly EffectId[], older: Older): EffectId[] {
  const length = new Map<EffectId, number>()
  const before = new Map<EffectId, EffectId>()
  let last = effects[0]!
  for (const effect of effects) {
    length.set(effect, 1)
    for (const each of older(effect)) {
      if ((length.get(each) ?? 0) + 1 <= length.get(effect)!) continue
      length.set(effect, length.get(each)! + 1)
      before.set(effect, each)
    }
    if (length.get(effect)! > length.get(last)!) last = effect
  }
  const path: EffectId[] = []
  for (let at: EffectId | undefined = last; at !== undefined; at = before.get(at)) path.push(at)
  return path.reverse()
}

/** The parts that hang together, each in ascending order. */
function apart(effects: readonly EffectId[], older: Older): readonly (readonly EffectId[])[] {
  const leader = new Map(effects.map((effect) => [effect, effect]))
  const leaderOf = (effect: EffectId): EffectId => {
    let at = effect
    for (let up = leader.get(at)!; up !== at; up = leader.get(at)!) {
      leader.set(at, leader.get(up)!)
      at = up
    }
    return at
  }
  for (const effect of effects) for (const each of older(effect)) if (leader.has(each)) leader.set(leaderOf(effect), leaderOf(each))
  const parts = new Map<EffectId, EffectId[]>()
  for (const effect of effects) {
    const part = parts.get(leaderOf(effect))
    if (part === undefined) parts.set(leaderOf(effect), [effect])
    else part.push(effect)
  }
  return [...parts.values()]
}
