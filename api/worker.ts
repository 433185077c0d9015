/**
 * One system in a thread of its own. User code never runs in the main thread: the thread that runs it counts the power-ons it
 * has begun in shared memory, so that the main thread sees when nothing moves any more.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Defect, known } from '../sim/assert'
import { InputError } from '../sim/release/input-error'
import { analyse, type Analysis } from './analyse'
import { build, type BuildRequest } from './build'
import type { Cuts } from '../reports/run-report'
import { loadStrategy } from './user-strategy'

export interface Task {
  readonly build: Omit<BuildRequest, 'strategy'>
  readonly cuts: Cuts
  readonly statesMax: number
  readonly strategyModule: string | null
  /** One 32-bit counter: power-ons begun. */
  readonly heartbeat: SharedArrayBuffer
}

export type Message =
  | { readonly kind: 'progress'; readonly states: number; readonly executions: number }
  | { readonly kind: 'done'; readonly analysis: Analysis }
  | { readonly kind: 'refused'; readonly error: { readonly file: string; readonly line: number; readonly column: number; readonly found: string; readonly expected: string } }
  | { readonly kind: 'failed'; readonly message: string; readonly isDefect: boolean }

function run(task: Task): Message {
  const beats = new Int32Array(task.heartbeat)
  const strategy = task.strategyModule === null ? undefined : loadStrategy(task.strategyModule)
  const built = build({ ...task.build, ...(strategy === undefined ? {} : { strategy }) })
  const { machine } = built
  const counted = {
    ...machine,
    step(...of: Parameters<typeof machine.step>) {
      Atomics.add(beats, 0, 1)
      return machine.step(...of)
    },
  }
  let last = 0
  const analysis = analyse({ ...built, machine: counted }, {
    cuts: task.cuts, statesMax: task.statesMax,
    onProgress(progress) {
      Atomics.add(beats, 0, 1)
      if (progress.states - last < 50) return
      last = progress.states
      known(parentPort, 'a parent').postMessage({ kind: 'progress', ...progress } satisfies Message)
    },
  })
  return { kind: 'done', analysis }
}

function answer(task: Task): Message {
  try {
    return run(task)
  } catch (error) {
    if (error instanceof InputError) {
      const { file, line, column, found, expected } = error
      return { kind: 'refused', error: { file, line, column, found, expected } }
    }
    return { kind: 'failed', message: error instanceof Error ? error.stack ?? error.message : String(error), isDefect: error instanceof Defect }
  }
}

parentPort?.postMessage(answer(workerData as Task))
