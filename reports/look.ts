/** How a report is to look; the caller owns the terminal, so it decides. */
import picocolors from 'picocolors'
import type { Outcome } from './run-report'
import { outcomeWords } from './words'

export interface Look {
  readonly colours: boolean
  /** Width that lines should keep to; a token is never broken. */
  readonly columns: number
}

export const plainLook: Look = { colours: false, columns: 100 }

export interface Paint {
  heading(text: string): string
  dim(text: string): string
  outcome(outcome: Outcome, text: string): string
  bad(text: string): string
  good(text: string): string
}

export function paintOf(look: Look): Paint {
  const colours = picocolors.createColors(look.colours)
  return {
    heading: colours.bold,
    dim: colours.dim,
    bad: colours.red,
    good: colours.green,
    outcome: (outcome, text) => {
      const { grade } = outcomeWords[outcome]
      if (grade === 'lost') return colours.red(text)
      return grade === 'damaged' ? colours.yellow(text) : text
    },
  }
}

/** Breaks between words: the first line begins with `first`, all others with `indent`. A word longer than a line stands alone. */
export function wrapped(first: string, text: string, columns: number, indent: string): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = indent
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  lines.push(line)
  return lines.join('\n')
}
