/** The way by which a search came to a state, as a story to replay. */
import type { StoryStep } from '../sim/explore/replay'
import type { Arrival, State } from '../sim/explore/states'
import { leastLoss } from '../sim/explore/survivors'
import type { World } from '../sim/explore/world'

/** Oldest first. */
export function arrivalsTo(state: State): readonly Arrival[] {
  const arrivals: Arrival[] = []
  for (let { arrival } = state; arrival !== null; { arrival } = arrival.from) arrivals.unshift(arrival)
  return arrivals
}

/** How the power-on of a step ends, with the least that it may lose. */
export function storyStep({ kind, world }: { readonly kind: 'natural' | 'cut'; readonly world: World | null }): StoryStep {
  if (world === null) return { kind: 'natural', lost: [] }
  const loss = leastLoss(world)
  return kind === 'cut' ? { kind: 'cut', loss } : { kind: 'natural', lost: loss.lost }
}
