/**
 * Disk use along the update, and under it a strip with the worst outcome of a cut in each column.
 *
 * asciichart draws; what it does badly is done here: it throws on an empty series and on NaN, draws a flat series as one row,
 * and does not resample. It also shifts a series by half a row unless the scale begins at zero, so ours always does.
 */
import * as asciichart from 'asciichart'
import { paintOf, type Look, type Paint } from './look'
import type { Outcome, SystemReport } from './run-report'
import { columnsOf } from './timeline'
import { inBytes, inSeconds } from './units'
import { outcomeWords, outcomes } from './words'

const HEIGHT = 6
const LABEL_COLUMNS = 9
/** A status file of 4 kB is not to look like an image of 1 GB. */
const TOP_BYTES_MIN = 1e6
/** More than this is wider than anybody compares. */
const COLUMNS_MAX = 120

export function chart(system: SystemReport, look: Look): string {
  const paint = paintOf(look)
  // asciichart's line begins on the axis itself, hence one value more than columns.
  const columnCount = Math.max(20, Math.min(COLUMNS_MAX, look.columns) - LABEL_COLUMNS - 2)
  const columns = columnsOf(system.timeline, columnCount)
  if (columns.length === 0) return '  nothing was recorded'
  const lines = plot(columns.map((column) => finite(column.extraBytes)))
  const strip = columns.map((column) => paint.outcome(column.worst, outcomeWords[column.worst].mark)).join('')
  const span = system.updateSeconds + system.settlingSeconds
  return [
    ...lines,
    `${'cut here'.padStart(LABEL_COLUMNS)} ${paint.dim('│')}${strip}`,
    timeAxis(columnCount, span),
    `${' '.repeat(LABEL_COLUMNS + 2)}${legend(columns.map((column) => column.worst), paint)}`,
  ].join('\n')
}

/** Exactly HEIGHT + 1 rows, whatever the values. */
function plot(values: readonly number[]): readonly string[] {
  const top = Math.max(TOP_BYTES_MIN, ...values)
  // Bytes would make asciichart round 10^9 steps; rows are what it shall round to.
  const scaled = values.map((value) => (Math.max(0, value) / top) * HEIGHT)
  const [first = 0] = scaled
  const text = asciichart.plot([first, ...scaled], {
    height: HEIGHT, min: 0, max: HEIGHT, offset: 2,
    format: (row: number) => label((row / HEIGHT) * top),
  })
  return text.split('\n').map((line) => line.trimEnd())
}

function label(bytes: number): string {
  return inBytes(bytes).padStart(LABEL_COLUMNS)
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

function timeAxis(columnCount: number, spanSeconds: number): string {
  const marks = [inSeconds(0), inSeconds(spanSeconds / 2), inSeconds(spanSeconds)]
  const [start = '', middle = '', end = ''] = marks
  const half = Math.floor(columnCount / 2) - Math.floor(middle.length / 2)
  const line = `${start.padEnd(half)}${middle}`.padEnd(columnCount - end.length) + end
  return `${' '.repeat(LABEL_COLUMNS + 2)}${line}`
}

/** Only what the strip shows, worst first. */
function legend(shown: readonly Outcome[], paint: Paint): string {
  return outcomes
    .filter((outcome) => shown.includes(outcome))
    .map((outcome) => `${paint.outcome(outcome, outcomeWords[outcome].mark)} ${outcome}`)
    .join('   ')
}
