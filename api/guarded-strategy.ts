/**
 * A strategy of the user's, held to its limits: each call into it may take so long, and what is not simulated is refused at
 * once. Only ever used in a worker, whose globals are its own. Containment, not a sandbox.
 */
import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import { Defect } from '../sim/assert'
import { UpdaterCrash } from '../sim/machine/updater-crash'
import type { Program, Strategy } from '../sim/machine/os'

export const waitsForOther = 'waits for something powercut does not simulate'

export interface Limits {
  readonly silenceSeconds: number
  /** Called right before user code runs, and right after. */
  readonly enter: () => void
  readonly leave: () => void
  /** User code took all its time: it loops. */
  readonly onSilence: (why: string) => void
  /** Why the updater crashes now, whatever it would do; null: it runs. */
  readonly crashes: () => string | null
}

/** Runs `act` and stops it, wherever it is, after so many seconds; nothing inside of it can catch that. */
export function limited<T>(act: () => T, limits: Pick<Limits, 'silenceSeconds' | 'enter' | 'leave'>): { readonly value: T } | 'silent' {
  const holder = globalThis as typeof globalThis & { powercutActs?: () => void }
  let value: { readonly value: T } | undefined
  holder.powercutActs = () => { value = { value: act() } }
  limits.enter()
  try {
    calling.runInThisContext({ timeout: Math.ceil(limits.silenceSeconds * 1000), displayErrors: false })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'silent'
    throw error
  } finally {
    limits.leave()
  }
  return value ?? 'silent'
}

const calling = new Script('globalThis.powercutActs()')

export function guardedStrategy(strategy: Strategy, limits: Limits): Strategy {
  const guarded = <T>(act: () => T): T => {
    const why = limits.crashes()
    if (why !== null) throw new UpdaterCrash(why)
    let done: { readonly value: T } | 'silent'
    try {
      done = limited(act, limits)
    } catch (error) {
      // It asked for what is not there: a slot without that name, a release that nobody offers.
      if (error instanceof Defect) throw new UpdaterCrash(error.message)
      throw error
    }
    if (done !== 'silent') return done.value
    const silent = silence(limits.silenceSeconds)
    limits.onSilence(silent)
    throw new UpdaterCrash(silent)
  }
  return {
    facts: strategy.facts,
    program(options): Program {
      const made = guarded(() => strategy.program(options))
      return {
        update: (os, release, previous) => guarded(() => made.update(os, release, previous)),
        ...(made.confirm === undefined ? {} : { confirm: (os, release) => guarded(() => made.confirm?.(os, release)) }),
        ...(made.cleanUp === undefined ? {} : { cleanUp: (os, release, previous) => guarded(() => made.cleanUp?.(os, release, previous)) }),
      }
    },
  }
}

export function silence(seconds: number): string {
  return `gives no sign of life for ${seconds} s: it loops, or ${waitsForOther}`
}

const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const

/** From now on a real timer throws in this thread; the returned functions are the real ones. */
export function withoutTimers(): { readonly setImmediate: typeof setImmediate } {
  const real = { setImmediate }
  const refuse = (name: string) => (): never => { throw new UpdaterCrash(`${waitsForOther}: ${name}`) }
  const require = createRequire(__filename)
  const places = [globalThis, require('node:timers'), require('node:timers/promises')] as Record<string, unknown>[]
  for (const place of places) for (const name of timers) place[name] = refuse(name)
  ;(globalThis as unknown as Record<string, unknown>)['fetch'] = refuse('fetch')
  return real
}
