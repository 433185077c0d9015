import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withBootFiles } from '../../../sim/release/boot-files'
import { RELEASES_FOLDER, bundledRelease, releaseSets } from '../../../sim/release/catalog'
import type { Manifest } from '../../../sim/release/manifest'
import { parseManifest } from '../../../sim/release/manifest'
import { parsePackageTable } from '../../../sim/release/package-table'
import type { Release } from '../../../sim/release/release'
import { releaseOf } from '../../../sim/release/release'

/** Bundled data for tests; read once a test file. */
export const folder = join(__dirname, '../../..', RELEASES_FOLDER)

export function bytesOf(file: string): Uint8Array {
  return readFileSync(join(folder, file))
}

const manifests = new Map<string, Manifest>()
const releases = new Map<string, Release>()

export function manifestOf(setName: 'small' | 'server'): Manifest {
  const known = manifests.get(setName)
  if (known !== undefined) return known
  const set = releaseSets.find((each) => each.name === setName)
  if (set === undefined) throw new Error(`no set ${setName}`)
  const manifest = parseManifest(bytesOf(set.manifestFile), set.manifestFile)
  manifests.set(setName, manifest)
  return manifest
}

/** A release as it is in the data, without synthetic files. */
export function bundled(name: string): Release {
  const known = releases.get(name)
  if (known !== undefined) return known
  const found = bundledRelease(name)
  if (found === undefined) throw new Error(`no bundled release ${name}`)
  const { set, release: inManifest } = found
  const packages = parsePackageTable(bytesOf(set.packagesFile), set.packagesFile)
  const release = releaseOf(manifestOf(set.name === 'small' ? 'small' : 'server'), inManifest, { id: found.name, packages })
  releases.set(name, release)
  return release
}

/** The same, bootable. */
export function bootable(name: string): Release {
  const found = bundledRelease(name)
  const kernel = found?.set.syntheticKernels[found.release]
  return kernel === undefined ? bundled(name) : withBootFiles(bundled(name), kernel)
}
