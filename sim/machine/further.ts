/**
 * How a life goes on after the update: people are offered the release that was there before, and the one that the update brought, and
 * where nothing is left to do they shut the machine down. There are two releases only, so both come again; going back is an
 * update like any other for the updater, whether or not the real one would do it by itself.
 */
import type { FurtherPowerOn, Offered, StepRun } from '../explore/machine'
import type { Platform } from './platform'
import type { MachineSetup } from './setup'
import type { OfferedRelease } from './system'

/** The machine with another release on offer. What is offered now boots, whatever was wrong with it before. */
export function offering(setup: MachineSetup, release: Offered): MachineSetup {
  const [installed, offered] = release === 'new' ? [setup.installed, setup.offered] : [setup.offered, setup.installed]
  return { ...setup, platform: bootingAll(setup.platform), installed: booting(installed), offered: booting(offered) }
}

/** One power-on, with a shutdown where it would be idle. */
export function goingOn(setup: MachineSetup, step: (setup: MachineSetup) => StepRun): FurtherPowerOn {
  let isDone = false
  const run = step({ ...setup, whenDone: () => { isDone = true } })
  return { run, isDone }
}

function bootingAll(platform: Platform): Platform {
  return {
    ...platform,
    kernelOf: (on, from) => booting(platform.kernelOf(on, from)),
    start(on, from) {
      const started = platform.start(on, from)
      return { ...started, kernelOf: booting(started.kernelOf) }
    },
  }
}

function booting(release: OfferedRelease): OfferedRelease {
  return { ...release, behaviour: 'boots' }
}
