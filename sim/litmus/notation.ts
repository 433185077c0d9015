/**
 * Reads litmus tests out of a Markdown text: fences marked `litmus`, `litmus-device` and `litmus-text`. All else is prose.
 *
 * `count`, `src` and `note` lines are for people.
 */
import { quoted } from '../release/input-error'
import type { DeviceStep, DeviceTest, End, Expected, FileStep, FileSystemTest, LitmusTest, Place, TextTest } from './litmus-test'
import { parsePredicate } from './predicate-parser'
import { parseDeviceSteps, parseFileSteps } from './steps'
import { complain, shifted } from './words'

/** All tests of a file, in its order. */
export function parseLitmus(text: string, file: string): readonly LitmusTest[] {
  const tests: LitmusTest[] = []
  const ids = new Map<string, Place>()
  for (const fence of fencesOf(text, file)) {
    const test = parseFence(fence)
    const earlier = ids.get(test.id)
    if (earlier !== undefined) complain(test.at, `a second test ${test.id}`, `another name than that of line ${earlier.line}`)
    ids.set(test.id, test.at)
    tests.push(test)
  }
  return tests
}

interface Line { readonly word: string; readonly rest: string; readonly at: Place; readonly restAt: Place }

type FenceKind = 'litmus' | 'litmus-device' | 'litmus-text'

interface Fence { readonly kind: FenceKind; readonly at: Place; readonly lines: readonly Line[] }

function fencesOf(text: string, file: string): Fence[] {
  const fences: Fence[] = []
  let open: { ticks: string; kind: FenceKind | null; at: Place; lines: Line[] } | null = null
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const at = { file, line: index + 1, column: 1 }
    const fence = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/.exec(line)
    if (open === null) {
      if (fence === null) continue
      const kind = (['litmus', 'litmus-device', 'litmus-text'] as const).find((each) => each === fence[2]!.trim()) ?? null
      open = { ticks: fence[1]!, kind, at, lines: [] }
      continue
    }
    if (fence !== null && fence[2]!.trim() === '' && fence[1]!.startsWith(open.ticks)) {
      if (open.kind !== null) fences.push({ kind: open.kind, at: open.at, lines: open.lines })
      open = null
      continue
    }
    const words = /^(\s*)(\S+)(\s*)(.*?)\s*$/.exec(line)
    if (words === null) continue
    const column = words[1]!.length
    open.lines.push({
      word: words[2]!, rest: words[4]!, at: shifted(at, column), restAt: shifted(at, column + words[2]!.length + words[3]!.length),
    })
  }
  if (open !== null && open.kind !== null) complain(open.at, `a fence ${open.kind} that is not closed`, `a line ${open.ticks} below it`)
  return fences
}

function parseFence(fence: Fence): LitmusTest {
  const [head, ...lines] = fence.lines
  if (head === undefined) complain(fence.at, 'an empty fence', 'a line "test ID TITLE"')
  const named = /^(\S+)(?:\s+(.*))?$/.exec(head.rest)
  if (head.word !== 'test' || named === null) complain(head.at, quoted(`${head.word} ${head.rest}`.trim()), 'a line "test ID TITLE"')
  const name = { id: named[1]!, title: named[2] ?? '', at: head.at }
  switch (fence.kind) {
    case 'litmus': return fileSystemTest(name, lines)
    case 'litmus-device': return deviceTest(name, lines)
    case 'litmus-text': return textTest(name, lines)
  }
}

interface Name { readonly id: string; readonly title: string; readonly at: Place }

function fileSystemTest(name: Name, lines: readonly Line[]): FileSystemTest {
  let view: FileSystemTest['view'] = 'kernel'
  let tears = false
  const init: FileStep[] = []
  const run: FileStep[] = []
  const ends = new Ends('file-system')
  for (const line of lines) {
    switch (line.word) {
      case 'view': view = oneOf(line, ['kernel', 'boot']); break
      case 'tear': tears = oneOf(line, ['sector']) === 'sector'; break
      case 'init': init.push(...parseFileSteps(line.rest, line.restAt)); break
      case 'run': run.push(...parseFileSteps(line.rest, line.restAt)); break
      default: if (!ends.take(line)) complain(line.at, quoted(line.word), `view, tear, init, run, ${endLines}`)
    }
  }
  return { kind: 'file-system', ...name, view, tears, init, run, ends: ends.finish(name, run.length) }
}

function deviceTest(name: Name, lines: readonly Line[]): DeviceTest {
  const run: DeviceStep[] = []
  const ends = new Ends('device')
  for (const line of lines) {
    if (line.word === 'run') run.push(...parseDeviceSteps(line.rest, line.restAt))
    else if (!ends.take(line)) complain(line.at, quoted(line.word), `run, ${endLines}`)
  }
  return { kind: 'device', ...name, run, ends: ends.finish(name, run.length) }
}

function textTest(name: Name, lines: readonly Line[]): TextTest {
  const on = lines.find((line) => line.word === 'on')
  if (on === undefined) complain(name.at, `test ${name.id} without "on"`, 'a line "on MODEL"')
  return { kind: 'text', ...name, on: on.rest, lines: lines.filter(({ word }) => word === 'allowed' || word === 'forbidden').length }
}

const endLines = 'E1…, allowed, forbidden, contested, na, count, src or note'

class Ends {
  private readonly ends: { name: string; at: Place; predicate: End['predicate']; verdicts: { expected: Expected; models: readonly string[] }[] }[] = []

  constructor(private readonly vocabulary: 'file-system' | 'device') {}

  take(line: Line): boolean {
    switch (line.word) {
      case 'allowed':
      case 'forbidden':
      case 'contested':
      case 'na':
        this.verdict(line, line.word)
        return true
      case 'count':
      case 'src':
      case 'note': return true
      default:
    }
    if (!/^E\d+$/.test(line.word)) return false
    if (this.ends.some((end) => end.name === line.word)) complain(line.at, `a second ${line.word}`, 'each end once')
    this.ends.push({ name: line.word, at: line.at, predicate: parsePredicate(line.rest, line.restAt, this.vocabulary), verdicts: [] })
    return true
  }

  private verdict(line: Line, expected: Expected): void {
    const end = this.ends.at(-1)
    if (end === undefined) complain(line.at, `"${expected}" before any end`, 'a line "E1 PREDICATE" above it')
    const models = line.rest.split(/\s+/).filter((key) => key !== '')
    if (models.length === 0) complain(line.restAt, 'nothing', 'the keys of models, or *')
    for (const [at, key] of models.entries()) {
      if (!/^(\*|[A-Z][A-Z0-9-]*)$/.test(key)) complain(line.restAt, quoted(key), 'the keys of models, or *')
      if (models.indexOf(key) < at || end.verdicts.some((verdict) => verdict.models.includes(key))) {
        complain(line.restAt, `a second verdict on ${key}`, `one verdict a model on ${end.name}`)
      }
    }
    end.verdicts.push({ expected, models })
  }

  finish(name: Name, steps: number): readonly End[] {
    if (steps === 0) complain(name.at, `test ${name.id} without a program`, 'a line "run OP; OP; …"')
    if (this.ends.length === 0) complain(name.at, `test ${name.id} without an end`, 'a line "E1 PREDICATE"')
    for (const end of this.ends) if (end.verdicts.length === 0) complain(end.at, `${end.name} without a verdict`, 'allowed, forbidden, contested or na below it')
    return this.ends
  }
}

function oneOf<const T extends string>(line: Line, words: readonly T[]): T {
  return words.find((word) => word === line.rest) ?? complain(line.restAt, quoted(line.rest), words.join(' or '))
}
