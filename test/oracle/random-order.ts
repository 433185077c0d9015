import seedrandom from 'seedrandom'
import { type Level, type Order, OrderBuilder } from '../../sim/disk/order'

export type Below = (bound: number) => number

export function dice(seed: string): Below {
  const random = seedrandom(seed)
  return (bound) => Math.floor(random() * bound)
}

/** A small order of anything that a builder can be told. */
export function randomOrder(below: Below, mostEffects = 9): Order {
  const builder = new OrderBuilder()
  const chains = below(4)
  for (let chain = 0; chain < chains; chain++) builder.newChain()
  const effectsMax = 1 + below(mostEffects)
  let effects = 0
  const calls = 1 + below(6)
  const edgeShare = below(4)
  for (let call = 0; call < calls; call++) {
    builder.nextCall()
    for (let more = below(4); more > 0 && effects < effectsMax; more--) {
      const effect = builder.effect(chains > 0 && below(2) === 0 ? below(chains) : -1)
      for (let older = 0; older < effect; older++) if (below(10) < edgeShare) builder.needs(effect, older)
      if (chains > 0 && below(4) === 0) {
        const chain = below(chains)
        const others = builder.chainLength(chain) - 1
        if (others > 0) builder.needsPrefix(effect, chain, 1 + below(others))
      }
      effects++
    }
    while (below(5) < 2) {
      const level: Level = below(3) === 0 ? 'accepted' : 'durable'
      if (chains > 0 && below(2) === 0) {
        const chain = below(chains)
        builder.forcesPrefix(chain, below(builder.chainLength(chain) + 1), level)
      } else if (effects > 0) builder.forces([below(effects)], level)
    }
  }
  return builder.finish()
}
