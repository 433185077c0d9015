import type { Entry } from './entry'
import type { Release } from './release'

/**
 * What a path is for, as far as a boot can tell. Follows Debian's layout with a merged /usr.
 *
 * - `kernel`: boot/vmlinuz-VERSION; `initrd`: boot/initrd.img-VERSION; `modules`: files under usr/lib/modules/VERSION.
 * - `libc`: the C library and the dynamic loader.
 * - `init`: what process 1 is, loads or runs before anything else (see INIT_PACKAGES, INIT_LIBRARIES, INIT_LINKS).
 * - `conffile`: files and symlinks under etc/: merged or kept by updaters, and a boot gets by without them.
 * - `rest`: everything else, System.map, config and all directories included.
 */
export type Role = 'kernel' | 'initrd' | 'modules' | 'init' | 'libc' | 'conffile' | 'rest'

export const ROLES = ['kernel', 'initrd', 'modules', 'init', 'libc', 'conffile', 'rest'] as const satisfies readonly Role[]

/** Packages whose programs, libraries and units a boot cannot do without, each with the reason. Not bash: only logins run it. */
export const INIT_PACKAGES: Readonly<Record<string, string>> = {
  systemd: 'process 1, its units and the helpers they run',
  'systemd-sysv': 'usr/sbin/init, the name that the initramfs starts',
  'libsystemd-shared': 'private libraries of process 1, found by exact version',
  libsystemd0: 'linked by the helpers and by udev',
  udev: 'devices of mount units appear only through it',
  libudev1: 'linked by what waits for devices',
  mount: 'process 1 runs it for every mount unit and to remount the root',
  dash: 'bin/sh of units and of the emergency shell',
  'busybox-static': 'process 1, shell and mount of the small release set',
}

/**
 * What /lib/systemd/systemd of systemd 252.39-1~deb12u2 links, directly or through its libraries, libc apart (`readelf -d`;
 * the three behind others by their packages' Depends: libpcre2, libgpg-error, libcap-ng). A name that a release lacks costs nothing.
 */
export const INIT_LIBRARIES = [
  'libacl.so.1', 'libapparmor.so.1', 'libaudit.so.1', 'libblkid.so.1', 'libcap-ng.so.0', 'libcap.so.2', 'libcrypt.so.1', 'libcrypto.so.3',
  'libgcrypt.so.20', 'libgpg-error.so.0', 'libip4tc.so.2', 'libkmod.so.2', 'liblz4.so.1', 'liblzma.so.5', 'libmount.so.1', 'libpam.so.0',
  'libpcre2-8.so.0', 'libseccomp.so.2', 'libselinux.so.1', 'libzstd.so.1',
] as const

/** The links of the merged /usr: without lib64 no program finds its loader, without sbin the initramfs finds no init. */
export const INIT_LINKS = ['bin', 'lib', 'lib64', 'sbin'] as const

/** Parts of the packages above that a boot does not read: loaded on demand, sources of a compiled file, or for people. */
const NOT_READ_AT_BOOT = ['usr/share/', 'usr/include/', 'usr/lib/systemd/catalog/', 'usr/lib/udev/hwdb.d/', 'usr/lib/x86_64-linux-gnu/gconv/'] as const

const SYSTEMD = 'usr/lib/systemd/systemd'
const LIBRARY_FOLDER = 'usr/lib/x86_64-linux-gnu/'

/**
 * Tells the role of each entry of these releases. It depends on them in one point: INIT_LIBRARIES count only where some release
 * has systemd, so that a busybox init, which links none of them, does not seem to need them.
 */
export function rolesOf(releases: readonly Release[]): (entry: Entry) => Role {
  const hasSystemd = releases.some((release) => release.byPath.has(SYSTEMD))
  return (entry) => roleOf(entry, hasSystemd)
}

function roleOf(entry: Entry, hasSystemd: boolean): Role {
  if (entry.type === 'directory') return 'rest'
  const { path } = entry
  const part = kernelPartOf(path)
  if (part !== null) return part.role
  if (path.startsWith('etc/')) return 'conffile'
  if (INIT_LINKS.some((link) => link === path)) return 'init'
  if (NOT_READ_AT_BOOT.some((folder) => path.startsWith(folder))) return 'rest'
  if (entry.package === 'libc6') return 'libc'
  return Object.hasOwn(INIT_PACKAGES, entry.package) || (hasSystemd && isInitLibrary(path)) ? 'init' : 'rest'
}

/** Role and kernel version of a file or symlink that carries a version in its name; null for any other path. */
export function kernelPartOf(path: string): { readonly role: 'kernel' | 'initrd' | 'modules'; readonly version: string } | null {
  if (!path.startsWith('boot/') && !path.startsWith('usr/lib/modules/')) return null
  for (const [role, pattern] of KERNEL_PARTS) {
    const version = pattern.exec(path)?.[1]
    if (version !== undefined) return { role, version }
  }
  return null
}

const KERNEL_PARTS = [
  ['kernel', /^boot\/vmlinuz-([^/]+)$/],
  ['initrd', /^boot\/initrd\.img-([^/]+)$/],
  ['modules', /^usr\/lib\/modules\/([^/]+)\/./s],
] as const

/** `libcap.so.2` stands for its link and for the file behind it, `libcap.so.2.66`. */
function isInitLibrary(path: string): boolean {
  if (!path.startsWith(LIBRARY_FOLDER)) return false
  const name = path.slice(LIBRARY_FOLDER.length)
  return INIT_LIBRARIES.some((library) => name === library || name.startsWith(`${library}.`))
}
