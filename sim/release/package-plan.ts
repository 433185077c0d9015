import { assert } from '../assert'
import type { Entry } from './entry'
import { byCodeUnit, isOwned, sameEntry } from './entry'
import type { PackageVersion } from './package-table'
import type { Release } from './release'

/** What an apt upgrade from one release to another does, package by package, and what it leaves to others. */
export interface PackagePlan {
  /** In the order of unpacking: run `upgrade`, then `install`, then `remove`. */
  readonly upgrade: readonly PackageChange[]
  readonly install: readonly PackageChange[]
  readonly remove: readonly PackageChange[]
  /** Changed entries that no change above covers: scripts' and dpkg's own files, shared directories, initrd and depmod files. */
  readonly unowned: { readonly writes: readonly Entry[]; readonly removes: readonly string[] }
}

export interface PackageChange {
  readonly name: string
  readonly oldVersion: string | null
  readonly newVersion: string | null
  /** 0 for a removal. Where the size of the .deb is not recorded, the deflated bytes of its files stand in for it. */
  readonly debBytes: number
  /** All that the new .deb unpacks: dpkg writes every file anew, changed or not. Sorted by path. */
  readonly unpacks: readonly Entry[]
  /** Those of `unpacks` that differ from the old release. */
  readonly writes: readonly Entry[]
  /** Paths of the old package that the new release does not have, children before their directory. */
  readonly removes: readonly string[]
}

/**
 * Simplified from apt: libc6 first, then libraries, then other packages, kernel images last (their trigger makes the initrd from
 * all that is new), alphabetically within each; removals follow everything. Not modelled: the dependency graph, Pre-Depends.
 * @param toPackages packages of the new release; default: those it carries. Releases that carry none are told apart by their files.
 */
export function packagePlan(from: Release, to: Release, toPackages: ReadonlyMap<string, PackageVersion> = to.packages): PackagePlan {
  const before = entriesByPackage(from)
  const after = entriesByPackage(to)
  const names = [...new Set([...before.keys(), ...after.keys(), ...from.packages.keys(), ...toPackages.keys()])].toSorted(unpackOrder)
  const had = (name: string): boolean => from.packages.has(name) || (from.packages.size === 0 && before.has(name))
  const has = (name: string): boolean => toPackages.has(name) || (toPackages.size === 0 && after.has(name))
  const changeOf = (name: string): PackageChange => {
    const unpacks = after.get(name) ?? []
    const package_ = toPackages.get(name)
    return {
      name,
      oldVersion: from.packages.get(name)?.version ?? null,
      newVersion: package_?.version ?? null,
      debBytes: has(name) ? package_?.debBytes ?? unpacks.reduce((sum, entry) => sum + entry.deflatedBytes, 0) : 0,
      unpacks,
      writes: unpacks.filter((entry) => !sameEntry(from.byPath.get(entry.path), entry)),
      removes: (before.get(name) ?? []).map((entry) => entry.path).filter((path) => !to.byPath.has(path)).toReversed(),
    }
  }
  const isUpgrade = (change: PackageChange): boolean =>
    change.oldVersion === null || change.newVersion === null ? change.writes.length + change.removes.length > 0 : change.oldVersion !== change.newVersion
  const upgrade = names.filter((name) => had(name) && has(name)).map(changeOf).filter(isUpgrade)
  const install = names.filter((name) => !had(name) && has(name)).map(changeOf)
  const remove = names.filter((name) => had(name) && !has(name)).map(changeOf)
  return { upgrade, install, remove, unowned: uncovered(from, to, [...upgrade, ...install, ...remove]) }
}

function entriesByPackage(release: Release): ReadonlyMap<string, readonly Entry[]> {
  const byPackage = new Map<string, Entry[]>()
  for (const entry of release.paths) {
    if (!isOwned(entry)) continue
    const entries = byPackage.get(entry.package)
    if (entries === undefined) byPackage.set(entry.package, [entry])
    else entries.push(entry)
  }
  return byPackage
}

function unpackOrder(one: string, other: string): number {
  return rank(one) - rank(other) || byCodeUnit(one, other)
}

function rank(name: string): number {
  if (name === 'libc6') return 0
  if (name.startsWith('linux-image')) return 3
  return name.startsWith('lib') ? 1 : 2
}

function uncovered(from: Release, to: Release, changes: readonly PackageChange[]): PackagePlan['unowned'] {
  const written = new Set<string>()
  const removed = new Set<string>()
  for (const change of changes) {
    for (const entry of change.writes) {
      assert(!written.has(entry.path), `two packages write ${entry.path}`)
      written.add(entry.path)
    }
    for (const path of change.removes) removed.add(path)
  }
  const changed = (entry: Entry): boolean => !sameEntry(from.byPath.get(entry.path), entry) && !written.has(entry.path)
  return {
    writes: to.paths.filter(changed),
    removes: from.paths.map((entry) => entry.path).filter((path) => !to.byPath.has(path) && !removed.has(path)).toReversed(),
  }
}
