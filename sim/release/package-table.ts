import { byCodeUnit } from './entry'
import { badField, nameField, optionalCountField, readRows } from './table'

/** One binary package as one release holds it (a row of dpkg's status, and the size of its .deb in the archive). */
export interface PackageVersion {
  readonly name: string
  readonly version: string
  readonly architecture: string
  /** Name of the source package. */
  readonly source: string
  readonly priority: string
  readonly essential: boolean
  /** As the package declares it, KiB; null when not recorded. */
  readonly installedKib: number | null
  /** Size of the .deb, what an upgrade downloads; null when not recorded. */
  readonly debBytes: number | null
}

/** By release name, then by package name (sorted). */
export type PackageTable = ReadonlyMap<string, ReadonlyMap<string, PackageVersion>>

const COLUMNS = ['release', 'package', 'version', 'arch', 'source', 'priority', 'essential', 'installed_kib', 'deb_bytes'] as const

/** @throws InputError for a malformed row, or a package that a release names twice. */
export function parsePackageTable(bytes: Uint8Array, file: string): PackageTable {
  const table = new Map<string, Map<string, PackageVersion>>()
  for (const row of readRows(bytes, file, COLUMNS)) {
    const release = nameField(row, 0, 'a release')
    const name = nameField(row, 1, 'a package')
    const essential = row.fields[6]
    if (essential !== 'yes' && essential !== 'no') throw badField(row, 6, 'yes or no')
    const packages = table.get(release) ?? new Map<string, PackageVersion>()
    if (packages.has(name)) throw badField(row, 1, 'each package once a release')
    packages.set(name, {
      name,
      version: nameField(row, 2, 'a version'),
      architecture: nameField(row, 3, 'an architecture'),
      source: nameField(row, 4, 'a source package'),
      priority: nameField(row, 5, 'a priority'),
      essential: essential === 'yes',
      installedKib: optionalCountField(row, 7, 'a size in KiB'),
      debBytes: optionalCountField(row, 8, 'a size in bytes'),
    })
    table.set(release, packages)
  }
  for (const [release, packages] of table) {
    table.set(release, new Map([...packages].toSorted(([one], [other]) => byCodeUnit(one, other))))
  }
  return table
}
