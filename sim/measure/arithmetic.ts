/** Counting with numbers that outgrow a double: exactly, or to about twelve digits whatever their size. */

export interface Arithmetic<N> {
  of(count: number): N
  twoToThe(exponent: number): N
  plus(a: N, b: N): N
  minus(a: N, b: N): N
  times(a: N, b: N): N
  /** Only where it comes out even. */
  over(a: N, b: N): N
  isSame(a: N, b: N): boolean
  log10(a: N): number
}

export const exactly: Arithmetic<bigint> = {
  of: (count) => BigInt(count),
  twoToThe: (exponent) => 1n << BigInt(exponent),
  plus: (a, b) => a + b,
  minus: (a, b) => a - b,
  times: (a, b) => a * b,
  over: (a, b) => a / b,
  isSame: (a, b) => a === b,
  log10(a) {
    const digits = a.toString()
    return Math.log10(Number(`0.${digits.slice(0, 17)}`)) + digits.length
  },
}

/** mantissa · 2^(500 · scale), the mantissa at least 1 and below 2^500, or 0. */
export interface Scaled { readonly mantissa: number; readonly scale: number }

const step = 500
const unit = doubled(step)

export const roughly: Arithmetic<Scaled> = {
  of: (count) => ({ mantissa: count, scale: 0 }),
  twoToThe(exponent) {
    return { mantissa: doubled(exponent % step), scale: Math.floor(exponent / step) }
  },
  plus(a, b) {
    const [more, less] = a.scale >= b.scale ? [a, b] : [b, a]
    return normal(more.mantissa + atScale(less, more.scale), more.scale)
  },
  minus(a, b) {
    const scale = Math.max(a.scale, b.scale)
    return normal(atScale(a, scale) - atScale(b, scale), scale)
  },
  times: (a, b) => normal(a.mantissa * b.mantissa, a.scale + b.scale),
  over: (a, b) => normal(a.mantissa / b.mantissa, a.scale - b.scale),
  isSame: (a, b) => a.mantissa === b.mantissa && a.scale === b.scale,
  log10: ({ mantissa, scale }) => Math.log10(mantissa) + scale * step * Math.log10(2),
}

/** Exact on every engine. */
function doubled(times: number): number {
  let power = 1
  for (let left = times; left > 0; left--) power *= 2
  return power
}

function atScale({ mantissa, scale }: Scaled, wanted: number): number {
  if (scale === wanted) return mantissa
  return scale === wanted - 1 ? mantissa / unit : 0
}

function normal(mantissa: number, scale: number): Scaled {
  if (mantissa >= unit) return { mantissa: mantissa / unit, scale: scale + 1 }
  if (mantissa < 1 && mantissa > 0) return { mantissa: mantissa * unit, scale: scale - 1 }
  return { mantissa, scale }
}
