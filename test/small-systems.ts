/** The systems that exist on the small releases, and how to spoil them. */
import { analyse, type Analysis } from '../api/analyse'
import { type Built, build } from '../api/build'
import type { Cuts, Finding } from '../reports/run-report'
import { sequentialPartition } from '../sim/disk/sequential-partition'
import type { PersistenceModel, StoreSetup } from '../sim/disk/lowering'
import { hostileModel } from '../sim/fs/hostile-model'
import { sequentialModel } from '../sim/fs/sequential-model'
import { machineOf } from '../sim/machine/machine'
import type { Options, Strategy } from '../sim/machine/os'
import { slotPlatform } from '../sim/machine/slot-platform'
import { releaseFrom } from '../sim/release/release'
import type { Behaviour, OfferedRelease, System } from '../sim/machine/system'
import { treePlatform } from '../sim/machine/tree-platform'

export function small(system: string, options: Options = {}): Built {
  return build({
    system, options, hardware: 'emmc-board',
    releases: { from: { kind: 'bundled', name: 'small/a' }, to: { kind: 'bundled', name: 'small/b' } },
  })
}

/** The same machine with another system under it. */
export function withSystem(built: Built, change: (system: System) => System): Built {
  const system = change(built.system)
  const behaviour = (system.options['release.behaviour'] ?? 'boots') as Behaviour
  const offered: readonly [OfferedRelease, OfferedRelease] = [{ ...built.from, behaviour: 'boots' }, { ...built.to, behaviour }]
  const platform = system.root.kind === 'slots' ? slotPlatform(system, offered) : treePlatform(system, offered)
  const machine = machineOf({ system, platform, program: () => built.strategy.program(built.strategyOptions), installed: offered[0], offered: offered[1] })
  return { ...built, system, platform, machine }
}

/** The same machine with another strategy on it, which has no options. */
export function withStrategy(built: Built, strategy: Strategy): Built {
  return withSystem({ ...built, strategy, strategyOptions: {} }, (system) => system)
}

/** An update of these packages alone. */
export function only(built: Built, names: readonly string[]): Built {
  const { from, to } = built
  const { paths, packages } = from.release
  const kept = paths.filter((entry) => !names.includes(entry.package))
  const fresh = to.release.paths.filter((entry) => names.includes(entry.package))
  const versions = new Map([...packages].map(([name, version]) => [name, (names.includes(name) ? to.release.packages.get(name) : undefined) ?? version]))
  const release = releaseFrom(to.release.id, [...kept, ...fresh].sort((one, other) => (one.path < other.path ? -1 : 1)), versions)
  return withSystem({ ...built, to: { ...to, release } }, (system) => system)
}

/** File systems on this model; raw partitions stay as they are, but on the yardstick. */
export function onModel(built: Built, model: 'SCC' | 'WEAK'): Built {
  const replaced = ({ model: { key, persistent }, ...rest }: StoreSetup, own: PersistenceModel): StoreSetup => {
    const fileSystem = model === 'SCC' ? sequentialModel : hostileModel
    if (!persistent) return { ...rest, model: own }
    if (key !== 'DWC') return { ...rest, model: fileSystem }
    return { ...rest, model: model === 'SCC' ? sequentialPartition : own }
  }
  return withSystem(built, (system) => ({ ...system, stores: new Map([...system.stores].map(([id, setup]) => [id, replaced(setup, setup.model)])) }))
}

const barriers: ReadonlySet<string> = new Set(['fsync', 'fdatasync', 'fsync-directory', 'flush', 'syncfs', 'freeze'])

/** As if the updater, and the tools it runs, never waited for a device. A clean shutdown still empties all caches. */
export function withoutBarriers(built: Built): Built {
  const { machine } = built
  return {
    ...built,
    machine: {
      ...machine,
      step(disk, power) {
        const run = machine.step(disk, power)
        return { ...run, calls: run.calls.filter(({ issuer, does }) => issuer !== 'updater' || !barriers.has(does.kind)) }
      },
    },
  }
}

export function analysed(built: Built, cuts: Cuts, statesMax = 20_000): Analysis {
  return analyse(built, { cuts, statesMax })
}

export function storyOf(findings: readonly Finding[], verdict: string): string {
  return findings.find((finding) => finding.verdict === verdict)?.story.join('\n') ?? `no ${verdict}`
}
