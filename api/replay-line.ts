/**
 * The command line that replays a finding. A token knows files by digest only, so the line names them as the user did: it works
 * in the same folder, pasted into a POSIX shell.
 */
import type { Built } from './build'
import type { ReleaseSource } from './requests'

interface Files {
  readonly strategy?: string | undefined
  readonly releases?: readonly [from: string, to: string] | undefined
}

/** For the finding of a run. */
export function replayLineOf({ request }: Built, token: string): string {
  const { from, to } = request.releases
  const isBundled = from.kind === 'bundled' && to.kind === 'bundled'
  return replayLine(token, {
    strategy: request.strategyDigest === undefined ? undefined : request.strategyShown,
    releases: isBundled ? undefined : [specOf(from), specOf(to)],
  })
}

/** The token goes first: `--releases` would take it for one more release. */
export function replayLine(token: string, { strategy, releases }: Files): string {
  return [
    'powercut', 'replay', token,
    ...(strategy === undefined ? [] : ['--strategy', asWord(strategy)]),
    // Two words: in FROM..TO a path with dots may be split elsewhere.
    ...(releases === undefined ? [] : ['--releases', ...releases.map(asWord)]),
  ].join(' ')
}

/** As `--releases` takes it. */
export function specOf(source: ReleaseSource): string {
  return source.kind === 'bundled' ? source.name : `${source.file}#${source.name}`
}

/** One word of a shell, which no command takes for an option. */
function asWord(text: string): string {
  const word = text.startsWith('-') ? `./${text}` : text
  return /^[\w@%+=:,./#-]+$/.test(word) && !word.startsWith('#') ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
