/** What a litmus file says, as data: tiny programs, interesting end states, and a verdict on each per persistence model. */
import type { Predicate } from './predicate'

export interface Place {
  readonly file: string
  /** From 1, both. */
  readonly line: number
  readonly column: number
}

interface Placed {
  readonly at: Place
  /** As it was written. */
  readonly text: string
}

/** A verb that nobody here knows: its test is skipped, by this name. */
export interface UnknownStep extends Placed { readonly verb: 'unknown'; readonly name: string }

interface MarkStep extends Placed { readonly verb: 'mark'; readonly label: string }

export type FileStep = Placed & (
  | { readonly verb: 'creat' | 'mkdir' | 'unlink' | 'fsync' | 'fdatasync' | 'fsyncdir'; readonly path: string }
  | { readonly verb: 'symlink'; readonly target: string; readonly path: string }
  | { readonly verb: 'link' | 'rename' | 'exchange'; readonly from: string; readonly to: string }
  | { readonly verb: 'write'; readonly path: string; readonly offset: number; readonly data: string }
  | { readonly verb: 'append'; readonly path: string; readonly data: string }
  | { readonly verb: 'trunc'; readonly path: string; readonly sizeBytes: number }
  | { readonly verb: 'syncfs' | 'freeze' }
) | MarkStep | UnknownStep

export type DeviceStep = Placed & (
  | { readonly verb: 'w' | 'sub' | 'fua'; readonly request: string; readonly sector: number; readonly data: string }
  | { readonly verb: 'done'; readonly request: string }
  | { readonly verb: 'flush' | 'fsub' | 'fdone' }
) | MarkStep | UnknownStep

export type Expected = 'allowed' | 'forbidden' | 'contested' | 'na'

/** An interesting end state. */
export interface End {
  readonly name: string
  readonly predicate: Predicate
  readonly verdicts: readonly { readonly expected: Expected; /** `*`: every model that nobody else names here. */ readonly models: readonly string[] }[]
}

interface Named {
  readonly id: string
  readonly title: string
  readonly at: Place
}

export interface FileSystemTest extends Named {
  readonly kind: 'file-system'
  readonly view: 'kernel' | 'boot'
  /** True: a block may tear between its two sectors. */
  readonly tears: boolean
  readonly init: readonly FileStep[]
  readonly run: readonly FileStep[]
  readonly ends: readonly End[]
}

export interface DeviceTest extends Named {
  readonly kind: 'device'
  readonly run: readonly DeviceStep[]
  readonly ends: readonly End[]
}

/** A property in prose, for a test written by hand. */
export interface TextTest extends Named {
  readonly kind: 'text'
  readonly on: string
  /** Its allowed and forbidden lines. */
  readonly lines: number
}

export type LitmusTest = FileSystemTest | DeviceTest | TextTest
