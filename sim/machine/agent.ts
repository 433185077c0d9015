/**
 * The updater's agent: at each start it confirms what runs, then calls the updater until there is nothing left to do.
 *
 * `latent`: it let the updater confirm what runs, or had told people so at an earlier start, while some of the running release is damaged
 * and nothing has read that part yet (outcome `corrupt`, and up all the same). Source: rauc.readthedocs.io, integration, "Marking a slot
 * good": whoever marks it after a boot vouches for no more than what that boot has read. What an updater damages
 * after that shows at the next start.
 */
import { Defect } from '../assert'
import type { StartFrom } from '../boot/loader'
import type { MachineSetup } from './setup'
import { UpdaterCrash } from './updater-crash'
import { osOf } from './os-face'
import { OutOfCalls, type PowerOn } from './power-on'
import type { Done } from './os'
import type { OfferedRelease } from './system'
import { untilRoom } from './until-room'

/** `no-space`: it ended for lack of space, and so it would each time. */
export function agent(setup: MachineSetup, on: PowerOn, from: StartFrom | null, running: OfferedRelease | null): Done | 'no-space' {
  return untilRoom(on, () => attempt(setup, on, from, running))
}

/** One run of the updater, from the start. */
function attempt(setup: MachineSetup, on: PowerOn, from: StartFrom | null, running: OfferedRelease | null): Done {
  const target = setup.offered.release
  const program = setup.program()
  const { os, revoke } = osOf(setup, on, from, running)
  try {
    if (from !== null) {
      notWaiting(program.confirm?.(os, running?.release ?? target), 'confirm')
      if (running?.release === target && !os.hasReported('confirmed', target)) os.report('confirmed', target)
      if (on.up?.outcome === 'corrupt' && (program.confirm !== undefined || os.hasReported('confirmed', running?.release ?? target))) on.flags.add('latent')
    }
    // An agent does not install again what it was told had failed: it waits for the next release.
    if (os.hasReported('failed', target)) return 'done'
    if (running?.release !== target && os.hasReported('installed', target) && from?.kind === 'slot') {
      os.report('failed', target)
      return 'done'
    }
    const done = program.update(os, target, setup.installed.release)
    notWaiting(done, 'update')
    if (done !== 'reboot' && done !== 'done') throw new UpdaterCrash('update returned neither "reboot" nor "done"')
    if (done === 'done' && from !== null) notWaiting(program.cleanUp?.(os, target, setup.installed.release), 'cleanUp')
    return done
  } finally {
    revoke()
  }
}

/** Everything inside a power-on is synchronous: who returns a promise would wait for something that never comes. */
function notWaiting<T>(returned: T | PromiseLike<T>, hook: string): asserts returned is T {
  if (returned === null || typeof returned !== 'object' || !('then' in returned)) return
  throw new UpdaterCrash(`waits for something powercut does not simulate: ${hook} returned a promise`)
}

/** What to tell of an error that a strategy let out; null for a defect of our own. */
export function describeCrash(error: unknown): string | null {
  if (error instanceof Defect) return null
  if (error instanceof UpdaterCrash || error instanceof OutOfCalls) return error.message
  if (error instanceof Error) return `${error.name}: ${error.message}`
  return `threw ${typeof error === 'string' ? error : typeof error}`
}
