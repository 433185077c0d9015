/** Looks for a survivor that satisfies a predicate, at any cut point, and says what it is. */
import { assert, known } from '../assert'
import { describe } from '../disk/describe'
import type { Frame } from '../disk/frame'
import type { EffectId } from '../disk/order'
import type { Pick } from '../explore/cells'
import { allPicks } from '../explore/picks'
import { leastLoss, survivorsOf } from '../explore/survivors'
import { everything } from '../explore/world'
import type { Witness } from './litmus-report'
import { type Predicate, type Reader, holds } from './predicate'
import { waysOf } from './ways'

export interface Searched {
  readonly frame: Frame
  /** A reader of the survivors that a pick stands for. */
  readonly reader: (pick: Pick) => Reader
  /** No file is ever longer. */
  readonly sizeMax: number
  /** Everything there is, in words. */
  readonly state: (reader: Reader, predicate: Predicate) => Readonly<Record<string, string>>
}

/** Exact: null means that no survivor at any cut point satisfies the predicate. */
export function findWitness(searched: Searched, predicate: Predicate): Witness | null {
  const { frame, reader } = searched
  for (const way of waysOf(predicate, searched.sizeMax)) {
    for (const leaf of allPicks(everything(frame.order), (pick) => holds(way, reader(pick)))) {
      if (!leaf.value) continue
      const loss = leastLoss(leaf.world)
      const survives = known(survivorsOf(frame.order, 'durable', loss), 'the survivors that lose no more')
      return witness(searched, predicate, loss.cutPoint, survives)
    }
  }
  return null
}

/** Replayed on concrete cells before anybody hears of it. */
function witness(searched: Searched, predicate: Predicate, cutPoint: number, survives: (effect: EffectId) => boolean): Witness {
  const { frame } = searched
  const reader = searched.reader((_cell, stores, upTo) => {
    let at = upTo - 1
    while (at >= 0 && !survives(stores[at]!.effect)) at--
    return at
  })
  assert(holds(predicate, reader), 'the witness satisfies the predicate')
  const call = frame.calls[cutPoint]
  const survived: string[] = []
  const lost: string[] = []
  for (let effect = 0; effect < frame.order.effects; effect++) {
    if (frame.order.issued[effect]! > cutPoint) break
    ;(survives(effect) ? survived : lost).push(frame.says(effect))
  }
  return {
    cutPoint,
    cut: call === undefined ? 'after the last operation' : `during ${describe(call.does, frame.nodes)}`,
    survived, lost, state: searched.state(reader, predicate),
  }
}
