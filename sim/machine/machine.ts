/**
 * The machine: firmware → loader → kernel → init → health check → up → the updater's agent → shut down or idle.
 * One call of `step` is one power-on; all that it learns of the disks it asks.
 */
import { known } from '../assert'
import type { PreBoot, StartFrom, StartReason } from '../boot/loader'
import type { Machine, Names, Power, Remedy, StepRun } from '../explore/machine'
import type { Disk } from '../explore/question'
import { pageBytes, parseBody } from '../disk/content'
import { agent, describeCrash } from './agent'
import type { MachineSetup } from './setup'
import { PatchBook } from './patch-book'
import { PictureShelf } from './picture'
import { goingOn, offering } from './further'
import { PowerOn } from './power-on'
import { type OfferedRelease, callsMax } from './system'
import { hasSpoiledUserData, isUserDataLost } from './user-data'

export function machineOf(setup: MachineSetup): Machine {
  const { system, platform } = setup
  const shelf = new PictureShelf()
  const patches = new PatchBook(system.hardware)
  return {
    stores: system.stores,
    groups: platform.groups,
    initial: platform.initial,
    ...(platform.canonical === undefined ? {} : { canonical: platform.canonical }),
    step: (disk, power, freshMark) => step(setup, powerOn(setup, shelf, patches, disk, true, freshMark), power),
    further: {
      lastOfUpdate: (disk, power, freshMark) => goingOn(setup, (of) => step(of, powerOn(of, shelf, patches, disk, true, freshMark), power)),
      offering: (release, disk, freshMark, keepsHistory) => goingOn(offering(setup, release), (of) => step(of, powerOn(of, shelf, patches, disk, keepsHistory, freshMark), 'off')),
    },
    outline(disk, power) {
      const on = powerOn(setup, shelf, patches, disk, false)
      const { calls: _calls, nodes: _nodes, ...end } = step(setup, on, power)
      return { ...end, callCount: on.callCount }
    },
  }
}

function powerOn({ system, platform }: MachineSetup, shelf: PictureShelf, patches: PatchBook, disk: Disk & Names, keepsHistory = true, freshMark = ''): PowerOn {
  return new PowerOn(disk, system.stores, platform.groups, system.hardware, callsMax, shelf, patches, keepsHistory, freshMark)
}

function step(setup: MachineSetup, on: PowerOn, power: Power): StepRun {
  const { system, platform } = setup
  if (power === 'running') return run(setup, on, null)
  on.wait(system.hardware.firmwareSeconds + system.hardware.loaderSeconds)
  on.issuer = 'loader'
  const choice = platform.loader.boot(preBoot(setup, on))
  if (choice.kind === 'halt') return on.end('halt', choice.cause, choice.remedy)
  if (choice.kind === 'reset') return on.end('reset', choice.cause)
  const dead = earlyEnd(setup, on, platform.kernelOf(on, choice.from))
  if (dead !== null) return dead
  on.issuer = 'kernel'
  for (const store of system.mounts.values()) if (known(system.stores.get(store), store).model.persistent) on.volume(store).whole('mount')
  on.issuer = 'init'
  const started = platform.start(on, choice.from)
  if (started.failure !== null) {
    on.say(started.failure.cause)
    return hang(setup, on, started.failure.cause, started.failure.remedy)
  }
  on.wait(system.hardware.startSeconds)
  on.issuer = 'health-check'
  on.wait(system.hardware.healthCheckSeconds)
  if (started.kernelOf.behaviour === 'unhealthy') {
    on.say('health check failed, rebooting')
    return on.end('clean', `${started.kernelOf.release.id} fails its health check`)
  }
  on.up = { ...platform.outcome(on, choice.from), afterSeconds: on.seconds }
  on.say(`up: ${started.running?.release.id ?? on.up.outcome}`)
  judgeUp(setup, on, choice.why)
  if (system.userStore !== null && isUserDataLost(on)) on.flags.add('lost-data')
  const end = run(setup, on, choice.from, started.running)
  if (started.kernelOf.behaviour !== 'late-freeze' || end.end !== 'idle') return end
  on.say('a heavy application starts, the machine freezes')
  return hang(setup, on, `${started.kernelOf.release.id} freezes under load`, 'power-cycle')
}

/** A kernel that never gets to user space. */
function earlyEnd(setup: MachineSetup, on: PowerOn, kernelOf: OfferedRelease): StepRun | null {
  const { id } = kernelOf.release
  switch (kernelOf.behaviour) {
    case 'unloadable':
      on.say('error: cannot load image')
      return on.end('halt', `the kernel of ${id} cannot be loaded`, 'console')
    case 'panics':
      on.say('Kernel panic - not syncing')
      return hang(setup, on, `the kernel of ${id} panics`, 'power-cycle')
    case 'hangs':
      on.say('Starting kernel ...')
      return hang(setup, on, `the kernel of ${id} hangs`, 'power-cycle')
    default: return null
  }
}

/** Nothing moves any more: a watchdog resets, without one it stays so. */
function hang(setup: MachineSetup, on: PowerOn, cause: string, remedy: Remedy): StepRun {
  if (on.up !== null) on.shutdownAtSeconds = on.seconds
  if (!setup.system.watchdog) return on.end('halt', cause, remedy)
  on.wait(setup.system.hardware.watchdogSeconds)
  on.say('watchdog reset')
  return on.end('reset', cause)
}

/** What was promised against what came up. Who gives up a release that does not come up is right. */
function judgeUp({ platform, offered }: MachineSetup, on: PowerOn, why: StartReason = { kind: 'gave-up' }): void {
  if (on.up === null || on.up.outcome === 'new' || !on.isTold(`installed ${offered.release.id}`)) return
  if (!platform.isIntact(on, offered)) {
    on.flags.add('lost-update')
    return
  }
  if (why.kind !== 'gave-up') {
    on.flags.add('wrong-rollback')
    on.up = { ...on.up, why: `${why.says}: ${on.up.why}` }
  } else if (offered.behaviour === 'boots') {
    on.flags.add('wrong-rollback')
    on.flags.add('blamed')
  }
}

/** The updater's agent at work, until the machine shuts down or has nothing left to do. */
function run(setup: MachineSetup, on: PowerOn, from: StartFrom | null, running: OfferedRelease | null = from === null ? setup.installed : null): StepRun {
  on.issuer = 'updater'
  let end: ReturnType<typeof agent>
  try {
    end = agent(setup, on, from, running)
  } catch (error) {
    const crash = describeCrash(error)
    if (crash === null) throw error
    on.flags.add('updater-crash')
    on.say(`updater crashed: ${crash}`)
    return idle(setup, on, `the updater crashed: ${crash}`)
  }
  if (end === 'no-space') return idle(setup, on, 'no space is left for the update')
  if (end === 'done') return idle(setup, on, on.up?.outcome ?? 'nothing to do')
  shutDown(setup, on)
  return on.end('clean', 'rebooted to finish the update')
}

/** No power-on follows that would find what this one has done to other people's files. */
function idle(setup: MachineSetup, on: PowerOn, cause: string): StepRun {
  const { system, whenDone } = setup
  if (system.userStore !== null && hasSpoiledUserData(on, system.userStore)) on.flags.add('lost-data')
  if (whenDone === undefined) return on.end('idle', cause)
  whenDone()
  shutDown(setup, on)
  return on.end('clean', cause)
}

function shutDown({ system }: MachineSetup, on: PowerOn): void {
  on.issuer = 'shutdown'
  on.shutdownAtSeconds = on.seconds
  on.wait(system.hardware.shutdownSeconds)
  for (const store of [...system.mounts.values()].reverse()) on.volume(store).whole('unmount')
  const devices = new Set<string>()
  for (const [id, setup] of system.stores) {
    if (setup.model.key !== 'DWC') continue
    devices.add(setup.device)
    on.flush(id)
  }
}

function preBoot({ platform }: MachineSetup, on: PowerOn): PreBoot {
  return {
    sector: (store, sector) => on.sector(store, sector),
    writeSectors: (store, first, pages) => on.writeSectors(store, first, pages, 'device'),
    readFile(store, path) {
      const body = parseBody(on.disk.answer({ kind: 'bytes', store, path, view: 'loader' }))
      if (body === null) return null
      if (body.kind === 'bytes') return body.bytes
      return body.kind === 'pages' ? body.pages.map((page) => pageBytes(page, 4096) ?? '').join('').slice(0, body.sizeBytes) : null
    },
    image: (request) => platform.image(on, request),
    say: (line) => on.say(line),
  }
}
