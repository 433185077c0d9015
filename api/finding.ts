/** A finding as reports hold it: told, with its token and the rules that it relies on. */
import type { Found } from '../sim/judge/findings'
import { tell } from '../sim/judge/tell'
import type { Finding } from '../reports/run-report'
import type { Built } from './build'
import { reliedOn } from './relied-on'
import { replayLineOf } from './replay-line'
import { printToken } from './token'

export function findingOf(built: Built, found: Found): Finding {
  const { replayed } = found
  const token = printToken(built, found.story, found.verdict)
  return {
    verdict: found.verdict.outcome, flags: found.verdict.flags, remedy: found.verdict.remedy, class: found.class, invariant: found.invariant,
    token, replay: replayLineOf(built, token),
    story: tell(replayed, found.verdict),
    reliesOn: reliedOn(built, replayed),
    count: found.count,
  }
}
