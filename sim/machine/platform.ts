/** What differs between machines whose root is an image in a slot and those whose root is a tree of files. */
import type { BootLoader, LoadRequest, StartFrom } from '../boot/loader'
import type { Group } from '../explore/group'
import type { AnswerTable, Initial, Names, Remedy, UpOutcome } from '../explore/machine'
import type { Disk } from '../explore/question'
import type { BootStore, RawDisks } from './os'
import type { PowerOn } from './power-on'
import type { OfferedRelease } from './system'

export interface Failure { readonly cause: string; readonly remedy: Remedy }

/** A system that came as far as init. */
export interface Started {
  /** Whose kernel runs. */
  readonly kernelOf: OfferedRelease
  /** The release that the system says it is, if it is one. */
  readonly running: OfferedRelease | null
  /** Why init does not start, or null. */
  readonly failure: Failure | null
}

export interface Platform {
  readonly loader: BootLoader
  readonly groups: ReadonlyMap<string, Group>
  readonly initial: Disk & Names & Initial
  canonical?(answers: AnswerTable): void
  /** What the loader finds of something that it wants to load. */
  image(on: PowerOn, request: LoadRequest): 'whole' | 'damaged' | 'absent'
  /** The release whose kernel was picked, before any of it runs. */
  kernelOf(on: PowerOn, from: StartFrom): OfferedRelease
  /** Mounts the root and looks for what init needs. */
  start(on: PowerOn, from: StartFrom): Started
  /** What the machine is, once it is up. */
  outcome(on: PowerOn, from: StartFrom): { readonly outcome: UpOutcome; readonly why: string }
  /** True when this release is whole on the disk, wherever. */
  isIntact(on: PowerOn, release: OfferedRelease): boolean
  rawDisks(on: PowerOn, from: StartFrom | null): RawDisks
  /** uname -r; `from` null: the installed release is running. */
  kernelVersion(on: PowerOn, from: StartFrom | null): string
  bootStore(on: PowerOn): BootStore
}
