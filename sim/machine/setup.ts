/** All that makes up one machine: a system, how its root and loader work, a strategy, and two releases. */
import type { Program } from './os'
import type { Platform } from './platform'
import type { OfferedRelease, System } from './system'

export interface MachineSetup {
  readonly system: System
  readonly platform: Platform
  /** Made anew at each power-on. */
  readonly program: () => Program
  readonly installed: OfferedRelease
  readonly offered: OfferedRelease
  /** Set: where nothing is left to do somebody, who is told so, shuts the machine down. */
  readonly whenDone?: () => void
}
