/** The situations of one class; those of a run of effects, one literal each, are kept as its bounds. */
import { type Literal, type Situation, isMissing, survives } from './clause'
import type { EffectId, Order } from '../disk/order'

interface Range { readonly isSurviving: boolean; readonly first: EffectId; readonly last: EffectId }

export class Situations {
  private listed: Situation[] = []
  private readonly ranges: Range[] = []

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
    for (const { isSurviving, first, last } of this.ranges) if (order.chain[first]! >= 0 || order.chain[last]! >= 0) this.listed.push(...alone(isSurviving, first, last))
    this.ranges.splice(0, this.ranges.length, ...this.ranges.filter(({ first, last }) => order.chain[first]! < 0 && order.chain[last]! < 0))
    const best = new Map<string, Literal>()
    const rest: Situation[] = []
    for (const situation of this.listed) {
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

  *[Symbol.iterator](): Generator<Situation> {
    yield* this.listed
    for (const { isSurviving, first, last } of this.ranges) yield* alone(isSurviving, first, last)
  }
}

const surviving: Situation[] = []
const missing: Situation[] = []

/** One array for each literal, however often it is asked for. */
function* alone(isSurviving: boolean, first: EffectId, last: EffectId): Generator<Situation> {
  const known = isSurviving ? surviving : missing
  for (let effect = first; effect <= last; effect++) yield known[effect] ??= [isSurviving ? survives(effect) : isMissing(effect)]
}
