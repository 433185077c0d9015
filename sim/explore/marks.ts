/** What is decided of single effects, shared between worlds piece by piece until one of them writes. */
import type { EffectId } from '../disk/order'

export const open = 0
export const kept = 1
export const lost = 2
export type Mark = typeof kept | typeof lost

const pieceBits = 10

export class Marks {
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
    return this.pieces[effect >> pieceBits]?.[effect & ((1 << pieceBits) - 1)] ?? open
  }

  set(effect: EffectId, mark: Mark): void {
    const at = effect >> pieceBits
    let piece = this.pieces[at]
    if (piece === undefined || !this.own.has(at)) {
      piece = piece === undefined ? new Uint8Array(1 << pieceBits) : piece.slice()
      this.pieces[at] = piece
      this.own.add(at)
    }
    piece[effect & ((1 << pieceBits) - 1)] = mark
  }
}
