/**
 * Projections: the distinct answers to all relevant questions that the survivors of a world give, each with its world.
 *
 * What the next power-on's loader asks comes first, in its order; each answer narrows the world for the next. Where that
 * power-on is known to halt without having written anything, it will halt so for ever: what it did not ask does not matter,
 * and stays unanswered. So does what a loader did not ask of its view before the kernel's journal replay; should a cut in between
 * make it ask after all, the question is `alive` from then on. All other questions follow, groups last: by then the cut point is narrowed down, which makes them easy.
 * Questions that no cell of the frame touches have one answer and are asked once.
 */
import type { Asker } from './answers'
import type { Answer, Question } from './question'
import { questionKey } from './question'
import type { Trie } from './runs'
import type { World } from './world'

export interface Projection {
  readonly answers: readonly Answer[]
  readonly world: World
  /** One of several such ways; the others are to be looked at once it is known what the next power-on asks there. */
  readonly isSample?: boolean
  /** Groups of which the answer is a guess: the projection may be of no survivor. */
  readonly doubts: readonly string[]
}

/** The answer to a question that nobody will ever ask. */
export const unasked: Answer = '\u0000unasked'

export function* project(asker: Asker, world: World, questions: readonly Question[], trie: Trie | undefined, alive: ReadonlySet<string>, mayWait: boolean): Generator<Projection> {
  /** What the loader has asked on the way here. */
  const path = new Set<number>()
  const { positions, order, loadersViews } = layoutOf(questions)
  const settled = questions.map((question) => asker.settled(question))
  const answers: (Answer | null)[] = settled.slice()
  const doubts: string[] = []
  yield* asNextPowerOn(world, trie)

  function* asNextPowerOn(here: World, next: Trie | undefined): Generator<Projection> {
    if (next?.kind === 'run' && next.run.step.end === 'halt' && next.run.wroteNothing) {
      yield { answers: answers.map((answer, at) => (answer === null || settled[at] !== null && !next.run.hasAsked(questions[at]!) ? unasked : answer)), world: here, doubts: [...doubts] }
      return
    }
    const at = next?.kind === 'asks' && isOfLoader(next.question) ? positions.get(questionKey(next.question)) : undefined
    if (next?.kind !== 'asks' || at === undefined) {
      const doubtsBefore = doubts.length
      // The loader has asked what it asks; the kernel's replay then makes the rest of a loader's view what the kernel sees.
      const dead = next === undefined ? [] : loadersViews.filter((place) => !path.has(place) && !alive.has(questionKey(questions[place]!)))
      const before = dead.map((place) => answers[place]!)
      for (const place of dead) answers[place] = unasked
      if (next === undefined && mayWait) {
        // No power-on has gone this way yet: one will do to find out what the next one asks.
        for (const first of rest(here, 0)) {
          yield { ...first, isSample: true }
          break
        }
        for (const [place, answer] of settled.entries()) if (!path.has(place)) answers[place] = answer
        doubts.length = doubtsBefore
        return
      }
      yield* rest(here, 0)
      for (const [index, place] of dead.entries()) answers[place] = before[index]!
      return
    }
    path.add(at)
    const known = answers[at]!
    if (known !== null) {
      yield* asNextPowerOn(here, next.next.get(known))
      path.delete(at)
      return
    }
    for (const part of asker.answers(here, questions[at]!)) {
      answers[at] = part.answer
      if (part.doubt !== undefined) doubts.push(part.doubt)
      yield* asNextPowerOn(part.world, next.next.get(part.answer))
      if (part.doubt !== undefined) doubts.pop()
    }
    answers[at] = null
    path.delete(at)
  }

  function* rest(here: World, from: number): Generator<Projection> {
    let place = from
    while (place < order.length && answers[order[place]!] !== null) place++
    const at = order[place]
    if (at === undefined) {
      yield { answers: answers.map((answer) => answer!), world: here, doubts: [...doubts] }
      return
    }
    for (const part of asker.answers(here, questions[at]!)) {
      answers[at] = part.answer
      if (part.doubt !== undefined) doubts.push(part.doubt)
      yield* rest(part.world, place + 1)
      if (part.doubt !== undefined) doubts.pop()
    }
    answers[at] = null
  }
}

interface Layout {
  readonly positions: ReadonlyMap<string, number>
  /** Groups last. */
  readonly order: readonly number[]
  readonly loadersViews: readonly number[]
}

/** The same questions are put to each state of a round. */
const layouts = new WeakMap<readonly Question[], Layout>()

function layoutOf(questions: readonly Question[]): Layout {
  let layout = layouts.get(questions)
  if (layout === undefined) {
    const isGroup = (at: number): number => Number(questions[at]!.kind === 'group')
    const places = questions.map((_, at) => at)
    layout = {
      positions: new Map(questions.map((question, at) => [questionKey(question), at])),
      order: places.toSorted((one, other) => isGroup(one) - isGroup(other) || one - other),
      loadersViews: places.filter((at) => isOfLoadersView(questions[at]!)),
    }
    layouts.set(questions, layout)
  }
  return layout
}

function isOfLoader(question: Question): boolean {
  return question.kind === 'sector' || isOfLoadersView(question)
}

function isOfLoadersView(question: Question): boolean {
  return 'view' in question && question.view === 'loader'
}
