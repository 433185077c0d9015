/**
 * The census of a group in one frame: for each class, the situations in which some member is in it. Built once a frame and
 * group; a group question in a world is then a few clauses (see `answers.ts`).
 *
 * A member "shows below" when the frame leaves it as it was at power-on.
 */
import { known } from '../assert'
import { type Body, blobPage } from '../disk/content'
import type { StoreId } from '../disk/call'
import { type CellId, type CellStore, type Frame, type View, pageCell, parseRecord, runCell, recordCell, seenAs, sectorCell, storesOf, staleRecord } from '../disk/frame'
import type { EffectId } from '../disk/order'
import { effectAt, isInRun } from '../disk/sector-run'
import { type Literal, type Situation, isMissing, survives } from './clause'
import { type Entry, type Setting, effectiveView, entryOf, isRewritten, leadsTo, openInode, typeOf } from './evaluate'
import { type Expected, type Group, type PathMember, allReleases, classOf, damaged, memberCount, runClasses, sectorClass } from './group'
import { allPicks } from './picks'
import { Situations } from './situations'
import { type World, everything, isKept, isLost, narrow } from './world'

/** Class of members that show what was there at power-on, where only the group's answer of then is known. */
export const showsBelow = -1
/** The same in a loader's view after a journal replay: they show what the kernel saw at power-on. */
export const showsKernelBelow = -2

export interface Census {
  /** Per class (a set of releases, or `showsBelow`): at least one of these situations holds when a member is in it. */
  readonly situations: ReadonlyMap<number, Situations>
  /** Classes that occur whatever survives. */
  readonly always: ReadonlySet<number>
  /** True when a member may agree with all releases, and so be in no class: what a group shows then says less. */
  readonly someMayAgree: boolean
  /** True when the frame touches no member. */
  readonly untouched: boolean
  /** Per class: how its situations stand to the cut point, where they are single effects. */
  readonly spans: ReadonlyMap<number, Span>
}

/** Situations that are all one literal of one sign: bounds on when these effects are issued and forced. */
interface Span {
  readonly positive: boolean
  readonly firstIssued: number
  readonly lastIssued: number
  readonly firstForced: number
  readonly lastForced: number
}

export function takeCensus(setting: Omit<Setting, 'pick'>, group: Group, asked: View): Census {
  const view = effectiveView(setting, group.store, asked)
  const situations = new Map<number, Situations>()
  const always = new Set<number>()
  const uninteresting = allReleases(group)
  const open = everything(setting.frame.order)
  let untouched = true
  /** Null: nothing need be said of this class. */
  const listOf = (cls: number): Situations | null => {
    untouched &&= cls === showsBelow
    if (cls === uninteresting || always.has(cls)) return null
    const list = situations.get(cls) ?? new Situations()
    situations.set(cls, list)
    return list
  }
  const add = (cls: number, literals: Situation): void => {
    const list = listOf(cls)
    if (literals.length > 0) list?.add(literals)
    else if (list !== null) {
      always.add(cls)
      situations.delete(cls)
    }
  }
  const belowClass = (member: number, as: View = view): number =>
    setting.below.memberClass(group.id, member, as) ?? (as === view ? showsBelow : showsKernelBelow)
  if (group.of === 'sectors') sectors(setting, group, open, belowClass, add, (cls, isSurviving, first, last) => listOf(cls)?.addRange(isSurviving, first, last))
  else for (const [at, member] of group.members.entries()) pathMember(setting, group, member, view, open, (as) => belowClass(at, as), add)
  for (const list of situations.values()) list.weaken(open.order)
  const spans = new Map<number, Span>()
  for (const [cls, list] of situations) {
    const span = spanOf(open, list)
    if (span !== null) spans.set(cls, span)
  }
  return { situations, always, someMayAgree: mayAgree(group), untouched, spans }
}

function spanOf({ order, level }: World, situations: Situations): Span | null {
  let positive: boolean | null = null
  const span = { firstIssued: Infinity, lastIssued: -1, firstForced: Infinity, lastForced: -1 }
  for (const situation of situations) {
    const literal = situation[0]!
    positive ??= literal > 0
    if (situation.length > 1 || literal > 0 !== positive) return null
    const issued = order.issued[Math.abs(literal) - 1]!
    const forced = order.forcedAt[level][Math.abs(literal) - 1]!
    span.firstIssued = Math.min(span.firstIssued, issued)
    span.lastIssued = Math.max(span.lastIssued, issued)
    span.firstForced = Math.min(span.firstForced, forced)
    span.lastForced = Math.max(span.lastForced, forced)
  }
  return { ...span, positive: known(positive, 'a situation') }
}

/** What the bounds on the cut point alone say of "some member is in this class"; null: not enough. */
export function bySpan(world: World, span: Span | undefined): boolean | null {
  if (span === undefined || world.level !== 'durable') return null
  if (span.positive) {
    if (world.cutHigh < span.firstIssued) return false
    return world.cutLow >= span.firstForced ? true : null
  }
  if (world.cutLow >= span.lastForced) return false
  return world.cutHigh < span.lastIssued ? true : null
}

/** Whether one content can please every release: one does not care, or two want the same. */
export function mayAgree(group: Group): boolean {
  if (group.of === 'paths') return group.members.some(({ expected }) => new Set(expected.filter(({ type }) => type !== 'any').map((each) => JSON.stringify(each))).size <= 1)
  // Past the end of the longest blob all want zeros.
  return Math.max(...group.blobs.map(({ sectors: length }) => length)) < group.count || new Set(group.blobs.map(({ blob }) => blob)).size === 1
}

type Add = (cls: number, literals: Situation) => void

type AddRange = (cls: number, isSurviving: boolean, first: EffectId, last: EffectId) => void

function sectors(setting: Omit<Setting, 'pick'>, group: Extract<Group, { of: 'sectors' }>, open: World, below: (member: number) => number, add: Add, addRange: AddRange): void {
  const { frame } = setting
  // A state knows no member by itself: all of them show what is below.
  const isConcrete = setting.below.memberClass(group.id, 0, 'kernel') !== null
  const runs = frame.runs.get(group.store) ?? []
  const single = [...frame.sectors.get(group.store) ?? []].filter((sector) => sector >= group.first && sector < group.first + group.count)
  let touched = single.length
  for (const run of runs) {
    for (const { from, to, cls } of runClasses(group, run)) {
      touched += to - from
      addRange(cls, true, effectAt(run, from), effectAt(run, to - 1))
      // Stretches of one class below.
      for (let at = from; at < to; ) {
        const classBelow = below(at - group.first)
        let end = at + 1
        if (!isConcrete) end = to
        while (end < to && below(end - group.first) === classBelow) end++
        addRange(classBelow, false, effectAt(run, at), effectAt(run, end - 1))
        at = end
      }
    }
  }
  for (const sector of single) {
    const stores = known(frame.cells.get(sectorCell(group.store, sector)), 'a sector that was written')
    for (const leaf of allPicks(open, (pick) => {
      const at = pick('', stores, stores.length)
      return at < 0 ? below(sector - group.first) : sectorClass(group, sector - group.first, stores[at]!.content as string)
    })) add(leaf.value, leaf.chosen)
  }
  if (touched === memberCount(group)) return
  if (!isConcrete) return add(showsBelow, [])
  const others = new Set(single)
  for (let member = 0; member < group.count; member++) {
    const sector = group.first + member
    if (!others.has(sector) && !runs.some((run) => isInRun(run, sector))) add(below(member), [])
  }
}

function pathMember(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, view: View, open: World, below: (as: View) => number, add: Add): void {
  if (isUntouched(setting, group.store, member.path, view)) return add(below(view), [])
  const ways: Way[] = []
  const collect: Add = (cls, literals) => ways.push({ cls, literals })
  const leaves = allPicks<Entry>(open, (pick) => entryOf({ ...setting, pick }, group.store, member.path, view))
  for (const { world, value, chosen } of leaves) {
    const isBelow = value.kind === 'below' || value.kind === 'kernel'
    if (isBelow && value.path === member.path && !isRewritten(setting.frame, group.store, `@${value.path}`)) {
      collect(below(value.kind === 'kernel' ? 'kernel' : view), chosen)
    } else {
      entryClass(setting, group, member, value, view, world, chosen, below, collect)
    }
  }
  for (const { cls, literals } of byOneEffect(open, ways) ?? ways) add(cls, literals)
}

interface Way { readonly cls: number; readonly literals: Situation }

/**
 * A file in a folder that is new as well hangs on all folders above it, and on itself last: where its class turns on that one
 * effect alone, two situations say it all. Null: it does not.
 */
function byOneEffect(open: World, ways: readonly Way[]): readonly Way[] | null {
  const classes = [...new Set(ways.map(({ cls }) => cls))]
  if (ways.length < 3 || classes.length !== 2) return null
  const longest = ways.reduce((one, other) => (other.literals.length > one.literals.length ? other : one))
  const literal = longest.literals.at(-1)!
  const other = classes.find((cls) => cls !== longest.cls)!
  for (const { cls, literals } of ways) {
    const against = cls === longest.cls ? -literal : literal
    if (narrow(open, { literals: [...literals, against] }) !== null) return null
  }
  return [{ cls: longest.cls, literals: [literal] }, { cls: other, literals: [-literal] }]
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

function entryClass(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, entry: Entry, view: View, world: World, chosen: readonly Literal[], below: (as: View) => number, add: Add): void {
  if (entry.kind === 'here' && setting.frame.nodes.get(entry.inode)?.type === 'file') {
    const wanted = onlyPossible(setting, group.store, member, entry.inode, view)
    const conditions = wanted === undefined ? null : conditionsFor(setting, group.store, entry.inode, view, world, wanted)
    if (wanted !== undefined && conditions !== null) {
      add(classOf(member.expected, (expected) => isSame(expected, { kind: 'blob', blob: wanted.blob, sizeBytes: wanted.sizeBytes })), [...chosen, ...conditions])
      for (const literal of conditions) add(damaged | anyBits(member), [...chosen, -literal])
      return
    }
  }
  if (entry.kind !== 'here' && entry.kind !== 'absent' && entry.path === member.path && overwritten(setting, group, member, entry, view, world, chosen, below, add)) return
  // The general case: every way in which record and pages may show.
  for (const leaf of allPicks(world, (pick) => contentClass({ ...setting, pick }, group.store, member, entry, view))) {
    add(leaf.value, [...chosen, ...leaf.chosen])
  }
}

/**
 * A file that was there, emptied and written anew. Its class is that of below while none of its records survives, the wanted
 * one with the last record and all pages, and damaged in between. False where it is not as plain as that.
 */
function overwritten(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, entry: Exclude<Entry, { kind: 'absent' | 'here' }>, view: View, world: World, chosen: readonly Literal[], below: (as: View) => number, add: Add): boolean {
  const { frame } = setting
  const as = entry.kind === 'kernel' ? 'kernel' : view
  if (view === 'loader' && frame.replays.has(group.store) && entry.kind === 'below') return false
  if (setting.below.answer({ kind: 'node', store: group.store, path: entry.path, view: as }) !== 'f') return false
  const inode = `@${entry.path}`
  if (firstGenerationWritten(frame).has(`${group.store}|${inode}`)) return false
  const wanted = onlyPossible(setting, group.store, member, inode, view)
  const conditions = wanted === undefined ? null : conditionsFor(setting, group.store, inode, view, world, wanted)
  if (wanted === undefined || conditions === null) return false
  const { order } = frame
  const records = recordStores(frame, group.store, inode, view).map(({ effect }) => effect)
  const [first] = records
  const last = records[records.length - 1]!
  if (first === undefined || records.some((effect) => isLost(world, effect))) return false
  // Of records that cannot be without the first only the first need be said.
  const chain = order.chain[first]!
  const implied = new Set([first])
  for (const effect of records) {
    const onChain = chain >= 0 && order.need[effect * order.chains.length + chain]! > order.place[first]!
    if (onChain || order.older.get(effect)?.some((older) => implied.has(older)) === true) implied.add(effect)
  }
  const said = [first, ...records.filter((effect) => !implied.has(effect))]
  const recorded = isKept(world, last) ? [] : [survives(last)]
  add(classOf(member.expected, (expected) => isSame(expected, { kind: 'blob', blob: wanted.blob, sizeBytes: wanted.sizeBytes })), [...chosen, ...conditions])
  for (const literal of conditions) if (literal !== survives(last)) add(damaged | anyBits(member), [...chosen, ...recorded, -literal])
  if (recorded.length === 0) return true
  for (const effect of said) if (effect !== last) add(damaged | anyBits(member), [...chosen, ...(isKept(world, effect) ? [] : [survives(effect)]), isMissing(last)])
  if (!records.some((effect) => isKept(world, effect))) add(below(as), [...chosen, ...said.map(isMissing)])
  return true
}

const written = new WeakMap<Frame, Set<string>>()

/** `store|inode` of files of which pages were written that they had before they were emptied. */
function firstGenerationWritten(frame: Frame): ReadonlySet<string> {
  let found = written.get(frame)
  if (found === undefined) {
    found = new Set()
    for (const cell of frame.cells.keys()) {
      if (cell[0] !== 'p') continue
      const [, store, inode, generation] = cell.split('|', 4)
      if (generation === '0' && inode![0] === '@') found.add(`${store}|${inode}`)
    }
    written.set(frame, found)
  }
  return found
}

/** Bits of the releases that do not care. */
function anyBits(member: PathMember): number {
  return classOf(member.expected, () => false)
}

/** The one release file whose content this inode can ever have. */
function onlyPossible(setting: Omit<Setting, 'pick'>, store: string, member: PathMember, inode: string, view: View): Extract<Expected, { type: 'file' }> | undefined {
  const records = recordStores(setting.frame, store, inode, view)
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
    const stores = ownStores(setting.frame, cell)
    const last = stores[stores.length - 1]
    if (last === undefined || typeof last.content !== 'string' || !isWanted(last.content)) return false
    if (stores.slice(0, -1).some(({ content }) => typeof content !== 'string' || isWanted(content))) return false
    if (!isKept(world, last.effect)) literals.push(survives(last.effect))
    return true
  }
  let generation: number | undefined
  const sized = shows(seenAs(recordCell(store, inode), view), (content) => {
    if (content === staleRecord) return false
    const record = parseRecord(content)
    generation ??= record.generation // of the last one, which is looked at first
    return record.sizeBytes === wanted.sizeBytes
  })
  if (!sized || generation === undefined) return null
  const run = runCell(store, inode, generation)
  if (setting.frame.cells.has(run)) {
    if (setting.frame.paged.has(`${store}|${inode}|${generation}`)) return null
    if (!shows(run, (content) => content === `R${wanted.blob}`)) return null
  } else for (let block = 0; block * unitBytes < wanted.sizeBytes; block++) {
    if (!shows(pageCell(store, inode, generation, block), (content) => content === blobPage(wanted.blob, block))) return null
  }
  return literals.some((literal) => isLost(world, literal - 1)) ? null : literals
}

/** A journal replay brings nothing of this frame home. */
function ownStores(frame: Frame, cell: CellId): readonly CellStore[] {
  return storesOf(frame, cell).filter(({ content }) => typeof content === 'string' || !('asKernelSaw' in content))
}

function recordStores(frame: Frame, store: string, inode: string, view: View): readonly CellStore[] {
  return ownStores(frame, seenAs(recordCell(store, inode), view))
}

export function contentClass(setting: Setting, store: StoreId, member: PathMember, entry: Entry, view: View): number {
  const found = leadsTo(setting, store, entry, view)
  if (found === null) return classOf(member.expected, (expected) => expected.type === 'absent')
  const type = typeOf(setting, found)
  if (type === 'd') return classOf(member.expected, (expected) => expected.type === 'directory')
  if (type[0] === 'l') return classOf(member.expected, (expected) => expected.type === 'symlink' && expected.target === type.slice(1))
  const file = openInode(setting, store, found.inode, view)
  // Pages are looked at while some release could still have this file, no longer.
  let same = member.expected.filter((expected) => expected.type === 'file').filter(({ sizeBytes }) => sizeBytes === file?.sizeBytes)
  const { unitBytes } = known(setting.stores.get(store), store)
  for (let block = 0; file !== null && same.length > 0 && block * unitBytes < file.sizeBytes; block++) {
    const page = file.page(block)
    same = same.filter(({ blob }) => page === blobPage(blob, block))
  }
  return classOf(member.expected, (expected) => same.some((each) => each === expected))
}

export function isSame(expected: Expected, body: Body): boolean {
  if (expected.type !== 'file') return false
  if (body.kind === 'blob') return body.blob === expected.blob && body.sizeBytes === expected.sizeBytes
  return expected.sizeBytes === 0 && body.kind === 'bytes' && body.bytes === ''
}
