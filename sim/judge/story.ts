/** Ways through a closed graph as stories to replay, each power-on with the least that it may lose. */
import type { Edge } from '../explore/closure'
import type { StoryStep } from '../explore/replay'
import type { Arrival, State } from '../explore/states'
import { leastLoss } from '../explore/survivors'

/** By the way on which the search met the state first, oldest first. */
export function arrivalsTo(state: State): readonly Arrival[] {
  const arrivals: Arrival[] = []
  for (let { arrival } = state; arrival !== null; { arrival } = arrival.from) arrivals.unshift(arrival)
  return arrivals
}

export function storyToState(state: State): readonly StoryStep[] {
  return arrivalsTo(state).map(stepOf)
}

export function storyTo(edge: Pick<Edge, 'from' | 'kind' | 'world'>): readonly StoryStep[] {
  return [...storyToState(edge.from), stepOf(edge)]
}

/** How the power-on of a step ends, with the least that it may lose. */
export function stepOf({ kind, world }: Pick<Edge, 'kind' | 'world'>): StoryStep {
  if (world === null) return { kind: 'natural', lost: [] }
  const loss = leastLoss(world)
  return kind === 'cut' ? { kind: 'cut', loss } : { kind: 'natural', lost: loss.lost }
}
