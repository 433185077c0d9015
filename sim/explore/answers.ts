/** All answers that a question can have in a world, each with the part of the world in which it has it, newest first. */
import { known } from '../assert'
import type { Frame, View } from '../disk/frame'
import type { StoreId } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import { type Census, bySpan, showsBelow, showsKernelBelow, takeCensus } from './census'
import type { Clause, Literal, Range } from './clause'
import { type Pick, type Setting, effectiveView } from './cells'
import { evaluate } from './evaluate'
import { type Group, memberCount, parseClasses, printClasses } from './group'
import { allPicks } from './picks'
import { type Answer, type Disk, type Question, questionKey } from './question'
import { occurs, onlyPossible, solve } from './solve'
import { type Narrowing, type World, narrow } from './world'

export interface Part {
  readonly world: World
  readonly answer: Answer
  /** Set where the answer is one of several that this part of the world may have: the group whose members are not known one by one. */
  readonly doubt?: string
}

/** One history over one disk, ready to be asked. */
export class Asker {
  private readonly censuses = new Map<string, Census>()

  constructor(
    readonly frame: Frame,
    readonly below: Disk,
    readonly stores: ReadonlyMap<StoreId, StoreSetup>,
    readonly groups: ReadonlyMap<string, Group>,
    /** Censuses of the frame that asked nothing of the disk below, shared by all states that end in it. */
    private readonly shared = new Map<string, Census>(),
  ) {}

  /** The answer when no cell of the frame has a say in it, else null. */
  settled(question: Question): Answer | null {
    // A replay touches all that a loader sees of its file system.
    if ('view' in question && question.view === 'loader' && this.frame.replays.size > 0) return null
    if (question.kind === 'group') {
      const view = this.viewOf(question)
      const census = this.census(question.group, view)
      if (census.situations.size > 0) return null
      const answers = this.withBelow(question.group, view, census.always, census)
      return answers.length === 1 ? answers[0]! : null
    }
    let touched = false
    const answer = evaluate(this.setting(() => { touched = true; return -1 }), question)
    return touched ? null : answer
  }

  *answers(world: World, question: Question): Generator<Part> {
    if (question.kind === 'group') {
      yield* this.groupAnswers(world, question.group, this.viewOf(question))
      return
    }
    for (const leaf of allPicks(world, (pick) => evaluate(this.setting(pick), question))) {
      yield { world: leaf.world, answer: leaf.value }
    }
  }

  setting(pick: Pick): Setting {
    const { frame, below, stores } = this
    return { frame, below, stores, pick }
  }

  private viewOf(question: Extract<Question, { kind: 'group' }>): View {
    return effectiveView(this, known(this.groups.get(question.group), `group ${question.group}`).store, question.view)
  }

  private *groupAnswers(world: World, id: string, view: View): Generator<Part> {
    const census = this.census(id, view)
    const { situations, always } = census
    // Long before its effects are issued and long after they are certain the cut point alone tells.
    const told = new Map([...situations.keys()].map((cls) => [cls, bySpan(world, census.spans.get(cls))]))
    const certain = [...told].filter(([, is]) => is === true).map(([cls]) => cls)
    const classes = [...situations.keys()].filter((cls) => told.get(cls) === null)
    // What this world rules out need not be carried along.
    const possible = new Map(classes.map((cls) => [cls, onlyPossible(world, situations.get(cls)!)]))
    for (const occurring of subsets(classes.length, classes.length === 0 ? 0 : this.newest(world, situations, classes))) {
      const clauses: Clause[] = []
      for (const [at, cls] of classes.entries()) {
        clauses.push({ kind: (occurring & (1 << at)) !== 0 ? 'some' : 'none', of: possible.get(cls)! })
      }
      const part = clauses.length === 0 ? world : narrow(world, asNarrowing(clauses))
      if (part === null || solve(part) === null) continue
      const shown = new Set([...always, ...certain, ...classes.filter((_, at) => (occurring & (1 << at)) !== 0)])
      const answers = this.withBelow(id, view, shown, census)
      for (const answer of answers) yield { world: part, answer, ...(answers.length > 1 ? { doubt: id } : {}) }
    }
  }

  /**
   * `showsBelow` stands for some of the classes that the group had at power-on: for all of them where each member is as it was,
   * for none where those that are as they were may agree with all releases.
   */
  private withBelow(id: string, view: View, shown: ReadonlySet<number>, { someMayAgree, untouched }: Census): readonly Answer[] {
    const isSingle = memberCount(known(this.groups.get(id), `group ${id}`)) === 1
    let results: number[][] = [[...shown].filter((cls) => cls >= 0)]
    for (const [mark, as] of [[showsBelow, view], [showsKernelBelow, 'kernel']] as const) {
      if (!shown.has(mark)) continue
      const then = parseClasses(this.below.answer({ kind: 'group', group: id, view: as }))
      // A single member that shows what was below shows all that was below.
      const isWhole = untouched || isSingle || (shown.size === 1 && !someMayAgree)
      const choices = isWhole ? [then] : subsetsOf(then, someMayAgree || then.length === 0)
      results = results.flatMap((classes) => choices.map((choice) => [...classes, ...choice]))
    }
    return [...new Set(results.map(printClasses))]
  }

  private census(id: string, view: View): Census {
    const key = questionKey({ kind: 'group', group: id, view })
    let census = this.censuses.get(key) ?? this.shared.get(key)
    if (census === undefined) {
      let asked = false
      const below: Disk = {
        answer: (question) => { asked = true; return this.below.answer(question) },
        memberClass: (group, member, as) => {
          const cls = this.below.memberClass(group, member, as)
          asked ||= cls !== null
          return cls
        },
      }
      census = takeCensus({ frame: this.frame, stores: this.stores, below }, known(this.groups.get(id), `group ${id}`), view)
      ;(asked ? this.censuses : this.shared).set(key, census)
    }
    return census
  }

  /** The classes that occur in the survivor that loses least: the answer to try first. */
  private newest(world: World, situations: Census['situations'], classes: readonly number[]): number {
    const solution = solve(world)
    if (solution === null) return 0
    return classes.reduce((bits, cls, at) => (occurs(solution, situations.get(cls)!) ? bits | (1 << at) : bits), 0)
  }
}

/** Clauses that are conjunctions (one way only, or none of single literals) need not be carried along as clauses. */
function asNarrowing(all: readonly Clause[]): Narrowing {
  const clauses: Clause[] = []
  const literals: Literal[] = []
  const ranges: Range[] = []
  for (const clause of all) {
    const { listed, ranges: own } = clause.of
    if (clause.kind === 'none' && listed.every((situation) => situation.length === 1)) {
      literals.push(...listed.map((situation) => -situation[0]!))
      ranges.push(...own.map((range) => ({ ...range, isSurviving: !range.isSurviving })))
    } else if (clause.kind === 'some' && listed.length === 1 && own.length === 0) literals.push(...listed[0]!)
    else if (clause.kind === 'some' && listed.length === 0 && own.length === 1 && own[0]!.first === own[0]!.last) ranges.push(own[0]!)
    else clauses.push(clause)
  }
  return { clauses, literals, ranges }
}

function* subsets(size: number, first: number): Generator<number> {
  yield first
  for (let bits = (1 << size) - 1; bits >= 0; bits--) if (bits !== first) yield bits
}

/** All of them first. */
function subsetsOf(values: readonly number[], orNone: boolean): number[][] {
  const result: number[][] = []
  for (let bits = (1 << values.length) - 1; bits >= (orNone ? 0 : 1); bits--) result.push(values.filter((_, at) => (bits & (1 << at)) !== 0))
  return result
}
