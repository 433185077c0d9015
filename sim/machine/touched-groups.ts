/** Which members of the groups a power-on has touched, and what they have become: told once, whatever lay below. */
import type { StoreId } from '../disk/call'
import { parseBody } from '../disk/content'
import { absent } from '../disk/frame'
import { isSame } from '../explore/census'
import { type Group, type PathMember, classOf, parseClasses, printClasses } from '../explore/group'
import { type Disk, nameOf, parentOf } from '../explore/question'
import type { Volume } from '../fs/volume'
import type { Folder, Picture } from './picture'

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
  const found = new Map<string, Tally>()
  const seen = new Set<PathMember>()
  const touch = ({ group, member }: Indexed): void => {
    if (seen.has(member)) return
    seen.add(member)
    tallyOf(found, group).open.push(member)
  }
  for (const { directory } of volume.ownDirectories()) {
    const own = picture.folderOf(directory)
    if (own === undefined) continue
    for (const path of volume.pathsOf(directory)) {
      const members = index?.get(path)
      if (members === undefined) continue
      const folder = picture.plainFolder(path)
      if (folder === own) {
        for (const [group, { classes, count, open }] of talliesIn(folder, members)) {
          const tally = tallyOf(found, group)
          for (const cls of classes) tally.classes.add(cls)
          tally.count += count
          tally.open.push(...open)
        }
        continue
      }
      // Another folder led here for a while: what is in it now only the disk below can tell, unless the plain folder does.
      for (const name of own.keys()) {
        const at = folder?.has(name) === true ? undefined : members.get(name)
        if (at !== undefined) touch(at)
      }
    }
  }
  for (const inode of picture.rewritten.keys()) {
    const path = inode.slice(1)
    const at = index?.get(parentOf(path))?.get(nameOf(path))
    if (at !== undefined && picture.plainFolder(parentOf(path))?.has(nameOf(path)) !== true) touch(at)
  }
  return new Map([...found].map(([id, { classes, count, open }]) => [id, { classes: printClasses(classes), count, open }]))
}

interface Tally { readonly classes: Set<number>; count: number; readonly open: PathMember[] }

function tallyOf(tallies: Map<string, Tally>, group: string): Tally {
  let tally = tallies.get(group)
  if (tally === undefined) tallies.set(group, tally = { classes: new Set(), count: 0, open: [] })
  return tally
}

const tallies = new WeakMap<Folder, WeakMap<ReadonlyMap<string, Indexed>, ReadonlyMap<string, Tally>>>()

/** Of a folder that is where it was: many pictures have the same one. */
function talliesIn(folder: Folder, members: ReadonlyMap<string, Indexed>): ReadonlyMap<string, Tally> {
  let ofFolder = tallies.get(folder)
  if (ofFolder === undefined) tallies.set(folder, ofFolder = new WeakMap())
  const known = ofFolder.get(members)
  if (known !== undefined) return known
  const found = new Map<string, Tally>()
  for (const [name, leaf] of folder) {
    const at = members.get(name)
    if (at === undefined) continue
    const tally = tallyOf(found, at.group)
    const cls = leafClass(leaf, at.member)
    if (cls === null) tally.open.push(at.member)
    else {
      tally.classes.add(cls)
      tally.count++
    }
  }
  ofFolder.set(members, found)
  return found
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
