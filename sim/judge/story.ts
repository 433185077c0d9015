/** Ways through a closed graph as stories to replay, each power-on with the least that it may lose. */
import type { Edge } from '../explore/closure'
import type { StoryStep } from '../explore/replay'
import type { State } from '../explore/states'
import { leastLoss } from '../explore/survivors'

export function storyTo(edge: Pick<Edge, 'from' | 'kind' | 'world'>): readonly StoryStep[] {
  return [...storyToState(edge.from), stepOf(edge)]
}

/** By the way on which the search met it first. */
export function storyToState({ arrival }: State): readonly StoryStep[] {
  return arrival === null ? [] : storyTo(arrival)
}

export function stepOf({ kind, world }: Pick<Edge, 'kind' | 'world'>): StoryStep {
  if (world === null) return { kind: 'natural', lost: [] }
  const loss = leastLoss(world)
  return kind === 'cut' ? { kind: 'cut', loss } : { kind: 'natural', lost: loss.lost }
}
