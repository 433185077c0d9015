/** What the explorer needs to know of a machine: the disks it starts with, and what one power-on does with what it finds. */
import type { Call, Inode, NodeKind, StoreId } from '../disk/call'
import type { NewNode } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Footprint, Space } from '../fs/space'
import type { Group } from './group'
import type { Answer, Disk, Question } from './question'

/** `running`: already up, the update is about to be called. `off`: power comes on. */
export type Power = 'running' | 'off'

/**
 * How a power-on ends by itself. `clean`: shut down and rebooted. `reset`: panic or watchdog, memory is gone, what the devices
 * accepted is kept. `halt`: nothing will ever happen again. `idle`: up, and nothing left to do.
 */
export type StepEnd = 'clean' | 'reset' | 'halt' | 'idle'

/** What a machine came up as. */
export type UpOutcome = 'corrupt' | 'mixed' | 'older' | 'old' | 'new'

export type Flag =
  | 'lost-update' | 'wrong-rollback' | 'lost-data' | 'leak' | 'no-space' | 'blamed' | 'stranded' | 'latent' | 'churn' | 'updater-crash'

export type Remedy = 'nothing' | 'power-cycle' | 'menu' | 'passphrase' | 'console' | 'recovery' | 'reflash'

export interface StepRun {
  readonly calls: readonly Call[]
  readonly nodes: ReadonlyMap<Inode, NewNode>
  readonly end: StepEnd
  /** Set when the machine reached `up` in this step, as it was then. */
  readonly up: { readonly outcome: UpOutcome; /** what makes it so, in a few words */ readonly why: string; readonly afterSeconds: number } | null
  readonly flags: readonly Flag[]
  /** For `halt`: the least that gets the machine up again. */
  readonly remedy: Remedy
  /** Why it ended or came up as it did: what broke, where. Findings of one cause are one finding. */
  readonly cause: string
  /** The disks as the running kernel saw them last, over the disk at power-on; what a clean end leaves. */
  readonly final: (below: Disk) => Disk
  /** What somebody at the console would have read, in order; part of stories. */
  readonly console: readonly string[]
  /** Names entered into directories, by `store:path`. */
  readonly names: Iterable<readonly [directory: string, names: ReadonlySet<string>]>
  /** Those among them that no earlier power-on can have left behind, though they may be spelled alike here. */
  readonly freshNames?: ReadonlySet<string>
  /** Of file systems that may run full: what it may have left where. */
  readonly footprints?: readonly Footprint[]
  /** From power-on (or the call of the update) to the end: all that the calls took, and what was waited after the last one. */
  readonly seconds: number
  /** When it stopped to serve after it was up (or running from the start): it began to shut down, or froze. */
  readonly shutdownAtSeconds?: number
  /** What came over the wire. */
  readonly fetched: readonly { readonly what: string; readonly bytes: number; readonly requests: number }[]
}

/** A power-on of which nobody will be asked what it wrote when. */
export type Outline = Omit<StepRun, 'calls' | 'nodes'> & { readonly callCount: number }

/** In `final`: part of a group was rewritten while the rest may show any of several classes. */
export const cannotTell: Answer = '?'

export interface Names {
  /** All names that a directory may hold, in code-unit order; each must be asked for. */
  candidates(store: StoreId, directory: string): readonly string[]
  /** Of a file system that may run full; where nobody knows, nothing runs out. */
  space?(store: StoreId): SpaceKnown | null
}

/** All that a file system holds from the start. */
export interface Initial {
  contents?(store: StoreId): Iterable<{ readonly path: string; readonly type: NodeKind; /** of a symbolic link the length of its target */ readonly sizeBytes: number; readonly inode: string }>
}

/** What is known of the space of a file system before anybody asks. */
export interface SpaceKnown {
  /** No power-on finds more in use. */
  readonly most: Space
  readonly initial: InitialSpace
  /** By directory the names that any power-on may have touched, and the most blocks of what one may find there. */
  readonly touched: ReadonlyMap<string, ReadonlyMap<string, number>>
}

export interface InitialSpace {
  readonly total: Space
  at(path: string): { readonly inode: string; readonly blocks: number } | undefined
  /** All names of the inode at this path, where it has several. */
  namesBeside(path: string): readonly string[]
  below(path: string): readonly string[]
}

export interface Machine {
  readonly stores: ReadonlyMap<StoreId, StoreSetup>
  readonly groups: ReadonlyMap<string, Group>
  /** All that there is before the update is called, settled long ago. */
  readonly initial: Disk & Names & Initial
  /** @param freshMark sets the fresh names of this power-on apart from those of others, where a life is followed on concrete disks */
  step(disk: Disk & Names, power: Power, freshMark?: string): StepRun
  /** How its life goes on after the update. */
  readonly further?: Further
  /** The same without its history, for who wants to know how it ends only. */
  outline?(disk: Disk & Names, power: Power): Outline
  /**
   * Rewrites answers that only matter by their order (serial numbers of redundant copies) to a standard form; states that
   * agree after that behave alike.
   */
  canonical?(answers: AnswerTable): void
}

/** The release that was running before the update, or the one that it brought; content as before, and each of them boots. */
export type Offered = 'old' | 'new'

/** Power-ons of people who go on with their machine: where it has nothing left to do they shut it down. */
export interface Further {
  /** As `Machine.step`, but for that. */
  lastOfUpdate(disk: Disk & Names, power: Power, freshMark: string): FurtherPowerOn
  /** One while this release is offered; `keepsHistory` false: without its calls. */
  offering(release: Offered, disk: Disk & Names, freshMark: string, keepsHistory?: boolean): FurtherPowerOn
}

export interface FurtherPowerOn {
  readonly run: StepRun
  /** Nothing was left to do. */
  readonly isDone: boolean
}

/** Answers of one state, by question. */
export interface AnswerTable {
  readonly questions: readonly Question[]
  get(question: Question): Answer | undefined
  set(question: Question, answer: Answer): void
}
