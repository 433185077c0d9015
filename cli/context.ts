/** What every command gets, and the options that all of them take. */
import type { Engine, Progress } from '../api/requests'
import type { Report } from '../reports/run-report'
import type { Look } from '../reports/look'
import type { StrategyFacts } from '../sim/machine/os'
import type { ExitCode } from './exit-codes'
import { coloursWanted, type Io } from './io'

export interface Context {
  readonly io: Io
  readonly engine: Engine
  readonly strategies: readonly StrategyFacts[]
}

export interface GlobalOptions {
  readonly json?: boolean
  readonly seed: string
  readonly workers?: number
  readonly quiet?: boolean
  /** False after --no-color. */
  readonly color: boolean
  readonly output?: string
}

/** What a command hands back; printing it is not its business. */
export interface CommandResult {
  readonly report: Report
  readonly exitCode: ExitCode
  /** For people, on stderr, unless --quiet. */
  readonly notes?: readonly string[]
}

/** What a command may use while it runs. */
export interface Running extends Context {
  readonly global: GlobalOptions
  readonly workers: number
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** How the text report will begin, as soon as that is known: people see at once what they asked. */
  readonly begin: (head: (look: Look) => string) => void
  /** What is to be printed should the command be interrupted from now on. */
  readonly found: (report: Report) => void
}

const COLUMNS_WITHOUT_TERMINAL = 100
const COLUMNS_MIN = 40

export function lookOf(io: Io, global: GlobalOptions): Look {
  const toFile = global.output !== undefined
  return {
    colours: !toFile && coloursWanted(io, global.color),
    columns: Math.max(COLUMNS_MIN, (toFile ? undefined : io.columns) ?? COLUMNS_WITHOUT_TERMINAL),
  }
}
