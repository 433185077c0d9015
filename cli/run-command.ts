/** Around every command: output, progress, Ctrl-C. Errors pass through, after nothing half done is left behind. */
import { jsonReporter, textReporter } from '../reports/reporters'
import type { Report } from '../reports/run-report'
import { lookOf, type CommandResult, type Context, type GlobalOptions, type Running } from './context'
import { exitCodes, type ExitCode } from './exit-codes'
import { openOutput } from './output'
import { progressLine } from './progress'

export async function runCommand(
  context: Context, global: GlobalOptions, command: (running: Running) => CommandResult | Promise<CommandResult>,
): Promise<ExitCode> {
  const { io } = context
  const output = openOutput(io, global.output)
  const progress = progressLine(io, global.quiet === true)
  const render = (report: Report): string =>
    global.json === true ? jsonReporter.render(report) : textReporter.render(report, lookOf(io, global))
  let begun = ''
  /** What is left to print of a text whose beginning may be there already. */
  const rest = (text: string): string => (text.startsWith(begun) ? text.slice(begun.length) : text)
  const stop = new AbortController()
  let sofar: Report | undefined
  let release: (() => void) | undefined
  const interrupted = new Promise<'interrupted'>((resolve) => {
    release = io.onInterrupt(() => {
      stop.abort()
      resolve('interrupted')
    })
  })
  try {
    const work = Promise.resolve().then(() => command({
      ...context, global, signal: stop.signal,
      workers: global.workers ?? io.processors,
      onProgress: (step) => progress.show(step),
      begin(head) {
        if (global.json === true || global.output !== undefined || begun !== '') return
        begun = head(lookOf(io, global))
        io.out(begun)
      },
      found: (report) => { sofar = report },
    }))
    // After Ctrl-C nobody waits for it; it may then fail as it likes.
    work.catch(() => undefined)
    const result = await Promise.race([work, interrupted])
    progress.clear()
    if (result === 'interrupted') {
      output.discard()
      if (sofar !== undefined) io.out(rest(render(sofar)))
      else if (begun !== '') io.out('\n')
      io.err(`powercut: interrupted${sofar === undefined ? '' : '; the report holds what was found until then'}\n`)
      return exitCodes.interrupted
    }
    output.finish(rest(render(result.report)))
    if (global.quiet !== true) for (const note of result.notes ?? []) io.err(`powercut: ${note}\n`)
    return result.exitCode
  } catch (error) {
    progress.clear()
    output.discard()
    if (begun !== '') io.out('\n')
    throw error
  } finally {
    release?.()
  }
}
