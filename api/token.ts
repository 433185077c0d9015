/**
 * Tokens: one finding as a short text that a shell takes unquoted. It names version, system, releases, hardware and options, a
 * digest of all that decides what happens, the story, and the verdict that it ends in.
 */
import { parseStory, printStory } from '../sim/explore/story-code'
import type { StoryStep } from '../sim/explore/replay'
import type { Options } from '../sim/machine/os'
import { InputError } from '../sim/release/input-error'
import type { RunsVerdict } from '../sim/judge/verdict-of-runs'
import { type Outcome, outcomes } from '../sim/judge/outcome'
import type { Built } from './build'
import { packageVersion } from './data-files'

const prefix = 'pc1'

export interface Token {
  readonly version: string
  readonly system: string
  readonly from: string
  readonly to: string
  readonly hardware: string
  readonly options: Options
  readonly digest: string
  readonly story: readonly StoryStep[]
  readonly outcome: Outcome
}

export function printToken(built: Built, story: readonly StoryStep[], verdict: RunsVerdict): string {
  const { request } = built
  const options = Object.entries(request.options).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join(',')
  const names = [request.releases.from, request.releases.to].map((source) => (source.kind === 'bundled' ? source.name : `file/${source.name}`))
  return [prefix, packageVersion(), request.system, names.join('..'), request.hardware, options, built.digest, printStory(story), verdict.outcome].join(':')
}

/** @throws InputError where it is no token, or one of another version */
export function parseToken(text: string): Token {
  const fail = (column: number, found: string, expected: string): never => {
    throw new InputError({ file: 'token', line: 1, column, found, expected })
  }
  const parts = text.split(':')
  if (parts[0] !== prefix || parts.length !== 9) return fail(1, JSON.stringify(text.slice(0, 40)), `a token as findings print it: ${prefix}:VERSION:SYSTEM:FROM..TO:HARDWARE:OPTIONS:DIGEST:STORY:VERDICT`)
  const [, version, system, releases, hardware, options, digest, storyText, outcome] = parts as [string, string, string, string, string, string, string, string, string]
  const columnOf = (part: number): number => parts.slice(0, part).join(':').length + 2
  if (version !== packageVersion()) return fail(columnOf(1), `a token of powercut ${version}`, `one of this version, ${packageVersion()}: run the sweep again`)
  const [from, to, ...rest] = releases.split('..')
  if (from === undefined || to === undefined || rest.length > 0) return fail(columnOf(3), JSON.stringify(releases), 'FROM..TO')
  const story = parseStory(storyText)
  if (story === null) return fail(columnOf(7), JSON.stringify(storyText.slice(0, 40)), 'a story as c57-a.1f+n')
  const verdict = outcomes.find((each) => each === outcome)
  if (verdict === undefined) return fail(columnOf(8), JSON.stringify(outcome), `a verdict: ${outcomes.join(', ')}`)
  return { version, system, from, to, hardware, options: parseOptions(options), digest, story, outcome: verdict }
}

function parseOptions(text: string): Options {
  const options: Record<string, string | number | boolean> = {}
  for (const part of text === '' ? [] : text.split(',')) {
    const at = part.indexOf('=')
    const value = decodeURIComponent(part.slice(at + 1))
    options[part.slice(0, at)] = value === 'true' ? true : value === 'false' ? false : /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  }
  return options
}
