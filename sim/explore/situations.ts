/** The situations of one class; those of a run of effects, one literal each, are kept as its bounds. */
import { type Alternatives, type Literal, type Range, type Situation, eachOf } from './clause'
import type { EffectId, Order } from '../disk/order'

export class Situations implements Alternatives {
  listed: Situation[] = []
  ranges: Range[] = []

  add(situation: Situation): void {
    this.listed.push(situation)
  }

  /** One situation for each of these effects: it survives, or it is missing. */
  addRange(isSurviving: boolean, first: EffectId, last: EffectId): void {
    const before = this.ranges.at(-1)
    if (before?.isSurviving === isSurviving && before.last >= first - 1 && before.first <= first) this.ranges[this.ranges.length - 1] = { ...before, last: Math.max(before.last, last) }
    else this.ranges.push({ isSurviving, first, last })
  }

  /** Of single literals on one chain only the weakest matters: "some of the first n" is "the first". */
  weaken(order: Order): void {
    const isOff = ({ first, last }: Range): boolean => order.chain[first]! < 0 && order.chain[last]! < 0
    const listed = eachOf({ listed: this.listed, ranges: this.ranges.filter((range) => !isOff(range)) })
    this.ranges = this.ranges.filter(isOff)
    const best = new Map<string, Literal>()
    const rest: Situation[] = []
    for (const situation of listed) {
      const literal = situation[0]!
      const chain = order.chain[Math.abs(literal) - 1]!
      if (situation.length > 1 || chain < 0) {
        rest.push(situation)
        continue
      }
      const key = `${chain} ${literal > 0}`
      const held = best.get(key)
      const isWeaker = held === undefined || (literal > 0 ? literal < held : literal < held)
      if (isWeaker) best.set(key, literal)
    }
    this.listed = [...[...best.values()].map((literal) => [literal]), ...rest]
  }

  [Symbol.iterator](): Generator<Situation> {
    return eachOf(this)
  }
}
