/** The package's entry: the questions that the command line asks, from code, with the same defaults; and the types of a strategy. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { CompareReport, Cuts, ReplayReport, SweepReport, SystemReport } from '../reports/run-report'
import { didYouMean } from '../sim/nearest'
import { loaders } from '../scenarios/schema/system'
import type { Options, Strategy } from '../sim/machine/os'
import { bundledRelease, bundledReleases } from '../sim/release/catalog'
import { strategies } from '../strategies/registry'
import { bundledHardware, bundledSystems, readInput, readSystem } from './data-files'
import { compareSystems, replayToken, sweepSystem } from './engine'
import type { CompareRequest, Progress, ReleasePair, ReleaseSource } from './requests'

export { Defect } from '../sim/assert'
export { InputError } from '../sim/release/input-error'
export { StrategyStopped } from './threads'
export type * from '../reports/run-report'
export type * from '../sim/machine/os'
export type { Entry } from '../sim/release/entry'
export type { Release } from '../sim/release/release'
export type { Progress, ReleaseSource } from './requests'

export interface Question {
  /** From, to: `small/a`, as `powercut list releases` shows them, or `FILE#NAME` of a manifest. Default: the usual pair of `server`. */
  readonly releases?: readonly [from: string, to: string]
  /** Most power cuts in one story. */
  readonly cuts?: Cuts
  /** Profile of speeds and times. */
  readonly hardware?: string
  /** `rauc.imageFlush` and the like, over those of the systems. */
  readonly options?: Options
  /** File of a module whose strategy replaces that of the systems; relative to the working directory. */
  readonly strategyModule?: string
  /** Threads; the result is the same. Default: one a processor. */
  readonly workers?: number
  /** Beyond that many states the search gives up, as incomplete. */
  readonly statesMax?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface CompareQuestion extends Question {
  /** Default: all. */
  readonly systems?: readonly string[]
  /** Called with each system as soon as it is decided, in the order of `systems`. */
  readonly onSystem?: (system: SystemReport) => void
}

export interface SweepQuestion extends Question {
  readonly system: string
}

/** The files of a token whose finding is one of the user's own strategy, or on releases of a manifest. */
export type ReplayQuestion = Pick<Question, 'strategyModule' | 'releases' | 'signal' | 'onProgress'>

/** Systems side by side, on one hardware profile; one power cut a story unless `cuts` says otherwise. */
export async function compare(question: CompareQuestion = {}): Promise<CompareReport> {
  const { systems = bundledSystems(), onSystem } = question
  for (const system of systems) expectKnown('system', system, bundledSystems())
  return compareSystems({ ...requestOf(question, { cuts: 1, hardware: 'emmc-board' }), systems, ...(onSystem === undefined ? {} : { onSystem }) })
}

/** All that one system can end in; any number of power cuts unless `cuts` says otherwise. */
export async function sweep(question: SweepQuestion): Promise<SweepReport> {
  const { system } = question
  expectKnown('system', system, bundledSystems())
  return sweepSystem({ ...requestOf(question, { cuts: 'any', hardware: readSystem(system).hardware }), system })
}

/** The story of one finding, step by step. A token knows files by digest only: those that it is of are named here. */
export async function replay(token: string, files: ReplayQuestion = {}): Promise<ReplayReport> {
  const { strategyModule, releases, signal, onProgress } = files
  return replayToken(token, {
    ...strategyOf(strategyModule),
    ...(releases === undefined ? {} : { releases: pairOf(releases) }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}

/** The identity: checks the shape of a strategy where it is written. */
export function defineStrategy<O extends Options = Options>(strategy: Strategy<O>): Strategy<O> {
  return strategy
}

/** Names that questions may use. */
export function names(): { readonly systems: readonly string[]; readonly hardware: readonly string[]; readonly releases: readonly string[]; readonly strategies: readonly string[] } {
  return { systems: bundledSystems(), hardware: bundledHardware(), releases: bundledReleases.map(({ name }) => name), strategies: strategies.map(({ facts }) => facts.name) }
}

function requestOf(question: Question, usual: { readonly cuts: Cuts; readonly hardware: string }): Omit<CompareRequest, 'systems' | 'onSystem'> {
  const { releases = ['server/deb12-a', 'server/deb12-d'], cuts = usual.cuts, hardware = usual.hardware, options = {}, strategyModule, statesMax, signal, onProgress } = question
  expectKnown('hardware profile', hardware, bundledHardware())
  if (strategyModule === undefined) for (const key of Object.keys(options)) expectOption(key)
  if (cuts !== 'any' && !(Number.isInteger(cuts) && cuts >= 0)) throw new TypeError(`cuts: a whole number or 'any', found ${String(cuts)}`)
  return {
    releases: pairOf(releases),
    cuts, hardware, options, workers: question.workers ?? availableParallelism(), seed: 'powercut',
    ...strategyOf(strategyModule),
    ...(statesMax === undefined ? {} : { statesMax }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
}

function strategyOf(file: string | undefined): Pick<CompareRequest, 'strategyModule' | 'strategyShown'> {
  return file === undefined ? {} : { strategyModule: resolve(file), strategyShown: file }
}

function pairOf([from, to]: readonly [from: string, to: string]): ReleasePair {
  return { from: sourceOf(from), to: sourceOf(to) }
}

function sourceOf(name: string): ReleaseSource {
  const hash = name.lastIndexOf('#')
  if (hash >= 0) return { kind: 'manifest', file: name.slice(0, hash), bytes: readInput(resolve(name.slice(0, hash)), 'a release manifest'), name: name.slice(hash + 1) }
  expectKnown('release', name, bundledReleases.map((each) => each.name))
  return { kind: 'bundled', name: bundledRelease(name)?.name ?? name }
}

/** An option that nobody knows would be ignored, and a question answered that nobody asked. */
function expectOption(key: string): void {
  const [owner = '', ...rest] = key.split('.')
  if (owner === 'release' || Object.hasOwn(loaders, owner)) return
  expectKnown('strategy', owner, strategies.map(({ facts }) => facts.name))
  const known = strategies.find(({ facts }) => facts.name === owner)?.facts.options ?? {}
  expectKnown(`option of ${owner}`, rest.join('.'), Object.keys(known))
}

function expectKnown(kind: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new TypeError(`unknown ${kind} ${JSON.stringify(name)}${didYouMean(name, known)}; known: ${known.join(', ')}`)
}
