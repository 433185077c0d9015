/** Which rules of the persistence models let a story lose what it loses. */
import { known } from '../sim/assert'
import type { Replayed } from '../sim/explore/replay'
import type { Relied } from '../reports/run-report'
import type { Built } from './build'

/** Rules by what of a call was lost; the model's first rule where nothing more is known. */
const ruleOf: readonly (readonly [ends: string, rule: string])[] = [
  ['(length)', 'length-floats'], ['(data)', 'length-floats'], ['(written home)', 'home-lags'],
]

export function reliedOn({ system }: Built, { steps }: Replayed): readonly Relied[] {
  const relied = new Map<string, Relied>()
  for (const { run, frame, ended } of steps) {
    for (const effect of ended.kind === 'cut' ? ended.loss.lost : ended.lost) {
      const issued = frame.order.issued[effect]!
      const call = known(run.calls[issued], 'a call')
      const rules = system.stores.get(call.store)?.model.rules ?? []
      const name = ruleOf.find(([ends]) => frame.says(effect).endsWith(ends))?.[1]
      // What had returned was in a cache; what had not was torn.
      const ofSectors = ended.kind === 'cut' && ended.loss.cutPoint === issued ? 'sector-atomic' : 'flush-covers-completed'
      const rule = rules.find((each) => each.name === name) ?? (call.does.kind === 'sectors' ? rules.find((each) => each.name === ofSectors) : undefined) ?? rules[0]
      if (rule !== undefined) relied.set(rule.name, { rule: rule.name, evidence: rule.evidence, contested: rule.contested })
    }
  }
  return [...relied.values()].sort((one, other) => (one.rule < other.rule ? -1 : 1))
}
