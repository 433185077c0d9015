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

export type Clause =
  | { readonly kind: 'some'; readonly of: readonly Situation[] }
  | { readonly kind: 'none'; readonly of: readonly Situation[] }
