/** What litmus tests found, for people: a table by model, each failure with its witness, and what nobody decided. */
import type { LitmusReport, LitmusResult, Skipped } from '../sim/litmus/litmus-report'
import { wrapped } from './look'
import { table } from './table'

const columns = 100

export function litmusText(report: LitmusReport): string {
  const rows = report.models.map(({ model, ok, failed, contested, na, skipped }) => ({ label: model, cells: [ok, failed, contested, na, skipped].map(String) }))
  const { ok, failed, contested, na, skipped } = report.summary
  if (rows.length === 0 && report.skipped.length === 0) return 'No verdict names this model.\n'
  return [
    table([{ label: 'model', cells: ['holds', 'failed', 'contested', 'na', 'skipped'] }, ...rows], { columns }),
    ...report.results.filter((result) => !result.ok).map(failureText),
    ...skippedTexts(report.skipped),
    `${ok} hold, ${failed} failed, ${contested} contested, ${na} na, ${skipped} skipped`,
  ].join('\n\n') + '\n'
}

function failureText({ test, end, model, expected, witness }: LitmusResult): string {
  if (witness === undefined) return `FAILED ${test} ${end} on ${model}: ${expected}, and no cut leaves it behind`
  const state = Object.entries(witness.state).map(([name, content]) => `${name} = ${content}`)
  return [
    `FAILED ${test} ${end} on ${model}: ${expected}, and a cut leaves it behind`,
    ...listed('cut', [`${witness.cut} (cut point ${witness.cutPoint})`]),
    ...listed('survived', witness.survived),
    ...listed('lost', witness.lost),
    ...listed('state', state),
  ].join('\n')
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return (items.length === 0 ? ['nothing'] : items).map((item, at) => `  ${(at === 0 ? title : '').padEnd(9)} ${item}`)
}

const skippedTitles: Readonly<Record<Skipped['what'], string>> = {
  model: 'Skipped, models that are not there yet:',
  operation: 'Skipped, operations that are not there yet:',
  property: 'Skipped, properties for tests written by hand:',
}

function skippedTexts(skipped: readonly Skipped[]): readonly string[] {
  return (['model', 'operation', 'property'] as const).flatMap((what) => {
    const names = skipped.filter((each) => each.what === what).map(({ name }) => name)
    return names.length === 0 ? [] : [wrapped(`${skippedTitles[what]} `, names.join(', '), columns, '  ')]
  })
}
