/** Runs one task a thread, at most so many at once; results come in the order of the tasks, whatever ends first. */
import { join, extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Defect } from '../sim/assert'
import { InputError } from '../sim/release/input-error'
import type { Analysis } from './analyse'
import { packageRoot } from './data-files'
import type { Progress } from './requests'
import type { Message, Task } from './worker'

export interface NamedTask { readonly name: string; readonly task: Task }

interface Around {
  readonly workers: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** A user's strategy may think so long about one power-on. */
const silenceMaxMilliseconds = 20_000
const heapMaxMegabytes = 4096
const userHeapMaxMegabytes = 1024

export async function inThreads(tasks: readonly NamedTask[], around: Around, onDone: (analysis: Analysis) => void): Promise<readonly Analysis[]> {
  const results = new Array<Analysis | undefined>(tasks.length)
  let next = 0
  let told = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      results[at] = await inThread(tasks[at]!, around)
      for (let ready = results[told]; ready !== undefined; ready = results[++told]) onDone(ready)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(around.workers, tasks.length)) }, lane))
  return results as readonly Analysis[]
}

function inThread({ name, task }: NamedTask, around: Around): Promise<Analysis> {
  return new Promise((resolve, reject) => {
    const file = join(__dirname, `worker${extname(__filename)}`)
    const worker = new Worker(file, {
      workerData: task,
      ...(file.endsWith('.ts') ? { execArgv: ['-r', join(packageRoot(), 'tools', 'register-ts.js')] } : {}),
      resourceLimits: { maxOldGenerationSizeMb: task.strategyModule === null ? heapMaxMegabytes : userHeapMaxMegabytes },
    })
    const beats = new Int32Array(task.heartbeat)
    let last = -1
    const watch = task.strategyModule === null ? undefined : setInterval(() => {
      const now = Atomics.load(beats, 0)
      if (now === last && now > 0) fail(new StrategyStopped(name, `gave no sign of life for ${silenceMaxMilliseconds / 1000} s: it loops, or waits for something powercut does not simulate`))
      last = now
    }, silenceMaxMilliseconds)
    const end = (): void => {
      clearInterval(watch)
      around.signal?.removeEventListener('abort', stop)
      void worker.terminate()
    }
    const stop = (): void => fail(new Error('stopped'))
    const fail = (error: Error): void => {
      end()
      reject(error)
    }
    around.signal?.addEventListener('abort', stop)
    around.onProgress?.({ system: name, doing: 'recording' })
    worker.on('message', (message: Message) => {
      switch (message.kind) {
        case 'progress': return around.onProgress?.({ system: name, doing: 'closing', states: message.states, executions: message.executions })
        case 'done':
          end()
          return resolve(message.analysis)
        case 'refused': return fail(new InputError(message.error))
        case 'failed': return fail(message.isDefect ? new Defect(message.message) : new Error(message.message))
      }
    })
    worker.on('error', (error: Error & { code?: string }) => fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? new StrategyStopped(name, 'ran out of memory') : error))
  })
}

/** The strategy, or what it made the machine do, took all time or memory. */
export class StrategyStopped extends Error {
  override readonly name = 'StrategyStopped'
  constructor(readonly system: string, readonly why: string) {
    super(`${system}: the strategy ${why}`)
  }
}
