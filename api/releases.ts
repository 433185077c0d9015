/** From a release's name to its tree, its packages and its images. Reads bundled files; remembers what it has parsed. */
import { createHash } from 'node:crypto'
import { RELEASES_FOLDER, IMAGES_FILE, bundledRelease } from '../sim/release/catalog'
import { withBootFiles } from '../sim/release/boot-files'
import { parseImages } from '../sim/release/images'
import { type Manifest, parseManifest } from '../sim/release/manifest'
import { type PackageTable, parsePackageTable } from '../sim/release/package-table'
import { type Release, releaseOf } from '../sim/release/release'
import { known } from '../sim/assert'
import type { Image } from '../sim/machine/os'
import { needsOf } from '../sim/release/needs'
import { readBundled } from './data-files'
import type { ReleaseSource } from './requests'

export interface LoadedRelease {
  readonly release: Release
  /** As slots hold it. */
  readonly image: Image
  /** Of all that its manifest says of it; null for a bundled one, which its name and powercut's version tell. */
  readonly digest: string | null
}

const manifests = new Map<string, Manifest>()
const tables = new Map<string, PackageTable>()

/** @throws InputError when a file of somebody's is no manifest, or holds no such release. */
export function loadRelease(source: ReleaseSource): LoadedRelease {
  const release = source.kind === 'bundled' ? bundled(source.name) : ownRelease(source)
  return { release, image: imageOf(release, source), digest: source.kind === 'bundled' ? null : digestOf(release) }
}

function bundled(name: string): Release {
  const { set, release } = known(bundledRelease(name), `bundled release ${name}`)
  const manifest = cached(manifests, set.manifestFile, (file) => parseManifest(readBundled(file), file))
  const packages = cached(tables, set.packagesFile, (file) => parsePackageTable(readBundled(file), file))
  const loaded = releaseOf(manifest, release, { packages })
  const kernel = set.syntheticKernels[release]
  return kernel === undefined ? loaded : withBootFiles(loaded, kernel)
}

function ownRelease(source: Extract<ReleaseSource, { kind: 'manifest' }>): Release {
  const loaded = releaseOf(parseManifest(source.bytes, source.file), source.name)
  // A tree without a kernel boots with a stand-in.
  return needsOf(loaded).kernelVersion === null ? withBootFiles(loaded, `0-${source.name}`) : loaded
}

/** Of what was read, not of the file: packed otherwise, or with other releases beside it, it is the same release. */
function digestOf(release: Release): string {
  const hash = createHash('sha256').update(JSON.stringify(release.id))
  for (const entry of release.paths) hash.update(JSON.stringify(entry))
  return hash.digest('hex').slice(0, 8)
}

function cached<T>(cache: Map<string, T>, file: string, make: (path: string) => T): T {
  let value = cache.get(file)
  if (value === undefined) {
    value = make(`${RELEASES_FOLDER}/${file}`)
    cache.set(file, value)
  }
  return value
}

/** A squashfs: as measured with mksquashfs where it was, else the deflated bytes of all files. */
function imageOf(release: Release, source: ReleaseSource): Image {
  const blob = `squashfs of ${release.id}`
  if (source.kind === 'bundled') {
    const { set, release: name } = known(bundledRelease(source.name), source.name)
    const file = `${RELEASES_FOLDER}/${IMAGES_FILE}`
    const measured = parseImages(readBundled(file), file).find((image) => image.set === set.name && image.release === name && image.image.startsWith('squashfs'))
    if (measured !== undefined) return { blob, sizeBytes: measured.bytes }
  }
  return { blob, sizeBytes: Math.max(4096, release.paths.reduce((bytes, entry) => bytes + entry.deflatedBytes, 0)) }
}
