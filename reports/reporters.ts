/** All ways to put a report into text. A new one is one file and one line here. */
import { assertNever } from '../sim/assert'
import { checkText } from './check-text'
import { compareText } from './compare-text'
import { listText } from './list-text'
import { plainLook, type Look } from './look'
import { replayText } from './replay-text'
import type { Report } from './run-report'
import { sweepText } from './sweep-text'

export interface Reporter {
  readonly name: string
  readonly summary: string
  /** @param look default: no colours, 100 columns */
  render(report: Report, look?: Look): string
}

const text: Reporter = {
  name: 'text',
  summary: 'for people at a terminal: tables, charts and stories',
  render(report, look = plainLook) {
    switch (report.schema) {
      case 'powercut/compare@1': return compareText(report, look)
      case 'powercut/sweep@1': return sweepText(report, look)
      case 'powercut/replay@1': return replayText(report, look)
      case 'powercut/list@1': return listText(report, look)
      case 'powercut/check@1': return checkText(report, look)
      default: return assertNever(report, 'text reporter')
    }
  },
}

const json: Reporter = {
  name: 'json',
  summary: 'for programs: the document itself, described by the JSON Schemas in the package',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
}

export const reporters = [text, json] as const satisfies readonly Reporter[]
export const textReporter: Reporter = text
export const jsonReporter: Reporter = json
