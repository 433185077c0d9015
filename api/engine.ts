/** The three questions that powercut answers. */
import type { CompareReport, ReplayReport, SweepReport } from '../reports/run-report'
import { packageVersion } from './data-files'
import { replayTask } from './replay-token'
import { inThreads } from './threads'
import type { CompareRequest, JudgeAround, JudgeQuestion, Judged, ReplayAround, ReplayFiles, SweepRequest } from './requests'
import type { AnalyseWork, Task } from './task'

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

function taskOf(request: CompareRequest | SweepRequest, system: string): Omit<Task<AnalyseWork>, 'heartbeat'> {
  const { strategyModule, strategyShown = strategyModule } = request
  return {
    build: { system, releases: request.releases, hardware: request.hardware, options: request.options, ...(strategyShown === undefined ? {} : { strategyShown }) },
    work: { kind: 'analyse', cuts: request.cuts, statesMax: request.statesMax ?? statesMax, expect: [] },
    strategyModule: strategyModule ?? null,
    silenceSeconds: request.silenceSeconds ?? silenceSeconds,
  }
}

/** Several questions with what is expected of their answers, each by itself. */
export async function judgeExpectations(questions: readonly JudgeQuestion[], around: JudgeAround): Promise<readonly Judged[]> {
  const tasks = questions.map(({ name, build: asked, cuts, expect }) => ({
    name, task: { build: asked, work: { kind: 'analyse' as const, cuts, expect, statesMax: around.statesMax ?? statesMax }, strategyModule: null, silenceSeconds },
  }))
  const analyses = await inThreads(tasks, around, () => undefined)
  return analyses.map(({ held }) => held)
}

/** @throws InputError when the token is of another version, or of files or a scenario that have changed since */
export async function replayToken(text: string, request: ReplayFiles & ReplayAround = {}): Promise<ReplayReport> {
  const { build, work, strategyModule } = replayTask(text, request)
  const task = { build, work, strategyModule, silenceSeconds: request.silenceSeconds ?? silenceSeconds }
  const [report] = await inThreads([{ name: build.system, task }], { ...request, workers: 1 }, () => undefined)
  return report!
}
