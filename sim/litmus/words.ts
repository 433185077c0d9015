/** The words of a litmus line, each with its place, and the complaint when one is not what it should be. */
import { InputError, quoted } from '../release/input-error'
import type { Place } from './litmus-test'

export function complain(at: Place, found: string, expected: string): never {
  throw new InputError({ file: at.file, line: at.line, column: at.column, found, expected })
}

export function shifted(at: Place, columns: number): Place {
  return { ...at, column: at.column + columns }
}

/** Of program texts: in a predicate `.` stands for a NUL byte and `#` for a foreign one, so no program writes them. */
const dataPattern = /^[\x21-\x7e\xa1-\xff]+$/
const pathPattern = /^[\w+@.-]+(\/[\w+@.-]+)*$/

/** `a/b` as `/a/b`, `.` as `/`. */
export function canonicalPath(text: string, at: Place): string {
  if (text === '.') return '/'
  if (!pathPattern.test(text) || text.split('/').some((name) => name === '.' || name === '..')) {
    complain(at, quoted(text), 'a path like a/b, relative to the root, without . and ..')
  }
  return `/${text}`
}

/** Reads the words of one operation in turn. */
export class Words {
  private at = 0
  private readonly words: readonly { readonly text: string; readonly at: Place }[]

  constructor(readonly text: string, readonly place: Place) {
    this.words = Array.from(text.matchAll(/\S+/g), (match) => ({ text: match[0], at: shifted(place, match.index) }))
  }

  next(expected: string): { readonly text: string; readonly at: Place } {
    const word = this.words[this.at++]
    return word ?? complain(shifted(this.place, this.text.length), `the end of ${quoted(this.text)}`, expected)
  }

  path(): string {
    const { text, at } = this.next('a path')
    return canonicalPath(text, at)
  }

  number(what: string): number {
    const { text, at } = this.next(what)
    if (!/^\d{1,6}$/.test(text)) complain(at, quoted(text), `${what}, a number up to 999999`)
    return Number(text)
  }

  data(): string {
    const { text, at } = this.next('data, one character a byte')
    if (!dataPattern.test(text) || /[.#"]/.test(text)) complain(at, quoted(text), 'data of Latin-1 characters, one a byte, without . # and "')
    return text
  }

  label(what: string): string {
    const { text, at } = this.next(what)
    if (!/^\w+$/.test(text)) complain(at, quoted(text), `${what} of letters, digits and _`)
    return text
  }

  end(): void {
    const extra = this.words[this.at]
    if (extra !== undefined) complain(extra.at, quoted(extra.text), `the end of the operation ${quoted(this.words[0]!.text)}`)
  }
}
