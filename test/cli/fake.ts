/** A terminal and an engine for tests. */
import type { CompareRequest, Engine, SweepRequest } from '../../api/requests'
import { main } from '../../cli/main'
import type { Context } from '../../cli/context'
import type { Io } from '../../cli/io'
import type { StrategyFacts } from '../../sim/machine/os'
import { compareReport, debianClassic, raucSlots, replayReport, sweepReport } from '../reports/samples'

export interface FakeIo extends Io {
  stdout: string
  stderr: string
  /** As if somebody pressed Ctrl-C. */
  interrupt(): void
}

export function fakeIo(changes: Partial<Io> = {}): FakeIo {
  const handlers = new Set<() => void>()
  let clock = 0
  return {
    stdout: '', stderr: '',
    out(text) { this.stdout += text },
    err(text) { this.stderr += text },
    outIsTerminal: false, errIsTerminal: false, columns: undefined, environment: {}, folder: process.cwd(), processors: 2,
    now: () => (clock += 400),
    onInterrupt(handler) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    interrupt() { for (const handler of handlers) handler() },
    ...changes,
  }
}

export interface FakeEngine extends Engine {
  compared: CompareRequest[]
  swept: SweepRequest[]
}

export function fakeEngine(changes: Partial<Engine> = {}): FakeEngine {
  const compared: CompareRequest[] = []
  const swept: SweepRequest[] = []
  return {
    compared, swept,
    async compareSystems(request) {
      compared.push(request)
      const systems = [raucSlots, debianClassic].filter((system) => request.systems.includes(system.system))
      for (const system of systems) {
        request.onProgress?.({ system: system.system, doing: 'closing', states: 12, executions: 3 })
        request.onSystem?.(system)
      }
      return { ...compareReport, systems }
    },
    async sweepSystem(request) {
      swept.push(request)
      return sweepReport
    },
    replayToken: async (token) => ({ ...replayReport, token }),
    judgeExpectations: async (questions) => questions.map(({ expect }) => expect.map(() => ({ ok: true, got: 'old, new', finding: null }))),
    ...changes,
  }
}

export const rauc: StrategyFacts = {
  name: 'rauc', title: 'RAUC', follows: 'rauc 1.8', sources: [], needs: ['slot', 'loader-env'],
  options: {
    'image-flush': { default: true, means: 'fsync of the slot after writing', source: { title: 'src/update_handler.c', where: '' } },
    'chunk-bytes': { default: 65536, means: 'bytes a write', source: { title: 'src/update_handler.c', where: '' } },
    label: { default: 'x', means: 'a text', source: { title: 'none', where: '' } },
  },
  vows: ['no-brick'], notModelled: ['adaptive updates'],
}

export interface Ran { readonly code: number; readonly stdout: string; readonly stderr: string; readonly engine: FakeEngine }

/** One command line, words separated by blanks (or given apart), against the fakes. */
export async function ran(line: string | readonly string[], io: FakeIo = fakeIo(), engine: FakeEngine = fakeEngine()): Promise<Ran> {
  const overrides: Partial<Context> = { io, engine, strategies: [rauc] }
  const code = await main(typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line, overrides)
  return { code, stdout: io.stdout, stderr: io.stderr, engine }
}
