/** Runs one task a thread, at most so many at once; results come in the order of the tasks, whatever ends first. */
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Defect } from '../sim/assert'
import { InputError } from '../sim/release/input-error'
import { packageRoot } from './data-files'
import { silence } from './guarded-strategy'
import type { Progress } from './requests'
import { type Message, type ResultOf, type Task, type Work, beat, beats, phases } from './task'

export interface NamedTask<W extends Work = Work> { readonly name: string; readonly task: Omit<Task<W>, 'heartbeat'> }

interface Around {
  readonly workers: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** The thread of a user's strategy died, or hangs where it cannot be stopped from inside. */
interface Death {
  readonly kind: 'death'
  readonly why: string
  readonly phase: number
  readonly powerOns: number
}

const megabyte = 1_048_576
/** Histories are long lists of small objects that die together: a large nursery saves most of their collection. */
const youngMegabytes = 192
const heapMaxMegabytes = 4096
/** What the process may grow by during one call into user code: seen long before V8 gives up, and buffers count, too. */
const growthMaxMegabytes = 1024
const watchMilliseconds = 100

export async function inThreads<W extends Work>(tasks: readonly NamedTask<W>[], around: Around, onDone: (result: ResultOf<W>) => void): Promise<readonly ResultOf<W>[]> {
  const results = Array.from<ResultOf<W> | undefined>({ length: tasks.length })
  let next = 0
  let told = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      results[at] = await decided(tasks[at]!, around)
      for (let ready = results[told]; ready !== undefined; ready = results[++told]) onDone(ready)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(around.workers, tasks.length)) }, lane))
  return results as readonly ResultOf<W>[]
}

/**
 * A thread that a user's strategy kills in the search, or in a replay, is started once more, does the very same, and takes the updater for
 * crashed at that power-on: so there is a report, and a story of how it came there.
 */
async function decided<W extends Work>(named: NamedTask<W>, around: Around): Promise<ResultOf<W>> {
  const first = await inThread(named, around)
  if (first.kind === 'done') return first.result as ResultOf<W>
  const { strategyModule } = named.task
  if (first.phase < phases.length - 1) {
    throw new InputError({ file: strategyModule ?? '', line: 1, column: 1, found: `a strategy that ${first.why} ${phases[first.phase] ?? ''}`, expected: 'one that completes an update when nothing goes wrong' })
  }
  const second = await inThread({ ...named, task: { ...named.task, crash: { atPowerOn: first.powerOns, why: first.why } } }, around)
  if (second.kind === 'done') return second.result as ResultOf<W>
  throw new StrategyStopped(named.name, second.why)
}

function inThread({ name, task }: NamedTask, around: Around): Promise<Extract<Message, { kind: 'done' }> | Death> {
  return new Promise((resolve, reject) => {
    const file = workerFile()
    const isUser = task.strategyModule !== null
    const heartbeat = new SharedArrayBuffer(beats * Int32Array.BYTES_PER_ELEMENT)
    const seen = new Int32Array(heartbeat)
    const worker = new Worker(file, {
      workerData: { ...task, heartbeat } satisfies Task,
      ...(file.endsWith('.ts') ? { execArgv: ['-r', join(packageRoot(), 'tools', 'register-ts.js')] } : {}),
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes, maxOldGenerationSizeMb: heapMaxMegabytes },
    })
    let stopWatching = (): void => undefined
    const end = (): void => {
      stopWatching()
      around.signal?.removeEventListener('abort', stop)
      worker.removeAllListeners('exit')
      void worker.terminate()
    }
    const fail = (error: Error): void => {
      end()
      reject(error)
    }
    const stop = (): void => fail(new Error('stopped'))
    const die = (why: string): void => {
      end()
      resolve({ kind: 'death', why, phase: Atomics.load(seen, beat.phase), powerOns: Atomics.load(seen, beat.powerOns) })
    }
    if (isUser) stopWatching = watch(seen, task.silenceSeconds, die)
    around.signal?.addEventListener('abort', stop)
    around.onProgress?.({ system: name, doing: task.work.kind === 'replay' ? 'replaying' : 'recording' })
    worker.on('message', (message: Message) => {
      switch (message.kind) {
        case 'progress': return around.onProgress?.({ system: name, doing: 'closing', states: message.states, executions: message.executions })
        case 'done':
          end()
          return resolve(message)
        case 'refused': return fail(new InputError(message.error))
        case 'failed': return fail(message.isDefect ? new Defect(message.message) : new Error(message.message))
      }
    })
    worker.on('error', (error: Error & { code?: string }) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      if (!isUser) fail(isMemory ? new StrategyStopped(name, `takes more than ${heapMaxMegabytes} MiB`) : error)
      else die(isMemory ? `takes more than ${growthMaxMegabytes} MiB of memory` : `fails with ${error.message.split('\n')[0] ?? 'an error'}`)
    })
    worker.on('exit', (code) => {
      if (isUser) die(`ends its thread (exit code ${code})`)
      else fail(new Error(`the thread of ${name} ended with exit code ${code}`))
    })
  })
}

/** In a checkout TypeScript as it is, compiled by a native module in each thread. */
function workerFile(): string {
  const file = join(__dirname, `worker${extname(__filename)}`)
  // Unloaded with the last thread that has it and then loaded again, that module crashes the process: so this thread keeps it.
  if (file.endsWith('.ts') && !holdsCompiler) {
    holdsCompiler = true
    try {
      createRequire(__filename)('@swc/core')
    } catch {
      // Not installed: TypeScript compiles.
    }
  }
  return file
}

let holdsCompiler = false

/** Looks after what a thread cannot stop by itself: memory, and a call into the system that does not return. */
function watch(seen: Int32Array, silenceSeconds: number, die: (why: string) => void): () => void {
  let before = 0
  let silentMilliseconds = 0
  let bytesAtEntry = 0
  const timer = setInterval(() => {
    const user = Atomics.load(seen, beat.user)
    const bytes = process.memoryUsage.rss()
    if (user % 2 === 0 || user !== before) {
      before = user
      silentMilliseconds = 0
      bytesAtEntry = bytes
      return
    }
    silentMilliseconds += watchMilliseconds
    // The thread stops itself after the simple time.
    if (silentMilliseconds > 2000 * silenceSeconds) die(silence(2 * silenceSeconds))
    else if (bytes - bytesAtEntry > growthMaxMegabytes * megabyte) die(`takes more than ${growthMaxMegabytes} MiB of memory`)
  }, watchMilliseconds)
  return () => clearInterval(timer)
}

/** The strategy, or what it made the machine do, took all time or memory, even where it was not run any more. */
export class StrategyStopped extends Error {
  override readonly name = 'StrategyStopped'
  constructor(readonly system: string, readonly why: string) {
    super(`${system}: the strategy ${why}`)
  }
}
