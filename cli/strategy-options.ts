/** `--set rauc.image-flush=false`: options of strategies and loaders, checked against what they know. */
import { didYouMean } from '../scenarios/nearest'
import { loaders } from '../scenarios/schema/system'
import type { Options, StrategyFacts } from '../sim/machine/os'
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
    options[key] = own ? parsed(value) : checked(key, value, strategies)
  }
  return options
}

function keyAndValue(text: string): [key: string, value: string] {
  const found = /^([^=.]+\.[^=]+)=(.*)$/s.exec(text)
  if (found === null) throw new UsageError(`--set takes STRATEGY.OPTION=VALUE, as rauc.image-flush=false, found ${JSON.stringify(text)}`)
  return [found[1] ?? '', found[2] ?? '']
}

function checked(key: string, text: string, strategies: readonly StrategyFacts[]): Value {
  const dot = key.indexOf('.')
  const owner = key.slice(0, dot)
  const option = key.slice(dot + 1)
  // A loader's options are known to the loader alone.
  if (Object.hasOwn(loaders, owner)) return parsed(text)
  knownName('strategy', owner, [...strategies.map((each) => each.name), ...Object.keys(loaders)])
  const known = strategies.find((each) => each.name === owner)?.options ?? {}
  const names = Object.keys(known)
  const found = Object.hasOwn(known, option) ? known[option] : undefined
  if (found === undefined) {
    const rest = names.length === 0 ? 'it has no options' : `known: ${names.join(', ')}`
    throw new UsageError(`strategy ${owner} has no option ${JSON.stringify(option)}${didYouMean(option, names)}; ${rest}`)
  }
  const value = typeof found.default === 'string' ? text : parsed(text)
  if (typeof value === typeof found.default) return value
  throw new UsageError(`--set ${key}: found ${JSON.stringify(text)}, expected ${typeWords[typeof found.default] ?? 'another value'}`)
}

const typeWords: Readonly<Record<string, string>> = { boolean: 'true or false', number: 'a number' }

function parsed(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
