/**
 * A world: the survivors, at all cut points, that agree with the answers given so far.
 *
 * It is a pair of bounds on the cut point and on each chain, marks on a few effects off the chains, and clauses for what
 * bounds cannot say. Bounds are enough for conjunctions: an effect off the chains is decided by `need` and `least` alone
 * (an implied-in and an implied-out effect always clash on a chain). Worlds are values: `narrow` returns a new one.
 */
import { known } from '../assert'
import type { EffectId, Level, Order } from '../disk/order'
import type { Clause, Literal, Range } from './clause'
import { Marks, type Mark, kept, lost, open } from './marks'

export interface World {
  readonly order: Order
  readonly level: Level
  /** The cut point lies in [cutLow, cutHigh]. */
  cutLow: number
  cutHigh: number
  /** Of chain c at least `low[c]` and at most `high[c]` members survive. */
  readonly low: Int32Array
  readonly high: Int32Array
  /** What was decided off the chains, in pieces that worlds share until they write to them. */
  readonly marks: Marks
  readonly clauses: Clause[]
}

/** All survivors at all cut points. */
export function everything(order: Order, level: Level = 'durable'): World {
  return {
    order, level, cutLow: 0, cutHigh: order.callCount,
    low: new Int32Array(order.chains.length),
    high: Int32Array.from(order.chains, (chain) => chain.length),
    marks: new Marks(order.effects), clauses: [],
  }
}

/** Only the world in which the last call has returned: a panic, a watchdog, a clean end. */
export function atTheEnd(order: Order, level: Level): World {
  return known(narrow(everything(order, level), { cutLow: order.callCount }), 'a survivor at the end of a history')
}

export interface Narrowing {
  readonly literals?: Iterable<Literal>
  /** All literals of each. */
  readonly ranges?: readonly Range[]
  readonly cutLow?: number
  readonly cutHigh?: number
  readonly clauses?: readonly Clause[]
}

/** The part of a world in which more holds, or null when there is none by bounds. Clauses are looked at by `solve` only. */
export function narrow(world: World, by: Narrowing): World | null {
  const next: World = {
    ...world, low: world.low.slice(), high: world.high.slice(), marks: world.marks.copy(), clauses: by.clauses === undefined ? world.clauses : [...world.clauses, ...by.clauses],
  }
  return narrowInPlace(next, by) ? next : null
}

/** As `narrow`, on a world that nobody else holds. False: nothing is left of it. */
export function narrowInPlace(world: World, by: Omit<Narrowing, 'clauses'>): boolean {
  if (by.cutLow !== undefined) world.cutLow = Math.max(world.cutLow, by.cutLow)
  if (by.cutHigh !== undefined) world.cutHigh = Math.min(world.cutHigh, by.cutHigh)
  for (const literal of by.literals ?? []) {
    if (literal > 0 ? !keep(world, literal - 1) : !lose(world, -literal - 1)) return false
  }
  for (const range of by.ranges ?? []) if (!decide(world, range)) return false
  return settle(world)
}

/**
 * The last effect up to `last` such that the world says the same of all from `effect` on: kept, lost, or open. Only the calls
 * that issued them may differ. Whoever looks at a range goes by such stretches.
 */
export function sameUntil({ order, marks, cutHigh }: World, effect: EffectId, last: EffectId): EffectId {
  const alike = Math.min(last, alikeUntil(order)[effect]!)
  if (alike === effect) return effect
  const { issued } = order
  const isSplit = issued[effect]! <= cutHigh && issued[alike]! > cutHigh
  return marks.sameUntil(effect, isSplit ? lastIssuedBy(issued, cutHigh, effect, alike) : alike)
}

/** Effects are numbered as they are issued: the last one from `effect` on that call `call` or an earlier one issued. */
function lastIssuedBy(issued: Int32Array, call: number, effect: EffectId, notThis: EffectId): EffectId {
  let [yes, no] = [effect, notThis]
  while (no - yes > 1) {
    const between = (yes + no) >> 1
    if (issued[between]! <= call) yes = between
    else no = between
  }
  return yes
}

/** True when every survivor of the world holds the effect. */
export function isKept(world: World, effect: EffectId): boolean {
  const { order, low } = world
  if (order.forcedAt[world.level][effect]! <= world.cutLow) return true
  if (world.marks.get(effect) === kept) return true
  const chain = order.chain[effect]!
  if (chain >= 0 && order.place[effect]! < low[chain]!) return true
  const count = low.length
  for (let c = 0; c < count; c++) if (order.least[effect * count + c]! < low[c]!) return true
  return false
}

/** True when no survivor of the world holds the effect. */
export function isLost(world: World, effect: EffectId): boolean {
  const { order, high } = world
  if (order.issued[effect]! > world.cutHigh) return true
  if (world.marks.get(effect) === lost) return true
  const chain = order.chain[effect]!
  if (chain >= 0 && order.place[effect]! >= high[chain]!) return true
  const count = high.length
  for (let c = 0; c < count; c++) if (order.need[effect * count + c]! > high[c]!) return true
  return false
}

function keep(world: World, first: EffectId): boolean {
  const { order, low } = world
  const count = low.length
  // A file's lengths can hang together a million deep: no recursion.
  const todo = [first]
  for (let effect = todo.pop(); effect !== undefined; effect = todo.pop()) {
    world.cutLow = Math.max(world.cutLow, order.issued[effect]!)
    for (let c = 0; c < count; c++) low[c] = Math.max(low[c]!, order.need[effect * count + c]!)
    const chain = order.chain[effect]!
    if (chain >= 0) {
      low[chain] = Math.max(low[chain]!, order.place[effect]! + 1)
      continue // what it needs is summed up in `need` and `least`
    }
    if (world.marks.get(effect) === kept) continue
    if (!mark(world, effect, kept)) return false
    for (const older of order.older.get(effect) ?? []) {
      // What is on a chain is summed up in `need`.
      if (order.chain[older]! < 0 && world.marks.get(older) !== kept) todo.push(older)
    }
  }
  return true
}

function lose(world: World, first: EffectId): boolean {
  const { order, high } = world
  const forcedAt = order.forcedAt[world.level]
  const count = high.length
  const todo = [first]
  for (let effect = todo.pop(); effect !== undefined; effect = todo.pop()) {
    world.cutHigh = Math.min(world.cutHigh, forcedAt[effect]! - 1)
    for (let c = 0; c < count; c++) high[c] = Math.min(high[c]!, order.least[effect * count + c]!)
    const chain = order.chain[effect]!
    if (chain >= 0) {
      high[chain] = Math.min(high[chain]!, order.place[effect]!)
      continue // what needs it is summed up in `least` and `need`
    }
    if (world.marks.get(effect) === lost) continue
    if (!mark(world, effect, lost)) return false
    for (const newer of order.newer.get(effect) ?? []) {
      // What is on a chain is summed up in `least`.
      if (order.chain[newer]! < 0 && world.marks.get(newer) !== lost) todo.push(newer)
    }
  }
  return true
}

function decide(world: World, { isSurviving, first, last }: Range): boolean {
  for (let effect = first, end; effect <= last; effect = end + 1) {
    end = sameUntil(world, effect, last)
    // Of alike effects the last one moves all bounds that the others move, and nothing else hangs on them.
    if (isSurviving ? !keep(world, end) : !lose(world, end)) return false
    world.marks.fill(effect, end - 1, isSurviving ? kept : lost)
  }
  return true
}

const alikes = new WeakMap<Order, Int32Array>()

/** For each effect the last one of its stretch: effects off the chains, without neighbours, that differ only in who issued them. */
function alikeUntil(order: Order): Int32Array {
  const known = alikes.get(order)
  if (known !== undefined) return known
  const { effects, chains: { length: count }, chain, forcedAt: { accepted, durable }, need, least, older, newer } = order
  const hasOther = new Uint8Array(effects)
  for (const neighbours of [older, newer]) for (const effect of neighbours.keys()) hasOther[effect] = 1
  const until = new Int32Array(effects)
  for (let effect = effects - 1; effect >= 0; effect--) {
    const next = effect + 1
    const areAlone = next < effects && hasOther[effect] === 0 && hasOther[next] === 0 && chain[effect]! < 0 && chain[next]! < 0
    let isAlike = areAlone && accepted[effect] === accepted[next] && durable[effect] === durable[next]
    for (let c = 0; isAlike && c < count; c++) isAlike = need[effect * count + c] === need[next * count + c] && least[effect * count + c] === least[next * count + c]
    until[effect] = isAlike ? until[next]! : effect
  }
  alikes.set(order, until)
  return until
}

function mark(world: World, effect: EffectId, as: Mark): boolean {
  const before = world.marks.get(effect)
  if (before === open) world.marks.set(effect, as)
  return before === open || before === as
}

/**
 * Bounds on chains and cut point raise and lower each other until nothing moves. Marks need no look: whatever was kept or lost
 * has moved the bounds that could contradict it, so a contradiction shows in them.
 */
function settle(world: World): boolean {
  const { order, low, high } = world
  const forcedAt = order.forcedAt[world.level]
  const count = low.length
  for (let moved = true; moved; ) {
    if (world.cutLow > world.cutHigh) return false
    moved = false
    for (let c = 0; c < count; c++) {
      const members = order.chains[c]!
      const length = members.length
      // Members that are certain at the earliest cut, and those not yet issued at the latest.
      let k = low[c]!
      while (k < length && forcedAt[members[k]!]! <= world.cutLow) k++
      if (k > low[c]!) { low[c] = k; moved = true }
      k = high[c]!
      while (k > 0 && order.issued[members[k - 1]!]! > world.cutHigh) k--
      if (k < high[c]!) { high[c] = k; moved = true }
      if (low[c]! > high[c]!) return false
      if (low[c]! > 0) {
        const newest = members[low[c]! - 1]!
        if (order.issued[newest]! > world.cutLow) { world.cutLow = order.issued[newest]!; moved = true }
        for (let d = 0; d < count; d++) {
          const needed = order.need[newest * count + d]!
          if (d !== c && needed > low[d]!) { low[d] = needed; moved = true }
        }
      }
      if (high[c]! < length) {
        const first = members[high[c]!]!
        if (forcedAt[first]! - 1 < world.cutHigh) { world.cutHigh = forcedAt[first]! - 1; moved = true }
        for (let d = 0; d < count; d++) {
          const bound = order.least[first * count + d]!
          if (d !== c && bound < high[d]!) { high[d] = bound; moved = true }
        }
      }
    }
  }
  return true
}
