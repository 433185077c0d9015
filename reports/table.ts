/** Aligned tables without rules: a label, then a column for each thing that is compared. */
import Table from 'cli-table3'

export interface TableRow {
  readonly label: string
  /** One a column, or none for a heading. */
  readonly cells: readonly string[]
}

export interface TableOptions {
  readonly columns: number
  /** Of the cells; labels are always left. Default: right. */
  readonly align?: 'left' | 'right'
}

const noRules = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '   ',
}

/** All rows as one text, without spaces at the ends of lines. */
export function table(rows: readonly TableRow[], options: TableOptions): string {
  const cellCount = Math.max(0, ...rows.map((row) => row.cells.length))
  const grid = new Table({
    chars: noRules,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: ['left', ...Array.from({ length: cellCount }, () => options.align ?? 'right')],
  })
  for (const row of rows) grid.push([row.label, ...Array.from({ length: cellCount }, (_, at) => row.cells[at] ?? '')])
  return grid.toString().split('\n').map((line) => line.trimEnd()).join('\n')
}

/** The same, in several tables one below the other when the columns do not fit beside each other. The first row heads each. */
export function tableInParts(rows: readonly TableRow[], options: TableOptions): string {
  const cellCount = Math.max(0, ...rows.map((row) => row.cells.length))
  const parts: string[] = []
  let from = 0
  while (from < cellCount) {
    let to = cellCount
    while (to > from + 1 && widthOf(rows, from, to) > options.columns) to--
    parts.push(table(rows.map((row) => ({ label: row.label, cells: row.cells.slice(from, to) })), options))
    from = to
  }
  return parts.join('\n\n')
}

function widthOf(rows: readonly TableRow[], from: number, to: number): number {
  let width = Math.max(0, ...rows.map((row) => visible(row.label).length))
  for (let at = from; at < to; at++) width += 3 + Math.max(0, ...rows.map((row) => visible(row.cells[at] ?? '').length))
  return width
}

/** Without colour codes. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- an escape character is what a colour code begins with
  return text.replace(/\u001B\[[0-9;]*m/g, '')
}
