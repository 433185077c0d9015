/** Names with a line each; the details that `show` asks for stand below. */
import { paintOf, wrapped, type Look } from './look'
import type { ListItem, ListReport } from './run-report'

const NAME_COLUMNS_MAX = 28

export function listText(report: ListReport, look: Look): string {
  const { items, kind } = report
  if (items.length === 0) return `No ${kind}.\n`
  const width = Math.min(NAME_COLUMNS_MAX, Math.max(...items.map((item) => item.name.length)))
  return `${items.map((item) => itemText(item, width, look)).join('\n')}\n`
}

function itemText(item: ListItem, width: number, look: Look): string {
  const paint = paintOf(look)
  const indent = ' '.repeat(width + 2)
  const gap = ' '.repeat(Math.max(2, width + 2 - item.name.length))
  // Painted after wrapping, since colour codes have a length but no width.
  const head = paint.heading(item.name) + wrapped(item.name + gap, item.summary, look.columns, indent).slice(item.name.length)
  const details = (item.details ?? []).flatMap(({ label, lines }) => [
    '', `  ${paint.heading(label)}`, ...lines.map((line) => wrapped('    ', line, look.columns, '      ')),
  ])
  return [head.trimEnd(), ...details].join('\n')
}
