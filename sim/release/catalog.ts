/** A bundled set of consecutive releases: which files of `scenarios/releases/` hold it. Plain data; reading is the caller's. */
export interface ReleaseSet {
  readonly name: string
  readonly summary: string
  /** Path manifest of all its releases. */
  readonly manifestFile: string
  readonly packagesFile: string
  /** Names in the manifest, oldest first. */
  readonly releases: readonly string[]
  /** What an update goes from and to when nobody says otherwise. */
  readonly defaultPair: readonly [from: string, to: string]
  /** By release: the version for `withBootFiles`, because the set has no kernel; empty when it has real ones. */
  readonly syntheticKernels: Readonly<Record<string, string>>
  /** By release: table of its OCI layers, where there is one. */
  readonly layersFiles: Readonly<Record<string, string>>
}

export interface BundledRelease {
  /** 'server/deb12-a' */
  readonly name: string
  /** Its name within the set and its manifest: 'deb12-a'. */
  readonly release: string
  readonly set: ReleaseSet
}

export const RELEASES_FOLDER = 'scenarios/releases'
export const IMAGES_FILE = 'images.tsv'
export const IMAGE_PAIRS_FILE = 'image-pairs.tsv'

export const releaseSets: readonly ReleaseSet[] = [
  {
    name: 'small',
    summary: 'two trees of thirteen Debian 12 packages, 7 MB, with a synthetic kernel',
    manifestFile: 'small.tsv.gz',
    packagesFile: 'small-packages.tsv',
    releases: ['a', 'b'],
    defaultPair: ['a', 'b'],
    syntheticKernels: { a: '6.1.0-50-amd64', b: '6.1.0-56-amd64' },
    layersFiles: {},
  },
  {
    name: 'server',
    summary: 'Debian 12 server image, 1.2 GB, in four patch states, and its successor on Debian 13',
    manifestFile: 'server.tsv.gz',
    packagesFile: 'server-packages.tsv.gz',
    releases: ['deb12-a', 'deb12-b', 'deb12-c', 'deb12-d', 'deb13-a'],
    defaultPair: ['deb12-a', 'deb12-d'],
    syntheticKernels: {},
    layersFiles: {
      'deb12-a': 'layers-deb12-a.tsv', 'deb12-b': 'layers-deb12-b.tsv', 'deb12-c': 'layers-deb12-c.tsv', 'deb12-d': 'layers-deb12-d.tsv',
    },
  },
]

/** All bundled releases, in the order of the sets. */
export const bundledReleases: readonly BundledRelease[] = releaseSets.flatMap((set) =>
  set.releases.map((release) => ({ name: `${set.name}/${release}`, release, set })))

/** By full name, or by the part after the slash where only one set has it ('deb12-a'); undefined for any other name. */
export function bundledRelease(name: string): BundledRelease | undefined {
  const full = bundledReleases.find((bundled) => bundled.name === name)
  const short = bundledReleases.filter((bundled) => bundled.release === name)
  return full ?? (short.length === 1 ? short[0] : undefined)
}
