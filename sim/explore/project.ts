/**
 * Projections: the distinct answers to all relevant questions that the survivors of a world give, each with its world.
 *
 * Questions that no cell of the frame touches have one answer and are asked once. The others are asked in turn, and each
 * answer narrows the world for the next.
 */
import type { Asker } from './answers'
import type { Answer, Question } from './question'
import type { World } from './world'

export interface Projection {
  readonly answers: readonly Answer[]
  readonly world: World
}

export function* project(asker: Asker, world: World, questions: readonly Question[]): Generator<Projection> {
  const answers = new Array<Answer>(questions.length).fill('')
  const open: number[] = []
  for (const [at, question] of questions.entries()) {
    const settled = asker.settled(question)
    if (settled === null) open.push(at)
    else answers[at] = settled
  }
  yield* rest(world, 0)

  function* rest(here: World, from: number): Generator<Projection> {
    const at = open[from]
    if (at === undefined) {
      yield { answers: answers.slice(), world: here }
      return
    }
    for (const part of asker.answers(here, questions[at]!)) {
      answers[at] = part.answer
      yield* rest(part.world, from + 1)
    }
  }
}
