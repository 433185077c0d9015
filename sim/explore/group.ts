/**
 * Groups: what is asked of many cells at once. Each member agrees with some of the releases, and the answer says which
 * classes of agreement occur: "some of release 1 only, some of release 2 only, none damaged".
 *
 * A class is a set of releases as bits: 1 the first only, 2 the second only, 0 none (missing, empty, damaged or foreign).
 * Members that agree with all releases say nothing and are left out. Groups are disjoint.
 */
import type { StoreId } from '../disk/call'
import { type Body, type Page, nulPage } from '../disk/content'
import type { SectorRun } from '../disk/sector-run'

export type Expected =
  | { readonly type: 'file'; readonly blob: string; readonly sizeBytes: number }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'directory' }
  | { readonly type: 'absent' }
  /** Anything is fine: a path that this release does not speak of. */
  | { readonly type: 'any' }

export interface PathMember { readonly path: string; readonly expected: readonly Expected[] }

export type Group = { readonly id: string; readonly store: StoreId; /** what it is called in stories */ readonly title: string; readonly releases: number } & (
  | { readonly of: 'paths'; readonly members: readonly PathMember[] }
  /** Sectors first…first+count-1; of release r the first `sectors` hold the blocks of its blob with the same numbers, the rest zeros. */
  | { readonly of: 'sectors'; readonly first: number; readonly count: number; readonly blobs: readonly { readonly blob: string; readonly sectors: number }[] }
)

export const damaged = 0

export function memberCount(group: Group): number {
  return group.of === 'paths' ? group.members.length : group.count
}

export function allReleases(group: Group): number {
  return (1 << group.releases) - 1
}

/** Which releases expect what `matches` accepts. */
export function classOf(expected: readonly Expected[], matches: (expected: Expected) => boolean): number {
  let bits = 0
  for (const [release, each] of expected.entries()) if (each.type === 'any' || matches(each)) bits |= 1 << release
  return bits
}

export function sectorClass(group: Extract<Group, { of: 'sectors' }>, member: number, page: Page): number {
  let bits = 0
  for (const [release, { blob, sectors }] of group.blobs.entries()) {
    if (page === (member < sectors ? `R${blob}:${group.first + member}` : nulPage)) bits |= 1 << release
  }
  return bits
}

/** The part of a run that lies in the group, cut where the class changes: sectors from…to-1. */
export function* runClasses(group: Extract<Group, { of: 'sectors' }>, run: SectorRun): Generator<{ readonly from: number; readonly to: number; readonly cls: number }> {
  const end = Math.min(group.first + group.count, run.first + run.count)
  const ends = group.blobs.map(({ sectors }) => group.first + sectors)
  for (let from = Math.max(group.first, run.first); from < end; ) {
    const to = Math.min(end, ...ends.filter((at) => at > from))
    // Block n of an image lies in sector n; past the end of an image its release wants zeros.
    const cls = group.blobs.reduce((bits, { blob }, release) => (blob === run.blob && run.block === run.first && from < ends[release]! ? bits | (1 << release) : bits), 0)
    yield { from, to, cls }
    from = to
  }
}

/** Answers of group questions are sets of classes, printed in order. */
export function printClasses(classes: Iterable<number>): string {
  return [...new Set(classes)].sort((a, b) => a - b).join(',')
}

export function parseClasses(answer: string): readonly number[] {
  return answer === '' ? [] : answer.split(',').map(Number)
}

/** Whether one content can please every release: one does not care, or two want the same. */
export function mayAgree(group: Group): boolean {
  if (group.of === 'paths') return group.members.some(({ expected }) => new Set(expected.filter(({ type }) => type !== 'any').map((each) => JSON.stringify(each))).size <= 1)
  // Past the end of the longest blob all want zeros.
  return Math.max(...group.blobs.map(({ sectors: length }) => length)) < group.count || new Set(group.blobs.map(({ blob }) => blob)).size === 1
}

/** Whether a file holds what a release expects. */
export function isSame(expected: Expected, body: Body): boolean {
  if (expected.type !== 'file') return false
  if (body.kind === 'blob') return body.blob === expected.blob && body.sizeBytes === expected.sizeBytes
  return expected.sizeBytes === 0 && body.kind === 'bytes' && body.bytes === ''
}
