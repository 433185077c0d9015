/** Outcomes, worst first, and what it takes to get out of them. */
import type { Flag, Remedy, UpOutcome } from '../explore/machine'

export type Outcome = 'brick' | 'bootloop' | 'stuck' | UpOutcome

/** Worst first. `brick`: console or reflashing needed. `stuck`: a power cycle or a menu choice recovers. */
export const outcomes: readonly Outcome[] = ['brick', 'bootloop', 'stuck', 'corrupt', 'mixed', 'older', 'old', 'new']

/** Easiest first: what the least helpful person must be able to do. */
export const remedies: readonly Remedy[] = ['nothing', 'power-cycle', 'menu', 'passphrase', 'console', 'recovery', 'reflash']

export const flags: readonly Flag[] = [
  'lost-update', 'wrong-rollback', 'lost-data', 'leak', 'no-space', 'blamed', 'stranded', 'latent', 'churn', 'updater-crash',
]

export function worse(one: Outcome, other: Outcome): Outcome {
  return outcomes.indexOf(one) <= outcomes.indexOf(other) ? one : other
}

export function harder(one: Remedy, other: Remedy): Remedy {
  return remedies.indexOf(one) >= remedies.indexOf(other) ? one : other
}

/** What a halt is: people without tools can get out of a stuck machine, not out of a brick. */
export function haltOutcome(remedy: Remedy): Outcome {
  return remedy === 'power-cycle' || remedy === 'menu' ? 'stuck' : 'brick'
}

/** Findings: what no update strategy wants. `mixed` is a finding for all but those that vow no more. */
export const bad: ReadonlySet<Outcome> = new Set<Outcome>(['brick', 'bootloop', 'stuck', 'corrupt', 'mixed'])
