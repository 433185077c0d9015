/** The disks as the running kernel saw them last: what a clean end leaves, without lowering a single call. */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { type Page, bodyKey, parseBody } from '../disk/content'
import { absent } from '../disk/frame'
import { isSame, mayAgree } from '../explore/census'
import { cannotTell } from '../explore/machine'
import { type Group, type PathMember, allReleases, classOf, memberCount, parseClasses, printClasses, sectorClass } from '../explore/group'
import { type Answer, type Disk, type Question } from '../explore/question'
import type { Volume } from '../fs/volume'

export interface Left {
  readonly below: Disk
  readonly volumes: ReadonlyMap<StoreId, Volume>
  readonly sectors: ReadonlyMap<StoreId, ReadonlyMap<number, Page>>
  readonly told: ReadonlySet<string>
  readonly groups: ReadonlyMap<string, Group>
}

export function finalDisk(left: Left): Disk {
  return {
    answer: (question) => answerOf(left, question),
    memberClass: () => null,
  }
}

function answerOf(left: Left, question: Question): Answer {
  switch (question.kind) {
    case 'told': return left.told.has(question.what) ? 'told' : left.below.answer(question)
    case 'sector': return left.sectors.get(question.store)?.get(question.sector) ?? left.below.answer(question)
    case 'group': return groupAnswer(left, known(left.groups.get(question.group), question.group))
    // A clean end brings everything home: a loader sees what the kernel saw.
    case 'node':
    case 'bytes': {
      const volume = left.volumes.get(question.store)
      if (volume?.setup.model.persistent === false) return left.below.answer({ ...question, view: 'kernel' })
      const found = volume?.peek(question.path)
      if (volume === undefined || found === undefined || found.kind === 'below') {
        const path = found?.kind === 'below' ? found.path : question.path
        const rewritten = question.kind === 'bytes' && volume?.hasRewritten === true ? rewrittenInode(left, volume, path) : null
        if (volume !== undefined && rewritten !== null) return bodyKey(volume.body(rewritten))
        const answer = left.below.answer({ ...question, path, view: 'kernel' })
        return answer === 'f' && question.kind === 'node' && path !== question.path ? `f=@${path}` : answer
      }
      if (found.kind === 'absent') return question.kind === 'node' ? absent : 'absent'
      const { type, target } = typeOf(left, volume, found.inode)
      if (question.kind === 'bytes') return type === 'file' ? contentOf(left, volume, found.inode) : 'not a file'
      if (type === 'directory') return 'd'
      if (type === 'symlink') return `l${target ?? ''}`
      return found.inode === `@${question.path}` ? 'f' : `f=${found.inode}`
    }
  }
}

/** Of an inode that was there at power-on only the disk of then knows what nobody looked into. */
function contentOf(left: Left, volume: Volume, inode: string): Answer {
  return volume.isAsAtPowerOn(inode)
    ? left.below.answer({ kind: 'bytes', store: volume.setup.id, path: inode.slice(1), view: 'kernel' })
    : bodyKey(volume.body(inode))
}

function typeOf(left: Left, volume: Volume, inode: string): { readonly type: 'file' | 'directory' | 'symlink'; readonly target?: string } {
  if (inode[0] !== '@' || !volume.isAsAtPowerOn(inode)) return volume.type(inode)
  const answer = left.below.answer({ kind: 'node', store: volume.setup.id, path: inode.slice(1), view: 'kernel' })
  if (answer === absent) return volume.type(inode) // made blindly
  return answer[0] === 'l' ? { type: 'symlink', target: answer.slice(1) } : { type: answer[0] === 'd' ? 'directory' : 'file' }
}

/** The inode that a path led to at power-on, when it was written in place since; null: it was not. */
function rewrittenInode(left: Left, volume: Volume, path: string): string | null {
  if (!volume.isAsAtPowerOn(`@${path}`)) return `@${path}`
  const node = left.below.answer({ kind: 'node', store: volume.setup.id, path, view: 'kernel' })
  return node.startsWith('f=') && !volume.isAsAtPowerOn(`@${node.slice(2)}`) ? `@${node.slice(2)}` : null
}

function groupAnswer(left: Left, group: Group): Answer {
  const classes = new Set<number>()
  const touched = group.of === 'sectors' ? sectorClasses(left, group, classes) : pathClasses(left, group, classes)
  classes.delete(allReleases(group))
  if (touched === memberCount(group)) return printClasses(classes)
  const then = parseClasses(left.below.answer({ kind: 'group', group: group.id, view: 'kernel' }))
  if (touched === 0 || then.length === 0) return printClasses([...classes, ...then])
  // The classes of then may have been those of the rewritten members alone.
  return then.length > 1 || mayAgree(group) ? cannotTell : printClasses([...classes, ...then])
}

/** Adds the classes of all rewritten members; returns how many there are. */
function sectorClasses(left: Left, group: Extract<Group, { of: 'sectors' }>, classes: Set<number>): number {
  const own = left.sectors.get(group.store)
  let touched = 0
  for (let member = 0; own !== undefined && member < group.count; member++) {
    const page = own.get(group.first + member)
    if (page === undefined) continue
    classes.add(sectorClass(group, member, page))
    touched++
  }
  return touched
}

function pathClasses(left: Left, group: Extract<Group, { of: 'paths' }>, classes: Set<number>): number {
  const volume = left.volumes.get(group.store)
  if (volume === undefined) return 0
  let count = 0
  for (const member of volume.hasMovedFolders ? group.members : touchedMembers(left, volume).get(group.id) ?? []) {
    const cls = memberClass(left, volume, member)
    if (cls === null) continue
    classes.add(cls)
    count++
  }
  return count
}

const touchedOf = new WeakMap<Volume, ReadonlyMap<string, readonly PathMember[]>>()

/** Per group the members that this power-on touched. Asked at its end, so nothing changes any more. */
function touchedMembers(left: Left, volume: Volume): ReadonlyMap<string, readonly PathMember[]> {
  let touched = touchedOf.get(volume)
  if (touched === undefined) {
    const index = memberIndex(left.groups)
    const members = new Map<string, PathMember[]>()
    for (const path of new Set(volume.touchedPaths())) {
      const found = index.get(`${volume.setup.id}:${path}`)
      if (found === undefined) continue
      const list = members.get(found.group)
      if (list === undefined) members.set(found.group, [found.member])
      else list.push(found.member)
    }
    touched = members
    touchedOf.set(volume, touched)
  }
  return touched
}

type MemberIndex = ReadonlyMap<string, { readonly group: string; readonly member: PathMember }>

const indexes = new WeakMap<ReadonlyMap<string, Group>, MemberIndex>()

function memberIndex(groups: ReadonlyMap<string, Group>): MemberIndex {
  let index = indexes.get(groups)
  if (index === undefined) {
    const made = new Map<string, { group: string; member: PathMember }>()
    for (const group of groups.values()) {
      if (group.of === 'paths') for (const member of group.members) made.set(`${group.store}:${member.path}`, { group: group.id, member })
    }
    index = made
    indexes.set(groups, index)
  }
  return index
}

/** null: as it was at power-on. */
function memberClass(left: Left, volume: Volume, member: PathMember): number | null {
  const found = volume.peek(member.path)
  if (found.kind === 'absent') return classOf(member.expected, (expected) => expected.type === 'absent')
  if (found.kind === 'below' && found.path === member.path && volume.isAsAtPowerOn(`@${member.path}`)) return null
  const inode = found.kind === 'here' ? found.inode : `@${found.path}`
  const { type, target } = typeOf(left, volume, inode)
  if (type === 'directory') return classOf(member.expected, (expected) => expected.type === 'directory')
  if (type === 'symlink') return classOf(member.expected, (expected) => expected.type === 'symlink' && expected.target === target)
  const body = parseBody(contentOf(left, volume, inode))
  return classOf(member.expected, (expected) => body !== null && isSame(expected, body))
}
