/**
 * In which classes one path of a group may be in one frame, and in which situations: the census of a single member.
 *
 * Most members come down to a handful of literals (a file that was written once, a file that was emptied and written anew); the
 * others are looked at in every way in which their cells may show.
 */
import { known } from '../assert'
import { blobPage } from '../disk/content'
import type { StoreId } from '../disk/call'
import { type CellId, type CellStore, type Frame, type View, pageCell, parseRecord, runCell, recordCell, seenAs, storesOf, staleRecord } from '../disk/frame'
import { type Literal, type Situation, isMissing, survives } from './clause'
import type { Setting } from './cells'
import { isRewritten, openInode } from './inodes'
import { type Entry, entryOf, isUntouched, leadsTo, typeOf } from './walk'
import { type Expected, type Group, type PathMember, classOf, damaged, isSame } from './group'
import { allPicks } from './picks'
import { type World, isKept, isLost, narrow } from './world'

/** Hears of a class, and of literals that hold together where the member is in it. */
export type Add = (cls: number, literals: Situation) => void

export function pathMember(setting: Omit<Setting, 'pick'>, group: Group, member: PathMember, view: View, open: World, below: (as: View) => number, add: Add): void {
  if (isUntouched(setting.frame, group.store, member.path, view) && !isRewritten(setting.frame, group.store, `@${member.path}`)) return add(below(view), [])
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
