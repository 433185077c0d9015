/** `powercut litmus FILE… [--model KEY]`: what a file system may leave behind, held against the tests of a file. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { Command } from 'commander'

import { litmusText } from '../reports/litmus-text'
import { persistenceModels } from '../sim/fs/models'
import type { LitmusReport } from '../sim/litmus/litmus-report'
import type { LitmusTest } from '../sim/litmus/litmus-test'
import { didYouMean } from '../sim/nearest'
import { parseLitmus } from '../sim/litmus/notation'
import { runLitmus } from '../sim/litmus/run-litmus'
import { InputError } from '../sim/release/input-error'

export interface LitmusOptions {
  readonly model?: string
  readonly json?: boolean
}

export interface Io {
  /** Each is written as it is: the text brings its line ends. */
  out(text: string): void
  err(text: string): void
}

const processIo: Io = {
  out: (text) => { process.stdout.write(text) },
  err: (text) => { process.stderr.write(text) },
}

/** `finish` is told the exit code. */
export function registerLitmus(
  program: Command, finish: (exitCode: number) => void = (exitCode) => { process.exitCode = exitCode }, io: Io = processIo,
): void {
  program
    .command('litmus')
    .summary('hold persistence models against litmus tests')
    .description('Reads litmus tests from Markdown files: tiny programs, end states, and whether a power cut may leave them behind.\nExits 1 when a verdict does not hold.')
    .argument('<file...>', 'Markdown files with fences marked litmus, litmus-device, litmus-text')
    .option('--model <key>', `look at one model only: ${modelKeys().join(', ')}`)
    .option('--json', 'print one JSON document, powercut/litmus@1, and nothing else')
    .action(async (files: string[], _options: LitmusOptions, command: Command) => {
      finish(await litmusCommand(files, command.optsWithGlobals<LitmusOptions>(), io))
    })
}

/** 0: no verdict failed; 1: some did; 2: bad usage or input. */
export async function litmusCommand(files: readonly string[], options: LitmusOptions, io: Io): Promise<number> {
  const { model } = options
  if (model !== undefined && !modelKeys().includes(model)) {
    io.err(`powercut litmus: unknown model "${model}"${didYouMean(model, modelKeys())}; there are ${modelKeys().join(', ')}.\n`)
    return 2
  }
  const tests: LitmusTest[] = []
  try {
    for (const file of files) tests.push(...readTests(file))
    const report = runLitmus(tests, model)
    io.out(options.json === true ? `${JSON.stringify(withVersion(report), null, 2)}\n` : litmusText(report))
    return report.summary.failed === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    io.err(`powercut litmus: ${error.message}\n`)
    return 2
  }
}

function modelKeys(): readonly string[] {
  return persistenceModels.map(({ key }) => key)
}

function readTests(file: string): readonly LitmusTest[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new InputError({ file, line: 1, column: 1, found: `nothing that can be read (${code ?? 'error'})`, expected: 'a Markdown file' })
  }
  const tests = parseLitmus(text, file)
  if (tests.length === 0) throw new InputError({ file, line: 1, column: 1, found: 'no litmus test', expected: 'a fence marked litmus, litmus-device or litmus-text' })
  return tests
}

function withVersion({ schema, ...rest }: LitmusReport): LitmusReport & { readonly version: string } {
  return { schema, version: packageVersion(), ...rest }
}

/** `package.json` lies one folder up in a checkout and two in the installed package. */
function packageVersion(): string {
  let folder = dirname(__dirname)
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}
