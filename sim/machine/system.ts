/** A system as the machine needs it: where things are, which loader, which hardware. Made from the data in `scenarios/systems`. */
import type { StoreId } from '../disk/call'
import type { StoreSetup } from '../disk/lowering'
import type { EnvironmentPlace } from '../boot/u-boot-rauc'
import type { Image } from './os'
import type { Hardware } from './hardware'
import type { Release } from '../release/release'

/** How a release behaves once its files are where they belong. */
export type Behaviour = 'boots' | 'unloadable' | 'panics' | 'hangs' | 'unhealthy' | 'late-freeze'

export interface OfferedRelease {
  readonly release: Release
  readonly behaviour: Behaviour
  /** Its image, where slots hold images. */
  readonly image: Image | null
}

export interface System {
  readonly name: string
  readonly title: string
  readonly hardware: Hardware
  readonly stores: ReadonlyMap<string, StoreSetup>
  /** Mount point → file system; the root first. */
  readonly mounts: ReadonlyMap<string, string>
  /** A hardware watchdog that the loader starts. */
  readonly watchdog: boolean
  /** The file system with the files of the user's; null where there are none. */
  readonly userStore: StoreId | null
  readonly root:
    | { readonly kind: 'slots'; readonly slots: ReadonlyMap<string, string>; readonly environment: EnvironmentPlace }
    | { readonly kind: 'tree'; readonly store: string }
  readonly options: Readonly<Record<string, string | number | boolean>>
}

/** Most calls of one power-on. */
export const callsMax = 2_000_000
