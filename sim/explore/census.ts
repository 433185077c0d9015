/**
 * The census of a group in one frame: for each class, the situations in which some member is in it. Built once a frame and
 * group; a group question in a world is then a few clauses (see `answers.ts`).
 *
 * A member "shows below" when the frame leaves it as it was at power-on.
 */
import { known } from '../assert'
import { type Body, blobPage } from '../disk/content'
import { type CellId, type View, pageCell, parseRecord, recordCell, seenAs, sectorCell, storesOf, staleRecord } from '../disk/frame'
import { type Literal, type Situation, isMissing, survives } from './clause'
import { type Entry, type Setting, bodyOfInode, entryOf, isRewritten } from './evaluate'
import { type Expected, type Group, type PathMember, allReleases, classOf, damaged, sectorClass } from './group'
import { allPicks } from './picks'
import type { Disk } from './question'
import { type World, everything, isKept, isLost } from './world'

/** Class of members that show what was there at power-on, where only the group's answer of then is known. */
export const showsBelow = -1
/** The same in a loader's view after a journal replay: they show what the kernel saw at power-on. */
export const showsKernelBelow = -2

export interface Census {
  /** Per class (a set of releases, or `showsBelow`): at least one of these situations holds when a member is in it. */
  readonly situations: ReadonlyMap<number, readonly Situation[]>
  /** Classes that occur whatever survives. */
  readonly always: ReadonlySet<number>
}

export function takeCensus(setting: Omit<Setting, 'pick'>, group: Group, view: View): Census {
  const situations = new Map<number, Situation[]>()
  const always = new Set<number>()
  const uninteresting = allReleases(group)
  const open = everything(setting.frame.order)
  const add = (cls: number, literals: Situation): void => {
    if (cls === uninteresting || always.has(cls)) return
    if (literals.length === 0) {
      always.add(cls)
      situations.delete(cls)
      return
    }
    const list = situations.get(cls)
    if (list === undefined) situations.set(cls, [literals])
    else list.push(literals)
  }
  const belowClass = (member: number): number => setting.below.memberClass(group.id, member, view) ?? showsBelow
  if (group.of === 'sectors') sectors(setting, group, open, belowClass, add)
  else for (const [at, member] of group.members.entries()) pathMember(setting, group, member, view, open, () => belowClass(at), add)
  for (const [cls, list] of situations) situations.set(cls, weakest(open, list))
  return { situations, always }
}

type Add = (cls: number, literals: Situation) => void

function sectors(setting: Omit<Setting, 'pick'>, group: Extract<Group, { of: 'sectors' }>, open: World, below: (member: number) => number, add: Add): void {
  let someUntouched = false
  for (let member = 0; member < group.count; member++) {
    const stores = setting.frame.cells.get(sectorCell(group.store, group.first + member))
    if (stores === undefined) {
      if (setting.below.memberClass(group.id, member, 'kernel') === null) someUntouched = true
      else add(below(member), [])
      continue
    }
    if (stores.length === 1 && typeof stores[0]!.content === 'string') {
      const { effect, content } = stores[0]!
      add(sectorClass(group, member, content as string), [survives(effect)])
      add(below(member), [isMissing(effect)])
      continue
    }
    for (const leaf of allPicks(open, (pick) => {
      const at = pick('', stores, stores.length)
      return at < 0 ? below(member) : sectorClass(group, member, stores[at]!.content as string)
    })) add(leaf.value, leaf.chosen)
  }
  if (someUntouched) add(showsBelow, [])
}

function pathMember(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, view: View, open: World, below: () => number, add: Add): void {
  if (isUntouched(setting, group.store, member.path, view)) return add(below(), [])
  const leaves = allPicks<Entry>(open, (pick) => entryOf({ ...setting, pick }, group.store, member.path, view))
  for (const { world, value, chosen } of leaves) {
    if (value.kind === 'absent') {
      add(classOf(member.expected, (expected) => expected.type === 'absent'), chosen)
    } else if (value.kind === 'kernel' && value.path === member.path && !isRewritten(setting.frame, group.store, `@${value.path}`)) {
      add(setting.below.memberClass(group.id, group.of === 'paths' ? group.members.indexOf(member) : 0, 'kernel') ?? showsKernelBelow, chosen)
    } else if (value.kind === 'below' && value.path === member.path && !isRewritten(setting.frame, group.store, `@${value.path}`)) {
      add(below(), chosen)
    } else {
      const inode = value.kind === 'here' ? value.inode : `@${value.path}`
      inodeClass(setting, group, member, inode, view, world, chosen, add)
    }
  }
}

/** No store of the frame on the way to the member, nor on its content. */
function isUntouched(setting: Omit<Setting, 'pick'>, store: string, path: string, view: View): boolean {
  const { frame } = setting
  if (view === 'loader' && frame.replays.has(store)) return false
  let directory = '/'
  for (const name of path.slice(1).split('/')) {
    if (frame.cells.has(seenAs(`e|${store}|@${directory}|${name}`, view))) return false
    directory = directory === '/' ? `/${name}` : `${directory}/${name}`
  }
  return !isRewritten(frame, store, `@${path}`)
}

function inodeClass(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, inode: string, view: View, world: World, chosen: readonly Literal[], add: Add): void {
  const node = setting.frame.nodes.get(inode)
  if (node !== undefined && node.type !== 'file') {
    add(classOf(member.expected, (expected) => (node.type === 'directory' ? expected.type === 'directory' : expected.type === 'symlink' && expected.target === node.target)), chosen)
    return
  }
  const wanted = node === undefined ? undefined : onlyPossible(setting, group.store, member, inode, view)
  if (wanted === undefined) return anyContent(setting, group.store, member, inode, view, world, chosen, add)
  const conditions = conditionsFor(setting, group.store, inode, view, world, wanted)
  if (conditions === null) return anyContent(setting, group.store, member, inode, view, world, chosen, add)
  add(classOf(member.expected, (expected) => isSame(expected, { kind: 'blob', blob: wanted.blob, sizeBytes: wanted.sizeBytes })), [...chosen, ...conditions])
  for (const literal of conditions) add(damaged | anyBits(member), [...chosen, -literal])
}

/** Bits of the releases that do not care. */
function anyBits(member: PathMember): number {
  return classOf(member.expected, () => false)
}

/** The one release file whose content this inode can ever have. */
function onlyPossible(setting: Omit<Setting, 'pick'>, store: string, member: PathMember, inode: string, view: View): Extract<Expected, { type: 'file' }> | undefined {
  const records = storesOf(setting.frame, seenAs(recordCell(store, inode), view))
  const sizes = new Set(records.map(({ content }) => (typeof content === 'string' && content !== staleRecord ? parseRecord(content).sizeBytes : -1)))
  const files = member.expected.filter((expected) => expected.type === 'file').filter((file) => sizes.has(file.sizeBytes))
  const first = files[0]
  if (first === undefined || files.some((file) => file.blob !== first.blob)) return undefined
  return first
}

/**
 * Literals that hold together exactly when the inode has the wanted content; null when that is no conjunction. Only the plain
 * case is a conjunction: written once, so that the last store of record and pages is the wanted one.
 */
function conditionsFor(setting: Omit<Setting, 'pick'>, store: string, inode: string, view: View, world: World, wanted: Extract<Expected, { type: 'file' }>): readonly Literal[] | null {
  const { unitBytes } = known(setting.stores.get(store), store)
  const literals: Literal[] = []
  const shows = (cell: CellId, isWanted: (content: string) => boolean): boolean => {
    const stores = storesOf(setting.frame, cell)
    const last = stores[stores.length - 1]
    if (last === undefined || typeof last.content !== 'string' || !isWanted(last.content)) return false
    if (stores.slice(0, -1).some(({ content }) => typeof content !== 'string' || isWanted(content))) return false
    if (!isKept(world, last.effect)) literals.push(survives(last.effect))
    return true
  }
  let generation = 0
  const sized = shows(seenAs(recordCell(store, inode), view), (content) => {
    if (content === staleRecord) return false
    const record = parseRecord(content)
    generation = record.generation
    return record.sizeBytes === wanted.sizeBytes
  })
  if (!sized) return null
  for (let block = 0; block * unitBytes < wanted.sizeBytes; block++) {
    if (!shows(pageCell(store, inode, generation, block), (content) => content === blobPage(wanted.blob, block))) return null
  }
  return literals.some((literal) => isLost(world, literal - 1)) ? null : literals
}

/** The general case: every way in which record and pages may show. */
function anyContent(setting: Omit<Setting, 'pick'>, group: string, member: PathMember, inode: string, view: View, world: World, chosen: readonly Literal[], add: Add): void {
  for (const leaf of allPicks(world, (pick) => contentClass({ ...setting, pick }, group, member, inode, view))) {
    add(leaf.value, [...chosen, ...leaf.chosen])
  }
}

export function contentClass(setting: Setting, store: string, member: PathMember, inode: string, view: View): number {
  const node = setting.frame.nodes.get(inode)
  if (node === undefined) {
    const answer = setting.below.answer({ kind: 'node', store, path: inode.slice(1), view: inode[0] === '~' ? 'loader' : view })
    if (answer === '') return classOf(member.expected, (expected) => expected.type === 'absent')
    if (answer[0] === 'd') return classOf(member.expected, (expected) => expected.type === 'directory')
    if (answer[0] === 'l') return classOf(member.expected, (expected) => expected.type === 'symlink' && expected.target === answer.slice(1))
  }
  const body = bodyOfInode(setting, store, inode, view)
  return classOf(member.expected, (expected) => body !== null && isSame(expected, body))
}

export function isSame(expected: Expected, body: Body): boolean {
  if (expected.type !== 'file') return false
  if (body.kind === 'blob') return body.blob === expected.blob && body.sizeBytes === expected.sizeBytes
  return expected.sizeBytes === 0 && body.kind === 'bytes' && body.bytes === ''
}

/** Of single literals on one chain only the weakest matters: "some of the first n" is "the first". */
function weakest(world: World, situations: readonly Situation[]): Situation[] {
  const { order } = world
  const best = new Map<string, Literal>()
  const rest: Situation[] = []
  for (const situation of situations) {
    const literal = situation[0]!
    const effect = Math.abs(literal) - 1
    const chain = order.chain[effect]!
    if (situation.length > 1 || chain < 0) {
      rest.push(situation)
      continue
    }
    const key = `${chain} ${literal > 0}`
    const held = best.get(key)
    const isWeaker = held === undefined || (literal > 0 ? literal < held : literal < held)
    if (isWeaker) best.set(key, literal)
  }
  return [...[...best.values()].map((literal) => [literal]), ...rest]
}
