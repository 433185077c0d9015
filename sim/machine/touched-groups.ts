/** Which members of the groups a power-on has touched, and what they have become: told once, whatever lay below. */
import type { StoreId } from '../disk/call'
import { parseBody } from '../disk/content'
import { absent } from '../disk/frame'
import { isSame } from '../explore/census'
import { type Group, type PathMember, classOf, parseClasses, printClasses } from '../explore/group'
import { type Disk, nameOf, parentOf } from '../explore/question'
import type { Volume } from '../fs/volume'
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

export function touchedGroups(picture: Picture, volume: Volume, groups: ReadonlyMap<string, Group>): TouchedGroups {
  const index = memberIndex(groups).get(picture.store)
  const found = new Map<string, { readonly classes: Set<number>; count: number; readonly open: PathMember[] }>()
  const seen = new Set<PathMember>()
  const touch = ({ group: id, member }: Indexed, leaf: string | undefined): void => {
    if (seen.has(member)) return
    seen.add(member)
    let group = found.get(id)
    if (group === undefined) found.set(id, group = { classes: new Set(), count: 0, open: [] })
    const cls = leaf === undefined ? null : leafClass(leaf, member)
    if (cls === null) group.open.push(member)
    else {
      group.classes.add(cls)
      group.count++
    }
  }
  for (const [directory, names] of volume.ownDirectories()) {
    for (const path of volume.pathsOf(directory)) {
      const members = index?.get(path)
      if (members === undefined) continue
      const folder = picture.plainFolder(path)
      for (const name of names.keys()) {
        const at = members.get(name)
        if (at !== undefined) touch(at, folder?.get(name))
      }
    }
  }
  for (const inode of picture.rewritten.keys()) {
    const path = inode.slice(1)
    const at = index?.get(parentOf(path))?.get(nameOf(path))
    if (at !== undefined) touch(at, undefined)
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

/** null: as it was at power-on. */
function memberClass(picture: Picture, below: Disk, member: PathMember): number | null {
  const place = picture.at(member.path, below)
  if (place.kind === 'absent') return leafClass(absent, member)
  if (place.kind === 'below' && place.path === member.path && !picture.rewritten.has(`@${member.path}`)) return null
  const leaf = place.kind === 'leaf' ? place.leaf : `@${place.path}`
  if (leaf[0] !== '@') return leafClass(leaf, member)
  const type = picture.typeOf(leaf, below)
  return leafClass(type === 'f' ? `f${picture.contentOf(leaf, below)}` : type, member)
}

/** Null: it hangs on what lay below. */
function leafClass(leaf: string, { expected }: PathMember): number | null {
  switch (leaf[0]) {
    case undefined: return classOf(expected, ({ type }) => type === 'absent')
    case 'd': return classOf(expected, ({ type }) => type === 'directory')
    case 'l': return classOf(expected, (each) => each.type === 'symlink' && each.target === leaf.slice(1))
    case 'f':
    case 'h': {
      const body = parseBody(leaf[0] === 'f' ? leaf.slice(1) : leaf.slice(leaf.indexOf(' ') + 1))
      return classOf(expected, (each) => body !== null && isSame(each, body))
    }
    default: return null
  }
}

interface Indexed { readonly group: string; readonly member: PathMember }
/** By store, directory and name. */
type MemberIndex = ReadonlyMap<StoreId, ReadonlyMap<string, ReadonlyMap<string, Indexed>>>

const indexes = new WeakMap<ReadonlyMap<string, Group>, MemberIndex>()

function memberIndex(groups: ReadonlyMap<string, Group>): MemberIndex {
  let index = indexes.get(groups)
  if (index === undefined) {
    const made = new Map<StoreId, Map<string, Map<string, Indexed>>>()
    for (const group of groups.values()) {
      if (group.of !== 'paths') continue
      const folders = made.get(group.store) ?? new Map<string, Map<string, Indexed>>()
      made.set(group.store, folders)
      for (const member of group.members) {
        const parent = parentOf(member.path)
        const members = folders.get(parent) ?? new Map<string, Indexed>()
        folders.set(parent, members.set(nameOf(member.path), { group: group.id, member }))
      }
    }
    indexes.set(groups, index = made)
  }
  return index
}
