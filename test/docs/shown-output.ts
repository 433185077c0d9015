/**
 * Output that a page shows: a fence after a comment with the command, `<!-- powercut compare … -->`. A line `…` stands for any
 * number of lines left out; all others are those that the command prints, one after the other.
 */
import { editDistance } from '../../sim/nearest'

export interface Shown {
  readonly command: readonly string[]
  readonly lines: readonly string[]
}

const block = /^<!-- powercut (.+) -->\n+```\w*\n([\s\S]*?)^```$/gm
const leftOut = '…'
/** Tokens may be as long as all that was lost. */
const longest = 120

export function shownIn(text: string): readonly Shown[] {
  return [...text.matchAll(block)].map(([, command = '', lines = '']) => ({ command: command.split(' '), lines: lines.split('\n').slice(0, -1) }))
}

/** The first shown line that the output does not have there, or null. */
export function firstDifference(shown: readonly string[], output: readonly string[]): string | null {
  let at = 0
  let maySkip = false
  for (const line of shown) {
    if (line.trim() === leftOut) {
      maySkip = true
      continue
    }
    const found = maySkip ? output.findIndex((each, index) => index >= at && each.trimEnd() === line.trimEnd()) : output[at]?.trimEnd() === line.trimEnd() ? at : -1
    if (found < 0) return line
    at = found + 1
    maySkip = false
  }
  return null
}

/** The page with what its commands print now: of each stretch between two `…` the first and the last line are found again. */
export function refreshed(text: string, run: (command: readonly string[]) => readonly string[]): string {
  return text.replace(block, (whole: string, command: string, lines: string) => {
    const output = run(command.split(' '))
    const result: string[] = []
    let from = 0
    for (const stretch of lines.split(/^(…)$/m).map((part) => part.split('\n').filter((line) => line !== ''))) {
      const [first, last] = [stretch[0], stretch.at(-1)]
      if (first === undefined || last === undefined) continue
      if (first === leftOut) {
        result.push(leftOut)
        continue
      }
      const begin = mostLike(first, output, from, output.length)
      const end = mostLike(last, output, begin, begin + 2 * stretch.length + 6)
      result.push(...output.slice(begin, end + 1))
      from = end + 1
    }
    return whole.replace(lines, () => `${result.join('\n')}\n`)
  })
}

function mostLike(line: string, output: readonly string[], from: number, to: number): number {
  let best = from
  let fewest = Infinity
  for (let at = from; at < Math.min(to, output.length); at++) {
    const edits = editDistance(line.slice(0, longest), (output[at] ?? '').slice(0, longest))
    if (edits < fewest) [best, fewest] = [at, edits]
  }
  return best
}
