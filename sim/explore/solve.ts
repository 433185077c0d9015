/**
 * Is there a survivor in this world that keeps all its clauses? And which one loses least?
 *
 * Unit propagation on the bounds, then two guesses (everything open survives; everything open is lost), then a case split
 * on one clause. The clauses come from aggregate questions over a few hundred thousand members at most and are nearly
 * always kept by the first guess; the split is for worlds that carry clauses of both kinds.
 */
import { assert } from '../assert'
import type { EffectId } from '../disk/order'
import { type Alternatives, type Clause, type Literal, type Range, type Situation, effectOf, isMissing, survives } from './clause'
import { type Narrowing, type World, isKept, isLost, narrow, narrowInPlace, sameUntil } from './world'

/** How the open effects of a solved world are to be taken. */
export type Guess = 'kept' | 'lost'

export interface Solution {
  readonly world: World
  readonly open: Guess
}

/** A part of the world in which one guess about all that is open keeps every clause; null when there is none. */
export function solve(world: World): Solution | null {
  if (world.clauses.every((clause) => keeps(world, clause, 'kept'))) return { world, open: 'kept' }
  const next = narrow(world, {})
  if (next === null || !propagate(next)) return null
  for (const open of ['kept', 'lost'] as const) {
    if (next.clauses.every((clause) => keeps(next, clause, open))) return { world: next, open }
  }
  for (const way of waysOut(next)) {
    const part = narrow(next, { literals: way })
    const solution = part === null ? null : solve(part)
    if (solution !== null) return solution
  }
  return null
}

/** As `solve`, and what is open survives where any way allows it. */
export function solveKeeping(world: World): Solution | null {
  const next = narrow(world, {})
  if (next === null || !propagate(next)) return null
  if (next.clauses.every((clause) => keeps(next, clause, 'kept'))) return { world: next, open: 'kept' }
  for (const way of waysOut(next)) {
    const part = narrow(next, { literals: way })
    const solution = part === null ? null : solveKeeping(part)
    if (solution !== null) return solution
  }
  return solve(next)
}

/** As `solve`, and what is open is lost where any way allows it: such survivors fit the most cut points. */
export function solveLosing(world: World): Solution | null {
  const next = narrow(world, {})
  if (next === null || !propagate(next)) return null
  if (next.clauses.every((clause) => keeps(next, clause, 'lost'))) return { world: next, open: 'lost' }
  const broken = next.clauses.find((clause) => clause.kind === 'some' && !keeps(next, clause, 'lost'))
  const way = broken === undefined ? undefined : firstOf(possible(next, broken.of))
  const part = way === undefined ? null : narrow(next, { literals: way })
  return (part === null ? null : solveLosing(part)) ?? solve(next)
}

/** Whether the effect is in the survivor that the solution stands for. */
export function holds(solution: Solution, effect: number): boolean {
  return solution.open === 'kept' ? !isLost(solution.world, effect) : isKept(solution.world, effect)
}

type Truth = 'true' | 'false' | 'open'

function truthOf(world: World, literal: Literal): Truth {
  const effect = effectOf(literal)
  if (isKept(world, effect)) return literal > 0 ? 'true' : 'false'
  if (isLost(world, effect)) return literal > 0 ? 'false' : 'true'
  return 'open'
}

/** The literal of the range that speaks of this effect. */
function literalOf({ isSurviving }: Range, effect: EffectId): Literal {
  return isSurviving ? survives(effect) : isMissing(effect)
}

/** The range in pieces of which the world says one thing each. */
function* stretches(world: World, { isSurviving, first, last }: Range): Generator<Range> {
  for (let effect = first, end; effect <= last; effect = end + 1) {
    end = sameUntil(world, effect, last)
    yield { isSurviving, first: effect, last: end }
  }
}

function truthOfStretch(world: World, stretch: Range): Truth {
  return truthOf(world, literalOf(stretch, stretch.first))
}

/** What the bounds alone do not rule out; of a range its ends are left out. */
export function onlyPossible(world: World, { listed, ranges }: Alternatives): Alternatives {
  return { listed: listed.filter((situation) => isPossible(world, situation)), ranges: ranges.flatMap((range) => trimmed(world, range)) }
}

function isPossible(world: World, situation: Situation): boolean {
  return situation.every((literal) => (literal > 0 ? !isLost(world, literal - 1) : !isKept(world, -literal - 1)))
}

function trimmed(world: World, range: Range): readonly Range[] {
  const left = [...stretches(world, range)].filter((stretch) => truthOfStretch(world, stretch) !== 'false')
  return left.length === 0 ? [] : [{ ...range, first: left[0]!.first, last: left.at(-1)!.last }]
}

/** Whether one of them holds in the survivor that the solution stands for. */
export function occurs(solution: Solution, { listed, ranges }: Alternatives): boolean {
  const { world } = solution
  const isSo = (literal: Literal): boolean => holds(solution, effectOf(literal)) === literal > 0
  return listed.some((situation) => situation.every(isSo))
    || ranges.some((range) => someStretch(world, range, (stretch) => isSo(literalOf(stretch, stretch.first))))
}

function someStretch(world: World, range: Range, matches: (stretch: Range) => boolean): boolean {
  for (const stretch of stretches(world, range)) if (matches(stretch)) return true
  return false
}

/** Forced consequences of the clauses, to a fixed point. False: some clause cannot be kept. */
function propagate(world: World): boolean {
  for (let moved = true; moved; ) {
    moved = false
    for (const clause of world.clauses) {
      const forced = clause.kind === 'some' ? forcedBySome(world, clause.of) : forcedByNone(world, clause.of)
      if (forced === 'broken') return false
      if (forced === 'nothing') continue
      if (!narrowInPlace(world, forced)) return false
      moved = true
    }
  }
  return true
}

type Forced = Pick<Narrowing, 'literals' | 'ranges'> | 'nothing' | 'broken'

function forcedBySome(world: World, { listed, ranges }: Alternatives): Forced {
  let only: Situation | undefined
  for (const situation of listed) {
    const truth = conjunction(world, situation)
    if (truth === 'true') return 'nothing'
    if (truth === 'false') continue
    if (only !== undefined) return 'nothing'
    only = situation
  }
  for (const range of ranges) {
    for (const stretch of stretches(world, range)) {
      const truth = truthOfStretch(world, stretch)
      if (truth === 'false') continue
      if (truth === 'true' || only !== undefined || stretch.last > stretch.first) return 'nothing'
      only = [literalOf(stretch, stretch.first)]
    }
  }
  return only === undefined ? 'broken' : { literals: only.filter((literal) => truthOf(world, literal) === 'open') }
}

function forcedByNone(world: World, { listed, ranges: all }: Alternatives): Forced {
  const literals: Literal[] = []
  for (const situation of listed) {
    let open: Literal | undefined
    let opens = 0
    let broken = false
    for (const literal of situation) {
      const truth = truthOf(world, literal)
      if (truth === 'false') { broken = true; break }
      if (truth === 'open') { open = literal; if (++opens > 1) break }
    }
    if (broken || opens > 1) continue
    if (open === undefined) return 'broken'
    literals.push(-open)
  }
  const ranges: Range[] = []
  for (const range of all) {
    for (const stretch of stretches(world, range)) {
      const truth = truthOfStretch(world, stretch)
      if (truth === 'true') return 'broken'
      if (truth === 'open') ranges.push({ ...stretch, isSurviving: !stretch.isSurviving })
    }
  }
  return literals.length + ranges.length === 0 ? 'nothing' : { literals, ranges }
}

function conjunction(world: World, situation: Situation): Truth {
  let result: Truth = 'true'
  for (const literal of situation) {
    const truth = truthOf(world, literal)
    if (truth === 'false') return 'false'
    if (truth === 'open') result = 'open'
  }
  return result
}

function keeps(world: World, clause: Clause, open: Guess): boolean {
  return occurs({ world, open }, clause.of) === (clause.kind === 'some')
}

/** The situations that may still hold, one by one. */
function* possible(world: World, { listed, ranges }: Alternatives): Generator<Situation> {
  for (const situation of listed) if (conjunction(world, situation) !== 'false') yield situation
  for (const range of ranges) {
    for (const stretch of stretches(world, range)) {
      if (truthOfStretch(world, stretch) === 'false') continue
      for (let effect = stretch.first; effect <= stretch.last; effect++) yield [literalOf(range, effect)]
    }
  }
}

function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value
  return undefined
}

/** The cases of the first clause that neither guess keeps; together they cover the world. */
function waysOut(world: World): Iterable<Situation> {
  const clause = world.clauses.find((each) => !keeps(world, each, 'kept'))
  assert(clause !== undefined, 'a clause that the first guess breaks')
  if (clause.kind === 'some') return possible(world, clause.of)
  const { listed } = clause.of
  // Not one of a range: what is open of it has been decided by `propagate`.
  const broken = listed.find((situation) => situation.every((literal) => {
    const lost = isLost(world, effectOf(literal))
    return literal > 0 ? !lost : lost
  }))
  assert(broken !== undefined, 'a situation that breaks its clause')
  // Disjoint cases: the first to fail is this one. Without that, a proof that there is no survivor takes for ever.
  const open = broken.filter((literal) => truthOf(world, literal) === 'open')
  return open.map((literal, at) => [...open.slice(0, at), -literal])
}
