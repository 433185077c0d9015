/** All that there is to name, by kind: what `list` and `show` tell, and what misspelt names are held to. */
import {
  bundledHardware, bundledScenarios, bundledSystems, readHardware, readScenario, readSystem,
} from '../api/data-files'
import { reporters } from '../reports/reporters'
import type { ListItem } from '../reports/run-report'
import { inBytes } from '../reports/units'
import { figureMeanings, type HardwareDocument } from '../scenarios/schema/hardware'
import { loaders, type StoreDocument, type SystemDocument } from '../scenarios/schema/system'
import { persistenceModels } from '../sim/fs/models'
import type { StrategyFacts, Vow } from '../sim/machine/os'
import { bundledReleases, type BundledRelease } from '../sim/release/catalog'

type Details = NonNullable<ListItem['details']>

export const kinds = ['strategies', 'loaders', 'models', 'systems', 'scenarios', 'invariants', 'reporters', 'releases', 'hardware'] as const
export type Kind = (typeof kinds)[number]

/** Laws by the word with which a strategy vows them. */
const vows: Readonly<Record<Vow, string>> = {
  'no-brick': 'no power cut leaves a machine that does not come up again',
  'old-or-new': 'the machine comes up with exactly one release, never with files of two',
  'fallback-until-confirmed': 'until the new release is confirmed, the old one can still be booted',
  'retry-completes': 'after any cuts the update can be called again and completes',
  'no-leak': 'cuts leave nothing behind that later updates do not clean up',
}

export function itemsOf(kind: Kind, strategies: readonly StrategyFacts[]): readonly ListItem[] {
  const byKind: Readonly<Record<Kind, () => readonly ListItem[]>> = {
    strategies: () => strategies.map(strategyItem),
    loaders: () => Object.entries(loaders).map(([name, summary]) => ({ name, summary })),
    models: () => persistenceModels.map(modelItem),
    systems: () => bundledSystems().map((name) => systemItem(readSystem(name))),
    scenarios: () => bundledScenarios().map(scenarioItem),
    invariants: () => Object.entries(vows).map(([name, summary]) => ({ name, summary })),
    reporters: () => reporters.map(({ name, summary }) => ({ name, summary })),
    releases: () => bundledReleases.map(releaseItem),
    hardware: () => bundledHardware().map((name) => hardwareItem(readHardware(name))),
  }
  return byKind[kind]()
}

function strategyItem(facts: StrategyFacts): ListItem {
  const options = Object.entries(facts.options).map(([key, { default: usual, means, source }]) => `${facts.name}.${key}=${String(usual)}: ${means} (${source.title})`)
  return {
    name: facts.name,
    summary: facts.title,
    details: told([
      { label: 'follows', lines: [facts.follows] },
      { label: 'needs', lines: facts.needs },
      { label: 'vows', lines: facts.vows.map((vow) => `${vow}: ${vows[vow]}`) },
      { label: 'options, with their defaults', lines: options },
      { label: 'not modelled', lines: facts.notModelled },
      { label: 'sources', lines: facts.sources.map(({ title, where }) => `${title}: ${where}`) },
    ]),
  }
}

function modelItem({ key, title, rules, notModelled }: (typeof persistenceModels)[number]): ListItem {
  return {
    name: key,
    summary: title,
    details: told([
      { label: 'rules', lines: rules.map((rule) => `${rule.name}: ${rule.says} [${rule.evidence}${rule.contested ? ', contested' : ''}] ${rule.source}`) },
      { label: 'not modelled', lines: notModelled },
    ]),
  }
}

function systemItem(system: SystemDocument): ListItem {
  const options = Object.entries(system.options).map(([key, value]) => `${key}=${String(value)}`)
  return {
    name: system.name,
    summary: system.title,
    details: told([
      { label: 'made of', lines: [`strategy ${system.strategy}`, `loader ${system.loader}`, `hardware ${system.hardware}`] },
      { label: 'options', lines: options },
      { label: 'devices', lines: Object.entries(system.devices).map(([name, { class: kind }]) => `${name}: ${kind}`) },
      { label: 'stores', lines: system.stores.map(storeLine) },
      { label: 'not modelled', lines: system.notModelled },
    ]),
  }
}

function storeLine(store: StoreDocument): string {
  const where = store.device === undefined ? '' : ` on ${store.device}`
  if (store.kind === 'partition') return `${store.id}: partition of ${inBytes(store.sizeBytes)}${where}, sectors of ${store.sectorBytes} B (${store.role})`
  const reads = store.loaderReads === undefined ? '' : `, the loader reads ${store.loaderReads.join(', ')}`
  return `${store.id}: ${store.model} of ${inBytes(store.sizeBytes)} at ${store.mount}${where} (${store.role})${reads}`
}

function scenarioItem(name: string): ListItem {
  const { title, variants } = readScenario(name)
  return {
    name,
    summary: title,
    details: told([{ label: 'variants', lines: variants.map((each) => `${each.name}${each.script === undefined ? '' : ' (script)'}: ${each.title ?? ''}`) }]),
  }
}

function hardwareItem({ name, title, figures }: HardwareDocument): ListItem {
  const lines = Object.entries(figures).map(([key, { value, source }]) => `${key}: ${value} (${source})`)
  return { name, summary: title, details: told([{ label: `figures (${Object.keys(figureMeanings).length})`, lines }]) }
}

function releaseItem({ name, release, set }: BundledRelease): ListItem {
  const place = `${set.releases.indexOf(release) + 1} of ${set.releases.length}`
  const pair = set.defaultPair.indexOf(release)
  const usual = pair < 0 ? [] : [`${pair === 0 ? 'from' : 'to'} here, when only the set is named: --releases ${set.name}`]
  const kernel = set.syntheticKernels[release]
  return {
    name,
    summary: `${place}: ${set.summary}`,
    details: told([
      { label: 'usual update', lines: usual },
      { label: 'not real', lines: kernel === undefined ? [] : [`kernel, initrd and modules ${kernel} are made up`] },
      { label: 'files', lines: [set.manifestFile, set.packagesFile, ...Object.entries(set.layersFiles).filter(([key]) => key === release).map(([, file]) => file)] },
    ]),
  }
}

/** Without empty parts. */
function told(details: Details): Details {
  return details.filter(({ lines }) => lines.length > 0)
}
