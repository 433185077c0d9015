/** Takes a predicate apart, so that a search for a survivor in which it holds has little to decide at a time. */
import { assertNever } from '../assert'
import type { Predicate } from './predicate'

const waysMax = 4096
/** A block or two: what begins within it looks at few cells. */
const nearBytes = 4

/**
 * Predicates of which at least one holds exactly where this one does. A search that takes them one by one need not decide, at
 * each place where a text may stand, in which of all possible ways it does not.
 */
export function waysOf(predicate: Predicate, sizeMax: number): readonly Predicate[] {
  switch (predicate.kind) {
    case 'or': return predicate.of.flatMap((each) => waysOf(each, sizeMax))
    case 'and': {
      let ways: readonly (readonly Predicate[])[] = [[]]
      for (const each of predicate.of) {
        const own = waysOf(each, sizeMax)
        if (ways.length * own.length > waysMax) return [predicate]
        ways = ways.flatMap((way) => own.map((one) => [...way, one]))
      }
      return ways.map((of) => ({ kind: 'and', of: [...of].sort((a, b) => costOf(a) - costOf(b)) }))
    }
    case 'not': {
      const { of } = predicate
      if (of.kind === 'not') return waysOf(of.of, sizeMax)
      if (of.kind === 'and' || of.kind === 'or') {
        return waysOf({ kind: of.kind === 'and' ? 'or' : 'and', of: of.of.map((each) => ({ kind: 'not', of: each })) }, sizeMax)
      }
      return [predicate]
    }
    case 'has': {
      const { path, text } = predicate
      return Array.from({ length: Math.ceil((sizeMax + 1) / nearBytes) }, (_, at) => ({ kind: 'has-near', path, text, from: at * nearBytes, to: (at + 1) * nearBytes }))
    }
    case 'mark':
    case 'exists':
    case 'equals':
    case 'prefix':
    case 'has-near':
    case 'size':
    case 'same':
    case 'sectors': return [predicate]
    default: return assertNever(predicate, 'predicate')
  }
}

/** What narrows most for the fewest answers is asked first: whether something is nowhere in a file has the most. */
function costOf(predicate: Predicate): number {
  switch (predicate.kind) {
    case 'mark': return 0
    case 'exists':
    case 'same': return 1
    case 'size': return 2
    case 'equals':
    case 'prefix':
    case 'has-near':
    case 'sectors': return 3
    case 'has': return 4
    case 'not': return predicate.of.kind === 'has' ? 5 : costOf(predicate.of)
    case 'and':
    case 'or': return 6
    default: return assertNever(predicate, 'predicate')
  }
}
