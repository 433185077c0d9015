/**
 * The census of a group in one frame: for each class, the situations in which some member is in it. Built once a frame and
 * group; a group question in a world is then a few clauses (see `answers.ts`).
 *
 * A member "shows below" when the frame leaves it as it was at power-on.
 */
import { known } from '../assert'
import { type View, sectorCell } from '../disk/frame'
import type { EffectId } from '../disk/order'
import { effectAt, isInRun } from '../disk/sector-run'
import type { Situation } from './clause'
import { type Setting, effectiveView } from './cells'
import { type Group, allReleases, mayAgree, memberCount, runClasses, sectorClass } from './group'
import { type Add, pathMember } from './member-census'
import { allPicks } from './picks'
import { Situations } from './situations'
import { type World, everything } from './world'

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
