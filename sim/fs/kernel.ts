/** What the calls share: the mounted file systems, the open files, and what is known of modes. */
import { Descriptors } from './descriptors'
import { Paths } from './paths'
import { Modes } from './stats'
import type { Volume } from './volume'

export class Kernel {
  readonly paths: Paths
  readonly modes = new Modes()
  readonly descriptors: Descriptors

  constructor(mounts: ReadonlyMap<string, Volume>) {
    this.paths = new Paths(mounts)
    this.descriptors = new Descriptors(this.paths, this.modes)
  }
}
