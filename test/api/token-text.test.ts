/** Names and options in tokens: they come back as they were, and no shell takes any of it for its own. */
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { optionsFromText, optionsText, plain, safe } from '../../api/token-text'

const shellTakesNone = /^[\w@%+=:,./-]*$/
const text = fc.string({ unit: 'grapheme' })
const value = fc.oneof(text, fc.boolean(), fc.double({ noNaN: true }).filter((each) => !Object.is(each, -0)), fc.constantFrom('true', 'false', '1', '-2.5', '1e+21', 'NaN', ''))
const options = fc.dictionary(text.filter((key) => key !== '' && key !== '__proto__'), value)

describe('round trips', () => {
  test.prop([text])('names', (name) => {
    expect(safe(name)).toMatch(shellTakesNone)
    expect(plain(safe(name))).toBe(name)
  })

  test.prop([options])('options, each with its kind', (asked) => {
    expect(optionsText(asked)).toMatch(shellTakesNone)
    expect(optionsText(asked)).not.toContain(':')
    expect({ ...optionsFromText(optionsText(asked)) }).toEqual({ ...asked })
  })
})

test('what is no options', () => {
  for (const bad of ['x', '=1', 'x=%', '%=1', 'x=1,']) expect([bad, optionsFromText(bad)]).toEqual([bad, null])
})
