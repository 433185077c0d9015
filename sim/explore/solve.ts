/**
 * Is there a survivor in this world that keeps all its clauses? And which one loses least?
 *
 * Unit propagation on the bounds, then two guesses (everything open survives; everything open is lost), then a case split
 * on one clause. The clauses come from aggregate questions over a few hundred thousand members at most and are nearly
 * always kept by the first guess; the split is for worlds that carry clauses of both kinds.
 */
import { assert } from '../assert'
import { type Clause, type Literal, type Situation, effectOf } from './clause'
import { type World, isKept, isLost, narrow, narrowInPlace } from './world'

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
  const way = broken?.of.find((situation) => conjunction(next, situation) !== 'false')
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

/** False when the bounds alone rule it out. */
export function isPossible(world: World, situation: Situation): boolean {
  return situation.every((literal) => (literal > 0 ? !isLost(world, literal - 1) : !isKept(world, -literal - 1)))
}

/** Forced consequences of the clauses, to a fixed point. False: some clause cannot be kept. */
function propagate(world: World): boolean {
  for (let moved = true; moved; ) {
    moved = false
    for (const clause of world.clauses) {
      const forced = clause.kind === 'some' ? forcedBySome(world, clause.of) : forcedByNone(world, clause.of)
      if (forced === 'broken') return false
      if (forced.length === 0) continue
      if (!narrowInPlace(world, { literals: forced })) return false
      moved = true
    }
  }
  return true
}

function forcedBySome(world: World, situations: readonly Situation[]): Situation | 'broken' {
  let only: Situation | undefined
  for (const situation of situations) {
    const truth = conjunction(world, situation)
    if (truth === 'true') return []
    if (truth === 'false') continue
    if (only !== undefined) return []
    only = situation
  }
  return only === undefined ? 'broken' : only.filter((literal) => truthOf(world, literal) === 'open')
}

function forcedByNone(world: World, situations: readonly Situation[]): Literal[] | 'broken' {
  const forced: Literal[] = []
  for (const situation of situations) {
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
    forced.push(-open)
  }
  return forced
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
  const holdsUnder = (literal: Literal): boolean => {
    const effect = effectOf(literal)
    const there = open === 'kept' ? !isLost(world, effect) : isKept(world, effect)
    return literal > 0 ? there : !there
  }
  return clause.kind === 'some'
    ? clause.of.some((situation) => situation.every(holdsUnder))
    : !clause.of.some((situation) => situation.every(holdsUnder))
}

/** The cases of the first clause that neither guess keeps; together they cover the world. */
function waysOut(world: World): readonly Situation[] {
  const clause = world.clauses.find((each) => !keeps(world, each, 'kept'))
  assert(clause !== undefined, 'a clause that the first guess breaks')
  if (clause.kind === 'some') {
    return clause.of.filter((situation) => conjunction(world, situation) !== 'false')
  }
  const broken = clause.of.find((situation) => situation.every((literal) => {
    const lost = isLost(world, effectOf(literal))
    return literal > 0 ? !lost : lost
  }))
  assert(broken !== undefined, 'a situation that breaks its clause')
  // Disjoint cases: the first to fail is this one. Without that, a proof that there is no survivor takes for ever.
  const open = broken.filter((literal) => truthOf(world, literal) === 'open')
  return open.map((literal, at) => [...open.slice(0, at), -literal])
}
