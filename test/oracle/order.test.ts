import { describe, expect, test } from 'vitest'
import type { Level, Order } from '../../sim/disk/order'
import { type Clause, type Literal, type Range, eachOf, effectOf } from '../../sim/explore/clause'
import { type Mark, Marks, kept, lost } from '../../sim/explore/marks'
import { holds, solve } from '../../sim/explore/solve'
import { type World, everything, isKept, isLost, narrow, sameUntil } from '../../sim/explore/world'
import { type Survivors, allSurvivors, listenToBuilders, survivesIn } from './order-oracle'
import { type Below, dice, randomOrder } from './random-order'

listenToBuilders()

function randomLiteral(below: Below, order: Order): Literal {
  const effect = below(order.effects)
  return below(2) === 0 ? effect + 1 : -(effect + 1)
}

function literalHolds(survivors: Survivors, literal: Literal): boolean {
  return survivesIn(survivors, effectOf(literal)) === literal > 0
}

function clauseHolds(survivors: Survivors, clause: Clause): boolean {
  const some = [...eachOf(clause.of)].some((situation) => situation.every((literal) => literalHolds(survivors, literal)))
  return clause.kind === 'some' ? some : !some
}

function randomRange(below: Below, order: Order): Range {
  const first = below(order.effects)
  return { isSurviving: below(2) === 0, first, last: first + below(order.effects - first) }
}

function randomClause(below: Below, order: Order): Clause {
  const ranges = Array.from({ length: Math.max(0, below(4) - 1) }, () => randomRange(below, order))
  const least = ranges.length === 0 ? 1 : 0
  return {
    kind: below(2) === 0 ? 'some' : 'none',
    of: { listed: Array.from({ length: least + below(3) }, () => Array.from({ length: 1 + below(3) }, () => randomLiteral(below, order))), ranges },
  }
}

function same<T>(got: T, expected: T, why: string): void {
  expect({ why, got }).toEqual({ why, got: expected })
}

function expectConjunctive(world: World | null, pairs: readonly Survivors[], why: string): void {
  same(world !== null, pairs.length > 0, `${why}: possible`)
  if (world === null) return
  for (let effect = 0; effect < world.order.effects; effect++) {
    same(isKept(world, effect), pairs.every((pair) => survivesIn(pair, effect)), `${why}: ${effect} kept`)
    same(isLost(world, effect), !pairs.some((pair) => survivesIn(pair, effect)), `${why}: ${effect} lost`)
    for (let other = sameUntil(world, effect, world.order.effects - 1); other > effect; other--) {
      same([isKept(world, other), isLost(world, other)], [isKept(world, effect), isLost(world, effect)], `${why}: ${effect} and ${other} alike`)
    }
  }
  const cuts = [...new Set(pairs.map(({ cut }) => cut))].sort((a, b) => a - b)
  same(cuts, Array.from({ length: world.cutHigh - world.cutLow + 1 }, (_, at) => world.cutLow + at), `${why}: cut points`)
}

function expectClauses(world: World, clauses: readonly Clause[], pairs: readonly Survivors[], why: string): void {
  const left = pairs.filter((pair) => clauses.every((clause) => clauseHolds(pair, clause)))
  const narrowed = narrow(world, { clauses })
  const solution = narrowed === null ? null : solve(narrowed)
  same(solution !== null, left.length > 0, `${why}: ${JSON.stringify(clauses)} possible`)
  if (solution === null) return
  let bits = 0
  for (let effect = 0; effect < world.order.effects; effect++) if (holds(solution, effect)) bits |= 1 << effect
  same(left.some((pair) => pair.bits === bits), true, `${why}: ${JSON.stringify(clauses)} solution ${bits.toString(2)}`)
}

describe('worlds and clauses agree with plain recursion', () => {
  for (let part = 0; part < 10; part++) {
    test(`random orders, part ${part}`, () => {
      for (let run = 0; run < 300; run++) {
        const seed = `order ${part} ${run}`
        const below = dice(seed)
        const order = randomOrder(below)
        const level: Level = below(2) === 0 ? 'durable' : 'accepted'
        const pairs = allSurvivors(order, level)!
        expectConjunctive(everything(order, level), pairs, seed)
        for (let query = 0; query < 8; query++) {
          let world: World | null = everything(order, level)
          let left = pairs
          for (let steps = 1 + below(3); steps > 0 && world !== null; steps--) {
            const literals = order.effects === 0 ? [] : Array.from({ length: below(3) }, () => randomLiteral(below, order))
            const ranges = order.effects === 0 || below(3) > 0 ? [] : [randomRange(below, order)]
            const said = [...literals, ...[...eachOf({ listed: [], ranges })].flat()]
            const cutLow = below(3) === 0 ? below(order.callCount + 1) : undefined
            const cutHigh = below(3) === 0 ? below(order.callCount + 1) : undefined
            world = narrow(world, { literals, ranges, ...(cutLow === undefined ? {} : { cutLow }), ...(cutHigh === undefined ? {} : { cutHigh }) })
            left = left.filter((pair) => said.every((literal) => literalHolds(pair, literal)) && pair.cut >= (cutLow ?? 0) && pair.cut <= (cutHigh ?? Infinity))
          }
          expectConjunctive(world, left, `${seed} query ${query}`)
          if (world === null || order.effects === 0) continue
          expectClauses(world, Array.from({ length: 1 + below(3) }, () => randomClause(below, order)), left, `${seed} query ${query}`)
        }
      }
    })
  }
})

describe('marks in pieces agree with a plain list', () => {
  test('random marks of one and of many', () => {
    for (let run = 0; run < 60; run++) {
      const below = dice(`marks ${run}`)
      const effects = 1 + below(6000)
      const first = new Marks(effects)
      const pairs = [{ marks: first, plain: new Uint8Array(effects) }]
      for (let step = 0; step < 40; step++) {
        const { marks, plain } = pairs[below(pairs.length)]!
        const from = below(effects)
        const to = below(3) === 0 ? from : from + below(effects - from)
        const mark: Mark = below(2) === 0 ? kept : lost
        if (below(4) === 0) pairs.push({ marks: marks.copy(), plain: plain.slice() })
        if (to === from) marks.set(from, mark)
        else marks.fill(from, to, mark)
        plain.fill(mark, from, to + 1)
        for (const pair of pairs) expectMarks(pair.marks, pair.plain, below)
      }
    }
  })
})

function expectMarks(marks: Marks, plain: Uint8Array, below: Below): void {
  const got = plain.map((_, effect) => marks.get(effect))
  expect(Buffer.compare(got, plain)).toBe(0)
  const from = below(plain.length)
  const last = from + below(plain.length - from)
  let until = from
  while (until < last && plain[until + 1] === plain[from]) until++
  expect(marks.sameUntil(from, last)).toBe(until)
}
