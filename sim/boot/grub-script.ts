/**
 * What GRUB makes of a `grub.cfg`, damaged ones included: the menu entries it would list.
 *
 * GRUB takes one command at a time, a block counting as part of its command, and runs it before it reads on. So a file
 * cut short keeps every command that is complete; an open `menuentry` or `submenu` is a syntax error and is lost with
 * all that stands inside. An empty file, or one of NUL bytes, has no entries: GRUB falls to its `grub>` prompt.
 *
 * Follows GRUB 2.02 to 2.06: grub-core/normal/main.c, script/parser.y, commands/menuentry.c; cuts and made-up scripts
 * agree with grub-script-check and grub-emu 2.06-13+deb12u2.
 * Not modelled: running the script. An entry inside `if` counts as listed, variables stand for themselves, files that
 * `source` and `configfile` name are not read.
 */
import { GrubWords, SyntaxProblem, type Token } from './grub-words'

export interface GrubConfig {
  /** In menu order, those inside submenus where the submenu stands. Entries that load no kernel are left out. */
  readonly entries: readonly GrubEntry[]
  /** false: GRUB shows a syntax error, and grub-script-check refuses the file. */
  readonly complete: boolean
}

export interface GrubEntry {
  readonly title: string
  /** Titles of the submenus it is in, outermost first; empty at the top level. */
  readonly within: readonly string[]
  /** Path behind `linux`. */
  readonly linux: string
  readonly linuxArguments: readonly string[]
  /** Paths behind `initrd`; absent when the entry has no such line. */
  readonly initrd?: readonly string[]
}

export function parseGrubConfig(text: string): GrubConfig {
  const source = new GrubWords(text)
  const entries: GrubEntry[] = []
  let complete = true
  while (source.beginCommand()) {
    const commands = parseLine(source)
    if (commands === null) complete = false
    else entries.push(...entriesOf(commands, []))
  }
  return { entries, complete }
}

interface Command {
  readonly words: readonly string[]
  readonly block: readonly Command[] | null
}

/** The commands that begin on this line, to the end of their last block. null: syntax error, and none of them runs. */
function parseLine(source: GrubWords): readonly Command[] | null {
  try {
    const commands: Command[] = []
    skipLineFeeds(source)
    while (source.peek() !== null) {
      commands.push(...(isReserved(source.peek(), 'function') ? parseFunction(source) : parseCommand(source)))
      if (!skipDelimiter(source) && source.peek() !== null) throw new SyntaxProblem()
    }
    return commands
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return null
    throw problem
  }
}

function parseCommand(source: GrubWords): readonly Command[] {
  const first = source.take()
  if (first?.kind === 'reserved') return parseClause(source, first.text)
  if (first?.kind !== 'word') throw new SyntaxProblem()
  const words = [first.text]
  for (let token = source.peek(); token !== null && token.kind !== 'symbol'; token = source.peek()) {
    words.push(token.text)
    source.take()
  }
  return [{ words, block: isSymbol(source.peek(), '{') ? parseBlock(source, 'may touch the brace') : null }]
}

function parseBlock(source: GrubWords, lastCommand: LastCommand): readonly Command[] {
  source.open()
  source.take()
  const { commands } = parseCommands(source, (token) => isSymbol(token, '}'), lastCommand)
  source.close()
  return commands
}

/** A function's body lists nothing by itself. */
function parseFunction(source: GrubWords): readonly Command[] {
  source.take()
  if (source.take()?.kind !== 'word') throw new SyntaxProblem()
  source.open()
  skipDelimiter(source)
  if (!isSymbol(source.peek(), '{')) throw new SyntaxProblem()
  parseBlock(source, 'needs a delimiter')
  source.close()
  return []
}

function parseClause(source: GrubWords, keyword: string): readonly Command[] {
  const upTo = (...ends: string[]): Parsed =>
    parseCommands(source, (token) => ends.some((end) => isReserved(token, end)), 'needs a delimiter')
  source.open()
  const commands: Command[] = []
  if (keyword === 'if') {
    for (let end = 'elif'; end === 'elif'; ) {
      commands.push(...upTo('then').commands)
      const branch = upTo('elif', 'else', 'fi')
      commands.push(...branch.commands)
      if (branch.end === 'else') commands.push(...upTo('fi').commands)
      end = branch.end
    }
  } else if (keyword === 'while' || keyword === 'until') {
    commands.push(...upTo('do').commands, ...upTo('done').commands)
  } else if (keyword === 'for') {
    if (source.take()?.kind !== 'word' || !isReserved(source.take(), 'in')) throw new SyntaxProblem()
    for (let token = source.peek(); token !== null && token.kind !== 'symbol'; token = source.peek()) source.take()
    if (!skipDelimiter(source) || !isReserved(source.take(), 'do')) throw new SyntaxProblem()
    commands.push(...upTo('done').commands)
  } else throw new SyntaxProblem()
  source.close()
  return commands
}

type LastCommand = 'may touch the brace' | 'needs a delimiter'

interface Parsed {
  readonly commands: readonly Command[]
  /** Text of the closing token. */
  readonly end: string
}

/** One or more commands; an empty block is a syntax error in GRUB. Takes the closing token and looks no further. */
function parseCommands(source: GrubWords, isEnd: (token: Token) => boolean, lastCommand: LastCommand): Parsed {
  const commands: Command[] = []
  skipLineFeeds(source)
  for (;;) {
    commands.push(...parseCommand(source))
    const delimited = skipDelimiter(source)
    const token = source.peek()
    if (token !== null && isEnd(token) && (delimited || lastCommand === 'may touch the brace')) {
      source.take()
      return { commands, end: token.text }
    }
    if (!delimited) throw new SyntaxProblem()
  }
}

/** One `;` or line feed, and line feeds behind it. */
function skipDelimiter(source: GrubWords): boolean {
  const found = isSymbol(source.peek(), ';') || isSymbol(source.peek(), '\n')
  if (found) source.take()
  skipLineFeeds(source)
  return found
}

function skipLineFeeds(source: GrubWords): void {
  while (isSymbol(source.peek(), '\n')) source.take()
}

function isSymbol(token: Token | null, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text
}

function isReserved(token: Token | null, text: string): boolean {
  return token?.kind === 'reserved' && token.text === text
}

function entriesOf(commands: readonly Command[], within: readonly string[]): readonly GrubEntry[] {
  return commands.flatMap(({ words, block }) => {
    const title = titleOf(words)
    if (block === null || title === null) return []
    if (words[0] === 'submenu') return entriesOf(block, [...within, title])
    if (words[0] !== 'menuentry') return []
    const [linux, ...linuxArguments] = argumentsOf(block, /^linux(16|efi)?$/) ?? []
    if (linux === undefined) return []
    const initrd = argumentsOf(block, /^initrd(16|efi)?$/)
    return [{ title, within, linux, linuxArguments, ...(initrd === null ? {} : { initrd }) }]
  })
}

/** The last such command wins: GRUB replaces what it has loaded. */
function argumentsOf(block: readonly Command[], name: RegExp): readonly string[] | null {
  return block.findLast(({ words }) => name.test(words[0] ?? ''))?.words.slice(1) ?? null
}

const optionsWithValue = new Set(['--class', '--users', '--hotkey', '--source', '--id', '$menuentry_id_option'])

function titleOf(words: readonly string[]): string | null {
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? ''
    if (optionsWithValue.has(word)) index++
    else if (!word.startsWith('--')) return word
  }
  return null
}
