import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isReached, countStates, everySurvivor, readerOf } from './brute-force'
import { modelsFor, searchedTest } from '../../sim/litmus/run-litmus'
import { sequentialModel } from '../../sim/fs/sequential-model'
import { findWitness } from '../../sim/litmus/search'
import { predicate, program, testOf } from './programs'

const models = modelsFor('file-system').filter(({ persistent }) => persistent)
const anything = { kind: 'and', of: [] } as const
const headers = fc.subarray(['view boot', 'tear sector'])

describe.each(models.map((model) => ({ key: model.key, model })))('$key, random programs', ({ model }) => {
  test('the search agrees with every down-closed set at every cut point', () => {
    fc.assert(fc.property(program(5), predicate, headers, (steps, end, header) => {
      const each = testOf(steps, end, header)
      const searched = searchedTest(each, model)
      const { predicate: parsed } = each.ends[0]!
      expect(findWitness(searched, parsed) !== null).toBe(isReached(searched, parsed))
    }), { numRuns: 400 })
  })

  test('once frozen, every survivor shows what an undisturbed run shows, to every reader', () => {
    fc.assert(fc.property(program(6), headers, ({ init, run }, header) => {
      const each = testOf({ init, run: [...run, 'freeze', 'mark frozen'] }, 'mark(frozen)', header)
      const searched = searchedTest(each, model)
      const undisturbed = searched.state(searched.reader((_cell, _stores, upTo) => upTo - 1), anything)
      const settled = searchedTest(testOf({ init: [...init, ...run.filter((step) => !step.startsWith('mark'))], run: ['mark m'] }, 'mark(m)', header), model)
      expect(settled.state(settled.reader((_cell, _stores, upTo) => upTo - 1), anything)).toEqual(undisturbed)
      const { order } = searched.frame
      for (let effect = 0; effect < order.effects; effect++) expect(order.forcedAt.durable[effect]).toBeLessThanOrEqual(order.callCount)
    }), { numRuns: 200 })
  })
})

test('the yardstick leaves exactly the trees between its operations', () => {
  fc.assert(fc.property(program(7), headers, ({ init, run }, header) => {
    const searched = searchedTest(testOf({ init, run }, 'mark(m)', header), sequentialModel)
    const between = new Set<string>()
    for (let done = 0; done <= run.length; done++) {
      const steps = run.slice(0, done).filter((step) => !step.startsWith('mark'))
      const settled = searchedTest(testOf({ init: [...init, ...steps], run: ['mark m'] }, 'mark(m)', header), sequentialModel)
      between.add(JSON.stringify(settled.state(settled.reader((_cell, _stores, upTo) => upTo - 1), anything)))
    }
    const left = new Set<string>()
    everySurvivor(searched.frame.order, (survives) => { left.add(JSON.stringify(searched.state(readerOf(searched, survives), anything))) })
    expect([...left].sort()).toEqual([...between].sort())
    expect(countStates(searched)).toBe(left.size)
  }), { numRuns: 300 })
})

test('ext4 is no kinder than the yardstick, and the hostile model no kinder than ext4, without barriers', () => {
  const [scc, ext4, weak] = ['SCC', 'E4Z', 'WEAK'].map((key) => models.find((model) => model.key === key)!)
  fc.assert(fc.property(program(5), predicate, (steps, end) => {
    const run = steps.run.filter((step) => !/^(f?sync|freeze|fdatasync|mark)/.test(step))
    if (run.length === 0) return
    const each = testOf({ init: steps.init, run }, end)
    const { predicate: parsed } = each.ends[0]!
    if (findWitness(searchedTest(each, scc!), parsed) !== null) {
      expect(findWitness(searchedTest(each, ext4!), parsed)).not.toBeNull()
      expect(findWitness(searchedTest(each, weak!), parsed)).not.toBeNull()
    }
  }), { numRuns: 300 })
})
