/**
 * All ways in which a question can turn out in a world, newest first: the answer trie of one question.
 *
 * Showing store k of a cell means that it survives and the next newer one does not; the choices partition the survivors
 * (Lemma 1: down-closed with s in and next(s) out exist exactly when the bounds stay disjoint).
 */
import type { CellStore } from '../disk/frame'
import type { Pick } from './cells'
import { type Literal, isMissing, survives } from './clause'
import { solve } from './solve'
import { type World, isKept, isLost, narrow } from './world'

export interface Leaf<T> {
  readonly world: World
  readonly value: T
  /** What was chosen on the way, where there was a choice. */
  readonly chosen: readonly Literal[]
}

interface Choice { readonly at: number; readonly world: World; readonly literals: readonly Literal[] }

/** Runs `ask` once for each way in which the cells it looks at may show; the leaves partition the world. */
export function* allPicks<T>(world: World, ask: (pick: Pick) => T): Generator<Leaf<T>> {
  const todo: (readonly Choice[])[] = [[]]
  for (let given = todo.pop(); given !== undefined; given = todo.pop()) {
    const path = [...given]
    let next = 0
    let here = path[path.length - 1]?.world ?? world
    const value = ask((_cell, stores, upTo) => {
      const replayed = path[next]
      if (replayed !== undefined && next < given.length) {
        next++
        return replayed.at
      }
      const choices = choicesOf(here, stores, upTo)
      const [first, ...rest] = choices
      if (first === undefined) throw new Error('a cell that shows nothing')
      for (const other of rest.reverse()) todo.push([...path, other])
      path.push(first)
      next++
      here = first.world
      return first.at
    })
    yield { world: here, value, chosen: path.flatMap((choice) => choice.literals) }
  }
}

function choicesOf(world: World, stores: readonly CellStore[], upTo: number): readonly Choice[] {
  const choices: Choice[] = []
  for (let at = upTo - 1; at >= -1; at--) {
    const literals: Literal[] = []
    // Stores between `upTo` and `at` are lost; only the next one need be said where later ones need it, so say all open ones.
    let possible = at < 0 || !isLost(world, stores[at]!.effect)
    if (possible && at >= 0 && !isKept(world, stores[at]!.effect)) literals.push(survives(stores[at]!.effect))
    for (let newer = at + 1; possible && newer < upTo; newer++) {
      const { effect } = stores[newer]!
      if (isKept(world, effect)) possible = false
      else if (!isLost(world, effect)) literals.push(isMissing(effect))
    }
    if (!possible) continue
    if (literals.length === 0) {
      choices.push({ at, world, literals })
      continue
    }
    const part = narrow(world, { literals })
    if (part !== null && (part.clauses.length === 0 || solve(part) !== null)) choices.push({ at, world: part, literals })
  }
  return choices
}
