import type { Entry, EntryType } from './entry'
import { UNOWNED } from './entry'
import { InputError, quoted } from './input-error'
import type { Row, TableReader } from './table'
import { badField, countField, expectLine, nameField, openTable, optionalCountField, rowOf } from './table'

/**
 * Path manifests: every path of several releases in one table, a row for each distinct (path, metadata).
 *
 *     # releases: NAME NAME …
 *     in  path  type  mode  uid  gid  size  sha256  zsize  hl  target  pkg  xattrs
 *
 * `in` is a hexadecimal mask, bit i for the i-th release; `mode` octal, 12 bits; `zsize` raw deflate, level 6;
 * `hl` hard-link group within a release; `\t`, `\n`, `\\` are escapes in path and target; `-` is "none".
 * Devices, pipes and sockets are refused: an image-based release holds none. Times are not recorded.
 */
export interface Manifest {
  readonly file: string
  /** At most 30, in the order of the mask's bits. */
  readonly releases: readonly string[]
  /** The mask of each entry. */
  readonly masks: Uint32Array
  /** In file order. Releases share the entries, so two releases with the same row hold the same object. */
  readonly entries: readonly Entry[]
}

const COLUMNS = ['in', 'path', 'type', 'mode', 'uid', 'gid', 'size', 'sha256', 'zsize', 'hl', 'target', 'pkg', 'xattrs'] as const
const RELEASES_PREFIX = '# releases: '
const RELEASES_MAX = 30

/**
 * @param bytes the file, plain or gzip (told by its first two bytes)
 * @param file its name, for messages only
 * @throws InputError at the first thing that does not fit
 */
export function parseManifest(bytes: Uint8Array, file: string): Manifest {
  const table = openTable(bytes, file)
  const releases = releaseNames(table)
  expectLine(table, 2, COLUMNS.join('\t'), 'the column names')
  const rowCount = table.lineCount - 2
  const masks = new Uint32Array(rowCount)
  const entries: Entry[] = []
  const seen = new Map<string, number>()
  const directories = new Map<string, number>()
  const shared = new Map<string, string>()
  for (let index = 0; index < rowCount; index++) {
    const row = rowOf(table, index + 3, COLUMNS)
    const mask = maskOf(row, releases.length)
    const entry = entryOf(row, shared)
    const before = seen.get(entry.path) ?? 0
    if ((before & mask) !== 0) throw badField(row, 1, 'each path once a release', 0, `${quoted(entry.path)} again`)
    seen.set(entry.path, before | mask)
    if (entry.type === 'directory') directories.set(entry.path, (directories.get(entry.path) ?? 0) | mask)
    masks[index] = mask
    entries.push(entry)
  }
  expectParents(table, masks, entries, directories)
  return { file, releases, masks, entries }
}

function releaseNames(table: TableReader): readonly string[] {
  const text = table.lines[0] ?? ''
  const fail = (column: number, found: string, expected: string): InputError => new InputError({ file: table.file, line: 1, column, found, expected })
  if (!text.startsWith(RELEASES_PREFIX)) throw fail(1, quoted(text), `"${RELEASES_PREFIX}NAME …"`)
  const names = text.slice(RELEASES_PREFIX.length).split(' ')
  let column = RELEASES_PREFIX.length + 1
  names.forEach((name, index) => {
    if (name === '') throw fail(column, 'an empty name', 'a release name')
    if (names.indexOf(name) !== index) throw fail(column, `${quoted(name)} twice`, 'each release once')
    if (index >= RELEASES_MAX) throw fail(column, `${names.length} releases`, `at most ${RELEASES_MAX}`)
    column += name.length + 1
  })
  return names
}

function maskOf(row: Row, releaseCount: number): number {
  const text = row.fields[0] ?? ''
  const mask = /^[0-9a-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : 0
  if (mask === 0 || mask >= 1 << releaseCount) {
    throw badField(row, 0, `a hexadecimal mask from 1 to ${((1 << releaseCount) - 1).toString(16)} (${releaseCount} releases)`)
  }
  return mask
}

const TYPES: ReadonlyMap<string, EntryType> = new Map([['f', 'file'], ['d', 'directory'], ['l', 'symlink']])

function entryOf(row: Row, shared: Map<string, string>): Entry {
  const type = TYPES.get(row.fields[2] ?? '')
  if (type === undefined) throw badField(row, 2, 'd, f or l')
  const path = unescaped(row, 1)
  if (/(?:^|\/)\.{0,2}(?:\/|$)|\0/.test(path)) throw badField(row, 1, 'a path relative to the root, without empty, . and .. parts')
  const isFile = type === 'file'
  const mode = row.fields[3] ?? ''
  if (!/^[0-7]{1,4}$/.test(mode)) throw badField(row, 3, 'an octal mode of at most 12 bits')
  const sha256 = row.fields[7] ?? ''
  if (isFile ? !/^[0-9a-f]{64}$/.test(sha256) : sha256 !== '-') throw badField(row, 7, isFile ? 'a sha256 of 64 lower-case hexadecimal digits' : '-')
  const deflatedBytes = optionalCountField(row, 8, 'a deflated size')
  if ((deflatedBytes !== null) !== isFile) throw badField(row, 8, isFile ? 'a deflated size' : '-')
  const hardLink = optionalCountField(row, 9, 'a hard-link group')
  if (hardLink !== null && !isFile) throw badField(row, 9, '- (only files have hard links)')
  const target = type === 'symlink' ? unescaped(row, 10) : null
  if (target === null ? row.fields[10] !== '-' : target === '') throw badField(row, 10, target === null ? '-' : 'a target')
  const owner = nameField(row, 11, 'a package, or -, * or @generated')
  return {
    path,
    type,
    mode: Number.parseInt(mode, 8),
    uid: countField(row, 4, 'a user'),
    gid: countField(row, 5, 'a group'),
    sizeBytes: countField(row, 6, 'a size in bytes'),
    sha256: isFile ? sha256 : null,
    deflatedBytes: deflatedBytes ?? 0,
    hardLink,
    target,
    package: owner === '-' ? UNOWNED : pooled(owner, shared),
    xattrs: xattrsOf(row),
  }
}

/** One string object a package: rows of a package would otherwise hold thousands of copies. */
function pooled(text: string, shared: Map<string, string>): string {
  const known = shared.get(text)
  if (known !== undefined) return known
  shared.set(text, text)
  return text
}

function xattrsOf(row: Row): string {
  const text = row.fields[12] ?? ''
  if (text === '-') return ''
  if (!/^[^=,]+=(?:[0-9a-f]{2})*(?:,[^=,]+=(?:[0-9a-f]{2})*)*$/.test(text)) throw badField(row, 12, 'name=hex,… or -')
  return text
}

function unescaped(row: Row, index: number): string {
  const text = row.fields[index] ?? ''
  if (!text.includes('\\')) return text
  return text.replace(/\\(.?)/gs, (_, letter: string, offset: number) => {
    if (letter === 't') return '\t'
    if (letter === 'n') return '\n'
    if (letter === '\\') return '\\'
    throw badField(row, index, 'one of the escapes \\t, \\n, \\\\', offset, quoted(`\\${letter}`))
  })
}

function expectParents(table: TableReader, masks: Uint32Array, entries: readonly Entry[], directories: ReadonlyMap<string, number>): void {
  entries.forEach((entry, index) => {
    const slash = entry.path.lastIndexOf('/')
    if (slash < 0) return
    const parent = entry.path.slice(0, slash)
    if (((masks[index] ?? 0) & ~(directories.get(parent) ?? 0)) === 0) return
    const row = rowOf(table, index + 3, COLUMNS)
    throw badField(row, 1, `the directory ${quoted(parent)} in the same releases`)
  })
}
