/**
 * The life of a machine after the update: further releases are offered, one after the other, nobody cuts the power, and people shut the
 * machine down where nothing is left to do. There are two releases only, so it is the new one (for a machine that does not have
 * it yet), the old one, and the new one again.
 */
import type { Further, Names, Offered, StepRun, UpOutcome } from '../explore/machine'
import type { NameMemory } from '../explore/name-memory'
import { freshMarkOf } from '../explore/replay'
import type { Disk } from '../explore/question'

export const furtherUpdates: readonly Offered[] = ['new', 'old', 'new']

/** Most power-ons of one further update; more than any loader grants attempts. */
const powerOnsMax = 10

export interface FurtherLife {
  /** Releases that did not run, were offered, and then ran. */
  readonly reached: ReadonlySet<Offered>
  readonly runs: readonly StepRun[]
  /** It stood still and did not come up any more. */
  readonly halted: boolean
  /** As what it came up last; null where it halted, or went on and on. */
  readonly last: UpOutcome | null
  /** Where it was shut down for the last time. */
  readonly disk: Disk & Names
}

/** The first start after the update, where it halts. */
export function haltAtRestart({ halted, runs }: FurtherLife): StepRun | null {
  const first = runs.length === 1 ? runs[0] : undefined
  return halted && first?.end === 'halt' ? first : null
}

export interface LifeStart {
  /** After a clean shutdown. */
  readonly disk: Disk
  readonly names: NameMemory
  /** Power-ons until now. */
  readonly powerOns: number
}

/** `leave`: the disks that a power-on leaves; `keepsHistory`: whether it looks at the calls for that. */
export function furtherLife(further: Further, { disk: start, names, powerOns }: LifeStart, leave: (run: StepRun, below: Disk) => Disk, keepsHistory: boolean): FurtherLife {
  const runs: StepRun[] = []
  const reached = new Set<Offered>()
  let disk = names.over(start)
  let running: UpOutcome | null = null
  let offered: Offered | null = null
  // What the last one brought shows when the machine is started once more.
  for (const release of [...furtherUpdates, 'new'] as const) {
    disk = names.over(newlyTold(disk))
    let before: UpOutcome | null = null
    let isDone = false
    for (let powerOn = 0; powerOn < powerOnsMax && !isDone; powerOn++) {
      const { run, isDone: done } = further.offering(release, disk, freshMarkOf(powerOns + runs.length), keepsHistory)
      runs.push(run)
      names.learn(run)
      if (run.end === 'halt' || run.end === 'idle') return { reached, runs, halted: true, last: null, disk }
      disk = names.over(leave(run, disk))
      isDone = done
      if (powerOn > 0) continue
      before = run.up?.outcome ?? null
      if (offered !== null && before === offered && running !== offered) reached.add(offered)
    }
    if (!isDone) return { reached, runs, halted: false, last: null, disk }
    running = before
    offered = release
  }
  return { reached, runs, halted: false, last: running, disk }
}

/** What people were told of earlier offers is no answer to this one. */
function newlyTold(disk: Disk): Disk {
  return {
    answer: (question) => (question.kind === 'told' ? '' : disk.answer(question)),
    memberClass: (group, member, view) => disk.memberClass(group, member, view),
  }
}
