/** What fw_setenv does to a partition with two copies of U-Boot's environment, as the machine with slots records it. */
import type { Call } from '../../../sim/disk/call'
import { pageCount } from '../../../sim/disk/call'
import type { StoreSetup } from '../../../sim/disk/lowering'
import { partitionModel } from '../../../sim/disk/partition-model'
import type { Hardware } from '../../../sim/machine/hardware'
import { PowerOn } from '../../../sim/machine/power-on'
import { slotPlatform } from '../../../sim/machine/slot-platform'
import type { OfferedRelease, System } from '../../../sim/machine/system'
import { bootable } from '../../sim/release/bundled'

const sectorBytes = 512
const copyBytes = 16_384
const store = (id: string): StoreSetup => ({ id, device: 'disk', model: partitionModel, unitBytes: sectorBytes, blockBytes: sectorBytes, loaderReads: [] })

/** `fw_setenv BOOT_ORDER "B A"`, then `fw_setenv BOOT_B_LEFT 2`. */
export function environmentStores(): readonly string[] {
  const system: System = {
    name: 'test', title: 'test', hardware, stores: new Map(['A', 'B', 'env'].map((id) => [id, store(id)])), mounts: new Map(), watchdog: true, userStore: null, options: {},
    root: { kind: 'slots', slots: new Map([['A', 'A'], ['B', 'B']]), environment: { store: 'env', sectorBytes, copyBytes, redundant: true } },
  }
  const offered = ['small/a', 'small/b'].map((name): OfferedRelease => ({ release: bootable(name), behaviour: 'boots', image: { blob: name, sizeBytes: 1 << 20 } }))
  const platform = slotPlatform(system, offered)
  const on = new PowerOn(platform.initial, system.stores, platform.groups, hardware, 1000)
  const tool = platform.bootStore(on)
  tool.store({ BOOT_ORDER: 'B A' })
  tool.store({ BOOT_B_LEFT: '2' })
  let copy = ''
  return on.calls.map((call) => {
    copy = copyOf(call) ?? copy
    return call.does.kind === 'flush' ? `fsync ${copy}` : `write ${copy} ${'pages' in call.does ? pageCount(call.does.pages) * sectorBytes : 0} in 1`
  })
}

function copyOf({ does }: Call): string | null {
  return does.kind === 'sectors' ? `environment-copy-${does.first / (copyBytes / sectorBytes)}` : null
}

/** Any will do: times do not show. */
const hardware: Hardware = {
  name: 'test', title: 'test', sequentialWriteBytesPerSecond: 1, flushSeconds: 1, randomWriteSeconds: 1, pageCacheBytesPerSecond: 1, callSeconds: 1,
  networkBytesPerSecond: 1, requestSeconds: 1, firmwareSeconds: 1, loaderSeconds: 1, startSeconds: 1, healthCheckSeconds: 1, shutdownSeconds: 1,
  watchdogSeconds: 1, writeBackSeconds: 1,
}
