/** The command line: which commands there are, their common options, and what errors mean to the caller. */
import { Command, CommanderError } from 'commander'
import { packageVersion } from '../api/data-files'
import * as engine from '../api/engine'
import { StrategyStopped } from '../api/threads'
import { Defect } from '../sim/assert'
import { InputError } from '../sim/release/input-error'
import { strategies } from '../strategies/registry'
import { checkCommand, describeCheck } from './check'
import { compareCommand, describeCompare } from './compare'
import type { CommandResult, Context, GlobalOptions, Running } from './context'
import { UsageError, exitCodes, type ExitCode } from './exit-codes'
import { processIo, type Io } from './io'
import { describeList, listCommand } from './list'
import { registerLitmus } from './litmus'
import { openOutput } from './output'
import { wholeArgument } from './question-options'
import { describeReplay, replayCommand } from './replay'
import { runCommand } from './run-command'
import { describeShow, showCommand } from './show'
import { describeSweep, sweepCommand } from './sweep'

/** How long threads may take to end after Ctrl-C before the process ends anyway. */
const STOPPING_MS = 1000

/** Runs one command line (without node and script) and returns the exit code. */
export async function main(argv: readonly string[], overrides: Partial<Context> = {}): Promise<number> {
  const context: Context = { io: processIo(), engine, strategies: strategies.map(({ facts }) => facts), ...overrides }
  const exitCode = await run(argv, context)
  if (exitCode === exitCodes.interrupted && overrides.io === undefined) setTimeout(() => process.exit(exitCode), STOPPING_MS).unref()
  return exitCode
}

async function run(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = exitCodes.ok
  try {
    await commandLine(context, (code) => { exitCode = code }).parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return codeOf(error, context.io)
  }
}

function commandLine(context: Context, finish: (exitCode: number) => void): Command {
  const { io } = context
  const program = new Command('powercut')
    .description('Cuts the power at every point of an operating-system update and tells what is left.')
    .version(packageVersion())
    .option('--json', 'print one JSON document and nothing else')
    .option('--output <file>', 'write the report to a file')
    .option('--seed <text>', 'for everything that is left to chance', 'powercut')
    .option('--workers <number>', 'threads to work with; the result is the same (default: one a processor)', wholeArgument(1))
    .option('--quiet', 'no progress and no notes on stderr')
    .option('--no-color', 'no colours')
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'powercut: ')),
    })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()

  /** A command gets its options and what it may use; all the rest is the same for each. */
  const on = (command: Command, action: (args: readonly string[], options: object, running: Running) => CommandResult | Promise<CommandResult>): void => {
    command.action(async () => {
      const global = program.opts<GlobalOptions>()
      const args = command.processedArgs.flat().filter((each): each is string => typeof each === 'string')
      finish(await runCommand(context, global, (running) => action(args, command.opts(), running)))
    })
  }
  on(describeCompare(program), (_, options, running) => compareCommand(options, running))
  on(describeCheck(program), (files, _, running) => checkCommand(files, running))
  on(describeSweep(program), ([scenario], options, running) => sweepCommand(scenario, options, running))
  on(describeReplay(program), ([token = ''], options, running) => replayCommand(token, options, running))
  registerLitmus(program, finish, {
    out: (text) => openOutput(io, program.opts<GlobalOptions>().output).finish(text),
    err: (text) => io.err(text),
  })
  on(describeList(program), ([kind = ''], _, running) => listCommand(kind, running))
  on(describeShow(program), ([name = ''], _, running) => showCommand(name, running))
  return program
}

function codeOf(error: unknown, io: Io): ExitCode {
  // Commander has said already what is wrong, or has printed the help or version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput
  if (error instanceof UsageError || error instanceof InputError) {
    io.err(`powercut: ${error.message}\n`)
    return exitCodes.badInput
  }
  // No report can be made of it: neither pass nor fail.
  if (error instanceof StrategyStopped) {
    io.err(`powercut: ${error.message}\n`)
    return exitCodes.incomplete
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const what = error instanceof Defect ? 'a check inside powercut failed' : 'powercut met an error that it does not know'
  io.err(`powercut: ${what}. This is a defect of powercut, not of your input.\n`)
  io.err(`Please report it with the command line, the version ${packageVersion()} and this text:\n${text}\n`)
  return exitCodes.defect
}
