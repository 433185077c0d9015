import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLitmus } from '../../sim/litmus/notation'
import { runLitmus } from '../../sim/litmus/run-litmus'
import { InputError } from '../../sim/release/input-error'
import { publishedTests } from './published'

const head = 'test T title'
const run = 'run creat f; append f aaaa'
const end = 'E1 f exists'
const verdict = '  allowed SCC'

function fence(lines: readonly string[], kind = 'litmus'): string {
  return ['# prose', `\`\`\`${kind}`, ...lines, '```', ''].join('\n')
}

function complaint(text: string): string {
  try {
    runLitmus(parseLitmus(text, 'x.md'))
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'fine'
}

const bad: readonly (readonly [text: string, message: string])[] = [
  [fence([]), 'x.md:2:1: found an empty fence, expected a line "test ID TITLE"'],
  [fence([run, end, verdict]), 'x.md:3:1: found "run creat f; append f aaaa", expected a line "test ID TITLE"'],
  [fence([head, end, verdict]), 'x.md:3:1: found test T without a program, expected a line "run OP; OP; …"'],
  [fence([head, run]), 'x.md:3:1: found test T without an end, expected a line "E1 PREDICATE"'],
  [fence([head, run, end]), 'x.md:5:1: found E1 without a verdict, expected allowed, forbidden, contested or na below it'],
  [fence([head, run, end, '  alowed SCC']), 'x.md:6:3: found "alowed", expected view, tear, init, run, E1…, allowed, forbidden, contested, na, count, src or note'],
  [fence([head, run, verdict]), 'x.md:5:3: found "allowed" before any end, expected a line "E1 PREDICATE" above it'],
  [fence([head, run, end, '  allowed']), 'x.md:6:10: found nothing, expected the keys of models, or *'],
  [fence([head, run, end, '  allowed scc']), 'x.md:6:11: found "scc", expected the keys of models, or *'],
  [fence([head, run, end, verdict, '  forbidden SCC']), 'x.md:7:13: found a second verdict on SCC, expected one verdict a model on E1'],
  [fence([head, run, end, verdict, end]), 'x.md:7:1: found a second E1, expected each end once'],
  [fence([head, 'view loader', run, end, verdict]), 'x.md:4:6: found "loader", expected kernel or boot'],
  [fence([head, 'tear block', run, end, verdict]), 'x.md:4:6: found "block", expected sector'],
  [fence([head, run, end, verdict]) + fence([head, run, end, verdict]), 'x.md:10:1: found a second test T, expected another name than that of line 3'],
  [fence([head, run, end, verdict]).replace(/```\n$/, ''), 'x.md:2:1: found a fence litmus that is not closed, expected a line ``` below it'],
  [fence([head, 'run creat f; apend f a', end, verdict]), 'x.md:4:14: found "apend", expected an operation; did you mean "append"?'],
  [fence([head, 'run creat f; append f', end, verdict]), 'x.md:4:22: found the end of "append f", expected data, one character a byte'],
  [fence([head, 'run creat f g', end, verdict]), 'x.md:4:13: found "g", expected the end of the operation "creat"'],
  [fence([head, 'run creat ../f', end, verdict]), 'x.md:4:11: found "../f", expected a path like a/b, relative to the root, without . and ..'],
  [fence([head, 'run creat f; write f x a', end, verdict]), 'x.md:4:22: found "x", expected an offset in bytes, a number up to 999999'],
  [fence([head, 'run creat f; append f a.b', end, verdict]), 'x.md:4:23: found "a.b", expected data of Latin-1 characters, one a byte, without . # and "'],
  [fence([head, 'run append f a', end, verdict]), 'x.md:4:5: found "append f a" without /f, expected a name that is there at this point'],
  [fence([head, 'run creat a/f', end, verdict]), 'x.md:4:5: found "creat a/f" without /a, expected a name that is there at this point'],
  [fence([head, 'run mkdir a; append a x', end, verdict]), 'x.md:4:14: found "append a x" although /a is none, expected a file'],
  [fence([head, 'run creat a; creat a/f', end, verdict]), 'x.md:4:14: found "creat a/f" although /a is none, expected a directory'],
  [fence([head, 'run creat a; mkdir a', end, verdict]), 'x.md:4:14: found "mkdir a" although /a is there, expected a name that is not there at this point'],
  [fence([head, 'run mkdir a; unlink a', end, verdict]), 'x.md:4:14: found "unlink a" of a directory, expected a file or symlink'],
  [fence([head, 'run mkdir a; rename a a/b', end, verdict]), 'x.md:4:14: found "rename a a/b", expected a target that is not within the source'],
  [fence([head, run, 'E1 f is "a"', verdict]), 'x.md:5:6: found "is", expected =, !=, has, exists or absent'],
  [fence([head, run, 'E1 f = a', verdict]), 'x.md:5:8: found "a", expected a text in quotes'],
  [fence([head, run, 'E1 f = "a', verdict]), 'x.md:5:8: found a quote that is not closed, expected a closing "'],
  [fence([head, run, 'E1 (f exists', verdict]), 'x.md:5:13: found the end of the line, expected a closing bracket'],
  [fence([head, run, 'E1 f exists f', verdict]), 'x.md:5:13: found "f", expected & or | or the end of the predicate'],
  [fence([head, run, 'E1', verdict]), 'x.md:5:3: found the end of the line, expected a predicate'],
  [fence([head, run, 'E1 sise(f)=3', verdict]), 'x.md:5:4: found "sise", expected mark(…), prefix(…), size(…) or same(…)'],
  [fence([head, run, 'E1 s0 = "0"', '  allowed DWC'], 'litmus-device'), 'x.md:4:5: found "creat", expected an operation that is known'],
  [fence([head, 'run w A 0 1', 'E1 s0+2 = "0"', '  allowed DWC'], 'litmus-device'), 'x.md:5:11: found a text of 1, expected one of 2, a character a sector'],
  [fence([head, 'run w A 0 1', 'E1 f exists', '  allowed DWC'], 'litmus-device'), 'x.md:5:4: found "f", expected sectors like s9 or s0+4, or mark(…)'],
  [fence([head, 'run done A', 'E1 s0 = "0"', '  allowed DWC'], 'litmus-device'), 'x.md:4:5: found "done A", expected the name of a request that was submitted and is not done'],
  [fence([head, 'run fdone', 'E1 s0 = "0"', '  allowed DWC'], 'litmus-device'), 'x.md:4:5: found fdone, expected fsub before it'],
  [fence(['test T', 'do nothing'], 'litmus-text'), 'x.md:3:1: found test T without "on", expected a line "on MODEL"'],
]

test.each(bad.filter(([, message]) => !message.includes('"creat", expected an operation that is known')))('says where and what: %#', (text, message) => {
  expect(complaint(text)).toBe(message)
})

test('an operation that is not there yet is skipped, by name', () => {
  const { summary, skipped } = runLitmus(parseLitmus(fence([head, 'run creat f; fallocate f 4', end, '  allowed SCC E4Z ZFS', '  na FAT']), 'x.md'))
  expect(summary).toEqual({ ok: 0, failed: 0, contested: 0, na: 1, skipped: 3 })
  expect(skipped).toEqual([{ what: 'operation', name: 'fallocate', lines: 2 }, { what: 'model', name: 'ZFS', lines: 1 }])
})

test('* is every model that nobody else names', () => {
  const { results } = runLitmus(parseLitmus(fence([head, run, end, '  allowed *', 'E2 f has "#"', '  allowed WEAK', '  forbidden *']), 'x.md'))
  expect(results.map(({ model, end: name, expected }) => `${name} ${model} ${expected}`)).toEqual([
    'E1 SCC allowed', 'E1 E4Z allowed', 'E1 WEAK allowed', 'E2 WEAK allowed', 'E2 SCC forbidden', 'E2 E4Z forbidden',
  ])
  expect(results.every(({ ok }) => ok)).toBe(true)
})

test('a failed verdict is told, forbidden ones with a witness', () => {
  const { results, summary } = runLitmus(parseLitmus(fence([head, run, 'E1 f = "aaaa"', '  forbidden SCC', 'E2 f = "bbbb"', '  allowed SCC']), 'x.md'))
  expect(summary).toEqual({ ok: 0, failed: 2, contested: 0, na: 0, skipped: 0 })
  expect(results).toEqual([
    { test: 'T', model: 'SCC', end: 'E1', expected: 'forbidden', reached: true, ok: false, witness: {
      cutPoint: 1, cut: 'during write /f', survived: ['create /f', 'write /f'], lost: [], state: { '/f': '"aaaa"' } } },
    { test: 'T', model: 'SCC', end: 'E2', expected: 'allowed', reached: false, ok: false },
  ])
})

test('nothing of a memory file system survives', () => {
  const { summary } = runLitmus(parseLitmus(fence([head, 'init creat g; syncfs', run, 'E1 g exists | f exists', '  forbidden TMPFS', 'E2 g absent', '  allowed TMPFS']), 'x.md'))
  expect(summary).toMatchObject({ ok: 2, failed: 0 })
})

test('the published file has all its tests', () => {
  const kinds = publishedTests.map(({ kind }) => kind)
  expect(['file-system', 'device', 'text'].map((kind) => kinds.filter((each) => each === kind).length)).toEqual([46, 8, 7])
})

test('no input is a defect: it is read, or it is an input error', () => {
  const piece = fc.constantFrom('```litmus\n', '```litmus-device\n', '```litmus-text\n', '```\n', 'test A b\n', 'run creat f; fsync f\n', 'run w A 0 1; flush\n',
    'init mkdir d\n', 'E1 f = "a" & !(mark(m) | d absent)\n', 'E1 s0+2 = "01"\n', '  allowed *\n', '(', ')', '"', '; ', ' f ', 'rename ', 'd/', '\n', 'view boot\n', 'on X\n')
  fc.assert(fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
    complaint(pieces.join(''))
  }), { numRuns: 2000 })
})
