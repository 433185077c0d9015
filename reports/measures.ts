/** The rows of the table that compares systems: measures in groups, in the units that people use. */
import type { TableRow } from './table'
import type { ByFlag, Outcome, Spread, SystemReport } from './run-report'
import { bigCount, count, inBytes, inSeconds, ratio, share } from './units'
import { flags, outcomes } from './words'

export interface MeasureGroup {
  readonly heading: string
  readonly rows: readonly TableRow[]
}

export function measureGroups(systems: readonly SystemReport[]): readonly MeasureGroup[] {
  const groups: readonly MeasureGroup[] = [
    { heading: 'cost', rows: cost(systems) },
    { heading: 'exposure: what a cut may end in', rows: exposure(systems) },
    { heading: 'certain loss: when every cut ends alike', rows: certain(systems) },
    { heading: 'recovery: from the cut to up again', rows: recovery(systems) },
    { heading: 'search', rows: search(systems) },
  ]
  return groups.map(({ heading, rows }) => ({ heading, rows: rows.map((row) => ({ label: `  ${row.label}`, cells: row.cells })) }))
}

type Cell = (system: SystemReport) => string

function row(label: string, systems: readonly SystemReport[], cell: Cell): TableRow {
  return { label, cells: systems.map(cell) }
}

function cost(systems: readonly SystemReport[]): readonly TableRow[] {
  const bytes = (label: string, pick: (system: SystemReport) => number): TableRow => row(label, systems, (system) => inBytes(pick(system)))
  const seconds = (label: string, pick: (system: SystemReport) => number): TableRow => row(label, systems, (system) => inSeconds(pick(system)))
  const counted = (label: string, pick: (system: SystemReport) => number): TableRow => row(label, systems, (system) => count(pick(system)))
  return [
    bytes('new contents of the release', (each) => each.changedBytes),
    bytes('download', (each) => each.wireBytes),
    row('  of deflated new contents', systems, (each) => ratio(each.wireRatio)),
    counted('  requests', (each) => each.requests),
    bytes('written', (each) => each.bytesWritten.total),
    row('  of new contents', systems, (each) => ratio(each.writeAmplification)),
    bytes('  file data and images', (each) => each.bytesWritten.data),
    bytes('  metadata', (each) => each.bytesWritten.metadata),
    bytes('  journal', (each) => each.bytesWritten.journal),
    bytes('  boot loader', (each) => each.bytesWritten.loader),
    bytes('disk, most over the start', (each) => each.peakExtraBytes),
    bytes('disk, in use at the end', (each) => each.steadyBytes),
    counted('waits for a device', (each) => each.barriers),
    counted('  flushes that reach it', (each) => each.deviceFlushes),
    seconds('update', (each) => each.updateSeconds),
    seconds('  not in service', (each) => each.downtimeSeconds),
    counted('  boots', (each) => each.boots),
    seconds('settling afterwards', (each) => each.settlingSeconds),
  ]
}

/** Only outcomes and flags that some system shows: the rest is told in one line each. */
function exposure(systems: readonly SystemReport[]): readonly TableRow[] {
  const shown = outcomes.filter((outcome) => systems.some((system) => system.possible[outcome] > 0))
  const flagged = flags.filter((flag) => systems.some((system) => system.flags[flag] > 0))
  return [
    row('places for a cut', systems, (each) => count(each.cutPoints)),
    row('disks that a cut may leave', systems, (each) => bigCount(each.crashStates.exact, each.crashStates.log10)),
    ...shown.map((outcome) => row(outcome, systems, (each) => timeAndPlaces(each, outcome))),
    ...flagged.map((flag) => row(`flag ${flag}`, systems, (each) => places(each.flags, flag))),
    row('time worse than an older release', systems, (each) => secondsOrNone(each.vulnerableSeconds)),
    row('  share of the update', systems, (each) => (each.exposureShare === 0 ? 'none' : share(each.exposureShare))),
  ]
}

function certain(systems: readonly SystemReport[]): readonly TableRow[] {
  const shown = outcomes.filter((outcome) => systems.some((system) => system.certainSeconds[outcome] > 0))
  if (shown.length === 0) return [row('in nothing', systems, () => 'at no time')]
  return shown.map((outcome) => row(outcome, systems, (each) => secondsOrNone(each.certainSeconds[outcome])))
}

function recovery(systems: readonly SystemReport[]): readonly TableRow[] {
  const spread = (pick: (system: SystemReport) => Spread, part: keyof Spread, say: (value: number) => string): Cell =>
    (system) => {
      const value = pick(system)[part]
      return value === null ? 'never' : say(value)
    }
  const boots = (system: SystemReport): Spread => system.recovery.boots
  const seconds = (system: SystemReport): Spread => system.recovery.seconds
  return [
    row('time, median', systems, spread(seconds, 'median', inSeconds)),
    row('time, 95 of 100', systems, spread(seconds, 'p95', inSeconds)),
    row('time, worst', systems, spread(seconds, 'worst', inSeconds)),
    row('boots, median', systems, spread(boots, 'median', count)),
    row('boots, 95 of 100', systems, spread(boots, 'p95', count)),
    row('boots, worst', systems, spread(boots, 'worst', count)),
    row('worst remedy', systems, (each) => each.recovery.remedy),
  ]
}

function search(systems: readonly SystemReport[]): readonly TableRow[] {
  return [
    row('power-ons run', systems, (each) => count(each.executions)),
    row('all decided', systems, (each) => (each.complete ? 'yes' : 'NO')),
  ]
}

/** Two numbers in one cell, so that a table stays short: how long, and at how many places. */
function timeAndPlaces(system: SystemReport, outcome: Outcome): string {
  const points = system.possible[outcome]
  return points === 0 ? 'never' : `${inSeconds(system.exposureSeconds[outcome])}, ${plural(points, 'place')}`
}

function places(byFlag: ByFlag<number>, flag: keyof ByFlag<number>): string {
  return byFlag[flag] === 0 ? 'never' : plural(byFlag[flag], 'place')
}

function secondsOrNone(seconds: number): string {
  return seconds === 0 ? 'none' : inSeconds(seconds)
}

function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`
}
