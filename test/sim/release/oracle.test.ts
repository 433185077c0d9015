import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundledRelease, bundledReleases, releaseSets } from '../../../sim/release/catalog'
import { compareReleases, filesTotal, uniqueContents } from '../../../sim/release/compare'
import { parseImagePairs, parseImages } from '../../../sim/release/images'
import { bundled, bytesOf, folder, manifestOf } from './bundled'

// Figures measured by independent tools on the same trees (scripts over the package lists, ostree, mke2fs, mksquashfs).

const releases = [
  { name: 'deb12-a', files: 28_179, bytes: 1_222_801_973, unique: 1_191_995_744, deflated: 461_555_776 },
  { name: 'deb12-b', files: 28_180, bytes: 1_223_496_526, unique: 1_192_690_297, deflated: 461_946_390 },
  { name: 'deb12-c', files: 28_185, bytes: 1_223_589_306, unique: 1_192_775_380, deflated: 461_989_401 },
  { name: 'deb12-d', files: 28_183, bytes: 1_223_776_008, unique: 1_192_962_082, deflated: 462_090_443 },
  { name: 'deb13-a', files: 28_477, bytes: 1_144_225_261, unique: 1_115_351_973, deflated: 545_862_195 },
]
for (const { name, files, bytes, unique, deflated } of releases) {
  test(`${name}: files, bytes, unique and deflated bytes`, () => {
    const release = bundled(name)
    expect(filesTotal(release)).toEqual({ count: files, bytes })
    expect(uniqueContents(release)).toMatchObject({ bytes: unique, deflatedBytes: deflated })
  })
}

const steps = [
  { from: 'a', to: 'b', paths: [4948, 4946], files: [4063, 4062], content: 7, metadata: 5, fresh: [4045, 463_821_992, 167_227_691], union: 1_655_817_736, packages: [1, 1, 1], deb: 70_552_152 },
  { from: 'b', to: 'c', paths: [21, 46], files: [21, 16], content: 297, metadata: 0, fresh: [310, 70_461_161, 58_340_543], union: 1_263_151_458, packages: [12, 0, 0], deb: 13_669_308 },
  { from: 'c', to: 'd', paths: [7, 9], files: [7, 9], content: 783, metadata: 0, fresh: [784, 75_473_815, 60_803_274], union: 1_268_249_195, packages: [21, 0, 0], deb: 12_334_560 },
  { from: 'a', to: 'd', paths: [4976, 5001], files: [4091, 4087], content: 1083, metadata: 5, fresh: [5135, 508_355_298, 186_025_773], union: 1_700_351_042, packages: [34, 1, 1], deb: 96_556_020 },
]
for (const step of steps) {
  test(`deb12-${step.from} -> deb12-${step.to}: all figures of the comparison`, () => {
    const compared = compareReleases(bundled(`deb12-${step.from}`), bundled(`deb12-${step.to}`))
    expect([compared.added.length, compared.removed.length]).toEqual(step.paths)
    expect([compared.filesAdded, compared.filesRemoved]).toEqual(step.files)
    expect(compared.contentChanged).toHaveLength(step.content)
    expect(compared.metadataChanged).toHaveLength(step.metadata)
    expect(compared.typeChanged).toEqual([])
    const { count, bytes, deflatedBytes } = compared.newContents
    expect([count, bytes, deflatedBytes]).toEqual(step.fresh)
    expect(compared.newEntries).toHaveLength(count)
    expect(compared.union.bytes).toBe(step.union)
    const packages = compared.packages
    expect([packages?.changed.length, packages?.added.length, packages?.removed.length]).toEqual(step.packages)
    expect(packages?.debBytes).toBe(step.deb)
  })
}

test('small: all figures of both trees and of their comparison', () => {
  const [a, b] = [bundled('small/a'), bundled('small/b')]
  expect([a.paths.length, filesTotal(a).count, b.paths.length, filesTotal(b).count]).toEqual([1022, 729, 1026, 733])
  expect(uniqueContents(a)).toMatchObject({ bytes: 7_034_564, deflatedBytes: 3_253_561 })
  expect(uniqueContents(b)).toMatchObject({ bytes: 7_066_640, deflatedBytes: 3_266_586 })
  const compared = compareReleases(a, b)
  expect(compared.union).toMatchObject({ bytes: 10_313_517, deflatedBytes: 4_667_233 })
  expect([compared.added.length, compared.removed.length, compared.contentChanged.length]).toEqual([23, 19, 57])
  expect(compared.newContents).toEqual({ count: 78, bytes: 3_278_953, deflatedBytes: 1_413_672 })
})

test('a release compared with itself: nothing', () => {
  const release = bundled('small/a')
  const compared = compareReleases(release, release)
  expect([...compared.added, ...compared.removed, ...compared.contentChanged, ...compared.metadataChanged, ...compared.typeChanged]).toEqual([])
  expect(compared.newContents).toEqual({ count: 0, bytes: 0, deflatedBytes: 0 })
  expect(compared.packages).toEqual({ changed: [], added: [], removed: [], debBytes: 0 })
})

test('content and metadata give the objects that ostree commit counted', () => {
  const objects = (name: string): number => {
    const keys = bundled(name).paths.filter((entry) => entry.type !== 'directory')
      .map((entry) => [entry.sha256, entry.target, entry.mode, entry.uid, entry.gid, entry.xattrs].join('\n'))
    return new Set(keys).size
  }
  expect(objects('deb12-a')).toBe(28_161)
  expect([objects('small/a'), objects('small/b')]).toEqual([871, 875])
})

test('images: sizes and shared blocks', () => {
  const images = parseImages(bytesOf('images.tsv'), 'images.tsv')
  const bytes = (release: string, image: string): number | undefined => images.find((each) => each.release === release && each.image === image)?.bytes
  expect([bytes('deb12-a', 'squashfs-zstd'), bytes('deb12-d', 'squashfs-zstd')]).toEqual([414_375_936, 414_863_360])
  expect([bytes('a', 'squashfs-gzip'), bytes('b', 'squashfs-gzip')]).toEqual([3_084_288, 3_100_672])
  for (const image of images) {
    expect(bundledRelease(`${image.set}/${image.release}`)).toBeDefined()
    expect((image.usedBlocks ?? 0) * 4096).toBeLessThanOrEqual(image.bytes + 4095)
  }
  for (const pair of parseImagePairs(bytesOf('image-pairs.tsv'), 'image-pairs.tsv')) {
    const target = images.find((each) => each.set === pair.set && each.release === pair.to && each.image === pair.image)
    expect(pair.foundAnywhere + pair.uniqueNew).toBeLessThanOrEqual(target?.usedBlocks ?? 0)
  }
})

test('catalog: full and short names, and files that exist', () => {
  expect(bundledReleases.map((each) => each.name)).toEqual(
    ['small/a', 'small/b', 'server/deb12-a', 'server/deb12-b', 'server/deb12-c', 'server/deb12-d', 'server/deb13-a'])
  expect(bundledRelease('deb12-a')?.name).toBe('server/deb12-a')
  expect(bundledRelease('a')?.name).toBe('small/a')
  expect(bundledRelease('deb12-z')).toBeUndefined()
  for (const set of releaseSets) {
    expect(manifestOf(set.name === 'small' ? 'small' : 'server').releases).toEqual(set.releases)
    for (const name of set.defaultPair) expect(set.releases).toContain(name)
    for (const file of [set.manifestFile, set.packagesFile, ...Object.values(set.layersFiles)]) expect(readdirSync(folder)).toContain(file)
  }
})

test('PROVENANCE.md holds the sha256 of each data file', () => {
  const text = new TextDecoder().decode(bytesOf('PROVENANCE.md'))
  const listed = [...text.matchAll(/^\| `([^`]+)` \| `([0-9a-f]{64})` \|$/gm)].map((match) => [match[1], match[2]])
  const files = readdirSync(folder).filter((file) => /\.tsv(?:\.gz)?$/.test(file))
  const hashed = files.map((file) => [file, createHash('sha256').update(bytesOf(file)).digest('hex')])
  expect(new Map(listed as [string, string][])).toEqual(new Map(hashed as [string, string][]))
})

test('every hard-link group of a release is one content with one owner and mode', () => {
  for (const name of ['deb12-a', 'deb12-d', 'deb13-a']) {
    const inodes = new Map<number, string>()
    for (const entry of bundled(name).paths) {
      if (entry.hardLink === null) continue
      const inode = [entry.sha256, entry.mode, entry.uid, entry.gid, entry.xattrs].join(' ')
      expect(inodes.get(entry.hardLink) ?? inode).toBe(inode)
      inodes.set(entry.hardLink, inode)
    }
    expect(inodes.size).toBeGreaterThan(0)
  }
})
