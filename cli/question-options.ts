/** The options that compare and sweep share, and how they become a request. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { bundledHardware } from '../api/data-files'
import type { CompareRequest } from '../api/requests'
import type { Cuts } from '../reports/run-report'
import type { Running } from './context'
import { UsageError } from './exit-codes'
import { knownName } from './names'
import { DEFAULT_RELEASES, RELEASES_HELP, releasePair } from './release-options'
import { strategyOptions } from './strategy-options'

export interface QuestionOptions {
  readonly releases?: readonly string[]
  readonly cuts?: Cuts
  readonly hardware?: string
  readonly strategy?: string
  readonly set?: readonly string[]
  readonly statesMax?: number
}

export function addQuestionOptions(command: Command, usual: { cuts: string; hardware: string }): Command {
  return command
    .option('--releases <pair...>', `${RELEASES_HELP} (default: ${DEFAULT_RELEASES})`)
    .option('--cuts <number>', `most power cuts in one story, or any (default: ${usual.cuts})`, cutsArgument)
    .option('--hardware <name>', `profile of speeds and times: ${bundledHardware().join(', ')} (default: ${usual.hardware})`)
    .option('--strategy <file>', 'module with a strategy of your own (.ts or .js), in place of that of the systems')
    .option('--set <key=value>', 'option of a strategy or loader, as rauc.imageFlush=false, or release.behaviour=panics; may be repeated', collected)
    .option('--states-max <number>', 'give up beyond that many states, as incomplete', wholeArgument(1))
}

/** All of a request but the systems. */
export function questionOf(options: QuestionOptions, running: Running, usual: { cuts: Cuts; hardware: string }): Omit<CompareRequest, 'systems' | 'onSystem'> {
  const { io, global, signal, onProgress, workers, strategies } = running
  const { hardware = usual.hardware, statesMax } = options
  const own = strategyFiles(options.strategy, io.folder)
  return {
    releases: releasePair(options.releases ?? [DEFAULT_RELEASES], io.folder),
    cuts: options.cuts ?? usual.cuts,
    options: strategyOptions(options.set ?? [], strategies, options.strategy !== undefined),
    hardware: knownName('hardware profile', hardware, bundledHardware()),
    workers, seed: global.seed, signal, onProgress,
    ...own,
    ...(statesMax === undefined ? {} : { statesMax }),
  }
}

/** `--strategy` of a request: where the file is, and how the user named it. */
export function strategyFiles(file: string | undefined, folder: string): Pick<CompareRequest, 'strategyModule' | 'strategyShown'> {
  return file === undefined ? {} : { strategyModule: modulePath(file, folder), strategyShown: file }
}

function modulePath(file: string, folder: string): string {
  const path = resolve(folder, file)
  if (!existsSync(path)) throw new UsageError(`--strategy ${file}: there is no such file`)
  if (!statSync(path).isFile()) throw new UsageError(`--strategy ${file}: it is not a file`)
  return path
}

function cutsArgument(text: string): Cuts {
  return text === 'any' ? text : wholeArgument(0, 'a whole number, or any')(text)
}

export function wholeArgument(min: number, expected = `a whole number from ${min}`): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d{1,15}$/.test(text) || value < min) throw new InvalidArgumentError(`Expected ${expected}.`)
    return value
  }
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
