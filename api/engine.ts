/** The three questions that powercut answers. */
import { replay } from '../sim/explore/replay'
import { FurtherJudge } from '../sim/judge/further-judge'
import { tell } from '../sim/judge/tell'
import { verdictOfRuns } from '../sim/judge/verdict-of-runs'
import { bundledReleases } from '../sim/release/catalog'
import { InputError, quoted } from '../sim/release/input-error'
import type { CompareReport, ReplayReport, SweepReport } from '../reports/run-report'
import { build } from './build'
import { bundledHardware, bundledSystems, packageVersion } from './data-files'
import { inThreads } from './threads'
import { parseToken } from './token'
import type { CompareRequest, JudgeAround, JudgeQuestion, Judged, SweepRequest } from './requests'
import type { Task } from './task'

/** Beyond this many states a search gives up, unless told otherwise. */
const statesMax = 200_000
/** A strategy of the user's may think so long about one power-on. */
const silenceSeconds = 10

export async function compareSystems(request: CompareRequest): Promise<CompareReport> {
  const analyses = await inThreads(request.systems.map((system) => ({ name: system, task: taskOf(request, system) })), request, (analysis) => request.onSystem?.(analysis.report))
  return {
    schema: 'powercut/compare@1', version: packageVersion(), cuts: request.cuts, hardware: request.hardware,
    systems: analyses.map(({ report }) => report),
  }
}

export async function sweepSystem(request: SweepRequest): Promise<SweepReport> {
  const [analysis] = await inThreads([{ name: request.system, task: taskOf(request, request.system) }], request, () => undefined)
  const { report, closure, incomplete } = analysis!
  return {
    schema: 'powercut/sweep@1', version: packageVersion(), cuts: request.cuts, hardware: request.hardware, ...report, closure,
    ...(incomplete === null ? {} : { incomplete }),
  }
}

function taskOf(request: CompareRequest | SweepRequest, system: string): Omit<Task, 'heartbeat'> {
  return {
    build: { system, releases: request.releases, hardware: request.hardware, options: request.options },
    cuts: request.cuts, statesMax: request.statesMax ?? statesMax,
    strategyModule: request.strategyModule ?? null,
    expect: [],
    silenceSeconds: request.silenceSeconds ?? silenceSeconds,
  }
}

/** Several questions with what is expected of their answers, each by itself. */
export async function judgeExpectations(questions: readonly JudgeQuestion[], around: JudgeAround): Promise<readonly Judged[]> {
  const tasks = questions.map(({ name, build: asked, cuts, expect }) => ({
    name, task: { build: asked, cuts, expect, statesMax: around.statesMax ?? statesMax, strategyModule: null, silenceSeconds },
  }))
  const analyses = await inThreads(tasks, around, () => undefined)
  return analyses.map(({ held }) => held)
}

/** @throws InputError when the token is of another version, or of a scenario that has changed since */
export function replayToken(text: string): ReplayReport {
  const token = parseToken(text)
  expectKnown(text, 'system', token.system, bundledSystems())
  for (const name of [token.from, token.to]) expectKnown(text, 'release', name, bundledReleases.map((each) => each.name))
  expectKnown(text, 'hardware profile', token.hardware, bundledHardware())
  const built = build({
    system: token.system, hardware: token.hardware, options: token.options,
    releases: { from: { kind: 'bundled', name: token.from }, to: { kind: 'bundled', name: token.to } },
  })
  if (built.digest !== token.digest) {
    throw new InputError({ file: 'token', line: 1, column: text.indexOf(token.digest) + 1, found: `digest ${token.digest}`, expected: `${built.digest}: the scenario has changed since this token was made` })
  }
  const replayed = replay(built.machine, token.story)
  if ('why' in replayed) {
    throw new InputError({ file: 'token', line: 1, column: 1, found: 'a story that does not fit', expected: `one of this scenario: ${replayed.why}` })
  }
  const verdict = new FurtherJudge(built.machine).verdictOf(replayed, verdictOfRuns(replayed.after, replayed.goesRound))
  return {
    schema: 'powercut/replay@1', version: packageVersion(), token: text,
    verdict: verdict.outcome, flags: verdict.flags, remedy: verdict.remedy,
    story: tell(replayed, verdict), reproduced: verdict.outcome === token.outcome,
  }
}

function expectKnown(token: string, kind: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const found = name.startsWith('file/') ? `a ${kind} out of a file, which a token does not hold` : `${kind} ${quoted(name)}`
  throw new InputError({ file: 'token', line: 1, column: token.indexOf(name) + 1, found, expected: `one of ${known.join(', ')}` })
}
