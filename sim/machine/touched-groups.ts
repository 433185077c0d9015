/** Which members of the groups a power-on has touched, and what they have become: told once, whatever lay below. */
import type { StoreId } from '../disk/call'
import { parseBody } from '../disk/content'
import { absent } from '../disk/frame'
import { isSame } from '../explore/census'
import { type Group, type PathMember, classOf, parseClasses, printClasses } from '../explore/group'
import type { Disk } from '../explore/question'
import type { Picture } from './picture'

export interface TouchedGroup {
  /** Classes of the members that are the same whatever lay below, and how many these are. */
  readonly classes: string
  readonly count: number
  /** Members of which only the disk below can tell. */
  readonly open: readonly PathMember[]
}

export type TouchedGroups = ReadonlyMap<string, TouchedGroup>

const nothing: TouchedGroup = { classes: '', count: 0, open: [] }

export function touchedGroups(picture: Picture, touchedPaths: Iterable<string>, groups: ReadonlyMap<string, Group>): TouchedGroups {
  const index = memberIndex(groups).get(picture.store)
  const found = new Map<string, { readonly classes: Set<number>; count: number; readonly open: PathMember[] }>()
  const seen = new Set<PathMember>()
  for (const path of touchedPaths) {
    const at = index?.get(path)
    if (at === undefined || seen.has(at.member)) continue
    seen.add(at.member)
    let group = found.get(at.group)
    if (group === undefined) found.set(at.group, group = { classes: new Set(), count: 0, open: [] })
    const cls = fixedClass(picture, at.member)
    if (cls === null) group.open.push(at.member)
    else {
      group.classes.add(cls)
      group.count++
    }
  }
  return new Map([...found].map(([id, { classes, count, open }]) => [id, { classes: printClasses(classes), count, open }]))
}

/** Adds the classes of all touched members; returns how many there are. */
export function membersOf(picture: Picture, touched: TouchedGroups, group: Extract<Group, { of: 'paths' }>, below: Disk, classes: Set<number>): number {
  // Below a folder that has moved members have moved without being touched.
  const { classes: fixed, count, open } = picture.hasMovedFolders ? { ...nothing, open: group.members } : touched.get(group.id) ?? nothing
  for (const cls of parseClasses(fixed)) classes.add(cls)
  let all = count
  for (const member of open) {
    const cls = memberClass(picture, below, member)
    if (cls === null) continue
    classes.add(cls)
    all++
  }
  return all
}

/** Null: it hangs on what lay below. */
function fixedClass(picture: Picture, member: PathMember): number | null {
  let asked = false
  const cls = memberClass(picture, { answer: () => { asked = true; return absent }, memberClass: () => null }, member)
  return asked ? null : cls
}

/** null: as it was at power-on. */
function memberClass(picture: Picture, below: Disk, { path, expected }: PathMember): number | null {
  const place = picture.at(path, below)
  if (place.kind === 'absent') return classOf(expected, ({ type }) => type === 'absent')
  if (place.kind === 'below' && place.path === path && !picture.rewritten.has(`@${path}`)) return null
  const leaf = place.kind === 'leaf' ? place.leaf : `@${place.path}`
  const type = leaf[0] === '@' ? picture.typeOf(leaf, below) : leaf
  if (type[0] === 'd') return classOf(expected, (each) => each.type === 'directory')
  if (type[0] === 'l') return classOf(expected, (each) => each.type === 'symlink' && each.target === type.slice(1))
  const body = parseBody(leaf[0] === '@' ? picture.contentOf(leaf, below) : leaf[0] === 'f' ? leaf.slice(1) : leaf.slice(leaf.indexOf(' ') + 1))
  return classOf(expected, (each) => body !== null && isSame(each, body))
}

type MemberIndex = ReadonlyMap<StoreId, ReadonlyMap<string, { readonly group: string; readonly member: PathMember }>>

const indexes = new WeakMap<ReadonlyMap<string, Group>, MemberIndex>()

function memberIndex(groups: ReadonlyMap<string, Group>): MemberIndex {
  let index = indexes.get(groups)
  if (index === undefined) {
    const made = new Map<StoreId, Map<string, { group: string; member: PathMember }>>()
    for (const group of groups.values()) {
      if (group.of !== 'paths') continue
      const members = made.get(group.store) ?? new Map<string, { group: string; member: PathMember }>()
      made.set(group.store, members)
      for (const member of group.members) members.set(member.path, { group: group.id, member })
    }
    indexes.set(groups, index = made)
  }
  return index
}
