/** One finding again, step by step. */
import { storyLines } from './findings-text'
import { paintOf, type Look } from './look'
import type { ReplayReport } from './run-report'
import { flagWords, outcomeWords, remedyWords } from './words'

export function replayText(report: ReplayReport, look: Look): string {
  const paint = paintOf(look)
  const { verdict } = report
  return [
    paint.heading('The story'),
    ...storyLines(report.story, look.columns),
    '',
    `${paint.heading('It ends in')} ${paint.outcome(verdict, verdict)}: ${outcomeWords[verdict].means}; ${remedyWords[report.remedy]}`,
    ...report.flags.map((flag) => `${paint.heading('Flag')} ${flag}: ${flagWords[flag]}`),
    report.reproduced ? paint.good('That is what the token says.') : paint.bad('That is NOT what the token says.'),
    '',
  ].join('\n')
}
