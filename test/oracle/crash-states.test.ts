import { describe, expect, test } from 'vitest'
import type { Call } from '../../sim/disk/call'
import { lowerHistory, type StoreSetup } from '../../sim/disk/lowering'
import { type Order, OrderBuilder } from '../../sim/disk/order'
import { partitionModel } from '../../sim/disk/partition-model'
import { countCrashStates } from '../../sim/measure/crash-states'
import { allSurvivors, listenToBuilders } from './order-oracle'
import { dice, randomOrder } from './random-order'
import { smallSystem } from './small-systems'

listenToBuilders()

function expectCount(order: Order, why: string): void {
  const all = allSurvivors(order, 'durable', 20_000)
  if (all === null) return
  const expected = new Set(all.map(({ bits }) => bits)).size
  expect({ why, ...countCrashStates(order) }).toEqual({ why, exact: BigInt(expected), log10: Math.round(Math.log10(expected) * 1e6) / 1e6 })
}

describe('crash states counted agree with crash states listed', () => {
  test('random orders', () => {
    for (let run = 0; run < 4000; run++) expectCount(randomOrder(dice(`count ${run}`), 14), `count ${run}`)
  })

  test('histories on real models', () => {
    for (let run = 0; run < 3000; run++) expectCount(smallSystem(`system count ${run}`).frame.order, `system count ${run}`)
  })
})

test('an order counts the same whether its chains are chains or edges', () => {
  for (let run = 0; run < 300; run++) {
    const below = dice(`chains ${run}`)
    const effects = 10 + below(50)
    const withChain = new OrderBuilder()
    const withEdges = new OrderBuilder()
    const chain = withChain.newChain()
    const members: number[] = []
    const [chainShare, forceShare] = [1 + below(4), below(5)]
    for (let effect = 0; effect < effects; effect++) {
      withChain.nextCall()
      withEdges.nextCall()
      if (below(5) < chainShare) {
        withChain.effect(chain)
        withEdges.effect()
        if (members.length > 0) withEdges.needs(effect, members[members.length - 1]!)
        members.push(effect)
      } else {
        withChain.effect()
        withEdges.effect()
        const count = below(3) === 0 ? below(members.length + 1) : members.length
        if (count > 0 && below(4) > 0) {
          withChain.needsPrefix(effect, chain, count)
          withEdges.needs(effect, members[count - 1]!)
        }
      }
      for (let tries = below(3); tries > 0 && effect > 0; tries--) {
        const older = Math.max(0, effect - 1 - below(8))
        if (below(3) > 0) continue
        withChain.needs(effect, older)
        withEdges.needs(effect, older)
      }
      if (below(12) < forceShare) {
        const forced = Math.max(0, effect - below(6))
        withChain.forces([forced], 'durable')
        withEdges.forces([forced], 'durable')
      }
    }
    expect({ run, ...countCrashStates(withChain.finish()) }).toEqual({ run, ...countCrashStates(withEdges.finish()) })
  }
})

const slot: StoreSetup = { id: 'slot', device: 'disk', model: partitionModel, unitBytes: 512, blockBytes: 512, loaderReads: [] }

test.each([0, 1, 7, 64, 3000, 40_000])('law: %i unsynced overwrites of a block have 2 to that many states', (count) => {
  const calls: Call[] = Array.from({ length: count }, (_, first) => (
    { issuer: 'updater', store: 'slot', tookSeconds: 0, does: { kind: 'sectors', first, pages: ['LNEW'], through: 'page-cache' } }))
  const { exact, log10 } = countCrashStates(lowerHistory(calls, new Map(), new Map([['slot', slot]])).order)
  expect(exact).toBe(count > 3300 ? null : 1n << BigInt(count))
  expect(log10).toBeCloseTo(count * Math.log10(2), 5)
})
