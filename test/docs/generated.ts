/** The parts of the docs that are made from the code: between `<!-- generated: NAME -->` and `<!-- end -->`. */
import { bundledSystems, readSystem } from '../../api/data-files'
import { grub } from '../../sim/boot/grub'
import type { LoaderFacts } from '../../sim/boot/loader'
import { uBootRauc } from '../../sim/boot/u-boot-rauc'
import type { Evidence } from '../../sim/disk/lowering'
import { partitionModel } from '../../sim/disk/partition-model'
import { persistenceModels } from '../../sim/fs/models'
import type { Strategy } from '../../sim/machine/os'
import { strategies } from '../../strategies/registry'

const evidenceWords: Readonly<Record<Evidence, string>> = { M: 'measured', S: 'source', D: 'documented', I: 'issue', R: 'reasoning' }

const models = [...new Set([...persistenceModels, partitionModel])]

/** Options do not change what a loader says of itself. */
export const loaderFacts: readonly LoaderFacts[] = [
  uBootRauc({ environment: { store: '', sectorBytes: 512, copyBytes: 512, redundant: true }, slots: [], attempts: 3, refillsAttempts: true, countsAttempts: true }).facts,
  grub({ store: '', configPath: '' }).facts,
]

export const generated: Readonly<Record<string, () => string>> = {
  models: () => models.map(modelText).join('\n\n'),
  'not-modelled': () => [
    ...(strategies as readonly Strategy[]).map(({ facts }) => list(`Strategy \`${facts.name}\` (follows ${facts.follows})`, facts.notModelled)),
    ...loaderFacts.map((facts) => list(`Loader \`${facts.name}\` (follows ${facts.follows})`, facts.notModelled)),
    ...models.filter(({ notModelled }) => notModelled.length > 0).map(({ key, title, notModelled }) => list(`Model \`${key}\` (${title})`, notModelled)),
    ...bundledSystems().map((name) => list(`System \`${name}\``, readSystem(name).notModelled)),
  ].join('\n\n'),
}

function modelText({ key, title, rules }: (typeof models)[number]): string {
  return [
    `### \`${key}\`: ${title}`,
    '',
    '| rule | says | evidence | source |',
    '|---|---|---|---|',
    ...rules.map((rule) => `| \`${rule.name}\` | ${cell(rule.says)} | ${evidenceWords[rule.evidence]}${rule.contested ? ', contested' : ''} | ${cell(rule.source)} |`),
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function list(heading: string, items: readonly string[]): string {
  return [`### ${heading}`, '', ...items.map((item) => `- ${item}`)].join('\n')
}

const part = /^(<!-- generated: (\S+) -->\n)([\s\S]*?)(^<!-- end -->$)/gm

/** Names of the generated parts of a page. */
export function partsOf(text: string): readonly string[] {
  return [...text.matchAll(part)].map(([, , name = '']) => name)
}

/** The page with its generated parts as they should be. */
export function regenerated(text: string): string {
  return text.replace(part, (_, begin: string, name: string, _old: string, end: string) => {
    const make = generated[name]
    if (make === undefined) throw new Error(`nothing makes the part ${name}`)
    return `${begin}\n${make()}\n\n${end}`
  })
}
