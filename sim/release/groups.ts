import { assert } from '../assert'
import type { Entry } from './entry'
import { GENERATED, SHARED, UNOWNED, byCodeUnit, sameEntry } from './entry'
import type { Release } from './release'
import type { Role } from './roles'
import { ROLES, kernelPartOf, rolesOf } from './roles'

/** Paths of one package with one role: what a boot, a health check or a judge asks about as a whole. */
export interface PathGroup {
  /** 'linux-image-6.1.0-50-amd64/modules', 'unowned/conffile', 'shared/rest', 'generated/rest'. Unique in its partition. */
  readonly name: string
  readonly package: string
  readonly role: Role
  /** Sorted by code unit. */
  readonly paths: readonly string[]
  /** Those of `paths` whose entry differs, or is absent, in at least one of the releases. */
  readonly changed: readonly string[]
}

/**
 * Every path of these releases in exactly one group, groups sorted by package, then by role.
 * A path that changes its package or role goes by the last release that has it. Kernel, initrd and modules of a version go by
 * `linux-image-VERSION`, also the generated ones, so that two kernels never share a group.
 */
export function partition(releases: readonly Release[]): readonly PathGroup[] {
  const roleOf = rolesOf(releases)
  const last = new Map<string, Entry>()
  for (const release of releases) for (const entry of release.paths) last.set(entry.path, entry)
  const groups = new Map<string, { package: string; role: Role; paths: string[] }>()
  for (const [path, entry] of [...last].toSorted(([one], [other]) => byCodeUnit(one, other))) {
    const role = roleOf(entry)
    const owner = packageOf(entry)
    const name = `${label(owner)}/${role}`
    const group = groups.get(name) ?? { package: owner, role, paths: [] }
    group.paths.push(path)
    groups.set(name, group)
  }
  const all = [...groups].map(([name, group]) => ({ name, ...group, changed: group.paths.filter((path) => differs(releases, path)) }))
  assert(all.reduce((sum, group) => sum + group.paths.length, 0) === last.size, 'every path is in one group')
  return all.toSorted((one, other) => byCodeUnit(one.package, other.package) || ROLES.indexOf(one.role) - ROLES.indexOf(other.role))
}

function packageOf(entry: Entry): string {
  const part = entry.type === 'directory' ? null : kernelPartOf(entry.path)
  return part === null ? entry.package : `linux-image-${part.version}`
}

function label(owner: string): string {
  if (owner === UNOWNED) return 'unowned'
  if (owner === SHARED) return 'shared'
  return owner === GENERATED ? 'generated' : owner
}

function differs(releases: readonly Release[], path: string): boolean {
  const first = releases[0]?.byPath.get(path)
  return releases.some((release) => !sameEntry(first, release.byPath.get(path)))
}
