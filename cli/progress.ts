/** One line on stderr that says what goes on; only on a terminal, only when it takes a while, and gone at the end. */
import type { Progress } from '../api/requests'
import { count } from '../reports/units'
import type { Io } from './io'

const SILENT_MS = 500
const BETWEEN_MS = 100
const CLEAR_LINE = '\r\u001B[2K'

export interface ProgressLine {
  show(progress: Progress): void
  /** Takes the line away; call it before anything else is printed. */
  clear(): void
}

export function progressLine(io: Io, quiet: boolean): ProgressLine {
  if (quiet || !io.errIsTerminal) return { show: () => undefined, clear: () => undefined }
  const begin = io.now()
  let last = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    show(progress) {
      const now = io.now()
      if (now - begin < SILENT_MS || now - last < BETWEEN_MS) return
      last = now
      isShown = true
      // A line as wide as the terminal would wrap, and then not be cleared.
      io.err(CLEAR_LINE + lineOf(progress).slice(0, (io.columns ?? 80) - 1))
    },
    clear() {
      if (isShown) io.err(CLEAR_LINE)
      isShown = false
    },
  }
}

function lineOf({ system, doing, states, executions }: Progress): string {
  const counts = [
    ...(states === undefined ? [] : [`${count(states)} states`]),
    ...(executions === undefined ? [] : [`${count(executions)} power-ons`]),
  ]
  return `${system}: ${doing}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`
}
