/** Names from the command line: known, or answered with the nearest one that is. */
import { didYouMean } from '../sim/nearest'
import { UsageError } from './exit-codes'

/** @param kind in the singular: 'system' */
export function knownName(kind: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name
  const rest = known.length === 0 ? `there is no ${kind} yet` : `known: ${known.join(', ')}`
  throw new UsageError(`unknown ${kind} ${JSON.stringify(name)}${didYouMean(name, known)}; ${rest}`)
}

/** `a,b c` → a, b, c: each known, none twice. */
export function knownNames(kind: string, texts: readonly string[], known: readonly string[]): readonly string[] {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim()).filter((name) => name !== '')
  if (names.length === 0) throw new UsageError(`no ${kind} is named; known: ${known.join(', ')}`)
  return [...new Set(names.map((name) => knownName(kind, name, known)))]
}
