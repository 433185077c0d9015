/** Outcomes, flags and remedies as people are told of them. */
import type { Flag, Remedy } from '../sim/explore/machine'
import { type Outcome, flags, outcomes, remedies, worse } from '../sim/judge/outcome'

export { flags, outcomes, remedies, worse }
export type { Flag, Outcome, Remedy }

interface OutcomeWords {
  /** One character for a column of the strip under a chart. */
  readonly mark: string
  readonly means: string
  readonly grade: 'lost' | 'damaged' | 'sound'
}

export const outcomeWords: Readonly<Record<Outcome, OutcomeWords>> = {
  brick: { mark: 'B', means: 'halts for good', grade: 'lost' },
  bootloop: { mark: 'L', means: 'resets for ever', grade: 'lost' },
  stuck: { mark: 'S', means: 'halts until somebody helps', grade: 'lost' },
  corrupt: { mark: 'C', means: 'up, with a file of no release', grade: 'damaged' },
  mixed: { mark: 'M', means: 'up, with files of several releases', grade: 'damaged' },
  older: { mark: '<', means: 'up, a release before the old one', grade: 'sound' },
  old: { mark: '.', means: 'up, the old release', grade: 'sound' },
  new: { mark: '+', means: 'up, the new release', grade: 'sound' },
}

export const flagWords: Readonly<Record<Flag, string>> = {
  'lost-update': 'the update was reported and is not there, or no retry brings it',
  'wrong-rollback': 'an old release runs although the new one is intact',
  'lost-data': 'user data that was safe before the cut differs',
  leak: 'space that nothing gives back',
  'no-space': 'every retry ends for lack of space',
  blamed: 'a good release is given up because of power cuts',
  stranded: 'up, but no further release can be installed',
  latent: 'confirmed with damage that nothing has read yet',
  churn: 'up, and rebooted for ever by its own agent',
  'updater-crash': 'the updater itself fails',
}

export const remedyWords: Readonly<Record<Remedy, string>> = {
  nothing: 'nobody has to do anything',
  'power-cycle': 'somebody has to cycle the power',
  menu: 'somebody has to choose in the boot menu',
  passphrase: 'somebody has to type a passphrase',
  console: 'somebody has to work at the console',
  recovery: 'somebody has to start a rescue system',
  reflash: 'the device has to be written anew',
}
