/**
 * The order between the effects of one history, and what each returned call has forced.
 *
 * Survivors at cut point p are the down-closed sets I with F(p) ⊆ I ⊆ E(p): E(p) what calls 0…p issued (call p is in
 * flight), F(p) what the calls 0…p-1 forced before they returned. So the cut point itself is one more chain:
 * `issued[e] <= p` is what e needs of it, `forcedAt[e] <= p` is what it needs of e.
 *
 * Most effects sit on a few chains (a journal each); the rest have direct edges. `need` and `least` sum up all paths that
 * pass a chain, so a world is a handful of bounds whatever the history's length (exploration by reads, Jaaru, ASPLOS'21,
 * generalised from intervals to a partial order).
 */
import { assert } from '../assert'

export type EffectId = number
export type ChainId = number

/** `accepted`: survives panic and watchdog. `durable`: survives a power cut. */
export type Level = 'accepted' | 'durable'
const levels: readonly Level[] = ['accepted', 'durable']

/** Never forced. */
export const never = 0x7fffffff

export interface Order {
  readonly effects: number
  readonly chains: readonly Int32Array[]
  readonly callCount: number
  /** Index of the call that issued it. */
  readonly issued: Int32Array
  /** First cut point at which it is certain, per level. */
  readonly forcedAt: Readonly<Record<Level, Int32Array>>
  /** Chain and place on it, or -1. */
  readonly chain: Int32Array
  readonly place: Int32Array
  /** need[e * chains + c]: how many of chain c survive whenever e does. */
  readonly need: Int32Array
  /** least[e * chains + c]: first place on chain c that needs e, or `never`. */
  readonly least: Int32Array
  /** Direct neighbours; those on a chain are summed up in `need` and `least`, too. */
  readonly older: ReadonlyMap<EffectId, readonly EffectId[]>
  readonly newer: ReadonlyMap<EffectId, readonly EffectId[]>
}

export class OrderBuilder {
  private readonly issued: number[] = []
  private readonly chainOf: number[] = []
  private readonly placeOf: number[] = []
  private readonly chainMembers: EffectId[][] = []
  private readonly forced: Record<Level, number[]> = { accepted: [], durable: [] }
  private readonly prefixes: { chain: ChainId; count: number; at: number; level: Level }[] = []
  private readonly older = new Map<EffectId, EffectId[]>()
  private readonly newer = new Map<EffectId, EffectId[]>()
  private readonly ownNeed = new Map<EffectId, Map<ChainId, number>>()
  private call = -1

  /** The next call in issue order begins; all effects and forces until the following `nextCall` are its own. */
  nextCall(): number {
    return ++this.call
  }

  newChain(): ChainId {
    return this.chainMembers.push([]) - 1
  }

  chainLength(chain: ChainId): number {
    return this.chainMembers[chain]!.length
  }

  /** A new effect: survives whole or not at all. On a chain it needs all earlier members of that chain. */
  effect(chain: ChainId = -1): EffectId {
    assert(this.call >= 0, 'an effect belongs to a call')
    const id = this.issued.push(this.call) - 1
    this.forced.accepted.push(never)
    this.forced.durable.push(never)
    this.chainOf.push(chain)
    this.placeOf.push(chain < 0 ? -1 : this.chainMembers[chain]!.push(id) - 1)
    return id
  }

  needs(newer: EffectId, older: EffectId): void {
    assert(older < newer, `effect ${newer} cannot need the younger ${older}`)
    append(this.older, newer, older)
    append(this.newer, older, newer)
  }

  /** `effect` needs the first `count` members of `chain`. */
  needsPrefix(effect: EffectId, chain: ChainId, count: number): void {
    const own = this.ownNeed.get(effect) ?? new Map<ChainId, number>()
    own.set(chain, Math.max(own.get(chain) ?? 0, count))
    this.ownNeed.set(effect, own)
  }

  /** The present call, once returned, has forced these. Durable implies accepted. */
  forces(effects: Iterable<EffectId>, level: Level): void {
    for (const effect of effects) this.force(effect, level, this.call + 1)
  }

  forcesPrefix(chain: ChainId, count: number, level: Level): void {
    if (count > 0) this.prefixes.push({ chain, count, at: this.call + 1, level })
  }

  private force(effect: EffectId, level: Level, at: number): void {
    if (level === 'durable' && this.forced.durable[effect]! > at) this.forced.durable[effect] = at
    if (this.forced.accepted[effect]! > at) this.forced.accepted[effect] = at
  }

  finish(): Order {
    const effects = this.issued.length
    const chainCount = this.chainMembers.length
    const chains = this.chainMembers.map((members) => Int32Array.from(members))
    const need = new Int32Array(effects * chainCount)
    const least = new Int32Array(effects * chainCount).fill(never)
    const chain = Int32Array.from(this.chainOf)
    const place = Int32Array.from(this.placeOf)
    this.sumUpNeed(need, chains, chain, place)
    this.sumUpLeast(least, need, chains, chain, place)
    this.forcePrefixes(chains)
    for (const level of levels) this.closeForced(level, need, chains)
    return {
      effects, chains, callCount: this.call + 1, chain, place, need, least,
      issued: Int32Array.from(this.issued),
      forcedAt: { accepted: Int32Array.from(this.forced.accepted), durable: Int32Array.from(this.forced.durable) },
      older: this.older, newer: this.newer,
    }
  }

  /** Forward: what an effect needs of a chain is its own, its neighbours' and, on a chain, its predecessor's. */
  private sumUpNeed(need: Int32Array, chains: readonly Int32Array[], chain: Int32Array, place: Int32Array): void {
    const count = chains.length
    for (let e = 0; e < chain.length; e++) {
      for (const [c, places] of this.ownNeed.get(e) ?? []) raise(need, e * count + c, places)
      for (const older of this.older.get(e) ?? []) takeOver(older, e)
      if (chain[e]! >= 0 && place[e]! > 0) takeOver(chains[chain[e]!]![place[e]! - 1]!, e)
    }
    function takeOver(from: EffectId, to: EffectId): void {
      for (let c = 0; c < count; c++) raise(need, to * count + c, need[from * count + c]!)
      if (chain[from]! >= 0) raise(need, to * count + chain[from]!, place[from]! + 1)
    }
  }

  /** Backward: the first place of each chain that cannot be without an effect. */
  private sumUpLeast(least: Int32Array, need: Int32Array, chains: readonly Int32Array[], chain: Int32Array, place: Int32Array): void {
    const count = chains.length
    for (let e = chain.length - 1; e >= 0; e--) {
      for (const newer of this.newer.get(e) ?? []) takeOver(newer, e)
      const members = chain[e]! >= 0 ? chains[chain[e]!]! : undefined
      if (members !== undefined && place[e]! + 1 < members.length) takeOver(members[place[e]! + 1]!, e)
    }
    // A chain member may need a prefix of another chain without a direct edge.
    for (const [own, members] of chains.entries()) {
      for (const member of members) {
        for (let c = 0; c < count; c++) {
          const needed = need[member * count + c]!
          if (c === own || needed === 0) continue
          for (let k = needed - 1; k >= 0; k--) {
            const at = chains[c]![k]! * count + own
            if (least[at]! <= place[member]!) break
            least[at] = place[member]!
          }
        }
      }
    }
    function takeOver(from: EffectId, to: EffectId): void {
      for (let c = 0; c < count; c++) lower(least, to * count + c, least[from * count + c]!)
      if (chain[from]! >= 0) lower(least, to * count + chain[from]!, place[from]!)
    }
  }

  private forcePrefixes(chains: readonly Int32Array[]): void {
    for (const { chain, count, at, level } of this.prefixes) {
      const members = chains[chain]!
      for (let k = count - 1; k >= 0 && this.forced[level][members[k]!]! > at; k--) this.force(members[k]!, level, at)
    }
  }

  /** What forces an effect forces all that it needs: one pass from the newest to the oldest effect. */
  private closeForced(level: Level, need: Int32Array, chains: readonly Int32Array[]): void {
    const forced = this.forced[level]
    const count = chains.length
    for (let e = forced.length - 1; e >= 0; e--) {
      const at = forced[e]!
      if (at === never) continue
      for (const older of this.older.get(e) ?? []) if (forced[older]! > at) forced[older] = at
      for (let c = 0; c < count; c++) {
        for (let k = need[e * count + c]! - 1; k >= 0; k--) {
          const member = chains[c]![k]!
          if (forced[member]! <= at) break
          forced[member] = at
        }
      }
    }
  }
}

function append(map: Map<EffectId, EffectId[]>, key: EffectId, value: EffectId): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function raise(array: Int32Array, at: number, value: number): void {
  if (array[at]! < value) array[at] = value
}

function lower(array: Int32Array, at: number, value: number): void {
  if (array[at]! > value) array[at] = value
}
