/** `powercut replay TOKEN`: the story of one finding again. */
import type { Command } from 'commander'
import type { CommandResult, Running } from './context'
import { exitCodes } from './exit-codes'
import { strategyFiles } from './question-options'
import { RELEASES_HELP, releasePair } from './release-options'

export interface ReplayOptions {
  readonly strategy?: string
  readonly releases?: readonly string[]
}

export function describeReplay(program: Command): Command {
  return program.command('replay')
    .summary('the story of one finding, step by step')
    .description('Runs one story again, exactly. Exits 1 when it ends otherwise than the token says, 2 when what it is of has changed.')
    .argument('<token>', 'as it stands in a report, after "powercut replay"')
    .option('--strategy <file>', 'the module with your own strategy, when the finding is one of it')
    .option('--releases <pair...>', `the releases, when one is of a manifest; after the token. ${RELEASES_HELP}`)
}

export async function replayCommand(token: string, { strategy, releases }: ReplayOptions, { engine, io, signal, onProgress }: Running): Promise<CommandResult> {
  const report = await engine.replayToken(token.trim(), {
    ...strategyFiles(strategy, io.folder),
    ...(releases === undefined ? {} : { releases: releasePair(releases, io.folder) }),
    signal, onProgress,
  })
  return { report, exitCode: report.reproduced ? exitCodes.ok : exitCodes.failed }
}
