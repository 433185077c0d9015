/** Puts a machine together: the system's document, two releases, a strategy and its options, a hardware profile. */
import { createHash } from 'node:crypto'
import { hardwareOf } from '../scenarios/hardware'
import type { StoreDocument, SystemDocument } from '../scenarios/schema/system'
import { strategies } from '../strategies/registry'
import { known } from '../sim/assert'
import type { StoreSetup } from '../sim/disk/lowering'
import { partitionModel } from '../sim/disk/partition-model'
import type { Machine } from '../sim/explore/machine'
import { memoryModel } from '../sim/fs/memory-model'
import { persistenceModels } from '../sim/fs/models'
import { ext4Capacity, memoryCapacity } from '../sim/fs/space'
import type { Hardware } from '../sim/machine/hardware'
import { machineOf } from '../sim/machine/machine'
import type { Options, Strategy } from '../sim/machine/os'
import type { Platform } from '../sim/machine/platform'
import { slotPlatform } from '../sim/machine/slot-platform'
import type { Behaviour, OfferedRelease, System } from '../sim/machine/system'
import { treePlatform } from '../sim/machine/tree-platform'
import { packageVersion, readHardware, readSystem } from './data-files'
import { type LoadedRelease, loadRelease } from './releases'
import type { ReleasePair } from './requests'

export interface BuildRequest {
  readonly system: string
  readonly releases: ReleasePair
  readonly hardware: string
  readonly options: Options
  /** A strategy of the user's; else the system's own. */
  readonly strategy?: Strategy
  /** Of the user's source, for tokens. */
  readonly strategyDigest?: string
  /** The file of that source as the user named it, for the line that replays a finding. */
  readonly strategyShown?: string
}

export interface Built {
  readonly request: BuildRequest
  readonly document: SystemDocument
  readonly system: System
  readonly strategy: Strategy
  readonly strategyOptions: Options
  readonly platform: Platform
  readonly machine: Machine
  readonly from: LoadedRelease
  readonly to: LoadedRelease
  readonly hardware: Hardware
  /** Of all that decides what happens: tokens of other scenarios are refused. */
  readonly digest: string
}

export function build(request: BuildRequest): Built {
  const document = readSystem(request.system)
  const strategy = request.strategy ?? known((strategies as readonly Strategy[]).find((each) => each.facts.name === document.strategy), `strategy ${document.strategy}`)
  const hardware = hardwareOf(readHardware(request.hardware))
  const own = ownOptions(request.options, document.loader)
  const system = systemOf(document, hardware, own)
  const [from, to] = [loadRelease(request.releases.from), loadRelease(request.releases.to)]
  const offered: readonly OfferedRelease[] = [
    { ...from, behaviour: 'boots' },
    { ...to, behaviour: (own['release.behaviour'] as Behaviour | undefined) ?? 'boots' },
  ]
  const platform = system.root.kind === 'slots' ? slotPlatform(system, offered) : treePlatform(system, offered)
  const strategyOptions = optionsOf(strategy, document.options, request.options)
  const machine = machineOf({ system, platform, program: () => strategy.program(strategyOptions), installed: offered[0]!, offered: offered[1]! })
  return { request, document, system, strategy, strategyOptions, platform, machine, from, to, hardware, digest: digestOf({ request, document, strategyOptions, own, from, to }) }
}

/** Options of the loader and of the releases, under their full names. */
function ownOptions(options: Options, loader: string): Options {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key.startsWith(`${loader}.`) || key.startsWith('release.')))
}

function optionsOf(strategy: Strategy, ofSystem: Options, asked: Options): Options {
  const options: Record<string, string | number | boolean> = {}
  for (const [name, { default: value }] of Object.entries(strategy.facts.options)) options[name] = value
  for (const [name, value] of Object.entries(ofSystem)) options[name] = value
  const prefix = `${strategy.facts.name}.`
  for (const [key, value] of Object.entries(asked)) if (key.startsWith(prefix)) options[key.slice(prefix.length)] = value
  return options
}

function systemOf(document: SystemDocument, hardware: Hardware, options: Options): System {
  const stores = new Map(document.stores.map((store) => [store.id, { ...setupOf(store), ...loaderCacheOf(document, store) }]))
  const mounts = document.stores.flatMap((store) => (store.kind === 'file-system' ? [[store.mount, store.id] as const] : []))
  const slots = document.stores.flatMap((store) => (store.kind === 'partition' && store.role === 'slot' ? [[known(store.slot, 'a slot name'), store.id] as const] : []))
  const environment = document.stores.find((store) => store.role === 'loader-env')
  const root = document.stores.find((store) => store.role === 'root')
  if (!mounts.some(([mount]) => mount === '/')) {
    // The image that is mounted read-only: nothing that updaters put there by path stays.
    stores.set('image', { id: 'image', device: 'memory', model: memoryModel, unitBytes: 4096, blockBytes: 4096, loaderReads: [] })
    mounts.push(['/', 'image'])
  }
  return {
    name: document.name, title: document.title, hardware, stores, options,
    mounts: new Map(mounts.sort(([one], [other]) => (one < other ? -1 : 1))),
    watchdog: document.watchdog === 'hardware',
    userStore: (document.stores.find((store) => store.role === 'data') ?? root)?.id ?? null,
    root: environment?.kind === 'partition' && slots.length > 0
      ? {
          kind: 'slots', slots: new Map(slots),
          environment: {
            store: environment.id, sectorBytes: environment.sectorBytes, copyBytes: known(environment.copyBytes, 'the size of an environment copy'),
            redundant: (environment.copyOffsets ?? []).length > 1 && options['u-boot-rauc.redundant'] !== false,
          },
        }
      : { kind: 'tree', store: known(root, 'a root').id },
  }
}

function loaderCacheOf({ devices }: SystemDocument, { device }: StoreDocument): Pick<StoreSetup, 'loaderCache'> {
  const loaderCache = device === undefined ? undefined : devices[device]?.loaderCache
  return loaderCache === undefined ? {} : { loaderCache }
}

function setupOf(store: StoreDocument): StoreSetup {
  if (store.kind === 'partition') {
    return { id: store.id, device: store.device, model: partitionModel, unitBytes: store.sectorBytes, blockBytes: Math.max(4096, store.sectorBytes), loaderReads: [], sizeBytes: store.sizeBytes }
  }
  const model = known(persistenceModels.find((each) => each.key === store.model), `model ${store.model}`)
  const blockBytes = 4096
  const capacity = (model.persistent ? ext4Capacity : memoryCapacity)(store.sizeBytes, blockBytes)
  return { id: store.id, device: store.device ?? 'memory', model, unitBytes: 4096, blockBytes, loaderReads: store.loaderReads ?? [], capacity }
}

function digestOf(what: { request: BuildRequest; document: SystemDocument; strategyOptions: Options; own: Options; from: LoadedRelease; to: LoadedRelease }): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([packageVersion(), what.document, what.request.hardware, what.strategyOptions, what.own, what.request.strategyDigest ?? null]))
  for (const { release, image, digest } of [what.from, what.to]) {
    hash.update(JSON.stringify([release.id, image]))
    for (const entry of release.paths) hash.update(`${entry.path} ${entry.sha256 ?? entry.target ?? ''}\n`)
    if (digest !== null) hash.update(digest)
  }
  return hash.digest('hex').slice(0, 8)
}
