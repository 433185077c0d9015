/** Everything outside of the process that a command touches, except files. Tests bring their own. */
import { availableParallelism } from 'node:os'

export interface Io {
  /** Each text brings its line ends. */
  out(text: string): void
  err(text: string): void
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** Width of the terminal; undefined when there is none. */
  readonly columns: number | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly processors: number
  /** Milliseconds from anywhere; for progress only. */
  now(): number
  /** Returns what takes the handler away again. */
  onInterrupt(handler: () => void): () => void
}

/** Ctrl-C, `kill`, and a terminal that goes away. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function processIo(): Io {
  // Without a listener a closed pipe would end the process with a stack trace; `cli/bin.js` sees to stdout.
  if (!process.stderr.listeners('error').includes(ignoreClosedPipe)) process.stderr.on('error', ignoreClosedPipe)
  return {
    out: (text) => { process.stdout.write(text) },
    err: (text) => { process.stderr.write(text) },
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.isTTY === true ? process.stdout.columns : undefined,
    environment: process.env,
    folder: process.cwd(),
    processors: availableParallelism(),
    now: () => performance.now(),
    onInterrupt: (handler) => {
      for (const signal of endings) process.once(signal, handler)
      return () => { for (const signal of endings) process.removeListener(signal, handler) }
    },
  }
}

/** https://no-color.org: NO_COLOR, not empty, wins over all but the absence of a terminal. FORCE_COLOR is for logs that show colours. */
export function coloursWanted(io: Io, allowed: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.environment
  if (!allowed || (NO_COLOR !== undefined && NO_COLOR !== '')) return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return io.outIsTerminal && TERM !== 'dumb'
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
