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
}
