/** `--releases`: what an update goes from and to. */
import { resolve } from 'node:path'
import { readInput } from '../api/data-files'
import type { ReleasePair, ReleaseSource } from '../api/requests'
import { didYouMean } from '../sim/nearest'
import { bundledRelease, bundledReleases, releaseSets, type BundledRelease } from '../sim/release/catalog'
import { parseManifest } from '../sim/release/manifest'
import { UsageError } from './exit-codes'

export const DEFAULT_RELEASES = 'server'

export const RELEASES_HELP = 'FROM..TO or FROM TO: names of bundled releases, or FILE#NAME for one of a manifest; the name of a set for its usual pair'

/** @param texts one `FROM..TO` or set name, or two names */
export function releasePair(texts: readonly string[], folder: string): ReleasePair {
  const names = texts.length === 1 ? split(texts[0] ?? '') : texts
  const [from, to] = names
  if (from === undefined || to === undefined || names.length > 2) {
    throw new UsageError(`--releases takes FROM..TO, two names, or the name of a set (${setNames().join(', ')}), found ${JSON.stringify(texts.join(' '))}`)
  }
  if (from === to) throw new UsageError(`--releases ${texts.join(' ')}: an update goes from one release to another`)
  return { from: releaseSource(from, folder), to: releaseSource(to, folder) }
}

/** At the first `..` that follows a name: one at the start or after a slash is part of a path. */
function split(text: string): readonly string[] {
  const set = releaseSets.find((each) => each.name === text)
  if (set !== undefined) return set.defaultPair.map((release) => `${set.name}/${release}`)
  const found = /^(.*?[^/\\])\.\.(.+)$/s.exec(text)
  return found === null ? [text] : [found[1] ?? '', found[2] ?? '']
}

function releaseSource(text: string, folder: string): ReleaseSource {
  const hash = text.lastIndexOf('#')
  if (hash >= 0 || /\.tsv(?:\.gz)?$/.test(text)) return manifestSource(text, hash, folder)
  const bundled = bundledRelease(text)
  if (bundled !== undefined) return { kind: 'bundled', name: bundled.name }
  const sets = bundledReleases.filter((each) => each.release === text)
  if (sets.length > 1) throw new UsageError(`release ${JSON.stringify(text)} is in several sets: ${sets.map(fullName).join(', ')}`)
  const known = bundledReleases.flatMap((each) => [each.name, each.release])
  const names = bundledReleases.map(fullName).join(', ')
  throw new UsageError(`unknown release ${JSON.stringify(text)}${didYouMean(text, known)}; known: ${names}, or FILE#NAME`)
}

/** Read here, since reading files is the command line's business; the name is held to the manifest at once. */
function manifestSource(text: string, hash: number, folder: string): ReleaseSource {
  const file = hash < 0 ? text : text.slice(0, hash)
  const bytes = readInput(resolve(folder, file), 'a release manifest')
  const { releases } = parseManifest(bytes, file)
  const [only] = releases
  const name = hash < 0 && releases.length === 1 && only !== undefined ? only : text.slice(hash + 1)
  if (hash < 0 && releases.length > 1) throw new UsageError(`${file} holds several releases; name one: ${releases.map((each) => `${file}#${each}`).join(', ')}`)
  if (!releases.includes(name)) {
    throw new UsageError(`${file} has no release ${JSON.stringify(name)}${didYouMean(name, releases)}; it holds ${releases.join(', ')}`)
  }
  return { kind: 'manifest', file, bytes, name }
}

function fullName(release: BundledRelease): string {
  return release.name
}

function setNames(): readonly string[] {
  return releaseSets.map((set) => set.name)
}

/** As reports name it. */
export function releaseId(source: ReleaseSource): string {
  return source.kind === 'bundled' ? bundledRelease(source.name)?.release ?? source.name : source.name
}
