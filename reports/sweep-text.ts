/** Everything that one system can end in: the table of one column, the chart, the causes, and whether the search is closed. */
import { chartPart, findingsPart, measureTable, question } from './compare-text'
import { paintOf, wrapped, type Look } from './look'
import type { SweepReport } from './run-report'
import { count, inCuts } from './units'

export function sweepText(report: SweepReport, look: Look): string {
  const parts = [
    sweepHeader(report, look),
    measureTable([report], look),
    chartPart(report, look),
    findingsPart(report, look),
    closing(report, look),
  ]
  return `${parts.join('\n\n')}\n`
}

/** What was asked. Known before anything is found. */
export function sweepHeader(asked: Pick<SweepReport, 'system' | 'release' | 'cuts' | 'hardware' | 'version'>, look: Look): string {
  return `${paintOf(look).heading(`${asked.system}: update ${asked.release.from} → ${asked.release.to}`)}\n${question(asked, look)}`
}

/** The last line is the answer. */
function closing(report: SweepReport, look: Look): string {
  const paint = paintOf(look)
  const { states, edges } = report.closure
  const size = `${count(states)} states, ${count(edges)} ways between them`
  if (report.incomplete === undefined) return `${paint.good('complete')}: ${inCuts(report.cuts)}, every end decided (${size})`
  const { why, covered, raise } = report.incomplete
  const text = wrapped('INCOMPLETE: ', `${why}. Decided: ${covered} (${size}). To go further: ${raise}`, look.columns, '  ')
  // Painted after wrapping, since colour codes have a length but no width.
  return text.replace('INCOMPLETE', paint.bad('INCOMPLETE'))
}
