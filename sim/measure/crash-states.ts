/**
 * The number of crash states of a history: distinct sets of surviving effects, over all cut points.
 *
 * Between two forces the survivors are the down-closed sets of what is issued and not yet forced; a stretch of cut points adds
 * those that hold something issued in it. One sweep over the calls keeps the number of these sets up to date:
 *
 * - what hangs together off the chains is a part, and only parts that gained or lost an effect are counted again;
 * - a chain of which `low` places are certain and `high` are issued gives the sum over its prefixes of the product over its
 *   parts. With `low` places the product is a factor of the whole; each further place multiplies it by a ratio r, so the sum is
 *   1 + r·(1 + r'·(1 + …)): a product of maps x → 1 + r·x over a sliding window (`window.ts`).
 */
import { type EffectId, type Order, never } from '../disk/order'
import { type Arithmetic, exactly, roughly } from './arithmetic'
import { type Steps, countIdeals, stepsOf } from './ideals'
import { type Ratio, Window } from './window'

export interface CrashStates {
  /** Null where it has more than a thousand digits. */
  readonly exact: bigint | null
  /** To six decimals. */
  readonly log10: number
}

const digitsMax = 1000

export function countCrashStates(order: Order): CrashStates {
  if (mostOpen(order) > digitsMax) {
    const rough = roughly.log10(new Sweep(order, roughly).run())
    if (rough > digitsMax) return { exact: null, log10: rounded(rough) }
  }
  const exact = new Sweep(order, exactly).run()
  return { exact, log10: rounded(exactly.log10(exact)) }
}

/** Most effects issued and not forced at a time: of n there are at most 2^n sets. */
function mostOpen(order: Order): number {
  const change = new Int32Array(order.callCount + 1)
  for (let effect = 0; effect < order.effects; effect++) {
    change[order.issued[effect]!]!++
    const forced = order.forcedAt.durable[effect]!
    if (forced !== never) change[forced]!--
  }
  let open = 0
  let most = 0
  for (const each of change) {
    open += each
    most = Math.max(most, open)
  }
  return most
}

function rounded(log10: number): number {
  return Math.round(log10 * 1e6) / 1e6
}

/** Effects off the chains that hang together, and the chain that they hang on; or a knot: several chains and all that joins them. */
interface Part<N> {
  readonly chain: number
  readonly isKnot: boolean
  readonly open: Set<EffectId>
  /** How many sets it has, by how many places of its chain are there. */
  steps: Steps<N>
  /** The step that holds for the certain places of the chain. */
  first: number
  isDirty: boolean
}

class Sweep<N> {
  private readonly one: N
  private readonly partOf = new Map<EffectId, Part<N>>()
  private readonly windows: Window<N>[]
  /** Per chain and place: parts that change there. */
  private readonly changing: Map<number, Set<Part<N>>>[]
  private readonly dirty = new Set<Part<N>>()
  /** Effects that have nothing to do with any other, open at present. */
  private alone = 0
  /** Product over all parts, with the certain places of their chain only. */
  private product: N

  constructor(private readonly order: Order, private readonly arithmetic: Arithmetic<N>) {
    this.one = arithmetic.of(1)
    this.product = this.one
    this.windows = order.chains.map(() => new Window(arithmetic))
    this.changing = order.chains.map(() => new Map<number, Set<Part<N>>>())
    this.findParts()
  }

  run(): N {
    const { order, arithmetic } = this
    const forcedAt = order.forcedAt.durable
    const byForce = groupedBy(forcedAt, order.callCount + 1)
    let effect = 0
    let total = arithmetic.of(0)
    let before: N | null = null
    for (let cut = 0; cut <= order.callCount; cut++) {
      const forced = byForce[cut]
      if (forced !== undefined) {
        total = arithmetic.plus(total, before === null ? this.count() : arithmetic.minus(this.count(), before))
        for (const each of forced) this.force(each)
        before = this.count()
      }
      for (; effect < order.effects && order.issued[effect]! <= cut; effect++) this.issue(effect)
    }
    return arithmetic.plus(total, before === null ? this.count() : arithmetic.minus(this.count(), before))
  }

  private issue(effect: EffectId): void {
    const part = this.partOf.get(effect)
    if (part !== undefined) {
      part.open.add(effect)
      this.soil(part)
    } else if (this.order.chain[effect]! >= 0) {
      this.windows[this.order.chain[effect]!]!.push()
      // From here on the chain cannot be without these.
      for (const older of this.olderOff(effect)) if (this.partOf.has(older)) this.soil(this.partOf.get(older)!)
    } else this.alone++
  }

  private force(effect: EffectId): void {
    const part = this.partOf.get(effect)
    if (part !== undefined) {
      part.open.delete(effect)
      this.soil(part)
      return
    }
    const chain = this.order.chain[effect]!
    if (chain < 0) {
      this.alone--
      return
    }
    const window = this.windows[chain]!
    const changing = this.changing[chain]!
    for (let place = window.low + 1; place <= this.order.place[effect]! + 1; place++) {
      for (const each of changing.get(place) ?? []) this.pass(each)
      changing.delete(place)
      window.shift()
    }
  }

  /** The next place at which the part changes has become certain. */
  private pass(part: Part<N>): void {
    const { arithmetic } = this
    const before = part.steps[part.first]!.count
    part.first++
    this.product = arithmetic.over(arithmetic.times(this.product, part.steps[part.first]!.count), before)
  }

  private soil(part: Part<N>): void {
    if (part.isDirty) return
    part.isDirty = true
    this.dirty.add(part)
  }

  /** Down-closed sets of all that is open. */
  private count(): N {
    const { arithmetic } = this
    for (const part of this.dirty) this.countAgain(part)
    this.dirty.clear()
    let result = arithmetic.times(this.product, arithmetic.twoToThe(this.alone))
    for (const window of this.windows) result = window.timesSum(result)
    return result
  }

  private countAgain(part: Part<N>): void {
    const { arithmetic, order } = this
    part.isDirty = false
    const effects = [...part.open].sort((a, b) => a - b)
    const before = part.steps.slice(part.first)
    part.first = 0
    if (part.chain < 0) {
      part.steps = [{ from: 0, count: countIdeals(arithmetic, effects, part.isKnot ? this.olderInKnot : this.olderOff) }]
    } else {
      const { low, high } = this.windows[part.chain]!
      const at = part.chain
      const chains = order.chains.length
      part.steps = stepsOf(arithmetic, {
        effects, need: (effect) => order.need[effect * chains + at]!, least: (effect) => order.least[effect * chains + at]!,
      }, this.olderOff, low, high)
      this.changeWindow(part, before)
    }
    this.product = arithmetic.over(arithmetic.times(this.product, part.steps[0]!.count), before[0]!.count)
  }

  private changeWindow(part: Part<N>, before: Steps<N>): void {
    const window = this.windows[part.chain]!
    const changing = this.changing[part.chain]!
    const was = ratiosOf(before)
    const is = ratiosOf(part.steps)
    for (const [place, ratio] of was) {
      if (place <= window.low || this.isSame(ratio, is.get(place))) continue
      window.rescale(place, ratio, 'over')
      changing.get(place)?.delete(part)
    }
    for (const [place, ratio] of is) {
      if (this.isSame(ratio, was.get(place))) continue
      window.rescale(place, ratio, 'times')
      const parts = changing.get(place)
      if (parts === undefined) changing.set(place, new Set([part]))
      else parts.add(part)
    }
  }

  private isSame(a: Ratio<N>, b: Ratio<N> | undefined): boolean {
    return b !== undefined && this.arithmetic.isSame(a.above, b.above) && this.arithmetic.isSame(a.below, b.below)
  }

  private readonly olderOff = (effect: EffectId): readonly EffectId[] => this.order.older.get(effect) ?? []

  /** With the chains as edges like any other. */
  private readonly olderInKnot = (effect: EffectId): readonly EffectId[] => {
    const { order } = this
    const result = [...this.olderOff(effect)]
    for (const [chain, members] of order.chains.entries()) {
      const needed = order.need[effect * order.chains.length + chain]!
      if (needed > 0) result.push(members[needed - 1]!)
    }
    return result
  }

  /** Which effects hang together, and on which chains: once, for the whole history. */
  private findParts(): void {
    const { order } = this
    const chains = order.chains.length
    // Chains come first, then effects off the chains.
    const leader = Int32Array.from({ length: chains + order.effects }, (_, at) => at)
    const leaderOf = (start: number): number => {
      let at = start
      while (leader[at] !== at) {
        leader[at] = leader[leader[at]!]!
        at = leader[at]!
      }
      return at
    }
    const offChains = leader.slice()
    const join = (a: number, b: number): void => { leader[leaderOf(a)] = leaderOf(b) }
    const node = (effect: EffectId): number => (order.chain[effect]! >= 0 ? order.chain[effect]! : chains + effect)
    const hasNeighbour = new Uint8Array(order.effects)
    for (const [effect, older] of order.older) for (const each of older) {
      hasNeighbour[effect] = 1
      hasNeighbour[each] = 1
      join(node(effect), node(each))
    }
    for (let effect = 0; effect < order.effects; effect++) {
      for (let chain = 0; chain < chains; chain++) {
        if (order.need[effect * chains + chain]! === 0 || order.chain[effect] === chain) continue
        hasNeighbour[effect] = 1
        join(node(effect), chain)
      }
    }
    const chainsOf = new Map<number, number[]>()
    for (let chain = 0; chain < chains; chain++) chainsOf.set(leaderOf(chain), [...chainsOf.get(leaderOf(chain)) ?? [], chain])
    // Within one chain's family, parts hang together off the chain.
    const family = Int32Array.from({ length: chains + order.effects }, (_, at) => leaderOf(at))
    leader.set(offChains)
    for (const [effect, older] of order.older) if (order.chain[effect]! < 0) {
      for (const each of older) if (order.chain[each]! < 0) join(chains + effect, chains + each)
    }
    const parts = new Map<number, Part<N>>()
    for (let effect = 0; effect < order.effects; effect++) {
      const list = chainsOf.get(family[node(effect)]!) ?? []
      const isKnot = list.length > 1
      if (!isKnot && (order.chain[effect]! >= 0 || hasNeighbour[effect] === 0)) continue
      const key = isKnot ? -1 - list[0]! : leaderOf(chains + effect)
      let part = parts.get(key)
      if (part === undefined) {
        part = { chain: isKnot ? -1 : list[0] ?? -1, isKnot, open: new Set(), steps: [{ from: 0, count: this.one }], first: 0, isDirty: false }
        parts.set(key, part)
      }
      this.partOf.set(effect, part)
    }
  }
}

/** By how much a part multiplies at each place where it changes. */
function ratiosOf<N>(steps: Steps<N>): ReadonlyMap<number, Ratio<N>> {
  return new Map(steps.slice(1).map(({ from, count }, at) => [from, { above: count, below: steps[at]!.count }]))
}

/** Indices by their value, below `bound`. */
function groupedBy(values: Int32Array, bound: number): (EffectId[] | undefined)[] {
  const result = Array.from({ length: bound }, (): EffectId[] | undefined => undefined)
  for (const [at, value] of values.entries()) {
    if (value === never || value >= bound) continue
    const list = result[value]
    if (list === undefined) result[value] = [at]
    else list.push(at)
  }
  return result
}
