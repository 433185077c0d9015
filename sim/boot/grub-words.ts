/**
 * GRUB's script lexer: a `grub.cfg` as words and symbols.
 *
 * A command gets one line. Further lines are read only while a block, a clause or a quote is open, so whoever parses
 * says how deep it is. A line ends at its first NUL byte (it is a C string), carriage returns vanish, and a line that
 * begins with `#` is dropped even inside quotes.
 *
 * Follows GRUB 2.02 to 2.06 grub-core/lib/getline.c, normal/main.c, script/{yylex.l,lexer.c}.
 */
export interface Token {
  /** `reserved` words are ordinary ones where they stand as an argument. */
  readonly kind: 'word' | 'reserved' | 'symbol'
  /** Quotes and escapes resolved; variables stand for themselves. */
  readonly text: string
}

/** The text cannot be GRUB script. Stays between lexer and parser. */
export class SyntaxProblem extends Error {}

const reservedWords = new Set('case do done elif else esac fi for function if in select then until while [[ ]]'.split(' '))
const symbols = '{};|&<>'
const variable = /\$(?:\{(?:\w+|[?#*@])\}|[A-Za-z_]\w*|\d+|[?#*@]|(?="))/y

export class GrubWords {
  readonly #lines: readonly string[]
  #nextLine = 0
  #line = ''
  #column = 0
  #depth = 0
  #peeked: Token | null = null

  constructor(text: string) {
    const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
    this.#lines = (text === '' ? [] : lines).filter((line) => !line.startsWith('#')).map(asCString)
  }

  /** Drops what is left of the last line and begins the next one. false: the file is at its end. */
  beginCommand(): boolean {
    this.#peeked = null
    this.#depth = 0
    return this.#readLine()
  }

  /** From here to the matching `close` lines may follow. */
  open(): void {
    this.#depth++
  }

  /** Call when the closing token is taken and nothing behind it looked at: it may end the command's last line. */
  close(): void {
    this.#depth--
  }

  take(): Token | null {
    const token = this.peek()
    this.#peeked = null
    return token
  }

  /** null: nothing follows that belongs to this command. */
  peek(): Token | null {
    this.#peeked ??= this.#nextToken()
    return this.#peeked
  }

  #nextToken(): Token | null {
    for (;;) {
      if (this.#column >= this.#line.length && (this.#depth === 0 || !this.#readLine())) return null
      const character = this.#line[this.#column] ?? ''
      if (character === ' ' || character === '\t') this.#column++
      else if (character === '#') this.#column = this.#line.length - 1
      else if (character === '\n' || symbols.includes(character)) {
        this.#column++
        return { kind: 'symbol', text: character }
      } else {
        const word = this.#word()
        if (word !== null) return word
      }
    }
  }

  /** null: only a backslash that joins two lines. */
  #word(): Token | null {
    let text = ''
    let plain = true
    let quoted = false
    for (;;) {
      const character = this.#line[this.#column] ?? ''
      if (character === '' || character === ' ' || character === '\t' || character === '\n' || symbols.includes(character)) break
      plain &&= !`'"\\$`.includes(character)
      quoted ||= character === "'" || character === '"'
      if (character === "'" || character === '"') text += this.#quoted(character)
      else if (character === '\\') text += this.#escaped()
      else if (character === '$') text += this.#variable()
      else {
        text += character
        this.#column++
      }
    }
    if (text === '' && !quoted) return null
    return { kind: plain && reservedWords.has(text) ? 'reserved' : 'word', text }
  }

  /** Runs on over line ends, and to the end of the file if need be. */
  #quoted(mark: string): string {
    let text = ''
    this.#column++
    for (;;) {
      const character = this.#nextInQuotes()
      if (character === mark) return text
      if (character !== '\\' || mark === "'") text += character
      else {
        const next = this.#nextInQuotes()
        text += '$\\"'.includes(next) ? next : next === '\n' ? '' : `\\${next}`
      }
    }
  }

  #nextInQuotes(): string {
    if (this.#column >= this.#line.length && !this.#readLine()) throw new SyntaxProblem()
    return this.#line[this.#column++] ?? ''
  }

  #escaped(): string {
    const next = this.#line[this.#column + 1] ?? ''
    this.#column += 2
    if (next !== '\n') return next
    if (!this.#readLine()) throw new SyntaxProblem()
    return ''
  }

  #variable(): string {
    variable.lastIndex = this.#column
    const text = variable.exec(this.#line)?.[0]
    if (text === undefined) throw new SyntaxProblem()
    this.#column += text.length
    return text === '$' ? '' : text // $"…" is text for translation
  }

  #readLine(): boolean {
    const line = this.#lines[this.#nextLine]
    if (line === undefined) return false
    this.#nextLine++
    this.#line = `${line}\n`
    this.#column = 0
    return true
  }
}

function asCString(line: string): string {
  const end = line.indexOf('\0')
  return (end === -1 ? line : line.slice(0, end)).replaceAll('\r', '')
}
