/** The disks as the running kernel saw them last: what a clean end leaves, without lowering a single call. */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { absent } from '../disk/frame'
import { cannotTell } from '../explore/machine'
import { type Group, allReleases, memberCount, parseClasses, printClasses, runClasses, sectorClass, mayAgree } from '../explore/group'
import type { Answer, Disk, Question } from '../explore/question'
import type { Picture } from './picture'
import { type TouchedGroups, membersOf } from './touched-groups'
import type { Sectors } from './sectors'

export interface Left {
  readonly pictures: ReadonlyMap<StoreId, Picture>
  readonly touched: ReadonlyMap<StoreId, TouchedGroups>
  readonly sectors: ReadonlyMap<StoreId, Sectors>
  readonly told: ReadonlySet<string>
  readonly groups: ReadonlyMap<string, Group>
}

export function finalDisk(left: Left, below: Disk): Disk {
  return {
    answer: (question) => answerOf(left, below, question),
    memberClass: () => null,
  }
}

function answerOf(left: Left, below: Disk, question: Question): Answer {
  switch (question.kind) {
    case 'told': return left.told.has(question.what) ? 'told' : below.answer(question)
    case 'sector': return left.sectors.get(question.store)?.get(question.sector) ?? below.answer(question)
    case 'group': return groupAnswer(left, below, known(left.groups.get(question.group), question.group))
    // A clean end brings everything home: a loader sees what the kernel saw.
    case 'node':
    case 'bytes': {
      const picture = left.pictures.get(question.store)
      return picture?.isPersistent === true ? (question.kind === 'node' ? nodeAt : bytesAt)(picture, below, question.path) : below.answer({ kind: question.kind, store: question.store, path: question.path, view: 'kernel' })
    }
  }
}

function nodeAt(picture: Picture, below: Disk, path: string): Answer {
  const place = picture.at(path, below)
  if (place.kind === 'absent') return absent
  if (place.kind === 'below') {
    const answer = below.answer({ kind: 'node', store: picture.store, path: place.path, view: 'kernel' })
    return answer === 'f' && place.path !== path ? `f=@${place.path}` : answer
  }
  const { leaf } = place
  switch (leaf[0]) {
    case 'd': return 'd'
    case 'l': return leaf
    // An inode of this power-on, whatever was here before: it needs a name that none of power-on had.
    case 'f': return `f=#${path}`
    case 'h': return `f=${leaf.slice(1, leaf.indexOf(' '))}`
    default: {
      const type = picture.typeOf(leaf, below)
      return type !== 'f' || leaf === `@${path}` ? type : `f=${leaf}`
    }
  }
}

function bytesAt(picture: Picture, below: Disk, path: string): Answer {
  const place = picture.at(path, below)
  if (place.kind === 'absent') return 'absent'
  if (place.kind === 'leaf') {
    const { leaf } = place
    if (leaf[0] === 'f') return leaf.slice(1)
    if (leaf[0] === 'h') return leaf.slice(leaf.indexOf(' ') + 1)
    return leaf[0] === '@' && picture.typeOf(leaf, below) === 'f' ? picture.contentOf(leaf, below) : 'not a file'
  }
  if (picture.rewritten.size > 0) {
    // Another name of an inode that was written in place.
    const node = picture.rewritten.has(`@${place.path}`) ? 'f' : below.answer({ kind: 'node', store: picture.store, path: place.path, view: 'kernel' })
    const content = picture.rewritten.get(node.startsWith('f=') ? `@${node.slice(2)}` : `@${place.path}`)
    if (content !== undefined) return content
  }
  return below.answer({ kind: 'bytes', store: picture.store, path: place.path, view: 'kernel' })
}

function groupAnswer(left: Left, below: Disk, group: Group): Answer {
  const classes = new Set<number>()
  const touched = group.of === 'sectors' ? sectorClasses(left, group, classes) : pathClasses(left, below, group, classes)
  classes.delete(allReleases(group))
  if (touched === memberCount(group)) return printClasses(classes)
  const then = parseClasses(below.answer({ kind: 'group', group: group.id, view: 'kernel' }))
  if (touched === 0 || then.length === 0) return printClasses([...classes, ...then])
  // The classes of then may have been those of the rewritten members alone.
  return then.length > 1 || mayAgree(group) ? cannotTell : printClasses([...classes, ...then])
}

/** Adds the classes of all rewritten members; returns how many there are. */
function sectorClasses(left: Left, group: Extract<Group, { of: 'sectors' }>, classes: Set<number>): number {
  let touched = 0
  for (const written of left.sectors.get(group.store)?.written() ?? []) {
    if ('sector' in written) {
      const member = written.sector - group.first
      if (member < 0 || member >= group.count) continue
      classes.add(sectorClass(group, member, written.page))
      touched++
    } else for (const { from, to, cls } of runClasses(group, written)) {
      classes.add(cls)
      touched += to - from
    }
  }
  return touched
}

function pathClasses(left: Left, below: Disk, group: Extract<Group, { of: 'paths' }>, classes: Set<number>): number {
  const picture = left.pictures.get(group.store)
  return picture === undefined ? 0 : membersOf(picture, known(left.touched.get(group.store), group.store), group, below, classes)
}
