/** What must not change a verdict: other names, and work elsewhere that nobody syncs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileSystemTest, LitmusTest } from '../../sim/litmus/litmus-test'
import { parseLitmus } from '../../sim/litmus/notation'
import { modelsFor, searchedTest } from '../../sim/litmus/run-litmus'
import { findWitness } from '../../sim/litmus/search'
import { possible } from './programs'
import { publishedTests, publishedText } from './published'

const models = modelsFor('file-system').filter(({ persistent }) => persistent)
const published = publishedTests.filter((each): each is FileSystemTest => each.kind === 'file-system')
const fences = new Map(Array.from(publishedText.matchAll(/^```litmus\ntest (\S+)[^]*?^```$/gm), (match) => [match[1]!, match[0]]))

function only(tests: readonly LitmusTest[]): FileSystemTest {
  const [test] = tests
  if (tests.length !== 1 || test?.kind !== 'file-system') throw new Error('one file-system test')
  return test
}

function reachedEnds(each: FileSystemTest): readonly string[] {
  return models.flatMap((model) => {
    const searched = searchedTest(each, model)
    return each.ends.filter(({ predicate }) => findWitness(searched, predicate) !== null).map(({ name }) => `${model.key} ${name}`)
  })
}

/** The same test with every name replaced, one for one. */
function renamed(fence: string, names: ReadonlyMap<string, string>): string {
  const line = (text: string): string => text.replace(/"[^"]*"|[\w.-]+/g, (word) => (word.startsWith('"->') ? `"->${swap(word.slice(3, -1))}"` : word[0] === '"' ? word : swap(word)))
  const swap = (word: string): string => names.get(word) ?? word
  return fence.split('\n').map((text) => {
    const head = /^(init|run|E\d+)(\s+)(.*)$/.exec(text)
    if (head === null) return text
    // Data are no names, even where they look like one.
    const rest = head[1]!.startsWith('E') ? line(head[3]!) : head[3]!.split('; ').map((step) => {
      const [verb, ...words] = step.split(' ')
      const data = verb === 'append' || verb === 'write' ? words.pop() : undefined
      return [verb, ...words.map((word) => (verb === 'mark' ? word : line(word))), ...(data === undefined ? [] : [data])].join(' ')
    }).join('; ')
    return `${head[1]}${head[2]}${rest}`
  }).join('\n')
}

function namesIn(each: FileSystemTest): readonly string[] {
  const names = new Set<string>()
  for (const step of [...each.init, ...each.run]) {
    for (const key of ['path', 'from', 'to', 'target'] as const) {
      const path = (step as unknown as Record<string, string | undefined>)[key]
      for (const name of path?.split('/') ?? []) if (name !== '') names.add(name)
    }
  }
  return [...names]
}

const freshName = fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}X$/)

test('other names, same verdicts', () => {
  fc.assert(fc.property(fc.constantFrom(...published), fc.uniqueArray(freshName, { minLength: 12, maxLength: 12 }), (each, fresh) => {
    const names = new Map(namesIn(each).map((name, at) => [name, fresh[at]!]))
    const other = only(parseLitmus(renamed(fences.get(each.id)!, names), 'renamed.md'))
    for (const name of namesIn(other)) expect(name).toMatch(/X$/)
    expect(reachedEnds(other)).toEqual(reachedEnds(each))
  }), { numRuns: 150 })
})

const elsewhere = fc.oneof(
  fc.tuple(fc.constantFrom('creat', 'mkdir', 'unlink'), fc.constantFrom('else/p', 'else/q', 'else/r')).map(([verb, at]) => `${verb} ${at}`),
  fc.tuple(fc.constantFrom('else/p', 'else/q'), fc.constantFrom('x', 'yyyy', 'zzzzzz')).map(([at, data]) => `append ${at} ${data}`),
  fc.constantFrom('rename else/p else/q', 'rename else/q else/r', 'link else/p else/r', 'trunc else/p 3', 'exchange else/p else/q'),
)

describe('work in another folder that nobody syncs', () => {
  test('keeps the verdicts', () => {
    fc.assert(fc.property(fc.constantFrom(...published), fc.array(elsewhere, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()), (each, wished, random) => {
      const padding = possible(['mkdir else', 'creat else/p', 'append else/p pppp'], wished)
      expect(reachedEnds(padded(each, padding, random))).toEqual(reachedEnds(each))
    }), { numRuns: 200 })
  })

  test('costs nothing: two hundred more operations', () => {
    const padding = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? `creat else/n${at}` : `append else/n${at - 1} data`))
    const started = performance.now()
    for (const each of published) expect(reachedEnds(padded(each, padding, [7, 3, 11, 5, 2].values()))).toEqual(reachedEnds(each))
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

/** Each padding operation before some operation of the test, in its own order. */
function padded(each: FileSystemTest, padding: readonly string[], random: Iterator<number>): FileSystemTest {
  const steps = each.run.map(({ text }) => text)
  const places = padding.map(() => Number(random.next().value ?? 0) % (steps.length + 1)).sort((a, b) => a - b)
  const run: string[] = []
  for (let at = 0, next = 0; at <= steps.length; at++) {
    while (next < places.length && places[next] === at) run.push(padding[next++]!)
    if (at < steps.length) run.push(steps[at]!)
  }
  const init = ['mkdir else', 'creat else/p', 'append else/p pppp', ...each.init.map(({ text }) => text)]
  const fence = fences.get(each.id)!.split('\n').filter((line) => !/^(init|run)\b/.test(line))
  fence.splice(2, 0, `init ${init.join('; ')}`, `run ${run.join('; ')}`)
  return only(parseLitmus(fence.join('\n'), 'padded.md'))
}

test.each(models.map(({ key }) => key))('%s decides sixty appends to one file, exactly and at once', (key) => {
  const model = models.find((each) => each.key === key)!
  const appends = Array.from({ length: 60 }, () => 'append f aaaa').join('; ')
  const all = 'a'.repeat(240)
  const each = only(parseLitmus([
    '```litmus', 'test LONG', 'init creat f', `run ${appends}; fsync f; mark m`,
    `E1 mark(m) & f != "${all}" & f exists`, '  forbidden SCC E4Z', '  allowed WEAK',
    'E2 f has "#"', '  forbidden SCC E4Z', '  allowed WEAK',
    'E3 f has "b" | size(f)=3', '  forbidden *',
    `E4 f = "${all}" & ! mark(m)`, '  allowed *',
    'E5 f has "." & size(f)=240', '  allowed E4Z', '  contested WEAK', '```'].join('\n'), 'long.md'))
  const searched = searchedTest(each, model)
  const reached = Object.fromEntries(each.ends.map(({ name, predicate }) => [name, findWitness(searched, predicate) !== null]))
  expect(reached).toEqual({ E1: false, E2: key === 'WEAK', E3: false, E4: true, E5: key !== 'SCC' })
}, 10_000)
