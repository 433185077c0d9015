/** The story of a token again, on the very system that it is of: in the thread that built that system. */
import { replay } from '../sim/explore/replay'
import { known } from '../sim/assert'
import { FurtherJudge } from '../sim/judge/further-judge'
import { tell } from '../sim/judge/tell'
import { verdictOfRuns } from '../sim/judge/verdict-of-runs'
import { InputError, quoted } from '../sim/release/input-error'
import type { ReplayReport } from '../reports/run-report'
import type { Built } from './build'
import { crashVerdict } from './crashed'
import { packageVersion } from './data-files'
import type { LoadedRelease } from './releases'
import { specOf } from './replay-line'
import type { ReleaseSource } from './requests'
import type { ReplayWork } from './task'
import { columnOf, shortDigest, type Token, type TokenRelease } from './token'
import type { UserStrategy } from './user-strategy'

/** An updater that could not be run any further, in which power-on; the first is 1. */
export interface StoppedAt {
  readonly why: string
  readonly powerOn: number
}

/**
 * Before the strategy is asked for its program. What stands at the top of its files has run: else nobody knew what they load.
 *
 * @throws InputError when it is another than that of the token
 */
export function checkStrategy(file: string, { strategy, digest }: UserStrategy, { strategy: asked }: Token): void {
  const { name, digest: expected } = known(asked, 'a strategy in the token')
  const refuse = (found: string, wanted: string): never => { throw new InputError({ file, line: 1, column: 1, found, expected: wanted }) }
  if (strategy.facts.name !== name) refuse(`the strategy ${quoted(strategy.facts.name)}`, `${quoted(name)}, which the token is of`)
  if (shortDigest(digest) !== expected) refuse(`a strategy with digest ${shortDigest(digest)}`, `${expected}: the strategy file, or one that it loads, has changed since the token was made`)
}

/**
 * @param stoppedAt asked after the replay
 * @throws InputError when the system is another than that of the token, or the story does not fit it
 */
export function replayStory(built: Built, { text, token }: ReplayWork, stoppedAt: () => StoppedAt | null): ReplayReport {
  checkRelease(built.request.releases.from, built.from, token.from)
  checkRelease(built.request.releases.to, built.to, token.to)
  if (built.digest !== token.digest) {
    throw new InputError({ file: 'token', line: 1, column: columnOf(text, 'digest'), found: `digest ${token.digest}`, expected: `${built.digest}: the scenario has changed since this token was made` })
  }
  const replayed = replay(built.machine, token.story)
  const stopped = stoppedAt()
  if ('why' in replayed || (stopped !== null && stopped.powerOn <= token.story.length)) {
    const why = stopped !== null ? `the strategy ${stopped.why}` : 'why' in replayed ? replayed.why : ''
    throw new InputError({ file: 'token', line: 1, column: 1, found: 'a story that does not fit', expected: `one of this scenario: ${why}` })
  }
  // As the sweep tells it: nobody knows what an updater that was stopped does next.
  const told = stopped === null ? replayed : { ...replayed, after: replayed.after.slice(0, stopped.powerOn - replayed.steps.length), goesRound: null }
  const verdict = stopped === null ? new FurtherJudge(built.machine).verdictOf(replayed, verdictOfRuns(told.after, told.goesRound)) : crashVerdict(told.after.at(-1) ?? null, stopped.why)
  return {
    schema: 'powercut/replay@1', version: packageVersion(), token: text,
    verdict: verdict.outcome, flags: verdict.flags, remedy: verdict.remedy,
    story: tell(told, verdict), reproduced: verdict.outcome === token.outcome,
  }
}

function checkRelease(source: ReleaseSource, { digest }: LoadedRelease, { digest: expected }: TokenRelease): void {
  if (source.kind === 'bundled' || digest === expected) return
  throw new InputError({
    file: source.file, line: 1, column: 1,
    found: `a release ${specOf(source)} with digest ${digest ?? 'none'}`, expected: `${expected ?? 'none'}: the release has changed since the token was made`,
  })
}
