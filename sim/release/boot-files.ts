import { createHash } from 'node:crypto'
import { assert } from '../assert'
import type { Entry } from './entry'
import { GENERATED, SHARED, UNOWNED, byCodeUnit } from './entry'
import type { PackageVersion } from './package-table'
import type { Release } from './release'
import { releaseFrom } from './release'

/**
 * A release without a kernel, made bootable in the simulator. For the bundled `small` set: real files of thirteen Debian packages,
 * but no kernel, no package database, and an init (usr/bin/init, a link to a static busybox) that nothing dynamic depends on.
 *
 * SYNTHETIC, so no figure about them says anything of the real world:
 * - a kernel, an initrd and a module tree of `kernelVersion`; sha256 is that of `RELEASE-ID:PATH`, so each differs in every
 *   release; sizes are small round numbers, deflated sizes equal them (such files do not deflate);
 * - the package `linux-image-VERSION` (its .deb as big as its files) and `demo-files`, which owns the demo's own files;
 * - that libc is needed by init (`needs.ts` takes it from the path rule): the real busybox is static, but the programs that it
 *   would start are not.
 * Owners follow from `SMALL_OWNERS` by path. They are the packages' real files, as the server manifests name them (test).
 */
export function withBootFiles(release: Release, kernelVersion: string): Release {
  const entries = release.paths.map((entry) => (entry.package === UNOWNED ? { ...entry, package: smallOwnerOf(entry) } : entry))
  const synthetic = bootEntries(release.id, kernelVersion).filter((entry) => entry.type !== 'directory' || !release.byPath.has(entry.path))
  for (const entry of synthetic) assert(!release.byPath.has(entry.path), `${release.id} has ${entry.path} already: it needs no synthetic kernel`)
  const image = imagePackage(kernelVersion, synthetic)
  const packages = [...release.packages.values(), ...(release.packages.size > 0 ? [image] : [])]
    .toSorted((one, other) => byCodeUnit(one.name, other.name))
  return releaseFrom(release.id, [...entries, ...synthetic], new Map(packages.map((each) => [each.name, each])))
}

const KIB = 1024

function bootEntries(releaseId: string, version: string): readonly Entry[] {
  const image = `linux-image-${version}`
  const modules = `usr/lib/modules/${version}`
  const base = { mode: 0o644, uid: 0, gid: 0, hardLink: null, target: null, xattrs: '' } as const
  const directory = (path: string, owner: string): Entry =>
    ({ ...base, path, type: 'directory', mode: 0o755, sizeBytes: 0, sha256: null, deflatedBytes: 0, package: owner })
  const file = (path: string, sizeBytes: number, owner: string): Entry =>
    ({ ...base, path, type: 'file', sizeBytes, sha256: createHash('sha256').update(`${releaseId}:${path}`).digest('hex'), deflatedBytes: sizeBytes, package: owner })
  return [
    directory('boot', SHARED),
    file(`boot/initrd.img-${version}`, 256 * KIB, GENERATED),
    file(`boot/vmlinuz-${version}`, 64 * KIB, image),
    directory('usr/lib/modules', SHARED),
    directory(modules, image),
    directory(`${modules}/kernel`, image),
    file(`${modules}/kernel/disk.ko`, 16 * KIB, image),
    file(`${modules}/kernel/network.ko`, 16 * KIB, image),
    file(`${modules}/modules.dep`, 4 * KIB, GENERATED),
  ]
}

function imagePackage(version: string, entries: readonly Entry[]): PackageVersion {
  const name = `linux-image-${version}`
  const bytes = entries.reduce((sum, entry) => sum + (entry.package === name ? entry.sizeBytes : 0), 0)
  return {
    name, version, architecture: 'amd64', source: 'linux', priority: 'optional', essential: false, installedKib: Math.ceil(bytes / KIB), debBytes: bytes,
  }
}

/** First match wins. Programs that are links to busybox were made by the build of the set and go with it. */
const SMALL_OWNERS: readonly (readonly [RegExp, string])[] = [
  [/^usr\/share\/zoneinfo\//, 'tzdata'],
  [/^usr\/share\/ca-certificates\/|^usr\/sbin\/update-ca-certificates$/, 'ca-certificates'],
  [/^etc\/terminfo\/|^usr\/lib\/terminfo\/|^usr\/share\/(?:terminfo|tabset)\//, 'ncurses-base'],
  [/^usr\/lib\/x86_64-linux-gnu\/libexpatw?\.so/, 'libexpat1'],
  [/^usr\/lib\/x86_64-linux-gnu\/liblzma\.so/, 'liblzma5'],
  [/^usr\/lib\/x86_64-linux-gnu\/libz\.so/, 'zlib1g'],
  [/^usr\/lib\/x86_64-linux-gnu\/libti(?:c|nfo)\.so/, 'libtinfo6'],
  [/^usr\/lib\/x86_64-linux-gnu\/|^usr\/lib64\/|^etc\/ld\.so\.conf\.d\//, 'libc6'],
  [/^usr\/bin\/(?:busybox|cat|init|ls|mount|sh|umount)$|^usr\/share\/initramfs-tools\//, 'busybox-static'],
  [/^usr\/bin\/less|^usr\/lib\/mime\/packages\/less$/, 'less'],
  [/^usr\/bin\/(?:xz|unxz|lz)/, 'xz-utils'],
  [/^etc\/(?:ethertypes|networks|protocols|rpc|services)$/, 'netbase'],
  [/^etc\/os-release\.demo$|^usr\/share\/demo\//, 'demo-files'],
]

function smallOwnerOf(entry: Entry): string {
  if (entry.type === 'directory') return SHARED
  const named = /^usr\/share\/doc\/([^/]+)\//.exec(entry.path)?.[1]
  return named ?? SMALL_OWNERS.find(([pattern]) => pattern.test(entry.path))?.[1] ?? 'base-files'
}
