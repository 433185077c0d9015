/** Numbers as people read them: bytes in powers of ten, seconds, counts with separators. No Intl: the same text everywhere. */

const byteUnits = [
  { unit: 'TB', bytes: 1e12 },
  { unit: 'GB', bytes: 1e9 },
  { unit: 'MB', bytes: 1e6 },
  { unit: 'kB', bytes: 1e3 },
] as const

export function inBytes(bytes: number): string {
  if (bytes < 0) return `-${inBytes(-bytes)}`
  // The unit is chosen after rounding: 999,999 bytes are 1.00 MB, not 1000 kB.
  const found = byteUnits.find((each) => bytes >= each.bytes * 0.9995)
  if (found === undefined) return `${count(Math.round(bytes))} B`
  return `${threeDigits(bytes / found.bytes)} ${found.unit}`
}

/** Below a tenth of a second in ms, up to ten minutes in s, above in min and h. */
export function inSeconds(seconds: number): string {
  if (seconds === 0) return '0 s'
  if (seconds < 0.00005) return '< 0.1 ms'
  if (seconds < 0.0995) return `${threeDigits(seconds * 1000)} ms`
  if (seconds < 599.5) return `${threeDigits(seconds)} s`
  if (seconds < 5970) return `${threeDigits(seconds / 60)} min`
  return `${threeDigits(seconds / 3600)} h`
}

/** `12,345` */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

export function ratio(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(2)} ×`
}

/** A share of 1, as percent; what is not nothing never reads 0 %, what is not all never 100 %. */
export function share(value: number): string {
  if (value > 0 && value < 0.0005) return '< 0.1 %'
  if (value < 1 && value > 0.9995) return '> 99.9 %'
  return `${(value * 100).toFixed(1)} %`
}

/** Exact up to twelve digits, else as a power of ten. */
export function bigCount(exact: string | null, log10: number): string {
  if (exact !== null && exact.length <= 12) return count(Number(exact))
  return `10^${log10.toFixed(1)}`
}

/** One more power cut is another question: told in words. */
export function inCuts(cuts: number | 'any'): string {
  if (cuts === 'any') return 'any number of power cuts'
  if (cuts === 0) return 'no power cut'
  return cuts === 1 ? 'one power cut' : `up to ${cuts} power cuts`
}

/** 1.23, 12.3, 123 */
function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2)
  return value < 99.95 ? value.toFixed(1) : count(Math.round(value))
}
