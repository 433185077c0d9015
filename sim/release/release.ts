import type { Entry } from './entry'
import { byCodeUnit } from './entry'
import { InputError, quoted } from './input-error'
import type { Manifest } from './manifest'
import type { PackageTable, PackageVersion } from './package-table'

/** One version of the operating system: its tree by reference, and the packages it was composed of. */
export interface Release {
  readonly id: string
  /** Every path but the root, sorted by code unit. */
  readonly paths: readonly Entry[]
  readonly byPath: ReadonlyMap<string, Entry>
  /** By package name, sorted; empty when no package table came with the manifest. */
  readonly packages: ReadonlyMap<string, PackageVersion>
}

export interface ReleaseOptions {
  /** What the release is called from here on. Default: its name in the manifest. */
  readonly id?: string
  /** Its rows are found under the name in the manifest. Default: no packages. */
  readonly packages?: PackageTable
}

/** @throws InputError when the manifest has no release of that name. */
export function releaseOf(manifest: Manifest, name: string, options: ReleaseOptions = {}): Release {
  const bit = manifest.releases.indexOf(name)
  if (bit < 0) {
    throw new InputError({
      file: manifest.file, line: 1, column: 1, found: `no release ${quoted(name)}`, expected: `one of ${manifest.releases.join(', ')}`,
    })
  }
  const flag = 1 << bit
  const entries = manifest.entries.filter((_, index) => ((manifest.masks[index] ?? 0) & flag) !== 0)
  return releaseFrom(options.id ?? name, entries, options.packages?.get(name) ?? new Map())
}

/** A release of these entries (in any order, each path once). */
export function releaseFrom(id: string, entries: readonly Entry[], packages: ReadonlyMap<string, PackageVersion>): Release {
  const paths = entries.toSorted((one, other) => byCodeUnit(one.path, other.path))
  return { id, paths, byPath: new Map(paths.map((entry) => [entry.path, entry])), packages }
}
