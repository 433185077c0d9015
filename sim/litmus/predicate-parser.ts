/**
 * Reads predicates: `mark(m) & ! (f = "old!" | f absent)`.
 *
 * `!` binds closest, then `&`, then `|`. In a quoted text `.` is a NUL byte; `#` is a byte of the block's previous owner, on
 * a device an unreadable or mangled sector.
 */
import { staleCharacter } from '../disk/content'
import { quoted } from '../release/input-error'
import type { Place } from './litmus-test'
import type { Predicate } from './predicate'
import { canonicalPath, complain, shifted } from './words'

export type Vocabulary = 'file-system' | 'device'

interface Token { readonly text: string; readonly at: Place }

export function parsePredicate(text: string, at: Place, vocabulary: Vocabulary): Predicate {
  const parser = new Parser(text, at, vocabulary)
  const predicate = parser.either()
  parser.end()
  return predicate
}

class Parser {
  private readonly tokens: Token[] = []
  private next = 0

  constructor(text: string, at: Place, private readonly vocabulary: Vocabulary) {
    for (const match of text.matchAll(/\s+|!=|[!&|()=,]|"[^"]*"|"|[^\s!&|()=,"]+/g)) {
      const token = { text: match[0], at: shifted(at, match.index) }
      if (token.text === '"') complain(token.at, 'a quote that is not closed', 'a closing "')
      if (token.text.trim() !== '') this.tokens.push(token)
    }
    this.tokens.push({ text: '', at: shifted(at, text.length) })
  }

  either(): Predicate {
    const of = [this.both()]
    while (this.accept('|')) of.push(this.both())
    return of.length === 1 ? of[0]! : { kind: 'or', of }
  }

  end(): void {
    this.expect('', '& or | or the end of the predicate')
  }

  private both(): Predicate {
    const of = [this.single()]
    while (this.accept('&')) of.push(this.single())
    return of.length === 1 ? of[0]! : { kind: 'and', of }
  }

  private single(): Predicate {
    if (this.accept('!')) return { kind: 'not', of: this.single() }
    if (this.accept('(')) {
      const inner = this.either()
      this.expect(')', 'a closing bracket')
      return inner
    }
    const name = this.take()
    if (!/^[\w+@./-]+$/.test(name.text)) complain(name.at, printed(name), 'a predicate')
    if (this.accept('(')) return this.call(name)
    return this.vocabulary === 'device' ? this.sectors(name) : this.comparison(name)
  }

  private call(name: Token): Predicate {
    if (name.text === 'mark') {
      const label = this.take()
      if (!/^\w+$/.test(label.text)) complain(label.at, printed(label), 'a label')
      this.expect(')', 'a closing bracket')
      return { kind: 'mark', label: label.text }
    }
    if (this.vocabulary === 'file-system') {
      switch (name.text) {
        case 'prefix': {
          const path = this.path()
          this.expect(',', 'a comma')
          const text = this.quoted()
          this.expect(')', 'a closing bracket')
          return { kind: 'prefix', path, text }
        }
        case 'size': {
          const path = this.path()
          this.expect(')', 'a closing bracket')
          this.expect('=', '=')
          const bytes = this.take()
          if (!/^\d{1,6}$/.test(bytes.text)) complain(bytes.at, printed(bytes), 'a length in bytes')
          return { kind: 'size', path, bytes: Number(bytes.text) }
        }
        case 'same': {
          const a = this.path()
          this.expect(',', 'a comma')
          const b = this.path()
          this.expect(')', 'a closing bracket')
          return { kind: 'same', a, b }
        }
        default:
      }
    }
    return complain(name.at, printed(name), this.vocabulary === 'device' ? 'mark(…)' : 'mark(…), prefix(…), size(…) or same(…)')
  }

  private comparison(name: Token): Predicate {
    const path = canonicalPath(name.text, name.at)
    const verb = this.take()
    switch (verb.text) {
      case '=': return { kind: 'equals', path, text: this.quoted() }
      case '!=': return { kind: 'not', of: { kind: 'equals', path, text: this.quoted() } }
      case 'has': return { kind: 'has', path, text: this.quoted() }
      case 'exists': return { kind: 'exists', path }
      case 'absent': return { kind: 'not', of: { kind: 'exists', path } }
      default: return complain(verb.at, printed(verb), '=, !=, has, exists or absent')
    }
  }

  private sectors(name: Token): Predicate {
    const range = /^s(\d{1,6})(?:\+(\d{1,6}))?$/.exec(name.text)
    if (range === null) complain(name.at, printed(name), 'sectors like s9 or s0+4, or mark(…)')
    const verb = this.take()
    if (verb.text !== '=' && verb.text !== '!=') complain(verb.at, printed(verb), '= or !=')
    const { at } = this.tokens[this.next]!
    const text = this.quoted()
    const length = Number(range[2] ?? 1)
    if (text.length !== length) complain(at, `a text of ${text.length}`, `one of ${length}, a character a sector`)
    const equal: Predicate = { kind: 'sectors', first: Number(range[1]), text }
    return verb.text === '=' ? equal : { kind: 'not', of: equal }
  }

  private path(): string {
    const { text, at } = this.take()
    return canonicalPath(text, at)
  }

  private quoted(): string {
    const token = this.take()
    if (token.text[0] !== '"') complain(token.at, printed(token), 'a text in quotes')
    const text = token.text.slice(1, -1)
    if (/[^\x20-\x7e\xa1-\xff]/.test(text)) complain(token.at, printed(token), 'a text of Latin-1 characters')
    return this.vocabulary === 'device' ? text : text.replaceAll('.', '\0').replaceAll('#', staleCharacter)
  }

  private take(): Token {
    const token = this.tokens[this.next]!
    if (token.text !== '') this.next++
    return token
  }

  private accept(text: string): boolean {
    if (this.tokens[this.next]!.text !== text) return false
    this.next++
    return true
  }

  private expect(text: string, expected: string): void {
    const token = this.take()
    if (token.text !== text) complain(token.at, printed(token), expected)
  }
}

function printed(token: Token): string {
  return token.text === '' ? 'the end of the line' : quoted(token.text)
}
