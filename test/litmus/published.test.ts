import { describe, expect, test } from 'vitest'
import { persistenceModels } from '../../sim/fs/models'
import { linesOf, runLitmus, searchedTest } from '../../sim/litmus/run-litmus'
import { findWitness } from '../../sim/litmus/search'
import { countStates, isReached } from './brute-force'
import { publishedTests, publishedText } from './published'

const lines = linesOf(publishedTests)

for (const model of persistenceModels.filter(({ persistent }) => persistent)) {
  describe(`${model.key}: ${model.title}`, () => {
    const own = lines.filter((line) => line.model === model.key && line.expected !== 'na')
    for (const each of new Set(own.map((line) => line.test))) {
      const ends = own.filter((line) => line.test === each)
      test(`${each.id} ${each.title}`, () => {
        const searched = searchedTest(each, model)
        const found = ends.map(({ end, expected }) => ({ end: end.name, expected, reached: findWitness(searched, end.predicate) !== null }))
        for (const { end, expected, reached } of found) {
          if (expected !== 'contested') expect({ end, reached }).toEqual({ end, reached: expected === 'allowed' })
        }
        // Every down-closed set at every cut point, one by one, reaches the same ends.
        expect(found.map(({ reached }) => reached)).toEqual(ends.map(({ end }) => isReached(searched, end.predicate)))
      })
    }
  })
}

test('the published verdicts that name the models that are there: pinned', () => {
  const { summary, models } = runLitmus(publishedTests)
  expect(summary).toEqual({ ok: 197, failed: 0, contested: 2, na: 7, skipped: 824 })
  expect(models.filter(({ skipped }) => skipped === 0)).toEqual([
    { model: 'SCC', ok: 62, failed: 0, contested: 0, na: 0, skipped: 0 },
    { model: 'E4Z', ok: 61, failed: 0, contested: 1, na: 0, skipped: 0 },
    { model: 'WEAK', ok: 61, failed: 0, contested: 1, na: 0, skipped: 0 },
    { model: 'DWC', ok: 13, failed: 0, contested: 0, na: 0, skipped: 0 },
  ])
})

test('every witness names a cut point, and its lost effects explain it', () => {
  for (const { witness, reached } of runLitmus(publishedTests).results) {
    expect(witness !== undefined).toBe(reached)
    if (witness !== undefined) expect(witness.cut).toMatch(/^(during|after) /)
  }
})

test('ext4 shows as many trees as the reference enumerator counted', () => {
  const published = new Map(Array.from(publishedText.matchAll(/^test (\S+)(?:(?!^```)[^])*?^count .*?E4Z=(\d+)/gm), (match) => [match[1]!, Number(match[2])]))
  expect(published.size).toBeGreaterThan(40)
  const model = persistenceModels.find(({ key }) => key === 'E4Z')!
  const different: string[] = []
  for (const each of publishedTests) {
    if (each.kind !== 'file-system') continue
    const count = countStates(searchedTest(each, model))
    if (count !== published.get(each.id)) different.push(`${each.id} ${count} instead of ${published.get(each.id)}`)
  }
  expect(different).toEqual([])
})
