/** What people read, kept as text files so that a change of format is reviewed as a diff (`vitest -u` rewrites them). */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reporters, textReporter, jsonReporter } from '../../reports/reporters'
import type { CompareReport, Report } from '../../reports/run-report'
import {
  checkReport, compareReport, debianClassic, incompleteSweepReport, listReport, raucSlots, replayReport, sweepReport,
} from './samples'

const texts: readonly { name: string; report: Report; columns?: number }[] = [
  { name: 'compare', report: compareReport },
  { name: 'compare-narrow', report: compareReport, columns: 64 },
  { name: 'compare-incomplete', report: { ...compareReport, cuts: 2, systems: [{ ...raucSlots, complete: false }] } },
  { name: 'sweep', report: sweepReport },
  { name: 'sweep-incomplete', report: incompleteSweepReport },
  { name: 'replay', report: replayReport },
  { name: 'replay-other', report: { ...replayReport, verdict: 'old', flags: [], remedy: 'nothing', reproduced: false } },
  { name: 'list', report: listReport },
  { name: 'check', report: checkReport },
]
for (const { name, report, columns = 100 } of texts)
  test(`text: ${name}`, async () => {
    await expect(textReporter.render(report, { colours: false, columns })).toMatchFileSnapshot(join(__dirname, 'expected', `${name}.txt`))
  })

test('text: no colour codes unless asked for, and the same words with them', () => {
  const plain = textReporter.render(compareReport)
  const coloured = textReporter.render(compareReport, { colours: true, columns: 100 })
  expect(plain).not.toContain('\u001B')
  expect(coloured).toContain('\u001B')
  // oxlint-disable-next-line no-control-regex -- an escape character is what a colour code begins with
  expect(coloured.replace(/\u001B\[[0-9;]*m/g, '')).toBe(plain)
})

for (const columns of [64, 80, 100, 200])
  test(`text: ${columns} columns suffice, but for tokens`, () => {
    const lines = textReporter.render(compareReport, { colours: false, columns }).split('\n')
    expect(lines.filter((line) => line.length > columns && !line.includes('powercut replay'))).toEqual([])
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
  })

test('text: every replay line is whole, ready to be pasted', () => {
  const text = textReporter.render(compareReport, { colours: false, columns: 40 })
  for (const finding of debianClassic.findings) expect(text).toContain(`replay: ${finding.replay}\n`)
})

test('text: no system compared', () => {
  const nothing: CompareReport = { ...compareReport, systems: [] }
  expect(textReporter.render(nothing)).toBe('No system was compared.\n')
})

test('text: ten systems are put below each other when they do not fit', () => {
  const many = Array.from({ length: 10 }, (_, index) => ({ ...raucSlots, system: `system-${index}` }))
  const text = textReporter.render({ ...compareReport, systems: many })
  for (const { system } of many) expect(text).toContain(system)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})

test('json: the document and nothing else', () => {
  expect(JSON.parse(jsonReporter.render(compareReport))).toEqual(compareReport)
})

test('reporters have names of their own', () => {
  expect(new Set(reporters.map((reporter) => reporter.name)).size).toBe(reporters.length)
})
