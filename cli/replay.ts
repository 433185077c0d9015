/** `powercut replay TOKEN`: the story of one finding again. */
import type { Command } from 'commander'
import type { CommandResult, Running } from './context'
import { exitCodes } from './exit-codes'

export function describeReplay(program: Command): Command {
  return program.command('replay')
    .summary('the story of one finding, step by step')
    .description('Runs one story again, exactly. Exits 1 when it ends otherwise than the token says.')
    .argument('<token>', 'as it stands in a report, after "powercut replay"')
}

export function replayCommand(token: string, running: Running): CommandResult {
  const report = running.engine.replayToken(token.trim())
  return { report, exitCode: report.reproduced ? exitCodes.ok : exitCodes.failed }
}
