/**
 * Tokens: one finding as a short text that a shell takes unquoted. It names version, system, releases, hardware and options, a
 * digest of all that decides what happens, the story, and the verdict that it ends in.
 *
 * What lies in files of the user's it names with a digest of its own, so that a replay can tell which of them has changed:
 * `SYSTEM+STRATEGY@DIGEST` for a strategy, `file/RELEASE@DIGEST` for a release.
 */
import { parseStory, printStory } from '../sim/explore/story-code'
import type { StoryStep } from '../sim/explore/replay'
import type { Options } from '../sim/machine/os'
import { InputError } from '../sim/release/input-error'
import type { RunsVerdict } from '../sim/judge/verdict-of-runs'
import { type Outcome, outcomes } from '../sim/judge/outcome'
import type { Built } from './build'
import { packageVersion } from './data-files'
import { optionsFromText, optionsText, plain, safe } from './token-text'

const prefix = 'pc1'

export interface Token {
  readonly version: string
  readonly system: string
  /** Null: the system's own. */
  readonly strategy: { readonly name: string; readonly digest: string } | null
  readonly from: TokenRelease
  readonly to: TokenRelease
  readonly hardware: string
  readonly options: Options
  readonly digest: string
  readonly story: readonly StoryStep[]
  readonly outcome: Outcome
}

export interface TokenRelease {
  readonly name: string
  /** Null: a bundled one. */
  readonly digest: string | null
}

export function printToken(built: Built, story: readonly StoryStep[], verdict: RunsVerdict): string {
  const { request, strategy } = built
  const system = request.strategyDigest === undefined ? request.system : `${request.system}+${safe(strategy.facts.name)}@${shortDigest(request.strategyDigest)}`
  const names = [built.from, built.to].map(({ digest }, at) => {
    const { name } = at === 0 ? request.releases.from : request.releases.to
    // Two dots would end it.
    return digest === null ? name : `file/${safe(name).replaceAll('..', '%2E%2E')}@${digest}`
  })
  return [prefix, packageVersion(), system, names.join('..'), request.hardware, optionsText(request.options), built.digest, printStory(story), verdict.outcome].join(':')
}

/** As many digits as tokens hold. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 8)
}

const places = ['prefix', 'version', 'system', 'releases', 'hardware', 'options', 'digest', 'story', 'outcome'] as const

/** Where in a token a part of it begins; from 1. */
export function columnOf(text: string, part: (typeof places)[number]): number {
  const at = places.indexOf(part)
  return at === 0 ? 1 : text.split(':').slice(0, at).join(':').length + 2
}

/** @throws InputError where it is no token, or one of another version */
export function parseToken(text: string): Token {
  const fail = (column: number, found: string, expected: string): never => {
    throw new InputError({ file: 'token', line: 1, column, found, expected })
  }
  const parts = text.split(':')
  if (parts[0] !== prefix || parts.length !== places.length) return fail(1, JSON.stringify(text.slice(0, 40)), `a token as findings print it: ${prefix}:VERSION:SYSTEM:FROM..TO:HARDWARE:OPTIONS:DIGEST:STORY:VERDICT`)
  const [, version, system, releases, hardware, options, digest, storyText, outcome] = parts as [string, string, string, string, string, string, string, string, string]
  if (version !== packageVersion()) return fail(columnOf(text, 'version'), `a token of powercut ${version}`, `one of this version, ${packageVersion()}: run the sweep again`)
  const own = systemFrom(system) ?? fail(columnOf(text, 'system'), JSON.stringify(system), 'SYSTEM, or SYSTEM+STRATEGY@DIGEST')
  const [from, to, ...rest] = releases.split('..').map(releaseFrom)
  if (from === undefined || from === null || to === undefined || to === null || rest.length > 0) return fail(columnOf(text, 'releases'), JSON.stringify(releases), 'FROM..TO, each a name or file/NAME@DIGEST')
  const asked = optionsFromText(options) ?? fail(columnOf(text, 'options'), JSON.stringify(options), 'KEY=VALUE,KEY=VALUE')
  if (storyText === '') return fail(columnOf(text, 'story'), 'no story', 'a finding whose power-on is known: this one only the sweep shows')
  const story = parseStory(storyText)
  if (story === null) return fail(columnOf(text, 'story'), JSON.stringify(storyText.slice(0, 40)), 'a story as c57-a.1f+n')
  const verdict = outcomes.find((each) => each === outcome)
  if (verdict === undefined) return fail(columnOf(text, 'outcome'), JSON.stringify(outcome), `a verdict: ${outcomes.join(', ')}`)
  return { version, ...own, from, to, hardware, options: asked, digest, story, outcome: verdict }
}

function systemFrom(text: string): Pick<Token, 'system' | 'strategy'> | null {
  const [, system = '', name, digest] = /^([^+@]+)(?:\+([^@]+)@([0-9a-f]{8}))?$/.exec(text) ?? []
  if (system === '') return null
  if (name === undefined || digest === undefined) return { system, strategy: null }
  const known = plain(name)
  return known === null ? null : { system, strategy: { name: known, digest } }
}

function releaseFrom(text: string): TokenRelease | null {
  const [, name, digest] = /^file\/([^@]+)@([0-9a-f]{8})$/.exec(text) ?? []
  if (name === undefined || digest === undefined) return text === '' ? null : { name: text, digest: null }
  const known = plain(name)
  return known === null ? null : { name: known, digest }
}
