/** What is decided of single effects, shared between worlds piece by piece until one of them writes. */
import type { EffectId } from '../disk/order'

export const open = 0
export const kept = 1
export const lost = 2
export type Mark = typeof kept | typeof lost

const pieceBits = 10
const within = (1 << pieceBits) - 1

/** The pieces in which all is decided alike; nobody writes to them. */
const whole: Readonly<Record<Mark, Uint8Array>> = {
  [kept]: new Uint8Array(1 << pieceBits).fill(kept),
  [lost]: new Uint8Array(1 << pieceBits).fill(lost),
}

export class Marks {
  /** Undefined: all open. */
  private readonly pieces: (Uint8Array | undefined)[]
  private readonly own = new Set<number>()

  constructor(effects: number, pieces?: readonly (Uint8Array | undefined)[]) {
    this.pieces = pieces === undefined ? Array.from<Uint8Array | undefined>({ length: (effects >> pieceBits) + 1 }) : pieces.slice()
  }

  copy(): Marks {
    this.own.clear() // shared from now on
    return new Marks(0, this.pieces)
  }

  get(effect: EffectId): number {
    return this.pieces[effect >> pieceBits]?.[effect & within] ?? open
  }

  set(effect: EffectId, mark: Mark): void {
    this.writable(effect >> pieceBits)[effect & within] = mark
  }

  /** Marks all of them, from `first` to `last`. */
  fill(first: EffectId, last: EffectId, mark: Mark): void {
    for (let from = first; from <= last; from = (from | within) + 1) {
      const at = from >> pieceBits
      const to = Math.min(last, from | within)
      if (this.pieces[at] === whole[mark]) continue
      if (to - from === within) {
        this.pieces[at] = whole[mark]
        this.own.delete(at)
      } else this.writable(at).fill(mark, from & within, (to & within) + 1)
    }
  }

  /** The last effect up to `last` such that all from `effect` on are marked alike. */
  sameUntil(effect: EffectId, last: EffectId): EffectId {
    const mark = this.get(effect)
    for (let next = effect + 1; next <= last; next = (next | within) + 1) {
      const piece = this.pieces[next >> pieceBits]
      if (piece === undefined || piece === whole[kept] || piece === whole[lost]) {
        if ((piece?.[0] ?? open) !== mark) return next - 1
        continue
      }
      const end = Math.min(last, next | within)
      for (let each = next; each <= end; each++) if (piece[each & within] !== mark) return each - 1
    }
    return last
  }

  private writable(at: number): Uint8Array {
    let piece = this.pieces[at]
    if (piece === undefined || !this.own.has(at)) {
      piece = piece === undefined ? new Uint8Array(1 << pieceBits) : piece.slice()
      this.pieces[at] = piece
      this.own.add(at)
    }
    return piece
  }
}
