/** Reads the excerpts, and makes of one what dpkg had before it: the releases that it went from and to. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Entry, GENERATED, UNOWNED } from '../../../sim/release/entry'
import type { PackageVersion } from '../../../sim/release/package-table'
import { type Release, releaseFrom } from '../../../sim/release/release'

export function excerpt(name: string): readonly string[] {
  const file = join(__dirname, `${name}.calls`)
  const text = existsSync(file) ? readFileSync(file, 'latin1') : gunzipSync(readFileSync(`${file}.gz`)).toString('latin1')
  return text.trimEnd().split('\n')
}

interface Found { readonly entry: Entry; readonly isOld: boolean }

/** Files by package: what was unpacked between the notes of one package. */
export function releasesOf(lines: readonly string[], versions: ReadonlyMap<string, readonly [old: string | null, fresh: string]>): { readonly previous: Release; readonly release: Release } {
  const found = new Map<string, Found>()
  const info = new Set<string>()
  let at = ''
  for (const line of lines) {
    const [call = '', first = '', second = ''] = line.split(' ')
    const name = / "Package: (\S+?)\\n/.exec(line)?.[1]
    if (name !== undefined) at = name
    const list = /\/info\/([^/]+)\.list-new$/.exec(first)?.[1]
    if (call === 'create' && list !== undefined && list.replace(/:.*/, '') === at) info.add(`${list}.list`)
    if (call === 'rename' && first.startsWith('/var/lib/dpkg/tmp.ci/')) info.add(second.slice(second.lastIndexOf('/') + 1))
    const fresh = /^\/(.*)\.dpkg-new$/.exec(first)?.[1]
    if (fresh !== undefined && (call === 'create' || call === 'symlink' || call === 'mkdir')) {
      const type = call === 'create' ? 'file' : call === 'mkdir' ? 'directory' : 'symlink'
      found.set(fresh, { entry: entryOf(fresh, type, at, call === 'symlink' ? second : null), isOld: fresh.startsWith('etc/') })
    }
    const old = /^\/(.*)\.dpkg-tmp$/.exec(call === 'link' ? second : call === 'symlink' ? first : '')?.[1]
    const known = old === undefined ? undefined : found.get(old)
    if (old !== undefined && known !== undefined) found.set(old, { ...known, isOld: true })
  }
  const entries = [...found.values()]
  const infoEntries = [...info].map((name) => entryOf(`var/lib/dpkg/info/${name}`, 'file', UNOWNED, null))
  const tableOf = (which: 0 | 1): Map<string, PackageVersion> => new Map([...versions].flatMap(([name, of]) => {
    const version = of[which]
    return version === null ? [] : [[name, packageOf(name, version)] as const]
  }))
  return {
    previous: releaseFrom('previous', entries.filter(({ isOld }) => isOld).map(({ entry }) => entry), tableOf(0)),
    release: releaseFrom('release', [...entries.map(({ entry }) => entry), ...infoEntries, entryOf('etc/ld.so.cache', 'file', UNOWNED, null)], tableOf(1)),
  }
}

/** A kernel that is unpacked, and what depmod and mkinitramfs make for it in these lines. */
export function kernelReleases(lines: readonly string[], versions: readonly [old: string, fresh: string]): { readonly previous: Release; readonly release: Release } {
  const [old, fresh] = versions
  const kernel = (version: string): Entry => entryOf(`boot/vmlinuz-${version}`, 'file', `linux-image-${version}`, null)
  const made = lines.flatMap((line) => /^rename \S+ \/(usr\/lib\/modules\/\S+|boot\/initrd\.img-\S+)$/.exec(line)?.[1] ?? [])
  const table = (version: string): Map<string, PackageVersion> => new Map([[`linux-image-${version}`, packageOf(`linux-image-${version}`, version)]])
  return {
    previous: releaseFrom('previous', [kernel(old)], table(old)),
    release: releaseFrom('release', [kernel(fresh), ...made.map((path) => entryOf(path, 'file', GENERATED, null))], table(fresh)),
  }
}

function entryOf(path: string, type: Entry['type'], owner: string, target: string | null): Entry {
  return {
    path, type, mode: 0o644, uid: 0, gid: 0, sizeBytes: type === 'file' ? 100 : 0, sha256: type === 'file' ? path : null, deflatedBytes: 0, hardLink: null,
    target: type === 'symlink' ? target ?? '' : null, package: owner, xattrs: '',
  }
}

function packageOf(name: string, version: string): PackageVersion {
  return { name, version, architecture: 'amd64', source: name, priority: 'optional', essential: false, installedKib: null, debBytes: 1000 }
}
