/**
 * Projections: the distinct answers to all relevant questions that the survivors of a world give, each with its world.
 *
 * The next power-on's own questions come first, in its order; each answer narrows the world for the next. Where that
 * power-on is known to halt without having written anything, it will halt so for ever: what it did not ask does not matter,
 * and stays unanswered. All other questions follow. Questions that no cell of the frame touches have one answer and are asked once.
 */
import type { Asker } from './answers'
import type { Answer, Question } from './question'
import { questionKey } from './question'
import type { Trie } from './runs'
import type { World } from './world'

export interface Projection {
  readonly answers: readonly Answer[]
  readonly world: World
}

/** The answer to a question that nobody will ever ask. */
export const unasked: Answer = '\u0000unasked'

export function* project(asker: Asker, world: World, questions: readonly Question[], trie: Trie | undefined): Generator<Projection> {
  const positions = new Map(questions.map((question, at) => [questionKey(question), at]))
  const settled = questions.map((question) => asker.settled(question))
  const answers: (Answer | null)[] = settled.slice()
  yield* asNextPowerOn(world, trie)

  function* asNextPowerOn(here: World, next: Trie | undefined): Generator<Projection> {
    if (next?.kind === 'run' && next.run.step.end === 'halt' && next.run.step.calls.length === 0) {
      yield { answers: answers.map((answer, at) => (answer === null || settled[at] !== null && !next.run.hasAsked(questions[at]!) ? unasked : answer)), world: here }
      return
    }
    const at = next?.kind === 'asks' ? positions.get(questionKey(next.question)) : undefined
    if (next?.kind !== 'asks' || at === undefined) {
      yield* rest(here, 0)
      return
    }
    const known = answers[at]!
    if (known !== null) {
      yield* asNextPowerOn(here, next.next.get(known))
      return
    }
    for (const part of asker.answers(here, questions[at]!)) {
      answers[at] = part.answer
      yield* asNextPowerOn(part.world, next.next.get(part.answer))
    }
    answers[at] = null
  }

  function* rest(here: World, from: number): Generator<Projection> {
    let at = from
    while (at < answers.length && answers[at] !== null) at++
    if (at === answers.length) {
      yield { answers: answers.map((answer) => answer!), world: here }
      return
    }
    for (const part of asker.answers(here, questions[at]!)) {
      answers[at] = part.answer
      yield* rest(part.world, at + 1)
    }
    answers[at] = null
  }
}
