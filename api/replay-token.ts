/**
 * From a token, and the files that it is of, to the task of replaying it. Here names are compared; digests, which take loading
 * the files, are compared in the thread (`replay-story.ts`).
 */
import { bundledReleases } from '../sim/release/catalog'
import { InputError, quoted } from '../sim/release/input-error'
import { bundledHardware, bundledSystems } from './data-files'
import { replayLine, specOf } from './replay-line'
import type { ReleaseSource, ReplayFiles } from './requests'
import type { ReplayWork, Task } from './task'
import { type TokenRelease, columnOf, parseToken } from './token'

/** Where the line to run has to name a file that nobody has named yet. */
const placeholder = 'FILE'

/** @throws InputError when it is no token, or of other files than those given */
export function replayTask(text: string, files: ReplayFiles): Pick<Task<ReplayWork>, 'build' | 'work' | 'strategyModule'> {
  const token = parseToken(text)
  const refuse = (part: Parameters<typeof columnOf>[1], found: string, expected: string): never => {
    throw new InputError({ file: 'token', line: 1, column: columnOf(text, part), found, expected })
  }
  const expectKnown = (part: Parameters<typeof refuse>[0], kind: string, name: string, known: readonly string[]): void => {
    if (!known.includes(name)) refuse(part, `${kind} ${quoted(name)}`, `one of ${known.join(', ')}`)
  }
  const release = (of: TokenRelease, given: ReleaseSource | undefined): ReleaseSource => {
    if (of.digest === null) expectKnown('releases', 'release', of.name, bundledReleases.map((each) => each.name))
    const source = given ?? { kind: 'bundled', name: of.name }
    const isSame = source.name === of.name && (source.kind === 'bundled') === (of.digest === null)
    return isSame ? source : refuse('releases', `a token of ${inWords(of)}`, `one of ${specOf(source)}, as --releases says`)
  }
  /** What was given, and what is missing. */
  const lineToRun = (): string => replayLine(text, {
    strategy: token.strategy === null ? undefined : files.strategyShown ?? files.strategyModule ?? placeholder,
    releases: needsReleases ? [specFor(token.from, files.releases?.from), specFor(token.to, files.releases?.to)] : undefined,
  })
  const needsReleases = token.from.digest !== null || token.to.digest !== null

  expectKnown('system', 'system', token.system, bundledSystems())
  expectKnown('hardware', 'hardware profile', token.hardware, bundledHardware())
  const { strategyModule } = files
  if (token.strategy === null && strategyModule !== undefined) refuse('system', `a token of the strategy that ${token.system} has`, 'one of a strategy out of a file, or no --strategy')
  if (token.strategy !== null && strategyModule === undefined) refuse('system', `a token of the strategy ${quoted(token.strategy.name)} out of a file`, `that file, too: ${lineToRun()}`)
  if (needsReleases && files.releases === undefined) refuse('releases', 'a token of releases out of a file', `that file, too: ${lineToRun()}`)
  return {
    build: {
      system: token.system, hardware: token.hardware, options: token.options,
      releases: { from: release(token.from, files.releases?.from), to: release(token.to, files.releases?.to) },
    },
    work: { kind: 'replay', text, token },
    strategyModule: strategyModule ?? null,
  }
}

function inWords({ name, digest }: TokenRelease): string {
  return digest === null ? `the bundled release ${quoted(name)}` : `a release ${quoted(name)} out of a file`
}

function specFor({ name, digest }: TokenRelease, given: ReleaseSource | undefined): string {
  if (given !== undefined) return specOf(given)
  return digest === null ? name : `${placeholder}#${name}`
}
