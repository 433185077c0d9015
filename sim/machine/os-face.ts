/** The `Os` that an updater holds during one power-on. It is revoked when the step ends. */
import { known } from '../assert'
import type { StartFrom } from '../boot/loader'
import { parentOf } from '../explore/question'
import { createNodeFs } from '../fs/node-fs'
import type { Volume } from '../fs/volume'
import type { MachineSetup } from './setup'
import type { Os, Reported } from './os'
import type { PowerOn } from './power-on'
import { UpdaterCrash } from './updater-crash'
import type { OfferedRelease } from './system'
import { treesOn } from './trees'

export function osOf(setup: MachineSetup, on: PowerOn, from: StartFrom | null, running: OfferedRelease | null): { readonly os: Os; readonly revoke: () => void } {
  const { system, platform } = setup
  const volumes = new Map([...system.mounts].map(([mount, store]) => [mount, on.volume(store)]))
  const rootVolume = volumes.get('/') ?? known([...volumes.values()][0], 'a file system')
  let revoked = false
  const alive = <T extends object>(face: T): T => new Proxy(face, {
    get(target, key, receiver) {
      if (revoked) throw new UpdaterCrash('it went on after its power-on had ended')
      return Reflect.get(target, key, receiver) as unknown
    },
  })
  const told = (what: Reported, id: string): string => `${what} ${id}`
  const os: Os = {
    fs: alive(createNodeFs(volumes)),
    tree: alive(treesOn(rootVolume, (script) => on.runAtOnce(rootVolume, script), (directory) => volumeAt(volumes, directory))),
    disk: alive(platform.rawDisks(on, from)),
    boot: alive(platform.bootStore(on)),
    net: alive({
      fetch(what: string, bytes: number, requests = 1) {
        on.fetched.push({ what, bytes, requests })
        on.wait(bytes / system.hardware.networkBytesPerSecond + requests * system.hardware.requestSeconds)
      },
    }),
    names: alive({ temp: (prefix: string) => on.freshName(prefix) }),
    clock: alive({ now: () => on.seconds, sleep: (seconds: number) => on.wait(seconds) }),
    running: running?.release ?? null,
    kernelVersion: platform.kernelVersion(on, from),
    report(what, release) {
      if (!on.isTold(told(what, release.id))) on.tell(told(what, release.id))
    },
    hasReported: (what, release) => on.isTold(told(what, release.id)),
  }
  const revoke = (): void => {
    revoked = true
    // A process that ends closes its files.
    for (const volume of volumes.values()) volume.closeAll()
  }
  return { os: alive(os), revoke }
}

/** By the longest mount point. */
function volumeAt(volumes: ReadonlyMap<string, Volume>, directory: string): Volume {
  for (let at = directory; ; at = parentOf(at)) {
    const volume = volumes.get(at)
    if (volume !== undefined || at === '/') return volume ?? known([...volumes.values()][0], 'a file system')
  }
}
