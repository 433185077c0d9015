/** What is asked of a root that is a tree of files: groups by package and role, as `release/groups.ts` parts it. */
import type { Expected, Group, PathMember } from '../explore/group'
import type { Entry } from '../release/entry'
import { GENERATED, isOwned } from '../release/entry'
import { type PathGroup, partition } from '../release/groups'
import type { Release } from '../release/release'
import { kernelPartOf } from '../release/roles'

export interface TreeGroup {
  readonly group: Group
  readonly of: PathGroup
  /** Set for the files of one kernel version: two versions may be installed side by side. */
  readonly kernelVersion: string | null
  /** Owned by the OS as it ships: with an owning package, or made for a kernel; no conffiles. */
  readonly isManaged: boolean
}

/** Packages of one kernel version, by their name. */
const kernelPackage = /^linux-image-(\d.*)$/

export function treeGroups(store: string, releases: readonly Release[]): readonly TreeGroup[] {
  return partition(releases).flatMap((part) => {
    const kernelVersion = kernelPackage.exec(part.package)?.[1] ?? versionOf(part)
    const isManaged = part.role !== 'conffile' && (kernelVersion !== null || part.paths.some((path) => releases.some((release) => owned(release.byPath.get(path)))))
    // What hooks make is written by other calls than what the package brings: asked for apart, each is written whole or not.
    const isMade = (path: string): boolean => releases.some((release) => release.byPath.get(path)?.package === GENERATED)
    return [
      { name: part.name, paths: part.paths.filter((path) => !isMade(path)) },
      { name: `${part.name}, made by hooks`, paths: part.paths.filter(isMade) },
    ].flatMap(({ name, paths }): readonly TreeGroup[] => {
      const members = paths.flatMap((path) => memberOf(path, releases))
      if (members.length === 0) return []
      return [{ of: { ...part, paths }, kernelVersion, isManaged, group: { id: name, store, title: name, releases: releases.length, of: 'paths', members } }]
    })
  })
}

function owned(entry: Entry | undefined): boolean {
  return entry !== undefined && isOwned(entry)
}

function versionOf(part: PathGroup): string | null {
  if (part.role !== 'kernel' && part.role !== 'initrd' && part.role !== 'modules') return null
  for (const path of part.paths) {
    const kernel = kernelPartOf(path)
    if (kernel !== null) return kernel.version
  }
  return null
}

/** Folders are left out: dpkg makes them as it needs them, and an empty folder more or less is nobody's version. */
function memberOf(path: string, releases: readonly Release[]): readonly PathMember[] {
  const entries = releases.map((release) => release.byPath.get(path))
  if (entries.every((entry) => entry === undefined || entry.type === 'directory')) return []
  return [{ path: `/${path}`, expected: entries.map((entry) => expectedOf(entry)) }]
}

export function expectedOf(entry: Entry | undefined): Expected {
  if (entry === undefined) return { type: 'absent' }
  switch (entry.type) {
    case 'directory': return { type: 'directory' }
    case 'symlink': return { type: 'symlink', target: entry.target ?? '' }
    case 'file': return { type: 'file', blob: entry.sha256 ?? '', sizeBytes: entry.sizeBytes }
  }
}
