import { expect, test } from 'vitest'
import { didYouMean, editDistance, nearest } from '../../sim/nearest'

const known = ['rauc-slots', 'debian-classic', 'emmc-board']

test('nearest: typing errors', () => {
  expect(nearest('rauk-slots', known)).toBe('rauc-slots')
  expect(nearest('Debian-Clasic', known)).toBe('debian-classic')
  expect(nearest('emcm-board', known)).toBe('emmc-board')
})

test('nearest: a part of the name', () => {
  expect(nearest('rauc', known)).toBe('rauc-slots')
  expect(nearest('classic', known)).toBe('debian-classic')
})

test('nearest: nothing that resembles', () => {
  expect(nearest('zfs', known)).toBeUndefined()
  expect(nearest('x', ['y'])).toBeUndefined()
  expect(didYouMean('quite-another', known)).toBe('')
})

test('editDistance: a swap of neighbours is one edit', () => {
  expect([editDistance('ab', 'ba'), editDistance('', 'abc'), editDistance('kitten', 'sitting'), editDistance('same', 'same')]).toEqual([1, 3, 3, 0])
})
