/** What a boot loader is to the machine: it looks at the disks as it can, writes what it must, and picks what to start. */
import type { Page } from '../disk/content'
import type { Remedy } from '../explore/machine'

export interface LoaderFacts {
  readonly name: string
  readonly title: string
  readonly follows: string
  readonly sources: readonly string[]
  readonly notModelled: readonly string[]
}

/** The disks before any kernel runs: no journal is replayed, writes go straight to the device and nothing flushes them. */
export interface PreBoot {
  sector(store: string, sector: number): Page
  writeSectors(store: string, first: number, pages: readonly Page[]): void
  /** Content of a small file; null when there is none, or nothing that can be read. */
  readFile(store: string, path: string): string | null
  /** 'whole': it is there and is what some release ships. */
  image(what: LoadRequest): 'whole' | 'damaged' | 'absent'
  say(line: string): void
}

export type LoadRequest =
  | { readonly kind: 'slot-kernel'; readonly slot: string }
  | { readonly kind: 'file'; readonly store: string; readonly path: string }

export type BootChoice =
  | { readonly kind: 'start'; readonly from: StartFrom; /** What it went by; for loaders that keep attempts. */ readonly why?: StartReason }
  /** The loader stops and waits for somebody. */
  | { readonly kind: 'halt'; readonly cause: string; readonly remedy: Remedy }
  | { readonly kind: 'reset'; readonly cause: string }

/** `gave-up`: what it prefers has no attempts left. `stored`: its stored state says so. `lost`: it cannot read its state, and says why. */
export type StartReason =
  | { readonly kind: 'gave-up' }
  | { readonly kind: 'stored' | 'lost'; readonly says: string }

export type StartFrom =
  | { readonly kind: 'slot'; readonly slot: string }
  | { readonly kind: 'kernel'; readonly version: string }

export interface BootLoader {
  readonly facts: LoaderFacts
  boot(machine: PreBoot): BootChoice
}
