import { countField, nameField, optionalCountField, readRows } from './table'

/** Size of one file-system image of one release, as a real tool made it. Blocks are 4 KiB. */
export interface ImageSize {
  readonly set: string
  readonly release: string
  /** 'ext4', 'erofs', 'squashfs-zstd', 'squashfs-gzip' */
  readonly image: string
  readonly tool: string
  readonly bytes: number
  /** Blocks that are not all zero; null when not measured. */
  readonly usedBlocks: number | null
  /** Distinct ones among them; null when not measured. */
  readonly uniqueBlocks: number | null
}

/** How the image of a newer release (B) lies over that of an older one (A), in 4 KiB blocks that are not all zero. */
export interface ImagePair {
  readonly set: string
  readonly from: string
  readonly to: string
  readonly image: string
  /** Blocks of B that A has at any offset. */
  readonly foundAnywhere: number
  /** Distinct blocks of B that A has nowhere. */
  readonly uniqueNew: number
  readonly sameOffset: number
  /** Blocks that differ at their offset, those that become zero included. */
  readonly toWriteInPlace: number
}

/** @throws InputError */
export function parseImages(bytes: Uint8Array, file: string): readonly ImageSize[] {
  return readRows(bytes, file, ['set', 'release', 'image', 'tool', 'bytes', 'used_blocks', 'unique_blocks']).map((row) => ({
    set: nameField(row, 0, 'a release set'),
    release: nameField(row, 1, 'a release'),
    image: nameField(row, 2, 'a kind of image'),
    tool: nameField(row, 3, 'a tool and its version'),
    bytes: countField(row, 4, 'a size in bytes'),
    usedBlocks: optionalCountField(row, 5, 'a number of blocks'),
    uniqueBlocks: optionalCountField(row, 6, 'a number of blocks'),
  }))
}

/** @throws InputError */
export function parseImagePairs(bytes: Uint8Array, file: string): readonly ImagePair[] {
  const columns = ['set', 'from', 'to', 'image', 'blocks_found_anywhere', 'unique_blocks_new', 'blocks_same_offset', 'blocks_to_write_in_place']
  return readRows(bytes, file, columns).map((row) => ({
    set: nameField(row, 0, 'a release set'),
    from: nameField(row, 1, 'a release'),
    to: nameField(row, 2, 'a release'),
    image: nameField(row, 3, 'a kind of image'),
    foundAnywhere: countField(row, 4, 'a number of blocks'),
    uniqueNew: countField(row, 5, 'a number of blocks'),
    sameOffset: countField(row, 6, 'a number of blocks'),
    toWriteInPlace: countField(row, 7, 'a number of blocks'),
  }))
}
