/** Names and options inside of tokens: in characters that no shell takes for its own and that nothing else of a token uses. */
import type { Options } from '../sim/machine/os'

type Value = Options[string]

export function safe(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*~]/g, escaped)
}

/** Null: not what `safe` makes. */
export function plain(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** `key=value,key=value`, sorted by key. */
export function optionsText(options: Options): string {
  return Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => `${safe(key)}=${valueText(value)}`).join(',')
}

/** Null: not what `optionsText` makes. */
export function optionsFromText(text: string): Options | null {
  const options: Record<string, Value> = {}
  for (const part of text === '' ? [] : text.split(',')) {
    const at = part.indexOf('=')
    const key = plain(part.slice(0, at))
    const value = valueFrom(part.slice(at + 1))
    if (at < 1 || key === null || value === null) return null
    options[key] = value
  }
  return options
}

/** A text that reads as a number, true or false has its first character escaped: so its kind is kept. */
function valueText(value: Value): string {
  if (typeof value !== 'string') return String(value)
  return typeof valueFrom(safe(value)) === 'string' ? safe(value) : escaped(value) + safe(value.slice(1))
}

function valueFrom(text: string): Value | null {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && String(Number(text)) === text ? Number(text) : plain(text)
}

function escaped(text: string): string {
  return `%${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
