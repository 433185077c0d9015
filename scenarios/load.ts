/** Text in, checked value out. Every error names file, line, column, what was found and what was expected. */
import { LineCounter, isMap, isScalar, parseDocument, visit, type Document, type YAMLError } from 'yaml'
import type { z } from 'zod'
import { InputError, quoted } from '../sim/release/input-error'
import { hardwareSchema, type HardwareDocument } from './schema/hardware'
import { scenarioSchema, type ScenarioDocument } from './schema/scenario'
import { systemSchema, type SystemDocument } from './schema/system'

/** @param file its name, for messages only */
export function loadSystem(yaml: string, file: string): SystemDocument {
  return load(yaml, file, systemSchema)
}

export function loadScenario(yaml: string, file: string): ScenarioDocument {
  return load(yaml, file, scenarioSchema)
}

export function loadHardware(yaml: string, file: string): HardwareDocument {
  return load(yaml, file, hardwareSchema)
}

type Path = readonly PropertyKey[]

interface Source {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
}

/** @throws InputError at the first thing that does not fit, by place in the file */
function load<S extends z.ZodType>(yaml: string, file: string, schema: S): z.output<S> {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, version: '1.2', uniqueKeys: true, stringKeys: true })
  const source: Source = { file, document, lines }
  const [broken] = [...document.errors, ...document.warnings].toSorted((one, other) => one.pos[0] - other.pos[0])
  if (broken !== undefined) throw syntaxError(broken, yaml, source)
  expectAnchors(source)
  const checked = schema.safeParse(valueOf(source), { reportInput: true })
  if (checked.success) return checked.data
  const errors = checked.error.issues.flatMap(innermost).map((issue) => issueError(issue, source))
  throw errors.toSorted((one, other) => one.rank - other.rank || one.error.line - other.error.line || one.error.column - other.error.column)[0]?.error
    ?? checked.error
}

function expectAnchors(source: Source): void {
  visit(source.document, {
    Alias: (_, alias) => {
      if (alias.resolve(source.document) !== undefined) return
      throw errorAt(source, alias.range?.[0] ?? 0, quoted(`*${alias.source}`), 'an alias of an anchor above')
    },
  })
}

/** Aliases that unfold to more than memory holds are refused by the parser's own bound. */
function valueOf(source: Source): unknown {
  try {
    return source.document.toJS({ maxAliasCount: 100 }) as unknown
  } catch {
    throw errorAt(source, 0, 'aliases that cannot be unfolded', 'at most 100 uses of known anchors')
  }
}

function syntaxError(error: YAMLError, yaml: string, source: Source): InputError {
  const [offset, end] = error.pos
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(yaml.slice(offset))?.[0] ?? ''
    return errorAt(source, offset, `the key ${quoted(key)} again`, 'each key once')
  }
  const [rest = ''] = yaml.slice(offset).split('\n')
  const span = rest.slice(0, end - offset).trim()
  const found = rest.trim() === '' ? 'the end of the line' : quoted(span.length > 1 ? span : rest)
  return errorAt(source, offset, found, syntaxWords[error.code] ?? 'well-formed YAML')
}

/** Our words for the parser's codes: its own texts change between versions. */
const syntaxWords: Partial<Readonly<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'the indentation of its neighbours',
  TAB_AS_INDENT: 'spaces as indentation',
  MISSING_CHAR: 'well-formed YAML (a quote, bracket, colon or comma is missing here or before)',
  MULTIPLE_DOCS: 'one document a file',
  MULTILINE_IMPLICIT_KEY: 'a key on one line',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping on a line of its own',
  UNEXPECTED_TOKEN: 'well-formed YAML',
  TAG_RESOLVE_FAILED: 'a value without a tag',
  NON_STRING_KEY: 'a text as key',
}

/** What stands there wrongly is told before what is missing (a misspelt key is both), and that before relations between fields. */
function issueError(issue: z.core.$ZodIssue, source: Source): { rank: number; error: InputError } {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return { rank: 0, error: errorAt(source, keyOffset(source, path, key), `the key ${quoted(key)}`, issue.message) }
  }
  if (issue.code === 'custom') return { rank: 2, error: errorAt(source, offsetOf(source, path), shown(source, path), issue.message) }
  if (path.length > 0 && !source.document.hasIn(path)) {
    const key = String(path.at(-1))
    return { rank: 1, error: errorAt(source, offsetOf(source, path.slice(0, -1)), `no ${quoted(key)}`, `${key}: ${expectedOf(issue)}`) }
  }
  return { rank: 0, error: errorAt(source, offsetOf(source, path), shown(source, path), expectedOf(issue)) }
}

/** Of a union, the branch that went furthest says best what is wrong: `{ update: 7 }` is an update, not a word. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const reach = (branch: readonly z.core.$ZodIssue[]): number => Math.max(...branch.map((each) => each.path.length))
  const inside = issue.errors.filter((branch) => branch.length > 0 && branch.every((each) => each.path.length > 0))
  const [best] = inside.toSorted((one, other) => reach(other) - reach(one))
  if (best === undefined) return [issue]
  return best.flatMap((each) => innermost({ ...each, path: [...issue.path, ...each.path] }))
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a mapping', record: 'a mapping',
}

/** The schemas' own messages are expectations already; zod's are replaced, for one voice and the same text in every version. */
function expectedOf(issue: z.core.$ZodIssue): string {
  const isOwn = !/^(?:Invalid|Too|Unrecognized|Expected)/.test(issue.message)
  if (isOwn) return issue.message
  switch (issue.code) {
    case 'invalid_type': return typeWords[issue.expected] ?? issue.expected
    case 'invalid_value': return issue.values.length === 1 ? JSON.stringify(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
    case 'too_small': return issue.origin === 'array' ? `at least ${issue.minimum} of them` : `at least ${issue.minimum}`
    case 'too_big': return `at most ${issue.maximum}`
    case 'invalid_key': return 'a name of lower-case letters, digits, dots and dashes'
    default: return issue.message
  }
}

function shown(source: Source, path: Path): string {
  const node: unknown = path.length === 0 ? source.document.contents : source.document.getIn(path, true)
  if (node === null || node === undefined) return 'nothing'
  if (isScalar(node)) return node.value === null ? 'nothing' : typeof node.value === 'string' ? quoted(node.value) : JSON.stringify(node.value)
  return isMap(node) ? 'a mapping' : 'a list'
}

/** Where the value at this path begins; where its parent does when it is absent. */
function offsetOf(source: Source, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = source.document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined | null
    if (node?.range !== undefined && node.range !== null) return node.range[0] ?? 0
  }
  return source.document.contents?.range?.[0] ?? 0
}

function keyOffset(source: Source, parent: Path, key: string): number {
  const map: unknown = parent.length === 0 ? source.document.contents : source.document.getIn(parent, true)
  if (!isMap(map)) return offsetOf(source, parent)
  const pair = map.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
  return (pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offsetOf(source, parent)
}

function errorAt(source: Source, offset: number, found: string, expected: string): InputError {
  const { line, col } = source.lines.linePos(offset)
  return new InputError({ file: source.file, line: Math.max(1, line), column: Math.max(1, col), found, expected })
}
