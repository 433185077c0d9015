/** Systems side by side: one table, then for each its disk use with the strip of outcomes, then every cause with its story. */
import { chart } from './chart'
import { findingText } from './findings-text'
import { paintOf, wrapped, type Look } from './look'
import { measureGroups } from './measures'
import type { CompareReport, SystemReport } from './run-report'
import { tableInParts, type TableRow } from './table'
import { inBytes, inCuts, inSeconds } from './units'

export function compareText(report: CompareReport, look: Look): string {
  const { systems } = report
  if (systems.length === 0) return 'No system was compared.\n'
  const parts = [
    compareHeader(systems.map(({ release }) => release), report, look),
    measureTable(systems, look),
    ...systems.map((system) => chartPart(system, look)),
    ...systems.map((system) => findingsPart(system, look)),
    ...incompleteNote(systems, look),
  ]
  return `${parts.join('\n\n')}\n`
}

/** What was asked: the releases, how many cuts, on which hardware. Known before anything is found. */
export function compareHeader(releases: readonly SystemReport['release'][], asked: Asked, look: Look): string {
  const pairs = new Set(releases.map(({ from, to }) => `${from} → ${to}`))
  return [
    paintOf(look).heading(`Update ${[...pairs].join(', ')}`),
    question(asked, look),
  ].join('\n')
}

type Asked = Pick<CompareReport, 'cuts' | 'hardware' | 'version'>

/** How many cuts, and what the figures hold for. */
export function question(report: Asked, look: Look): string {
  const cuts = inCuts(report.cuts)
  const text = `${cuts[0]?.toUpperCase()}${cuts.slice(1)}, at any moment. Times are for the hardware ${report.hardware}. powercut ${report.version}`
  return wrapped('', text, look.columns, '')
}

/** One table: systems as columns, measures as rows under their headings. */
export function measureTable(systems: readonly SystemReport[], look: Look): string {
  const paint = paintOf(look)
  const rows: TableRow[] = [
    { label: '', cells: systems.map((system) => paint.heading(system.system)) },
    { label: '', cells: systems.map((system) => paint.dim(`${system.strategy} + ${system.loader}`)) },
  ]
  for (const group of measureGroups(systems)) {
    rows.push({ label: '', cells: [] }, { label: paint.heading(group.heading), cells: [] }, ...group.rows)
  }
  return tableInParts(rows, { columns: look.columns })
}

export function chartPart(system: SystemReport, look: Look): string {
  const span = system.updateSeconds + system.settlingSeconds
  const title = `${system.system}: disk use along the update`
  const facts = `at most ${inBytes(system.peakExtraBytes)} over the start; ${inSeconds(span)} until all is settled`
  return `${paintOf(look).heading(title)}\n${facts}\n${chart(system, look)}`
}

export function findingsPart(system: SystemReport, look: Look): string {
  const paint = paintOf(look)
  const { findings } = system
  if (findings.length === 0) return `${paint.heading(`${system.system}: nothing found`)}${system.complete ? ', all cuts decided' : ''}`
  const head = paint.heading(`${system.system}: ${findings.length === 1 ? 'one cause' : `${findings.length} causes`} of trouble`)
  return [head, ...findings.map((finding, index) => findingText(finding, index + 1, look))].join('\n\n')
}

function incompleteNote(systems: readonly SystemReport[], look: Look): readonly string[] {
  const names = systems.filter((system) => !system.complete).map((system) => system.system)
  return names.length === 0 ? [] : [paintOf(look).bad(`INCOMPLETE for ${names.join(', ')}: nothing found there is no proof.`)]
}
