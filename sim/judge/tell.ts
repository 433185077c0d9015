/** Stories in words: what was issued, what was lost, what the boot read, what it did next. */
import { describe } from '../disk/describe'
import type { StepRun } from '../explore/machine'
import type { Replayed } from '../explore/replay'
import type { RunsVerdict } from './verdict-of-runs'

const lossesShown = 6

export function tell(replayed: Omit<Replayed, 'last'>, verdict: RunsVerdict): readonly string[] {
  const lines: string[] = []
  for (const [at, { run, frame, ended }] of replayed.steps.entries()) {
    lines.push(at === 0 ? 'The machine runs the installed release and the update is called.' : `Power-on ${at}: ${printed(run)}`)
    const lost = ended.kind === 'cut' ? ended.loss.lost : ended.lost
    if (ended.kind === 'cut') {
      const call = run.calls[ended.loss.cutPoint]
      const before = run.calls[ended.loss.cutPoint - 1]
      const after = before === undefined ? '' : `after ${words(before)}`
      lines.push(call === undefined && before === undefined ? 'The power goes; nothing was written.' : call === undefined
        ? `The power goes ${after}, when ${at === 0 ? 'the machine has shut down' : 'nothing is left to do'}.`
        : `The power goes ${after}${after === '' ? 'before' : ','}${after === '' ? '' : ' in'} ${words(call)} (call ${ended.loss.cutPoint + 1} of ${run.calls.length}).`.replace('goes before', 'goes in'))
    } else {
      lines.push(run.end === 'clean' ? 'It shuts down cleanly.' : `It ends by itself: ${run.cause}.`)
    }
    for (const effect of lost.slice(0, lossesShown)) lines.push(`  lost: ${frame.says(effect)}`)
    if (lost.length > lossesShown) lines.push(`  lost: ${lost.length - lossesShown} more like these`)
    if (ended.kind === 'cut' && lost.length === 0) lines.push('  nothing that was written is lost')
    function words(call: (typeof run.calls)[number]): string {
      return `${describe(call.does, run.nodes)}${call.does.kind === 'sectors' || call.does.kind === 'flush' ? ` of ${call.store}` : ''}`
    }
  }
  for (const run of replayed.after) lines.push(`Then: ${printed(run)}`)
  if (replayed.goesRound !== null) lines.push('And so on for ever.')
  if (verdict.restart !== undefined) lines.push(`Later it is shut down and started again: ${printed(verdict.restart)}`)
  if (verdict.flags.includes('stranded')) lines.push('Further releases are offered, and none of them ever runs.')
  if (verdict.leakedBytes !== undefined) lines.push(`After two more updates ${verdict.leakedBytes} bytes more are allocated than without the cut.`)
  lines.push(`Verdict: ${verdict.outcome}${verdict.flags.length === 0 ? '' : ` (${verdict.flags.join(', ')})`} because ${verdict.cause}.`)
  return lines
}

/** As a sentence; some lines end in a full stop by themselves. */
function printed({ console }: Pick<StepRun, 'console'>): string {
  const text = console.join('; ') || 'nothing is printed'
  return /[^.]\.$/.test(text) ? text : `${text}.`
}
