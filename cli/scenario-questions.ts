/** What each variant of a scenario asks, on each of its systems; null where this version cannot run it, with the reason. */
import { bundledHardware, bundledSystems, readSystem } from '../api/data-files'
import type { JudgeQuestion } from '../api/requests'
import type { ExpectationDocument, ScenarioDocument, VariantDocument } from '../scenarios/schema/scenario'
import type { Options } from '../sim/machine/os'
import type { Running } from './context'
import { UsageError } from './exit-codes'
import { knownName } from './names'
import { releasePair } from './release-options'
import { strategyOptions } from './strategy-options'

export interface VariantQuestion {
  readonly name: string
  readonly expected: readonly string[]
  readonly question: JudgeQuestion | null
  readonly unable: string | null
}

interface Combination {
  readonly system: string
  readonly hardware: string
  readonly options: Options
}

export function questionsOf(scenario: ScenarioDocument, running: Running): readonly VariantQuestion[] {
  checkNames(scenario)
  const combinations = combinationsOf(scenario)
  return scenario.variants.flatMap((variant) => combinations.map((combination) => {
    const told = [combination.system, ...Object.entries(combination.options).map(([key, value]) => `${key}=${String(value)}`)]
    const name = combinations.length === 1 ? variant.name : `${variant.name} (${told.join(', ')})`
    const asked = asksFor(scenario, variant, combination, running)
    return {
      name, expected: variant.expect.map(inWords),
      question: typeof asked === 'string' ? null : { ...asked, name: `${scenario.name} ${name}` }, unable: typeof asked === 'string' ? asked : null,
    }
  }))
}

function checkNames(scenario: ScenarioDocument): void {
  const { systems, name } = scenario
  const named = typeof systems === 'string' ? [systems] : 'matrix' in systems ? systems.matrix.system : systems
  for (const system of named) readSystem(knownName(`system (in scenario ${name})`, system, bundledSystems()))
  if (typeof systems === 'object' && 'matrix' in systems) for (const hardware of systems.matrix.hardware ?? []) knownName(`hardware profile (in scenario ${name})`, hardware, bundledHardware())
}

function combinationsOf({ systems }: ScenarioDocument): readonly Combination[] {
  const usual = (system: string): Combination => ({ system, hardware: readSystem(system).hardware, options: {} })
  if (typeof systems === 'string') return [usual(systems)]
  if (!('matrix' in systems)) return systems.map(usual)
  const { system, hardware, options = {} } = systems.matrix
  let all = system.flatMap((each) => (hardware ?? [readSystem(each).hardware]).map((profile): Combination => ({ ...usual(each), hardware: profile })))
  for (const [key, values] of Object.entries(options)) all = all.flatMap((each) => values.map((value) => ({ ...each, options: { ...each.options, [key]: value } })))
  return all
}

type Asked = Omit<JudgeQuestion, 'name'>

/** Or why not. */
function asksFor(scenario: ScenarioDocument, variant: VariantDocument, { system, hardware, options }: Combination, { strategies, io }: Running): Asked | string {
  const [install, update, ...more] = scenario.story
  if (variant.script !== undefined) return 'a script cannot be run yet'
  if (typeof install !== 'object' || !('install' in install) || typeof update !== 'object' || !('update' in update) || more.length > 0) {
    return 'the only story that can be run yet is [install, update]'
  }
  const behaviour = behaviourOf([...scenario.faults, ...variant.faults ?? []], update.update)
  if ('unable' in behaviour) return behaviour.unable
  const expect = variant.expect.map((line) => ({ kind: line.always === undefined ? 'sometimes' as const : 'always' as const, words: [line.always ?? line.sometimes ?? []].flat(), after: line.after ?? null }))
  const unknown = expect.find(({ after }) => after !== null && !marks.includes(after))
  if (unknown !== undefined) return `there is no mark ${JSON.stringify(unknown.after)}; without a script there are ${marks.join(', ')}`
  const { from, to } = releasePair([scenario.releases[install.install] ?? '', scenario.releases[update.update] ?? ''], io.folder)
  return {
    build: { system, hardware, releases: { from, to }, options: { ...checkedOptions(scenario, variant, { ...options, ...variant.options }, strategies), ...behaviour.options } },
    cuts: variant.cuts ?? scenario.cuts, expect,
  }
}

/** What people are told along the way. */
const marks: readonly string[] = ['staged', 'installed', 'confirmed', 'failed']

const behaviours: Readonly<Record<string, string>> = { boots: 'boots', unloadable: 'unloadable', panics: 'panics', hangs: 'hangs', unhealthy: 'unhealthy' }

function behaviourOf(faults: ScenarioDocument['faults'], offered: string): { readonly options: Options } | { readonly unable: string } {
  let options: Options = {}
  for (const fault of faults) {
    if (fault.kind !== 'release') return { unable: `the fault ${fault.kind} is not there yet` }
    if (fault.release !== offered) return { unable: 'only the release of the update may be bad yet' }
    const behaviour = fault.behaves === 'late' && fault.ends === 'freezes' ? 'late-freeze' : behaviours[fault.behaves]
    if (behaviour === undefined) return { unable: `a release that behaves ${fault.behaves} is not there yet` }
    options = { 'release.behaviour': behaviour }
  }
  return { options }
}

function checkedOptions({ name }: ScenarioDocument, variant: VariantDocument, options: Options, strategies: Running['strategies']): Options {
  try {
    return strategyOptions(Object.entries(options).map(([key, value]) => `${key}=${String(value)}`), strategies, false)
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`scenario ${name}, variant ${variant.name}: ${error.message.replace(/^--set /, 'option ')}`)
    throw error
  }
}

function inWords({ always, sometimes, after }: ExpectationDocument): string {
  const words = [always ?? sometimes ?? []].flat().join(' or ')
  return `${always === undefined ? 'sometimes' : 'always'} ${words}${after === undefined ? '' : ` after ${after}`}`
}
