/** What an updater holds while the machine is up, and what an update strategy is. */
import type { Seconds } from '../disk/call'
import type { NodeFs } from '../fs/node-fs'
import type { Entry } from '../release/entry'
import type { Release } from '../release/release'

/** Node's `fs`, the synchronous part: each answer decides cells one by one. */
export type Fs = NodeFs

/**
 * Whole trees without a question: each call stands for the very per-file calls that the real tool issues, in its order. What no longer fits fails
 * midway with ENOSPC, as it does for `fs`.
 */
export interface Trees {
  /** Puts each entry in place, phase by phase: all entries go through the first phase, then all through the second… */
  put(entries: readonly Entry[], into: string, recipe: Recipe, when?: 'always' | 'missing'): void
  /** Unlinks these where they are there, in this order; the caller sees to it that a directory comes after all that is in it. */
  remove(entries: readonly Entry[], from: string): void
  /** Whether so many bytes, in one file, and so many inodes are free on the file system of the directory. */
  fits(directory: string, sizeBytes: number, inodes?: number): boolean
  /** Hard links `from/path` as `into/path`. */
  link(entries: readonly Entry[], from: string, into: string): void
  /**
   * Runs a script of these calls. It must do the same each time and look at nothing but what it closes over: what it comes to is
   * worked out once, and remembered by the script itself. For work that each retry does again, such as unpacking a package.
   */
  run(script: TreeScript): void
}

export type TreeScript = (tree: Trees) => void

export type RecipeStep =
  | 'make-parents' | 'make-directory' | 'clear-temporary' | 'write-temporary' | 'link-backup' | 'fsync-temporary' | 'rename-temporary'
  | 'write-in-place' | 'fsync' | 'fsync-parent' | 'unlink-backup'

export interface Recipe {
  readonly phases: readonly (readonly RecipeStep[])[]
  readonly temporary: (path: string) => string
  readonly backup?: (path: string) => string
}

export interface Image {
  readonly blob: string
  readonly sizeBytes: number
}

export interface Partition {
  readonly sizeBytes: number
  /** Writes an image from the first sector on, through the page cache, `chunkBytes` a call. */
  writeImage(image: Image, chunkBytes: number): void
  /** fsync of the block device: data and a cache flush. */
  flush(): void
}

export interface RawDisks {
  /** Names of the slots that the system has for images, e.g. A and B. */
  readonly slots: readonly string[]
  /** The slot that the running system was started from. */
  readonly booted: string
  slot(name: string): Partition
  /** The image of a release as it is shipped for slots. */
  imageOf(release: Release): Image
}

/** The boot loader's variables as its own user-space tool stores them. */
export interface BootStore {
  readonly kind: 'u-boot' | 'grub'
  read(): ReadonlyMap<string, string>
  /** One run of the tool: one store of all these variables; null unsets. */
  store(changes: Readonly<Record<string, string | null>>): void
}

export interface Net {
  /** Bytes over the wire, framing excluded; `what` names the artefact. */
  fetch(what: string, bytes: number, requests?: number): void
}

export interface FreshNames {
  /** A name distinct from all that exist, printed `prefix.1`. */
  temp(prefix: string): string
}

export interface Os {
  readonly fs: Fs
  readonly tree: Trees
  readonly disk: RawDisks
  readonly boot: BootStore
  readonly net: Net
  readonly names: FreshNames
  readonly clock: { now(): Seconds; sleep(seconds: Seconds): void }
  /** The release that the running system says it is (its os-release file), or null when it cannot tell. */
  readonly running: Release | null
  /** Version of the running kernel (uname -r). */
  readonly kernelVersion: string
  /** What people were told: the judge's memory. */
  report(what: Reported, release: Release): void
  hasReported(what: Reported, release: Release): boolean
}

export type Reported = 'staged' | 'installed' | 'confirmed' | 'failed'

export interface Source { readonly title: string; readonly where: string }

export type Options = Readonly<Record<string, string | number | boolean>>

/** What a strategy asks of a system. */
export type Role = 'root' | 'boot' | 'slot' | 'loader-env' | 'data'

/** Laws that a strategy is held to. */
export type Vow = 'no-brick' | 'old-or-new' | 'fallback-until-confirmed' | 'retry-completes' | 'no-leak'

export interface StrategyFacts<O extends Options = Options> {
  readonly name: string
  readonly title: string
  /** 'rauc 1.8': the version whose order of calls it follows. */
  readonly follows: string
  readonly sources: readonly Source[]
  readonly needs: readonly Role[]
  readonly options: { readonly [K in keyof O]: { readonly default: O[K]; readonly means: string; readonly source: Source } }
  readonly vows: readonly Vow[]
  readonly notModelled: readonly string[]
}

/** `reboot`: the machine must restart to finish; `done`: nothing is left to do. */
export type Done = 'reboot' | 'done'

/** Made anew at each power-on: only the disk remembers. */
export interface Program {
  /** Called again after any interruption. */
  update(os: Os, release: Release, previous: Release): Done | Promise<Done>
  /** Called at each boot once the system is up and healthy, before `update` is called again. */
  confirm?(os: Os, release: Release): void
  /** Called when the new release runs and is confirmed. */
  cleanUp?(os: Os, release: Release, previous: Release): void
}

export interface Strategy<O extends Options = Options> {
  readonly facts: StrategyFacts<O>
  program(options: O): Program
}
