/** States, compared by their answers to the relevant questions. */
import type { Machine, Power } from './machine'
import { type Answer, type Disk, type Question, questionKey } from './question'
import { unasked } from './project'
import type { RunCache } from './runs'
import { evaluate } from './evaluate'
import { holds, solve } from './solve'
import { known } from '../assert'
import type { World } from './world'

/** How a state was reached first: by which survivors of which state's power-on. */
export interface Arrival {
  readonly from: State
  readonly kind: 'natural' | 'cut'
  /** null: a clean end, all survives */
  readonly world: World | null
  /** As `Edge.doubts`. */
  readonly doubts: readonly string[]
}

export interface State {
  readonly id: number
  readonly power: Power
  readonly disk: Disk
  arrival: Arrival | null
  /** Power cuts on the shortest way here. */
  cuts: number
}

export class StateTable {
  private readonly byKey = new Map<string, State>()
  private readonly states: State[] = []
  private readonly intern = new Map<Answer, number>()
  private readonly positions: ReadonlyMap<string, number>

  /** `onMissing` hears of questions that some state was asked and that are not among `questions`. */
  constructor(private readonly machine: Machine, private readonly runs: RunCache, private readonly questions: readonly Question[], private readonly onMissing: (question: Question) => void) {
    this.positions = new Map(questions.map((question, at) => [questionKey(question), at]))
  }

  get size(): number {
    return this.states.length
  }

  all(): readonly State[] {
    return this.states
  }

  initial(): State {
    const state: State = { id: 0, power: 'running', disk: this.machine.initial, arrival: null, cuts: 0 }
    this.states.push(state)
    return state
  }

  /** The state with these answers; a new one when there is none yet. */
  enter(raw: readonly Answer[], arrival: Arrival): { readonly state: State; readonly isNew: boolean } {
    const answers = this.canonical(raw)
    const key = answers.map((answer) => this.number(answer)).join()
    const found = this.byKey.get(key)
    if (found !== undefined) return { state: found, isNew: false }
    const state: State = {
      id: this.states.length, power: 'off', arrival, cuts: arrival.from.cuts + (arrival.kind === 'cut' ? 1 : 0),
      disk: this.diskOf(answers, arrival),
    }
    this.byKey.set(key, state)
    this.states.push(state)
    return { state, isNew: true }
  }

  /** A way with fewer power cuts was found. */
  promote(state: State, arrival: Arrival): void {
    state.arrival = arrival
    state.cuts = arrival.from.cuts + (arrival.kind === 'cut' ? 1 : 0)
  }

  private number(answer: Answer): number {
    let number = this.intern.get(answer)
    if (number === undefined) {
      number = this.intern.size
      this.intern.set(answer, number)
    }
    return number
  }

  /** Inodes are named after the first path that leads to them, in the order of the questions. */
  private canonical(raw: readonly Answer[]): Answer[] {
    const answers = [...raw]
    const first = new Map<string, string>()
    for (const [at, question] of this.questions.entries()) {
      if (question.kind !== 'node' || answers[at]![0] !== 'f') continue
      const space = `${question.view} ${question.store} `
      const inode = answers[at]!.length > 1 ? inodeName(answers[at]!.slice(2)) : `@${question.path}`
      const earlier = first.get(space + inode)
      if (earlier === undefined) first.set(space + inode, question.path)
      answers[at] = earlier === undefined ? 'f' : `f=${earlier}`
    }
    this.machine.canonical?.({
      questions: this.questions,
      get: (question) => {
        const at = this.positions.get(questionKey(question))
        return at === undefined ? undefined : answers[at]
      },
      set: (question, answer) => { answers[known(this.positions.get(questionKey(question)), questionKey(question))] = answer },
    })
    return answers
  }

  /** A question outside of the relevant ones is answered by some member of the state, so that the run can go on asking. */
  private diskOf(answers: readonly Answer[], arrival: Arrival): Disk {
    const { positions, runs, onMissing } = this
    let example: Disk | undefined
    return {
      answer(question) {
        const at = positions.get(questionKey(question))
        if (at !== undefined && answers[at] !== unasked) return answers[at]!
        if (at !== undefined) runs.alive.add(questionKey(question))
        onMissing(question)
        example ??= exampleOf(arrival, runs)
        // An inode's name of then means nothing now; that it is a file will do to go on asking.
        return example.answer(question).replace(/^f=.*$/s, 'f')
      },
      memberClass: () => null,
    }
  }
}

/** One spelling for an inode that was there at power-on, whoever printed it. */
export function inodeName(printed: string): string {
  return printed[0] === '/' ? `@${printed}` : printed.replace(/^~/, '@')
}

/** The member of a state that lost least on the way by which it was reached first. */
function exampleOf(arrival: Arrival, runs: RunCache): Disk {
  const { world } = arrival
  if (world === null) return runs.of(arrival.from).step.final(arrival.from.disk)
  const asker = runs.asker(arrival.from)
  const solution = known(solve(world), 'a survivor')
  return {
    answer(question) {
      if (question.kind === 'group') {
        for (const part of asker.answers(world, question)) return part.answer
      } else {
        return evaluate(asker.setting((_cell, stores, upTo) => {
          let at = upTo - 1
          while (at >= 0 && !holds(solution, stores[at]!.effect)) at--
          return at
        }), question)
      }
      return ''
    },
    memberClass: () => null,
  }
}
