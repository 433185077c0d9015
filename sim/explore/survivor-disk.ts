/** One concrete disk: what was below, and the surviving part of one history over it. */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { type Frame, type View, sectorCell, storesOf } from '../disk/frame'
import type { EffectId } from '../disk/order'
import type { StoreSetup } from '../disk/lowering'
import { contentClass } from './member-census'
import { type Setting, effectiveView } from './cells'
import { evaluate } from './evaluate'
import { isRewritten } from './inodes'
import { entryOf } from './walk'
import { type Group, allReleases, classOf, memberCount, printClasses, sectorClass } from './group'
import { type Disk, type Question, questionKey } from './question'

export function survivorDisk(
  frame: Frame, survives: (effect: EffectId) => boolean, below: Disk,
  stores: ReadonlyMap<StoreId, StoreSetup>, groups: ReadonlyMap<string, Group>,
): Disk {
  const setting: Setting = {
    frame, below, stores,
    pick(_cell, cellStores, upTo) {
      let at = upTo - 1
      while (at >= 0 && !survives(cellStores[at]!.effect)) at--
      return at
    },
  }
  const answers = new Map<string, string>()
  // Inodes get a new name with each power-on: the first path by which somebody met them.
  const firstPath = new Map<string, string>()
  const renamed = (question: Extract<Question, { kind: 'node' }>, printed: string): string => {
    if (printed[0] !== 'f') return printed
    const inode = `${question.view} ${question.store} ${printed === 'f' ? `@${question.path}` : printed.slice(2).replace(/^[~/]/, (sign) => (sign === '/' ? '@/' : '@'))}`
    const first = firstPath.get(inode)
    if (first === undefined) firstPath.set(inode, question.path)
    return first === undefined || first === question.path ? 'f' : `f=${first}`
  }
  const groupOf = (id: string): Group => known(groups.get(id), `group ${id}`)
  const memberClass = (id: string, member: number, view: View): number => known(classOfMember(setting, groupOf(id), member, view), 'a class')
  return {
    answer(question) {
      const key = questionKey(question)
      let answer = answers.get(key)
      if (answer === undefined) {
        answer = question.kind === 'group' ? groupAnswer(groupOf(question.group), (member) => memberClass(question.group, member, question.view))
          : question.kind === 'node' ? renamed(question, evaluate(setting, question)) : evaluate(setting, question)
        answers.set(key, answer)
      }
      return answer
    },
    memberClass,
  }
}

export function groupAnswer(group: Group, classOfMemberAt: (member: number) => number): string {
  const classes = new Set<number>()
  const uninteresting = allReleases(group)
  for (let member = 0; member < memberCount(group); member++) {
    const cls = classOfMemberAt(member)
    if (cls !== uninteresting) classes.add(cls)
  }
  return printClasses(classes)
}

function classOfMember(setting: Setting, group: Group, member: number, asked: View): number | null {
  const view = effectiveView(setting, group.store, asked)
  if (group.of === 'sectors') {
    const cell = sectorCell(group.store, group.first + member)
    const stores = storesOf(setting.frame, cell)
    const at = stores.length === 0 ? -1 : setting.pick(cell, stores, stores.length)
    return at < 0 ? setting.below.memberClass(group.id, member, 'kernel') : sectorClass(group, member, stores[at]!.content as string)
  }
  const { path, expected } = known(group.members[member], `member ${member} of ${group.id}`)
  const entry = entryOf(setting, group.store, path, view)
  if (entry.kind === 'absent') return classOf(expected, (each) => each.type === 'absent')
  if (entry.kind !== 'here' && entry.path === path && !isRewritten(setting.frame, group.store, `@${path}`)) {
    return setting.below.memberClass(group.id, member, entry.kind === 'kernel' ? 'kernel' : view)
  }
  return contentClass(setting, group.store, { path, expected }, entry, view)
}

