/**
 * What is asked of a slot that holds an image: all of it, the part with kernel and initrd, the part that init needs.
 *
 * Where a squashfs puts its files is not known to us: parts are cut by their share of deflated bytes, kernel first. Every
 * part belongs to one image; a part that mixes two images, or none, does not mount or read.
 */
import { known } from '../assert'
import type { Group } from '../explore/group'
import { needsOf } from '../release/needs'
import type { Release } from '../release/release'
import type { OfferedRelease } from './system'

/** `whole` is asked first: an image that is whole needs no further question. */
export const slotParts = ['whole', 'kernel', 'init'] as const
export type SlotPart = (typeof slotParts)[number]

export function slotGroupId(slot: string, part: SlotPart): string {
  return `slot ${slot}: ${part}`
}

export function slotGroups(slot: string, store: string, sectorBytes: number, offered: readonly OfferedRelease[]): readonly Group[] {
  const first = known(offered[0], 'a release')
  const sizes = offered.map((each) => Math.ceil(known(each.image, 'an image').sizeBytes / sectorBytes))
  const shares = sharesOf(first.release)
  const smallest = Math.min(...sizes)
  const kernelEnd = Math.max(1, Math.round(smallest * shares.kernel))
  const initEnd = Math.max(kernelEnd + 1, Math.round(smallest * (shares.kernel + shares.init)))
  // Beyond the offered image nobody writes and nobody looks.
  const end = known(sizes.at(-1), 'an offered image')
  const range = (part: SlotPart, from: number, to: number): Group => ({
    id: slotGroupId(slot, part), store, title: `${part} of slot ${slot}`, releases: offered.length, of: 'sectors', first: from, count: to - from,
    blobs: offered.map((each, at) => ({ blob: known(each.image, 'an image').blob, sectors: Math.min(to, known(sizes[at], 'a size')) - from })),
  })
  return [range('whole', 0, end), range('kernel', 0, kernelEnd), range('init', kernelEnd, initEnd)]
}

/** Shares of the image by deflated bytes. */
function sharesOf(release: Release): { readonly kernel: number; readonly init: number } {
  const needs = needsOf(release)
  const sum = (paths: readonly string[]): number => paths.reduce((bytes, path) => bytes + (release.byPath.get(path)?.deflatedBytes ?? 0), 0)
  const total = release.paths.reduce((bytes, entry) => bytes + entry.deflatedBytes, 0)
  return { kernel: sum(needs.kernel) / total, init: sum(needs.init) / total }
}
