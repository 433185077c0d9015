/**
 * The sum 1 + r₁·(1 + r₂·(1 + … )) over a sliding window of ratios: a queue as two stacks, of maps x → (a + b·x) / d. The
 * newest ratio is kept apart, since what is issued now changes only that one.
 */
import { known } from '../assert'
import type { Arithmetic } from './arithmetic'

interface Affine<N> { readonly a: N; readonly b: N; readonly d: N }

export interface Ratio<N> { above: N; below: N }

export class Window<N> {
  /** Places are counted from 1; those up to `low` are certain and have left the window. */
  low = 0
  high = 0
  private readonly ratios = new Map<number, Ratio<N>>()
  /** Maps from place k to the newest place of the front, for each k in the front, the oldest on top. */
  private front: Affine<N>[] = []
  /** All between the front and the newest place. */
  private back: Affine<N>
  private isStale = false
  private readonly one: N
  private readonly same: Affine<N>

  constructor(private readonly arithmetic: Arithmetic<N>) {
    this.one = arithmetic.of(1)
    this.same = { a: arithmetic.of(0), b: this.one, d: this.one }
    this.back = this.same
  }

  push(): void {
    if (this.high > this.low && !this.isStale) this.back = this.after(this.back, this.mapAt(this.high))
    this.high++
    this.ratios.set(this.high, { above: this.one, below: this.one })
  }

  /** The oldest place becomes certain. */
  shift(): void {
    this.low++
    this.ratios.delete(this.low)
    if (this.isStale) return
    if (this.low === this.high) this.back = this.same // the newest place itself was the last
    else if (this.front.pop() === undefined) this.turn(this.low - 1)
  }

  /** The ratio at a place gains the factor `above / below`, or gives it back. */
  rescale(place: number, { above, below }: Ratio<N>, how: 'times' | 'over'): void {
    const ratio = known(this.ratios.get(place), `place ${place}`)
    ratio.above = this.arithmetic[how](ratio.above, above)
    ratio.below = this.arithmetic[how](ratio.below, below)
    if (place !== this.high) this.isStale = true
  }

  /** `factor` times the sum. */
  timesSum(factor: N): N {
    if (this.high === this.low) return factor
    if (this.isStale) {
      this.front = []
      this.back = this.same
      for (let place = this.low + 1; place < this.high; place++) this.back = this.after(this.back, this.mapAt(place))
      this.isStale = false
    }
    const { arithmetic } = this
    const whole = this.after(this.after(this.front[this.front.length - 1] ?? this.same, this.back), this.mapAt(this.high))
    return arithmetic.over(arithmetic.times(factor, arithmetic.plus(whole.a, whole.b)), whole.d)
  }

  /** Moves the back to the front; of it the places above `gone + 1` remain. */
  private turn(gone: number): void {
    this.front = []
    let map = this.same
    for (let place = this.high - 1; place > gone + 1; place--) {
      map = this.after(this.mapAt(place), map)
      this.front.push(map)
    }
    this.back = this.same
  }

  private mapAt(place: number): Affine<N> {
    const { above, below } = known(this.ratios.get(place), `place ${place}`)
    return { a: below, b: above, d: below }
  }

  /** x → outer(inner(x)). */
  private after(outer: Affine<N>, inner: Affine<N>): Affine<N> {
    if (outer === this.same) return inner
    if (inner === this.same) return outer
    const { plus, times } = this.arithmetic
    return { a: plus(times(outer.a, inner.d), times(outer.b, inner.a)), b: times(outer.b, inner.b), d: times(outer.d, inner.d) }
  }
}
