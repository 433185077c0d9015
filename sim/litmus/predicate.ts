/**
 * Predicates over what a reader finds after a cut: what they mean. `predicate-parser.ts` reads them.
 *
 * A reader is asked for no more than decides the predicate, from left to right and byte by byte: whatever it is asked splits
 * the survivors, and what it is not asked costs nothing.
 */
import { assertNever } from '../assert'

export type Predicate =
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Predicate[] }
  | { readonly kind: 'mark'; readonly label: string }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'equals' | 'has' | 'prefix'; readonly path: string; readonly text: string }
  /** `text` begins at one of a few bytes. */
  | { readonly kind: 'has-near'; readonly path: string; readonly text: string; readonly from: number; readonly to: number }
  | { readonly kind: 'size'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'same'; readonly a: string; readonly b: string }
  | { readonly kind: 'sectors'; readonly first: number; readonly text: string }

/** What a name leads to. */
export interface Found {
  /** Equal for two names of one inode. */
  readonly identity: string
  /** Null where there is no content to compare: a folder, or an inode record that was never written home. */
  sizeBytes(): number | null
  byte(at: number): string
}

export interface Reader {
  told(mark: string): boolean
  find(path: string): Found | null
  /** One character. */
  sector(at: number): string
}

export function holds(predicate: Predicate, reader: Reader): boolean {
  switch (predicate.kind) {
    case 'not': return !holds(predicate.of, reader)
    case 'and': return predicate.of.every((each) => holds(each, reader))
    case 'or': return predicate.of.some((each) => holds(each, reader))
    case 'mark': return reader.told(predicate.label)
    case 'exists': return reader.find(predicate.path) !== null
    case 'equals': {
      const found = reader.find(predicate.path)
      return found !== null && found.sizeBytes() === predicate.text.length && standsAt(found, predicate.text, 0)
    }
    case 'prefix': {
      const found = reader.find(predicate.path)
      if (found === null) return true
      const sizeBytes = found.sizeBytes()
      return sizeBytes !== null && sizeBytes <= predicate.text.length && standsAt(found, predicate.text.slice(0, sizeBytes), 0)
    }
    case 'has': return hasWithin(reader.find(predicate.path), predicate.text, 0, Infinity)
    case 'has-near': return hasWithin(reader.find(predicate.path), predicate.text, predicate.from, predicate.to)
    case 'size': return reader.find(predicate.path)?.sizeBytes() === predicate.bytes
    case 'same': {
      const a = reader.find(predicate.a)
      return a !== null && a.identity === reader.find(predicate.b)?.identity
    }
    case 'sectors': return Array.from(predicate.text).every((character, at) => reader.sector(predicate.first + at) === character)
    default: return assertNever(predicate, 'predicate')
  }
}

function hasWithin(found: Found | null, text: string, from: number, to: number): boolean {
  const sizeBytes = found?.sizeBytes() ?? null
  if (found === null || sizeBytes === null) return false
  for (let at = from; at < to && at + text.length <= sizeBytes; at++) if (standsAt(found, text, at)) return true
  return false
}

function standsAt(found: Found, text: string, from: number): boolean {
  for (let at = 0; at < text.length; at++) if (found.byte(from + at) !== text[at]) return false
  return true
}

/** The paths that a predicate speaks of, in its order. */
export function pathsOf(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case 'not': return pathsOf(predicate.of)
    case 'and':
    case 'or': return [...new Set(predicate.of.flatMap(pathsOf))]
    case 'same': return [predicate.a, predicate.b]
    case 'mark':
    case 'sectors': return []
    case 'exists':
    case 'equals':
    case 'has':
    case 'prefix':
    case 'has-near':
    case 'size': return [predicate.path]
    default: return assertNever(predicate, 'predicate')
  }
}
