/** Loads a strategy from a file of the user's, TypeScript or JavaScript. Only ever called in a worker. */
import { existsSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { didYouMean } from '../sim/nearest'
import type { SystemDocument } from '../scenarios/schema/system'
import type { Options, Role, Strategy } from '../sim/machine/os'
import { InputError, quoted } from '../sim/release/input-error'
import { type LoadedModule, isSource, loadModule } from './user-module'

const shape = 'an export { facts: { name, title, follows, sources, needs, options, vows, notModelled }, program(options) }'

export interface UserStrategy {
  readonly strategy: Strategy
  /** Of its source, so that a token of another version is told apart. */
  readonly digest: string
}

/** @throws InputError when it cannot be loaded or has another shape */
export function loadStrategy(file: string): UserStrategy {
  if (!existsSync(file)) return refuse(file, 'no such file', 'a module that exports a strategy')
  if (!statSync(file).isFile()) return refuse(file, 'a folder', 'a module that exports a strategy')
  if (!isSource(file)) return refuse(file, `a file that ends in ${quoted(extname(file))}`, '.ts, .mts, .cts, .js, .cjs or .mjs')
  let module: LoadedModule
  try {
    module = loadModule(file)
  } catch (error) {
    const [line = 1, column = 1] = placeOf(error)
    return refuse(file, `an error while it was loaded: ${wordsOf(error)}`, 'a module that loads', line, column)
  }
  const { exports, digest } = module
  const names = exports !== null && typeof exports === 'object' ? Object.keys(exports) : []
  const candidates: readonly unknown[] = exports !== null && typeof exports === 'object' ? [exports, ...(Object.values(exports) as readonly unknown[])] : [exports]
  const [strategy, ...others] = new Set(candidates.filter(isStrategy))
  if (strategy === undefined) return refuse(file, names.length === 0 ? 'no export' : `exports of another shape: ${names.join(', ')}`, shape)
  if (others.length > 0) return refuse(file, `several strategies: ${[strategy, ...others].map(({ facts }) => facts.name).join(', ')}`, 'one')
  return { strategy, digest }
}

/** What the strategy needs must be there, and what it is told must be its own option. @throws InputError */
export function checkFits(file: string, { facts }: Strategy, document: SystemDocument, asked: Options): void {
  const roles = rolesOf(document)
  const missing = facts.needs.filter((role) => !roles.has(role))
  if (missing.length > 0) refuse(file, `a strategy that needs ${missing.join(', ')}`, `one that gets along with what ${document.name} has: ${[...roles].sort().join(', ')}`)
  for (const [key, value] of Object.entries(asked)) {
    const [owner = '', ...rest] = key.split('.')
    const option = rest.join('.')
    if (owner === 'release' || owner === document.loader) continue
    if (owner !== facts.name) refuse(file, `an option ${key}, and a strategy ${quoted(facts.name)}`, `options of ${facts.name}, ${document.loader} or release`)
    const names = Object.keys(facts.options)
    const known = Object.hasOwn(facts.options, option) ? facts.options[option] : undefined
    if (known === undefined) refuse(file, `no option ${quoted(option)}${didYouMean(option, names)}`, names.length === 0 ? 'none: it has no options' : `one of ${names.join(', ')}`)
    else if (typeof known.default !== typeof value) refuse(file, `${key}=${String(value)}`, `a ${typeof known.default}`)
  }
}

function rolesOf({ stores }: SystemDocument): ReadonlySet<Role> {
  const roles = new Set<Role>()
  for (const store of stores) {
    if (store.role !== 'memory') roles.add(store.role)
    if (store.kind === 'file-system' && (store.loaderReads ?? []).length > 0) roles.add('boot')
  }
  return roles
}

function refuse(file: string, found: string, expected: string, line = 1, column = 1): never {
  throw new InputError({ file, line, column, found, expected })
}

/** ts-node tells of a syntax error as `file.ts(3,7): error TS1005: …`. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const told = /\(\d+,\d+\): error TS\d+: (.*)/.exec(error.message)
  return told?.[1] ?? error.message.split('\n').find((line) => line.trim() !== '') ?? error.name
}

function placeOf(error: unknown): readonly number[] {
  const found = error instanceof Error ? /\((\d+),(\d+)\): error TS/.exec(error.message) : null
  return found === null ? [] : [Number(found[1]), Number(found[2])]
}

function isStrategy(value: unknown): value is Strategy {
  if (value === null || typeof value !== 'object') return false
  const { facts, program } = value as Partial<Strategy>
  return typeof program === 'function' && facts !== null && typeof facts === 'object'
    && typeof facts.name === 'string' && facts.name !== '' && facts.options !== null && typeof facts.options === 'object'
    && Array.isArray(facts.vows) && Array.isArray(facts.needs)
}
