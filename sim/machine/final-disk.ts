/** The disks as the running kernel saw them last: what a clean end leaves, without lowering a single call. */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { type Page, bodyKey } from '../disk/content'
import { absent } from '../disk/frame'
import { isSame } from '../explore/census'
import { cannotTell } from '../explore/machine'
import { type Group, type PathMember, allReleases, classOf, parseClasses, printClasses, sectorClass } from '../explore/group'
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
        const answer = left.below.answer({ ...question, path, view: 'kernel' })
        return answer === 'f' && question.kind === 'node' && path !== question.path ? `f=@${path}` : answer
      }
      if (found.kind === 'absent') return question.kind === 'node' ? absent : 'absent'
      const { type, target } = volume.type(found.inode)
      if (question.kind === 'bytes') return type === 'file' ? bodyKey(volume.body(found.inode)) : 'not a file'
      if (type === 'directory') return 'd'
      if (type === 'symlink') return `l${target ?? ''}`
      return found.inode === `@${question.path}` ? 'f' : `f=${found.inode}`
    }
  }
}

function groupAnswer(left: Left, group: Group): Answer {
  const classes = new Set<number>()
  const untouched = group.of === 'sectors' ? sectorClasses(left, group, classes) : pathClasses(left, group, classes)
  classes.delete(allReleases(group))
  if (!untouched) return printClasses(classes)
  const then = parseClasses(left.below.answer({ kind: 'group', group: group.id, view: 'kernel' }))
  if (classes.size === 0 || then.length <= 1) return printClasses([...classes, ...then])
  return cannotTell
}

/** Adds the classes of all rewritten members; true when some member is as it was at power-on. */
function sectorClasses(left: Left, group: Extract<Group, { of: 'sectors' }>, classes: Set<number>): boolean {
  const own = left.sectors.get(group.store)
  if (own === undefined) return true
  let untouched = false
  for (let member = 0; member < group.count; member++) {
    const page = own.get(group.first + member)
    if (page === undefined) untouched = true
    else classes.add(sectorClass(group, member, page))
  }
  return untouched
}

function pathClasses(left: Left, group: Extract<Group, { of: 'paths' }>, classes: Set<number>): boolean {
  const volume = left.volumes.get(group.store)
  if (volume === undefined) return true
  const members = memberIndex(group)
  const touched = volume.hasMovedFolders ? members.keys() : volume.touchedPaths()
  let count = 0
  const seen = new Set<string>()
  for (const path of touched) {
    const member = members.get(path)
    if (member === undefined || seen.has(path)) continue
    seen.add(path)
    const cls = memberClass(volume, member)
    if (cls === null) continue
    classes.add(cls)
    count++
  }
  return count < members.size
}

const indexes = new WeakMap<Group, ReadonlyMap<string, PathMember>>()

function memberIndex(group: Extract<Group, { of: 'paths' }>): ReadonlyMap<string, PathMember> {
  let index = indexes.get(group)
  if (index === undefined) {
    index = new Map(group.members.map((member) => [member.path, member]))
    indexes.set(group, index)
  }
  return index
}

/** null: as it was at power-on. */
function memberClass(volume: Volume, member: PathMember): number | null {
  const found = volume.peek(member.path)
  if (found.kind === 'below') return found.path === member.path && volume.isAsAtPowerOn(`@${member.path}`) ? null : classOf(member.expected, () => false)
  if (found.kind === 'absent') return classOf(member.expected, (expected) => expected.type === 'absent')
  const { type, target } = volume.type(found.inode)
  if (type === 'directory') return classOf(member.expected, (expected) => expected.type === 'directory')
  if (type === 'symlink') return classOf(member.expected, (expected) => expected.type === 'symlink' && expected.target === target)
  const body = volume.body(found.inode)
  return classOf(member.expected, (expected) => isSame(expected, body))
}

