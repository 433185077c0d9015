/** `--set rauc.imageFlush=false`: options of strategies, loaders and the new release, checked against what they know. */
import { didYouMean } from '../sim/nearest'
import { loaders } from '../scenarios/schema/system'
import type { Options, StrategyFacts } from '../sim/machine/os'
import type { Behaviour } from '../sim/machine/system'
import { UsageError } from './exit-codes'
import { knownName } from './names'

type Value = Options[string]

/**
 * @param own name of the strategy in a module of the user's, whose options only the engine can know
 */
export function strategyOptions(texts: readonly string[], strategies: readonly StrategyFacts[], own: boolean): Options {
  const options: Record<string, Value> = {}
  for (const text of texts) {
    const [key, value] = keyAndValue(text)
    if (Object.hasOwn(options, key)) throw new UsageError(`--set ${key} is given twice`)
    options[key] = own && !isOurs(key) ? parsed(value) : checked(key, value, strategies)
  }
  return options
}

/** Of a loader or a release; those of the user's own strategy are its own business. */
function isOurs(key: string): boolean {
  const owner = key.slice(0, key.indexOf('.'))
  return owner === 'release' || Object.hasOwn(loaders, owner)
}

function keyAndValue(text: string): [key: string, value: string] {
  const found = /^([^=.]+\.[^=]+)=(.*)$/s.exec(text)
  if (found === null) throw new UsageError(`--set takes STRATEGY.OPTION=VALUE, as rauc.imageFlush=false, found ${JSON.stringify(text)}`)
  return [found[1] ?? '', found[2] ?? '']
}

function checked(key: string, text: string, strategies: readonly StrategyFacts[]): Value {
  const dot = key.indexOf('.')
  const owner = key.slice(0, dot)
  const option = key.slice(dot + 1)
  if (owner === 'release') return releaseOption(option, text)
  if (Object.hasOwn(loaders, owner)) return loaderOption(owner as keyof typeof loaders, option, text)
  knownName('strategy', owner, [...strategies.map((each) => each.name), ...Object.keys(loaders), 'release'])
  const known = strategies.find((each) => each.name === owner)?.options ?? {}
  knownOption(`strategy ${owner}`, option, Object.keys(known))
  const { default: usual } = known[option] ?? { default: '' }
  const value = typeof usual === 'string' ? text : parsed(text)
  if (typeof value === typeof usual) return value
  throw new UsageError(`--set ${key}: found ${JSON.stringify(text)}, expected ${typeWords[typeof usual] ?? 'another value'}`)
}

/** How the new release behaves once its files are where they belong. */
const behaviours: readonly Behaviour[] = ['boots', 'panics', 'hangs', 'unloadable', 'unhealthy', 'late-freeze']

function releaseOption(option: string, text: string): Value {
  knownOption('release', option, ['behaviour'])
  if ((behaviours as readonly string[]).includes(text)) return text
  throw new UsageError(`--set release.behaviour: found ${JSON.stringify(text)}${didYouMean(text, behaviours)}, expected one of ${behaviours.join(', ')}`)
}

/** Switches of the loaders; all are true where nobody says otherwise. */
const loaderOptions: Readonly<Record<keyof typeof loaders, readonly string[]>> = {
  'u-boot-rauc': ['refill', 'count', 'redundant'],
  grub: [],
}

function loaderOption(owner: keyof typeof loaders, option: string, text: string): Value {
  knownOption(`loader ${owner}`, option, loaderOptions[owner])
  if (text === 'true' || text === 'false') return text === 'true'
  throw new UsageError(`--set ${owner}.${option}: found ${JSON.stringify(text)}, expected true or false`)
}

function knownOption(owner: string, option: string, names: readonly string[]): void {
  if (names.includes(option)) return
  const rest = names.length === 0 ? 'it has no options' : `known: ${names.join(', ')}`
  throw new UsageError(`${owner} has no option ${JSON.stringify(option)}${didYouMean(option, names)}; ${rest}`)
}

const typeWords: Readonly<Record<string, string>> = { boolean: 'true or false', number: 'a number' }

function parsed(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
