/** What bounds cannot say: "at least one of these holds", "none of these holds". */
import type { EffectId } from '../disk/order'

/** `effect + 1`: it survives; `-(effect + 1)`: it is lost. */
export type Literal = number

export function survives(effect: EffectId): Literal {
  return effect + 1
}

export function isMissing(effect: EffectId): Literal {
  return -(effect + 1)
}

export function effectOf(literal: Literal): EffectId {
  return Math.abs(literal) - 1
}

/** Literals that hold together: one way in which something can be so. */
export type Situation = readonly Literal[]

/** A literal for each effect from `first` to `last`: it survives, or it is missing. */
export interface Range { readonly isSurviving: boolean; readonly first: EffectId; readonly last: EffectId }

/** Many situations. Those of one literal each that go by the effects of a range are not listed: an image has tens of thousands. */
export interface Alternatives {
  readonly listed: readonly Situation[]
  readonly ranges: readonly Range[]
}

export interface Clause {
  readonly kind: 'some' | 'none'
  readonly of: Alternatives
}

/** All of them, one by one. */
export function* eachOf({ listed, ranges }: Alternatives): Generator<Situation> {
  yield* listed
  for (const { isSurviving, first, last } of ranges) {
    for (let effect = first; effect <= last; effect++) yield [isSurviving ? survives(effect) : isMissing(effect)]
  }
}
