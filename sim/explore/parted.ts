/** The same machine with some groups asked in parts: what a power-on hears of a group is put together from its parts. */
import { known } from '../assert'
import { type Group, memberCount, parseClasses, printClasses } from './group'
import { type Further, type FurtherPowerOn, type Machine, type Names, type StepRun, cannotTell } from './machine'
import type { Answer, Disk, Question } from './question'

interface Part { readonly group: Group; readonly first: number }

/** `parts`: into how many parts each group is cut. */
export function partGroups(machine: Machine, parts: ReadonlyMap<string, number>): Machine {
  const partsOf = new Map<string, readonly Part[]>()
  const groups = new Map(machine.groups)
  const byId = new Map<string, { readonly whole: string; readonly part: Part }>()
  for (const [id, count] of parts) {
    const whole = known(machine.groups.get(id), `group ${id}`)
    const list = cut(whole, count)
    partsOf.set(id, list)
    for (const part of list) {
      groups.set(part.group.id, part.group)
      byId.set(part.group.id, { whole: id, part })
    }
  }
  const put = (disk: Disk, question: Question): Answer => {
    const list = question.kind === 'group' ? partsOf.get(question.group) : undefined
    if (question.kind !== 'group' || list === undefined) return disk.answer(question)
    return printClasses(list.flatMap(({ group }) => parseClasses(disk.answer({ kind: 'group', group: group.id, view: question.view }))))
  }
  const together = (disk: Disk & Names): Disk & Names => ({
    answer: (question) => put(disk, question),
    memberClass: (group, member, view) => disk.memberClass(group, member, view),
    candidates: (store, directory) => disk.candidates(store, directory),
    space: (store) => disk.space?.(store) ?? null,
  })
  const { initial } = machine
  return {
    stores: machine.stores, groups,
    ...(machine.canonical === undefined ? {} : { canonical: (answers) => machine.canonical?.(answers) }),
    initial: {
      answer(question) {
        const found = question.kind === 'group' ? byId.get(question.group) : undefined
        if (question.kind !== 'group' || found === undefined) return initial.answer(question)
        const { whole, part } = found
        const all = (1 << part.group.releases) - 1
        const classes: number[] = []
        for (let at = 0; at < memberCount(part.group); at++) classes.push(known(initial.memberClass(whole, part.first + at, question.view), 'a class'))
        return printClasses(classes.filter((cls) => cls !== all))
      },
      memberClass(group, member, view) {
        const found = byId.get(group)
        return found === undefined ? initial.memberClass(group, member, view) : initial.memberClass(found.whole, found.part.first + member, view)
      },
      candidates: (store, directory) => initial.candidates(store, directory),
      ...(initial.contents === undefined ? {} : { contents: (store) => known(initial.contents, 'contents')(store) }),
    },
    step: (disk, power, freshMark) => leavingParts(machine.step(together(disk), power, freshMark)),
    ...(machine.further === undefined ? {} : { further: partedFurther(machine.further) }),
    ...(machine.outline === undefined ? {} : { outline: (disk, power) => leavingParts(known(machine.outline, 'outlines')(together(disk), power)) }),
  }

  function partedFurther({ lastOfUpdate, offering }: Further): Further {
    const parted = ({ run, isDone }: FurtherPowerOn): FurtherPowerOn => ({ run: leavingParts(run), isDone })
    return {
      lastOfUpdate: (disk, power, freshMark) => parted(lastOfUpdate(together(disk), power, freshMark)),
      offering: (release, disk, freshMark, keepsHistory) => parted(offering(release, together(disk), freshMark, keepsHistory)),
    }
  }

  /** What is left of a part the lowered history tells. */
  function leavingParts<T extends Pick<StepRun, 'final'>>(run: T): T {
    return {
      ...run,
      final: (below: Disk): Disk => {
        const left = run.final(together({ ...below, candidates: () => [] }))
        return { answer: (question) => (question.kind === 'group' && byId.has(question.group) ? cannotTell : left.answer(question)), memberClass: () => null }
      },
    }
  }
}

function cut(group: Group, count: number): readonly Part[] {
  const members = memberCount(group)
  return Array.from({ length: count }, (_, at) => {
    const first = Math.floor(at * members / count)
    const end = Math.floor((at + 1) * members / count)
    const id = `${group.id}#${first}-${end - 1}`
    if (group.of === 'paths') return { first, group: { ...group, id, members: group.members.slice(first, end) } }
    // Blocks of a blob go by the number of their sector.
    return { first, group: { ...group, id, first: group.first + first, count: end - first, blobs: group.blobs.map(({ blob, sectors }) => ({ blob, sectors: Math.max(0, Math.min(end, sectors) - first) })) } }
  })
}
