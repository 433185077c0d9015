/**
 * The plain definition, for comparison: at every cut point every down-closed set of effects between what is certain and what
 * was issued, one by one. Shares the lowered history with the runner, and nothing of how survivors are found.
 */
import type { EffectId, Order } from '../../sim/disk/order'
import { type Predicate, type Reader, holds } from '../../sim/litmus/predicate'
import type { Searched } from '../../sim/litmus/search'

/** Calls back for each survivor at each cut point, until told to stop. */
export function everySurvivor(order: Order, visit: (survives: (effect: EffectId) => boolean) => 'stop' | void): void {
  const { chains, need, older, issued, forcedAt } = order
  const count = chains.length
  const survivors = new Uint8Array(order.effects)
  const survives = (effect: EffectId): boolean => survivors[effect] === 1
  const mayStay = (effect: EffectId): boolean => {
    for (const each of older.get(effect) ?? []) if (!survives(each)) return false
    for (let c = 0; c < count; c++) {
      for (let k = 0; k < need[effect * count + c]!; k++) if (!survives(chains[c]![k]!)) return false
    }
    return true
  }
  for (let cut = 0; cut <= order.callCount; cut++) if (decide(0, cut) === 'stop') return

  function decide(effect: EffectId, cut: number): 'stop' | void {
    if (effect === order.effects || issued[effect]! > cut) {
      survivors.fill(0, effect)
      return visit(survives)
    }
    if (mayStay(effect)) {
      survivors[effect] = 1
      if (decide(effect + 1, cut) === 'stop') return 'stop'
    }
    if (forcedAt.durable[effect]! <= cut) return
    survivors[effect] = 0
    return decide(effect + 1, cut)
  }
}

export function readerOf(searched: Searched, survives: (effect: EffectId) => boolean): Reader {
  return searched.reader((_cell, stores, upTo) => {
    let at = upTo - 1
    while (at >= 0 && !survives(stores[at]!.effect)) at--
    return at
  })
}

export function isReached(searched: Searched, predicate: Predicate): boolean {
  let reached = false
  everySurvivor(searched.frame.order, (survives) => {
    reached = holds(predicate, readerOf(searched, survives))
    return reached ? 'stop' : undefined
  })
  return reached
}

/** How many different states a reader can find, marks not counted. */
export function countStates(searched: Searched): number {
  const states = new Set<string>()
  everySurvivor(searched.frame.order, (survives) => {
    states.add(JSON.stringify(searched.state(readerOf(searched, survives), { kind: 'and', of: [] })))
  })
  return states.size
}
