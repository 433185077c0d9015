/**
 * The plain definition of survivors, by recursion: take or leave the next effect in issue order. It works on what the
 * `OrderBuilder` was told, not on what it made of it, so it shares nothing with the explorer's bounds.
 */
import { type ChainId, type EffectId, type Level, type Order, OrderBuilder } from '../../sim/disk/order'
import { known } from '../../sim/assert'

interface RawEffect { readonly call: number; readonly chain: ChainId; readonly needs: EffectId[] }

/** All that a builder was told. */
export interface RawOrder {
  calls: number
  readonly effects: RawEffect[]
  readonly chains: EffectId[][]
  readonly prefixes: { readonly effect: EffectId; readonly chain: ChainId; readonly count: number }[]
  readonly forced: { readonly call: number; readonly effects: readonly EffectId[]; readonly level: Level }[]
}

/** A cut point and the effects that survive it, as bits. */
export interface Survivors { readonly cut: number; readonly bits: number }

const told = new WeakMap<OrderBuilder, RawOrder>()
const rawOf = new WeakMap<Order, RawOrder>()

/** From now on every builder remembers what it was told. */
export function listenToBuilders(): void {
  const { nextCall, effect, needs, needsPrefix, forces, forcesPrefix, finish, newChain } = OrderBuilder.prototype
  const raw = (builder: OrderBuilder): RawOrder => {
    let order = told.get(builder)
    if (order === undefined) {
      order = { calls: 0, effects: [], chains: [], prefixes: [], forced: [] }
      told.set(builder, order)
    }
    return order
  }
  Object.assign(OrderBuilder.prototype, {
    nextCall(this: OrderBuilder) {
      raw(this).calls++
      return nextCall.call(this)
    },
    newChain(this: OrderBuilder) {
      raw(this).chains.push([])
      return newChain.call(this)
    },
    effect(this: OrderBuilder, chain: ChainId = -1) {
      const order = raw(this)
      const id = order.effects.push({ call: order.calls - 1, chain, needs: [] }) - 1
      if (chain >= 0) order.chains[chain]!.push(id)
      return effect.call(this, chain)
    },
    needs(this: OrderBuilder, newer: EffectId, older: EffectId) {
      raw(this).effects[newer]!.needs.push(older)
      needs.call(this, newer, older)
    },
    needsPrefix(this: OrderBuilder, newer: EffectId, chain: ChainId, count: number) {
      raw(this).prefixes.push({ effect: newer, chain, count })
      needsPrefix.call(this, newer, chain, count)
    },
    forces(this: OrderBuilder, effects: Iterable<EffectId>, level: Level) {
      const order = raw(this)
      const list = [...effects]
      order.forced.push({ call: order.calls - 1, effects: list, level })
      forces.call(this, list, level)
    },
    forcesPrefix(this: OrderBuilder, chain: ChainId, count: number, level: Level) {
      const order = raw(this)
      order.forced.push({ call: order.calls - 1, effects: order.chains[chain]!.slice(0, count), level })
      forcesPrefix.call(this, chain, count, level)
    },
    finish(this: OrderBuilder) {
      const order = finish.call(this)
      rawOf.set(order, raw(this))
      return order
    },
  })
}

/** What each effect needs directly, as bits. */
function directNeeds(raw: RawOrder): readonly number[] {
  const needs = raw.effects.map((effect) => effect.needs.reduce((bits, older) => bits | (1 << older), 0))
  for (const chain of raw.chains) for (const [at, member] of chain.entries()) if (at > 0) needs[member]! |= 1 << chain[at - 1]!
  for (const { effect, chain, count } of raw.prefixes) for (const member of raw.chains[chain]!.slice(0, count)) needs[effect]! |= 1 << member
  return needs
}

/** F(p): what calls 0…p-1 forced, with all that it needs. */
function forcedBefore(raw: RawOrder, needs: readonly number[], level: Level, cut: number): number {
  let bits = 0
  for (const force of raw.forced) {
    if (force.call >= cut || (level === 'durable' && force.level === 'accepted')) continue
    for (const effect of force.effects) bits |= 1 << effect
  }
  for (let effect = needs.length - 1; effect >= 0; effect--) if ((bits & (1 << effect)) !== 0) bits |= needs[effect]!
  return bits
}

/** Every pair of a cut point and survivors that fit it; null when there are more than `most`. */
export function allSurvivors(order: Order, level: Level, most = Infinity): readonly Survivors[] | null {
  const raw = known(rawOf.get(order), 'an order built after listenToBuilders()')
  if (raw.effects.length > 30) return null
  const needs = directNeeds(raw)
  const result: Survivors[] = []
  for (let cut = 0; cut <= raw.calls; cut++) {
    const forced = forcedBefore(raw, needs, level, cut)
    const takeOrLeave = (effect: EffectId, bits: number): void => {
      if (result.length > most) return
      if (effect === raw.effects.length) {
        result.push({ cut, bits })
        return
      }
      const isIssued = raw.effects[effect]!.call <= cut
      if (isIssued && (needs[effect]! & ~bits) === 0) takeOrLeave(effect + 1, bits | (1 << effect))
      if ((forced & (1 << effect)) === 0) takeOrLeave(effect + 1, bits)
    }
    takeOrLeave(0, 0)
  }
  return result.length > most ? null : result
}

export function survivesIn({ bits }: Survivors, effect: EffectId): boolean {
  return (bits & (1 << effect)) !== 0
}
