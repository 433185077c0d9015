import { describe, expect, test } from 'vitest'
import { Asker } from '../../sim/explore/answers'
import { type Clause, eachOf } from '../../sim/explore/clause'
import type { Setting } from '../../sim/explore/cells'
import { evaluate } from '../../sim/explore/evaluate'
import { type Group, classOf, sectorClass, isSame } from '../../sim/explore/group'
import { parseBody } from '../../sim/disk/content'
import { project } from '../../sim/explore/project'
import { type Answer, type Disk, type Question, questionKey } from '../../sim/explore/question'
import { type World, atTheEnd, everything } from '../../sim/explore/world'
import type { View } from '../../sim/disk/frame'
import { type Survivors, allSurvivors, listenToBuilders } from './order-oracle'
import { type Below, dice } from './random-order'
import { type SmallSystem, groupAnswer, smallSystem } from './small-systems'

listenToBuilders()

/** Each distinct set of effects with the cut points that it fits. */
interface Left { readonly bits: number; readonly cuts: number[] }

function setting({ frame, stores }: SmallSystem, below: Disk, survivors: { readonly bits: number }): Setting {
  return {
    frame, stores, below,
    pick(_cell, list, upTo) {
      let at = upTo - 1
      while (at >= 0 && (survivors.bits & (1 << list[at]!.effect)) === 0) at--
      return at
    },
  }
}

/** The answer in one survivor, every cell decided. */
function concrete(system: SmallSystem, below: Disk, question: Question, survivors: { readonly bits: number }): Answer {
  const here = setting(system, below, survivors)
  if (question.kind !== 'group') return evaluate(here, question)
  const group = system.groups.get(question.group)!
  return groupAnswer(group, (member) => memberClass(here, group, member, question.view))
}

function memberClass(here: Setting, group: Group, member: number, view: View): number {
  if (group.of === 'sectors') return sectorClass(group, member, evaluate(here, { kind: 'sector', store: group.store, sector: group.first + member }))
  const { path, expected } = group.members[member]!
  const node = evaluate(here, { kind: 'node', store: group.store, path, view })
  const body = parseBody(evaluate(here, { kind: 'bytes', store: group.store, path, view }))
  return classOf(expected, (each) => {
    if (node === '') return each.type === 'absent'
    if (node === 'd') return each.type === 'directory'
    if (node[0] === 'l') return each.type === 'symlink' && each.target === node.slice(1)
    return body !== null && isSame(each, body)
  })
}

function isIn(world: World, cut: number, bits: number): boolean {
  const { order } = world
  const holds = (effect: number): boolean => (bits & (1 << effect)) !== 0
  if (cut < world.cutLow || cut > world.cutHigh) return false
  for (const [chain, members] of order.chains.entries()) {
    const count = members.filter((member) => holds(member)).length
    if (count < world.low[chain]! || count > world.high[chain]!) return false
  }
  for (let effect = 0; effect < world.order.effects; effect++) {
    const mark = world.marks.get(effect)
    if (mark !== 0 && holds(effect) !== (mark === 1)) return false
  }
  return world.clauses.every((clause) => clauseHolds(clause, holds))
}

function clauseHolds(clause: Clause, holds: (effect: number) => boolean): boolean {
  const some = [...eachOf(clause.of)].some((situation) => situation.every((literal) => holds(Math.abs(literal) - 1) === literal > 0))
  return clause.kind === 'some' ? some : !some
}

function expectParts(system: SmallSystem, asker: Asker, world: World, lefts: readonly Left[], question: Question): void {
  const name = questionKey(question)
  const parts = [...asker.answers(world, question)].map((part) => ({ ...part, cuts: new Set<number>() }))
  for (const { bits, cuts } of lefts) {
    const answer = concrete(system, system.disk, question, { bits })
    for (const cut of cuts) {
      const mine = parts.filter((part) => isIn(part.world, cut, bits))
      if (mine.length !== 1 || mine[0]!.answer !== answer) {
        throw new Error(`${name}: survivors ${bits.toString(2)} at ${cut} say ${JSON.stringify(answer)}, the engine ${JSON.stringify(mine.map((part) => part.answer))}`)
      }
      mine[0]!.cuts.add(cut)
    }
  }
  for (const part of parts) {
    if (part.cuts.size === 0) throw new Error(`${name}: nothing survives as ${JSON.stringify(part.answer)}`)
    if (part.world.clauses.length > 0) continue
    const { cutLow, cutHigh } = part.world
    if (Math.min(...part.cuts) !== cutLow || Math.max(...part.cuts) !== cutHigh || part.cuts.size !== cutHigh - cutLow + 1) {
      throw new Error(`${name}: ${JSON.stringify(part.answer)} at ${[...part.cuts].join()}, the engine says ${cutLow}…${cutHigh}`)
    }
  }
  const settled = asker.settled(question)
  if (settled !== null && parts.some((part) => part.answer !== settled)) throw new Error(`${name}: settled as ${settled}`)
}

function expectProjection(system: SmallSystem, asker: Asker, world: World, lefts: readonly Left[], questions: readonly Question[]): void {
  const print = (answers: readonly Answer[]): string => JSON.stringify(answers)
  const wanted = new Set(lefts.map((survivors) => print(questions.map((question) => concrete(system, system.disk, question, survivors)))))
  const got = [...project(asker, world, questions, undefined, new Set(), false)]
  expect({ questions, answers: [...new Set(got.map(({ answers }) => print(answers)))].sort() }).toEqual({ questions, answers: [...wanted].sort() })
  for (const { bits, cuts } of lefts) {
    const answers = print(questions.map((question) => concrete(system, system.disk, question, { bits })))
    for (const cut of cuts) {
      const mine = got.filter((each) => isIn(each.world, cut, bits))
      if (mine.length !== 1 || print(mine[0]!.answers) !== answers) throw new Error(`projection: ${bits.toString(2)} at ${cut}: ${answers}, the engine ${mine.map((each) => print(each.answers)).join(' ')}`)
    }
  }
}

/** What only stands for a disk: group members are not told one by one. */
class Abstract implements Disk {
  readonly asked = new Map<string, { question: Question; answer: Answer }>()

  constructor(private readonly disk: Disk) {}

  answer(question: Question): Answer {
    const answer = this.disk.answer(question)
    this.asked.set(questionKey(question), { question, answer })
    return answer
  }

  memberClass(): null {
    return null
  }
}

function expectCovered(system: SmallSystem, world: World, lefts: readonly Left[], question: Question, others: readonly Disk[], questions: readonly Question[]): void {
  const abstract = new Abstract(system.disk)
  const asker = new Asker(system.frame, abstract, system.stores, system.groups)
  const parts = [...asker.answers(world, question)]
  for (const asked of questions) abstract.answer(asked)
  for (const other of others) {
    if ([...abstract.asked.values()].some((each) => other.answer(each.question) !== each.answer)) continue
    disksCompared++
    for (const { bits, cuts } of lefts) {
      const answer = concrete(system, other, question, { bits })
      for (const cut of cuts) {
        if (!parts.some((part) => part.answer === answer && isIn(part.world, cut, bits))) {
          throw new Error(`${questionKey(question)} over an abstract disk: ${bits.toString(2)} at ${cut} says ${answer}, not among ${parts.map((part) => part.answer).join(' | ')}`)
        }
      }
    }
  }
}

let disksCompared = 0

function expectKernelSees(system: SmallSystem): void {
  for (const { calls, questions, answers } of system.snapshots) {
    let bits = 0
    for (let effect = 0; effect < system.frame.order.effects; effect++) if (system.frame.order.issued[effect]! < calls) bits |= 1 << effect
    for (const [at, question] of questions.entries()) {
      const got = concrete(system, system.disk, question, { bits })
      if ('view' in question && 'store' in question && !system.stores.get(question.store)!.model.homeLags) {
        const loader = concrete(system, system.disk, { kind: question.kind, store: question.store, path: question.path, view: 'loader' }, { bits })
        if (loader !== got) throw new Error(`${questionKey(question)}: a loader sees ${loader} where nothing lags`)
      }
      if (got !== answers[at]) throw new Error(`${questionKey(question)} after ${calls} calls: the running kernel sees ${JSON.stringify(answers[at])}, the disk shows ${JSON.stringify(got)}`)
    }
  }
}

function group(pairs: readonly Survivors[]): Left[] {
  const byBits = new Map<number, number[]>()
  for (const { bits, cut } of pairs) byBits.set(bits, [...(byBits.get(bits) ?? []), cut])
  return [...byBits].map(([bits, cuts]) => ({ bits, cuts }))
}

function check(seed: string): boolean {
  const system = smallSystem(seed)
  const { frame, disk, stores, groups, questions } = system
  const below: Below = dice(`${seed} asks`)
  const how = below(6)
  const level = how === 1 ? 'accepted' : 'durable'
  const all = allSurvivors(frame.order, level, 600)
  if (all === null) return false
  expectKernelSees(system)
  const world = how < 2 ? atTheEnd(frame.order, level) : everything(frame.order)
  const lefts = group(how < 2 ? all.filter(({ cut }) => cut === frame.order.callCount) : all)
  const asker = new Asker(frame, disk, stores, groups)
  for (const question of questions) expectParts(system, asker, world, lefts, question)
  for (let round = 0; round < 2; round++) {
    expectProjection(system, asker, world, lefts, Array.from({ length: 4 }, () => questions[below(questions.length)]!))
  }
  const others = Array.from({ length: 12 }, () => disk.variant(below))
  for (const question of questions) if (question.kind === 'group') expectCovered(system, world, lefts, question, [disk, ...others], system.asked)
  return true
}

describe('answers agree with looking at every survivor', () => {
  for (let part = 0; part < 10; part++) {
    test(`random small systems, part ${part}`, () => {
      const failures: string[] = []
      let run = 0
      const wanted = Number(process.env['SYSTEMS'] ?? 200)
      for (let done = 0; done < wanted; run++) {
        const seed = `system ${part} ${run}`
        try {
          if (check(seed)) done++
        } catch (error) {
          failures.push(`${seed}: ${(error as Error).message}`)
          done++
        }
      }
      expect(failures).toEqual([])
      // More than the disk that the history was made on.
      expect(disksCompared).toBeGreaterThan(wanted * 6)
      disksCompared = 0
    })
  }
})
