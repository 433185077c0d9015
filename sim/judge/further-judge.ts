/**
 * What becomes of one concrete story when its machine is used further, held against the life without a cut.
 *
 * `stranded`: it is up with nothing left to do, and no release that can be installed further in the life without a cut can be installed
 * here: refused, crashed, or not there in the end. One that does not come up when it is started again is not stranded: it is a
 * brick, or what else a halt is.
 *
 * Source: `docs/glossary.md`; among real ones, an RPM or dpkg lock that outlives its owner, a transaction that waits for a person.
 */
import type { Machine, StepRun } from '../explore/machine'
import { type Replayed, afterwards, replay } from '../explore/replay'
import { type RunsVerdict, withRestart } from './verdict-of-runs'
import { allocatedBytes } from '../measure/allocated-disk'
import { type FurtherLife, furtherLife, haltAtRestart } from './further-life'

export function isStranded(life: FurtherLife, uncut: FurtherLife): boolean {
  return uncut.reached.size > 0 && !life.halted && ![...uncut.reached].some((release) => life.reached.has(release))
}

export class FurtherJudge {
  private uncut: FurtherLife | null | undefined
  private uncutBytes: number | undefined
  private readonly lives = new WeakMap<Replayed, FurtherLife | null>()

  constructor(private readonly machine: Machine) {}

  /** With what only a further start and further updates show. */
  verdictOf(replayed: Replayed, runs: RunsVerdict): RunsVerdict {
    const restart = this.haltAtRestart(replayed)
    if (restart !== null) return withRestart(runs, restart)
    const flags = new Set(runs.flags)
    if (this.isStranded(replayed)) flags.add('stranded')
    const leakedBytes = this.leakedBytes(replayed)
    if (leakedBytes <= 0) return { ...runs, flags: [...flags].sort() }
    return { ...runs, flags: [...flags.add('leak')].sort(), leakedBytes }
  }

  haltAtRestart(replayed: Replayed): StepRun | null {
    const life = this.lifeAfter(replayed)
    return life === null ? null : haltAtRestart(life)
  }

  isStranded(replayed: Replayed): boolean {
    const uncut = this.uncutLife()
    if (uncut === null || uncut.reached.size === 0) return false
    const life = this.lifeAfter(replayed)
    return life !== null && isStranded(life, uncut)
  }

  /** Allocated bytes more than without the cut, where both lives came to the new release in the end. */
  leakedBytes(replayed: Replayed): number {
    const uncut = this.uncutLife()
    const life = uncut?.last === 'new' ? this.lifeAfter(replayed) : null
    if (uncut === null || life?.last !== 'new') return 0
    this.uncutBytes ??= allocatedBytes(uncut.disk, this.machine.stores)
    return allocatedBytes(life.disk, this.machine.stores) - this.uncutBytes
  }

  private uncutLife(): FurtherLife | null {
    if (this.uncut === undefined) {
      const replayed = replay(this.machine, [])
      this.uncut = 'why' in replayed ? null : this.lifeAfter(replayed)
    }
    return this.uncut
  }

  /** Null where the update has no end that a further one could follow. A crash, or lack of space, is told as such. */
  private lifeAfter(replayed: Replayed): FurtherLife | null {
    let life = this.lives.get(replayed)
    if (life === undefined) this.lives.set(replayed, life = this.followed(replayed))
    return life
  }

  private followed({ steps, after, last }: Replayed): FurtherLife | null {
    const { machine } = this
    const end = after.at(-1)
    if (machine.further === undefined || last === null || end?.end !== 'idle' || end.flags.includes('updater-crash') || end.flags.includes('no-space')) return null
    const { run } = machine.further.lastOfUpdate(last.disk, last.power, last.freshMark)
    const leave = (of: typeof run, below: Parameters<typeof afterwards>[2]): ReturnType<typeof afterwards> => afterwards(machine, of, below)
    return furtherLife(machine.further, { disk: leave(run, last.disk), names: last.names, powerOns: steps.length + after.length }, leave, true)
  }
}
