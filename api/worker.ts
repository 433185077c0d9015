/**
 * One system in a thread of its own. User code never runs in the main thread: the thread that runs it tells in shared memory how
 * far it is and whether user code runs, so that the main thread sees when it dies or hangs, and where.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Defect, known } from '../sim/assert'
import type { Further } from '../sim/explore/machine'
import { replay } from '../sim/explore/replay'
import type { State } from '../sim/explore/states'
import { InputError } from '../sim/release/input-error'
import { analyse } from './analyse'
import { build, type Built } from './build'
import type { Crashed } from './crashed'
import { readSystem } from './data-files'
import { guardedStrategy, limited, silence, waitsForOther, withoutTimers } from './guarded-strategy'
import { checkStrategy, replayStory, type StoppedAt } from './replay-story'
import { type Message, type ResultOf, type Task, type Work, beat, phases } from './task'
import { checkFits, loadStrategy, type UserStrategy } from './user-strategy'

function ofOwn({ build: asked, work }: Task): Message {
  const built = build(asked)
  return done(work.kind === 'replay' ? replayStory(built, work, () => null) : analyse(built, { ...work, onProgress: progressOf() }))
}

async function ofUser(task: Task, file: string): Promise<Message> {
  const shared = new Int32Array(task.heartbeat)
  const late = lateErrors()
  const { setImmediate } = withoutTimers()
  const count = (at: number): void => { Atomics.add(shared, at, 1) }
  const limits = { silenceSeconds: task.silenceSeconds, enter: () => count(beat.user), leave: () => count(beat.user) }
  const loaded = limited((): UserStrategy => loadStrategy(file), limits)
  if (loaded === 'silent') return refused(file, `a module that ${silence(task.silenceSeconds)}, ${phases[0]}`)

  const { work } = task
  if (work.kind === 'replay') checkStrategy(file, loaded.value, work.token)

  let current: State | null = null
  let stopped: StoppedAt & Crashed | null = null
  /** In the uncut run a crash is told like any other. */
  const isAtWork = (): boolean => current !== null || work.kind === 'replay'
  const stop = (why: string): void => { stopped ??= isAtWork() ? { why, state: current, powerOn: shared[beat.powerOns] ?? 0 } : null }
  checkFits(file, loaded.value.strategy, readSystem(task.build.system), task.build.options)
  const strategy = guardedStrategy(loaded.value.strategy, {
    ...limits, onSilence: stop,
    crashes() {
      if (task.crash === undefined || task.crash.atPowerOn !== shared[beat.powerOns]) return stopped?.why ?? null
      stop(task.crash.why)
      return task.crash.why
    },
  })
  // What it does to further updates is of no state.
  const built = countingPowerOns(build({ ...task.build, strategy, strategyDigest: loaded.value.digest }), () => count(beat.powerOns), () => { current = null })

  if (work.kind === 'replay') {
    // No uncut run: the sweep that made the token had one, of the very same strategy.
    Atomics.store(shared, beat.phase, phases.length - 1)
    return done(replayStory(built, work, () => stopped))
  }
  count(beat.phase)
  const why = uncutCrash(built) ?? await afterTurns(setImmediate, late)
  if (why !== null) return refused(file, `a strategy that crashes ${phases[1]}: ${why}`)

  count(beat.phase)
  const analysis = analyse(built, {
    cuts: work.cuts, onProgress: progressOf(), onPowerOn: (state) => { current = state }, crashed: () => stopped,
    get statesMax() { return stopped === null ? work.statesMax : 0 },
  })
  const afterwards = await afterTurns(setImmediate, late)
  if (afterwards === null || analysis.incomplete !== null) return done(analysis)
  return done(analyse(built, { cuts: work.cuts, statesMax: work.statesMax, crashed: () => ({ why: afterwards, state: null }) }))
}

/** Why the updater crashes although nobody cuts the power; null: it does not. */
function uncutCrash({ machine }: Built): string | null {
  const replayed = replay(machine, [])
  if ('why' in replayed) return replayed.why
  return replayed.after.find(({ flags }) => flags.includes('updater-crash'))?.cause.replace(/^the updater crashed: /, '') ?? null
}

function countingPowerOns(built: Built, count: () => void, onFurther: () => void): Built {
  const { machine } = built
  const { outline, further } = machine
  const countFurther = (): void => {
    onFurther()
    count()
  }
  return {
    ...built,
    machine: {
      ...machine,
      step: (disk, power, freshMark) => { count(); return machine.step(disk, power, freshMark) },
      ...(further === undefined ? {} : {
        further: {
          lastOfUpdate: (disk, power, freshMark) => { countFurther(); return further.lastOfUpdate(disk, power, freshMark) },
          offering: (release, disk, freshMark, keepsHistory) => { countFurther(); return further.offering(release, disk, freshMark, keepsHistory) },
        } satisfies Further,
      }),
      ...(outline === undefined ? {} : { outline: (disk, power) => { count(); return outline(disk, power) } }),
    },
  }
}

/** Errors out of promises and events: who still acts there went on after its power-on had ended. */
function lateErrors(): readonly string[] {
  const errors: string[] = []
  const take = (error: unknown): void => { errors.push(error instanceof Error ? error.message : String(error)) }
  process.on('unhandledRejection', take)
  process.on('uncaughtException', take)
  return errors
}

async function afterTurns(soon: typeof setImmediate, late: readonly string[]): Promise<string | null> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => { soon(resolve) })
  const [first] = late
  return first === undefined ? null : first.startsWith(waitsForOther) ? first : `${waitsForOther}: ${first}`
}

function progressOf(): (progress: { readonly states: number; readonly executions: number }) => void {
  let last = 0
  return (progress) => {
    if (progress.states - last < 50) return
    last = progress.states
    known(parentPort, 'a parent').postMessage({ kind: 'progress', ...progress } satisfies Message)
  }
}

function done(result: ResultOf<Work>): Message {
  return { kind: 'done', result }
}

function refused(file: string, found: string): Message {
  return { kind: 'refused', error: { file, line: 1, column: 1, found, expected: 'one that completes an update when nothing goes wrong' } }
}

async function answer(task: Task): Promise<Message> {
  try {
    return task.strategyModule === null ? ofOwn(task) : await ofUser(task, task.strategyModule)
  } catch (error) {
    if (error instanceof InputError) {
      const { file, line, column, found, expected } = error
      return { kind: 'refused', error: { file, line, column, found, expected } }
    }
    return { kind: 'failed', message: error instanceof Error ? error.stack ?? error.message : String(error), isDefect: error instanceof Defect }
  }
}

void answer(workerData as Task).then((message) => { parentPort?.postMessage(message) })
