import { assert } from '../assert'
import type { Release } from './release'
import type { Role } from './roles'
import { kernelPartOf, rolesOf } from './roles'

/**
 * What a boot of a release needs. A needed path that is missing, empty, damaged or of the wrong set fails the step that needs it.
 * Paths are files and symlinks, sorted by code unit; each list is a union of whole groups of `groups.ts`.
 */
export interface Needs {
  /** Null when the release has no kernel: it cannot boot (see `boot-files.ts`). */
  readonly kernelVersion: string | null
  /** vmlinuz of that version, and its initrd when there is one. */
  readonly kernel: readonly string[]
  /** Without these init does not start: the init, libc and the dynamic loader, and what init links and runs. */
  readonly init: readonly string[]
  /** Sets whose members must all come from one release. */
  readonly same: readonly SameSet[]
}

export interface SameSet {
  readonly name: 'kernel' | 'libc'
  readonly paths: readonly string[]
}

/**
 * Debian boots the kernel that the root's `vmlinuz` link names, and so do we; without the link the last one by code unit.
 * libc's set holds no gconv modules: iconv loads them on demand, a boot does not.
 */
export function needsOf(release: Release): Needs {
  const roleOf = rolesOf([release])
  const kernelVersion = bootedVersion(release)
  const byRole = new Map<Role, string[]>()
  for (const entry of release.paths) {
    const role = roleOf(entry)
    const part = kernelPartOf(entry.path)
    if (part !== null && part.version !== kernelVersion) continue
    const paths = byRole.get(role) ?? []
    paths.push(entry.path)
    byRole.set(role, paths)
  }
  const of = (...roles: readonly Role[]): string[] => roles.flatMap((role) => byRole.get(role) ?? []).toSorted()
  const kernel = of('kernel', 'initrd')
  const libc = of('libc')
  const same: SameSet[] = []
  if (kernelVersion !== null) same.push({ name: 'kernel', paths: of('kernel', 'initrd', 'modules') })
  if (libc.length > 0) same.push({ name: 'libc', paths: libc })
  assert((kernelVersion === null) === (kernel.length === 0), `${release.id}: kernel ${kernelVersion} and its paths ${kernel.join(' ')} disagree`)
  return { kernelVersion, kernel, init: of('init', 'libc'), same }
}

function bootedVersion(release: Release): string | null {
  const installed: string[] = []
  for (const entry of release.paths) {
    const part = entry.type === 'directory' ? null : kernelPartOf(entry.path)
    if (part?.role === 'kernel') installed.push(part.version)
  }
  const linked = kernelPartOf(release.byPath.get('vmlinuz')?.target ?? '')
  return linked?.role === 'kernel' && installed.includes(linked.version) ? linked.version : installed.at(-1) ?? null
}
