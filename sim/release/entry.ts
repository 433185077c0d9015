/** One path of a release. Plain data; releases of one manifest share equal entries, so never write to one. */
export interface Entry {
  /** Relative to the root, without a leading slash. The root itself has no entry (mode 755, uid 0, gid 0). */
  readonly path: string
  readonly type: EntryType
  /** 12 bits: permissions, set-id, sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** A symlink: bytes of its target. A directory: 0. */
  readonly sizeBytes: number
  /** Of the content, 64 hexadecimal digits; null unless a file. */
  readonly sha256: string | null
  /** Raw deflate, level 6, of the content: the payload an OSTree archive repository ships. 0 unless a file. */
  readonly deflatedBytes: number
  /** Files of one release with the same number are one inode; null: no other name. */
  readonly hardLink: number | null
  readonly target: string | null
  /** Owning binary package, or one of `UNOWNED`, `SHARED`, `GENERATED`. */
  readonly package: string
  /** `name=hex,name=hex`, sorted by name; '' for none. */
  readonly xattrs: string
}

export type EntryType = 'file' | 'directory' | 'symlink'

/** Made by maintainer scripts (caches, alternatives, files of /etc), or part of dpkg's own database. */
export const UNOWNED = '-'
/** A directory of several packages. */
export const SHARED = '*'
/** The initrd and the files of depmod: made on the machine or by the image builder, after the kernel is unpacked. */
export const GENERATED = '@generated'

export function isOwned(entry: Entry): boolean {
  return entry.package !== UNOWNED && entry.package !== SHARED && entry.package !== GENERATED
}

/** Equal content, type, target and metadata. The hard-link group and the owning package say nothing about it. */
export function sameEntry(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  return (
    one.type === other.type && one.sha256 === other.sha256 && one.target === other.target && one.mode === other.mode &&
    one.uid === other.uid && one.gid === other.gid && one.sizeBytes === other.sizeBytes && one.xattrs === other.xattrs
  )
}

/** Order by code unit, the only order powercut uses: the same on every machine and Node version. */
export function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
