import type { Entry } from './entry'
import { sameEntry } from './entry'
import type { Release } from './release'

/** Distinct contents (by sha256), each counted once. */
export interface Contents {
  readonly count: number
  readonly bytes: number
  /** Raw deflate, level 6. */
  readonly deflatedBytes: number
}

/** How two releases differ, file by file. Lists of paths are sorted by code unit. */
export interface Comparison {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly filesAdded: number
  readonly filesRemoved: number
  /** Files before and after, other content. */
  readonly contentChanged: readonly string[]
  /** Same type and content; other mode, owner, xattrs, or (symlinks) target. */
  readonly metadataChanged: readonly string[]
  readonly typeChanged: readonly string[]
  /** One entry for each content of the new release that the old one lacks: what a file-level store must fetch and write. */
  readonly newEntries: readonly Entry[]
  readonly newContents: Contents
  /** Contents of both releases together. */
  readonly union: Contents
  /** Null unless both releases know their packages. */
  readonly packages: PackageComparison | null
}

export interface PackageComparison {
  readonly changed: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Sum of the .deb sizes of changed and added packages; null when one of them is not recorded. */
  readonly debBytes: number | null
}

export function compareReleases(from: Release, to: Release): Comparison {
  const added = to.paths.filter((entry) => !from.byPath.has(entry.path))
  const removed = from.paths.filter((entry) => !to.byPath.has(entry.path))
  const contentChanged: string[] = []
  const metadataChanged: string[] = []
  const typeChanged: string[] = []
  for (const entry of to.paths) {
    const before = from.byPath.get(entry.path)
    if (before === undefined || sameEntry(before, entry)) continue
    const list = before.type !== entry.type ? typeChanged : before.sha256 !== entry.sha256 ? contentChanged : metadataChanged
    list.push(entry.path)
  }
  const old = contentsByDigest(from.paths)
  const newEntries = [...contentsByDigest(to.paths)].filter(([digest]) => !old.has(digest)).map(([, entry]) => entry)
  return {
    added: added.map((entry) => entry.path),
    removed: removed.map((entry) => entry.path),
    filesAdded: filesOf(added).length,
    filesRemoved: filesOf(removed).length,
    contentChanged,
    metadataChanged,
    typeChanged,
    newEntries,
    newContents: total(newEntries),
    union: uniqueContents(from, to),
    packages: comparePackages(from, to),
  }
}

/** Distinct contents of one release, or of several together. */
export function uniqueContents(...releases: readonly Release[]): Contents {
  return total([...contentsByDigest(releases.flatMap((release) => release.paths)).values()])
}

/** Number of file paths, and the sum of their sizes: a content under two names counts twice. */
export function filesTotal(release: Release): { readonly count: number; readonly bytes: number } {
  const files = filesOf(release.paths)
  return { count: files.length, bytes: files.reduce((sum, entry) => sum + entry.sizeBytes, 0) }
}

function filesOf(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => entry.type === 'file')
}

/** The first entry of each content, in order. */
function contentsByDigest(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const contents = new Map<string, Entry>()
  for (const entry of entries) if (entry.sha256 !== null && !contents.has(entry.sha256)) contents.set(entry.sha256, entry)
  return contents
}

function total(entries: readonly Entry[]): Contents {
  let bytes = 0
  let deflatedBytes = 0
  for (const entry of entries) {
    bytes += entry.sizeBytes
    deflatedBytes += entry.deflatedBytes
  }
  return { count: entries.length, bytes, deflatedBytes }
}

function comparePackages(from: Release, to: Release): PackageComparison | null {
  if (from.packages.size === 0 || to.packages.size === 0) return null
  const names = [...to.packages.keys()]
  const changed = names.filter((name) => from.packages.has(name) && from.packages.get(name)?.version !== to.packages.get(name)?.version)
  const added = names.filter((name) => !from.packages.has(name))
  const removed = [...from.packages.keys()].filter((name) => !to.packages.has(name))
  let debBytes: number | null = 0
  for (const name of [...changed, ...added]) {
    const size: number | null = to.packages.get(name)?.debBytes ?? null
    debBytes = size === null || debBytes === null ? null : debBytes + size
  }
  return { changed, added, removed, debBytes }
}
