/**
 * Pieces that all formats share. A message in these schemas is what was *expected*; what was found and where is added by
 * `load.ts`.
 */
import { z } from 'zod'
import { didYouMean } from '../../sim/nearest'

/** An object with exactly these keys; for any other key the message names the one that was most likely meant. */
export function record<T extends z.core.$ZodLooseShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const keys = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const unknown = (issue as unknown as { keys: readonly string[] }).keys[0] ?? ''
      return `one of ${keys.join(', ')}${didYouMean(unknown, keys)}`
    },
  })
}

/** One of these words; any other is answered with the nearest. */
export function word<const T extends readonly [string, ...string[]]>(words: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(words, {
    error: (issue) => `one of ${words.join(', ')}${typeof issue.input === 'string' ? didYouMean(issue.input, words) : ''}`,
  })
}

/** How things are called: in file names, on the command line, in tokens. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'a name of lower-case letters, digits, dots and dashes')

export const text = z.string().min(1, 'some text')
export const path = z.string().regex(/^\/(?:[^/]+(?:\/[^/]+)*)?$/, 'an absolute path')
export const bytes = z.int('a whole number of bytes').min(1, 'at least 1 byte')
export const seconds = z.number('a number of seconds').min(0, 'at least 0 seconds')

export const optionValue = z.union([z.string(), z.number(), z.boolean()], 'a text, a number, true or false')
export const options = z.record(z.string().min(1), optionValue, 'options by name')

const cutsWords = 'a whole number of power cuts, or any'
export const cuts = z.union([z.int().min(0, cutsWords), z.literal('any')], cutsWords)
