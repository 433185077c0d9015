/** What somebody handed in is not what we read: user input, never a defect of powercut (exit code 2). */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly file: string
  /** From 1. A binary file that cannot be read at all has line 1, column 1. */
  readonly line: number
  /** From 1, in UTF-16 units of the (unpacked) line. */
  readonly column: number
  readonly found: string
  readonly expected: string

  constructor(at: { file: string; line: number; column: number; found: string; expected: string }) {
    super(`${at.file}:${at.line}:${at.column}: found ${at.found}, expected ${at.expected}`)
    this.file = at.file
    this.line = at.line
    this.column = at.column
    this.found = at.found
    this.expected = at.expected
  }
}

const SHOWN_MAX = 60

/** A piece of input as error messages show it: quoted, control characters escaped, cut after 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text)
}
