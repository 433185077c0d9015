/**
 * U-Boot's environment block: bytes in, variables out.
 *
 *   one copy    u32 CRC-32 (little-endian) | data
 *   two copies  u32 CRC-32 (little-endian) | u8 flag, which no checksum covers | data
 *
 * Data is `name=value` NUL … and one more NUL; whatever pads it to the full size is checksummed too, so equal
 * variables do not mean equal bytes. One character stands for one byte (Latin-1), so every block survives a round trip.
 *
 * Follows u-boot/u-boot env/common.c, env/mmc.c, lib/hashtable.c (6073c36, v2026.10-rc2) and sbabic/libubootenv
 * src/uboot_env.c (v0.3.7 and v0.3.2), whose readers and writers differ where `dialect` says so.
 * Not modelled: variable callbacks and `.flags` rules (an ordinary variable here), the boolean flag scheme of NOR
 * flash, ENV_APPEND, and the repair of a single copy into two (ENV_REDUNDANT_UPGRADE).
 */
import { crc32 } from 'node:zlib'
import { assert } from '../assert'

export type EnvironmentVariables = ReadonlyMap<string, string>

/** `u-boot`: the loader, which escapes backslashes and drops empty values. `libubootenv`: fw_setenv and fw_printenv. */
export type EnvironmentDialect = 'u-boot' | 'libubootenv'

export interface EnvironmentLayout {
  /** Size of one copy, header included (CONFIG_ENV_SIZE). */
  readonly sizeBytes: number
  /** Serial of a redundant copy, 0 to 255; leave out for the single layout. */
  readonly flag?: number
  /** Byte behind the last variable; default 0 as U-Boot writes it (mkenvimage: 0xff; libubootenv: whatever malloc held). */
  readonly pad?: number
  /** Default `u-boot`. */
  readonly dialect?: EnvironmentDialect
}

export interface DecodedEnvironment {
  readonly vars: Map<string, string>
  /** null in the single layout. */
  readonly flag: number | null
}

export type EnvironmentCopy = 'a' | 'b'

/**
 * The block that a save writes. Both writers sort names by byte value.
 * A Defect for variables that no environment can hold, or that do not fit: real writers refuse before writing.
 */
export function encodeEnvironment(vars: EnvironmentVariables, layout: EnvironmentLayout): Uint8Array {
  const { sizeBytes, flag, pad = 0, dialect = 'u-boot' } = layout
  const headerBytes = flag === undefined ? 4 : 5
  const block = Buffer.alloc(sizeBytes, pad)
  let end = headerBytes
  for (const name of [...vars.keys()].sort(byCodeUnit)) {
    const value = vars.get(name) ?? ''
    const possible = name !== '' && isByteText(name) && !name.includes('=')
    assert(possible, `environment: impossible variable name ${JSON.stringify(name)}`)
    assert(isByteText(value), `environment: impossible value ${JSON.stringify(value)} of ${name}`)
    const record = `${name}=${dialect === 'u-boot' ? value.replaceAll('\\', '\\\\') : value}\0`
    assert(end + record.length < sizeBytes, `environment: ${name} does not fit into ${sizeBytes} bytes`)
    end += block.write(record, end, 'latin1')
  }
  assert(end < sizeBytes, `environment: no room for the end mark in ${sizeBytes} bytes`)
  block[end] = 0
  if (flag !== undefined) {
    assert(Number.isInteger(flag) && flag >= 0 && flag <= 255, `environment: flag ${flag} is not a byte`)
    block[4] = flag
  }
  block.writeUInt32LE(crc32(block.subarray(headerBytes)), 0)
  return new Uint8Array(block)
}

/** What the reader makes of one copy. null: checksum wrong, too short, or (u-boot) the import gives up. Never throws. */
export function decodeEnvironment(
  bytes: Uint8Array,
  layout: { readonly redundant: boolean; readonly dialect?: EnvironmentDialect },
): DecodedEnvironment | null {
  if (!isChecksumRight(bytes, layout.redundant)) return null
  const data = Buffer.from(bytes.subarray(layout.redundant ? 5 : 4)).toString('latin1')
  const vars = layout.dialect === 'libubootenv' ? parseLikeLibubootenv(data) : parseLikeUBoot(data)
  return vars === null ? null : { vars, flag: layout.redundant ? (bytes[4] ?? 0) : null }
}

/**
 * The copy that both readers take: the only one with a right checksum, else the newer serial, where 0 follows 255;
 * equal serials mean A. `none`: the loader runs on its built-in default and writes nothing until the next save.
 */
export function chooseCopy(a: Uint8Array, b: Uint8Array): EnvironmentCopy | 'none' {
  const aRight = isChecksumRight(a, true)
  const bRight = isChecksumRight(b, true)
  if (!aRight && !bRight) return 'none'
  if (!aRight || !bRight) return aRight ? 'a' : 'b'
  const aFlag = a[4] ?? 0
  const bFlag = b[4] ?? 0
  if (aFlag === 255 && bFlag === 0) return 'b'
  if (bFlag === 255 && aFlag === 0) return 'a'
  return bFlag > aFlag ? 'b' : 'a'
}

/** The variables in force. A copy with a right checksum that cannot be parsed does not make U-Boot try the other one. */
export function readCopies(a: Uint8Array, b: Uint8Array, dialect: EnvironmentDialect = 'u-boot'): DecodedEnvironment | null {
  const copy = chooseCopy(a, b)
  if (copy === 'none') return null
  return decodeEnvironment(copy === 'a' ? a : b, { redundant: true, dialect })
}

/** Serial of the copy that follows one with this serial: one byte, 255 is followed by 0. */
export function nextSerial(flag: number): number {
  return (flag + 1) & 0xff
}

/**
 * Which copy the next save overwrites and with which serial: always the one not in use.
 * With no valid copy U-Boot starts over in A with serial 1; libubootenv takes A for current and writes B, counting on
 * from whatever byte A holds.
 */
export function planSave(
  a: Uint8Array,
  b: Uint8Array,
  dialect: EnvironmentDialect = 'u-boot',
): { readonly copy: EnvironmentCopy; readonly flag: number } {
  const current = chooseCopy(a, b)
  if (current === 'none' && dialect === 'u-boot') return { copy: 'a', flag: 1 }
  if (current === 'b') return { copy: 'a', flag: nextSerial(b[4] ?? 0) }
  return { copy: 'b', flag: nextSerial(a[4] ?? 0) }
}

/**
 * The two copies with only the order of their serials left: the copy in use 2, the other 1. For state keys, so that a
 * life of a thousand boots has a finite number of states. Unchanged if a copy is damaged: parts of a torn save may
 * later meet the rest of another, and then the true bytes count.
 */
export function canonicalFlags(a: Uint8Array, b: Uint8Array): { readonly a: Uint8Array; readonly b: Uint8Array } {
  if (!isChecksumRight(a, true) || !isChecksumRight(b, true)) return { a, b }
  const aIsCurrent = chooseCopy(a, b) === 'a'
  return { a: withFlag(a, aIsCurrent ? 2 : 1), b: withFlag(b, aIsCurrent ? 1 : 2) }
}

function withFlag(copy: Uint8Array, flag: number): Uint8Array {
  const changed = copy.slice()
  changed[4] = flag
  return changed
}

function isChecksumRight(bytes: Uint8Array, redundant: boolean): boolean {
  const headerBytes = redundant ? 5 : 4
  if (bytes.length <= headerBytes) return false
  const stored = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  return crc32(bytes.subarray(headerBytes)) === stored
}

/** himport_r: comments, leading blanks, backslash escapes; an empty value deletes; an empty name ends the import. */
function parseLikeUBoot(data: string): Map<string, string> | null {
  const vars = new Map<string, string>()
  const at = (index: number): string => data[index] ?? '\0' // the copy it parses has a NUL behind the end
  let position = 0
  do {
    while (at(position) === ' ' || at(position) === '\t') position++
    const start = position
    if (at(position) === '#') {
      position = endOfString(data, position) + 1
      continue
    }
    while (at(position) !== '=' && at(position) !== '\0') position++
    const name = data.slice(start, position)
    if (at(position) === '\0' || at(position + 1) === '\0') {
      vars.delete(name)
      position += at(position) === '=' ? 2 : 1
      continue
    }
    let value = ''
    for (position++; at(position) !== '\0'; position++) {
      if (at(position) === '\\' && at(position + 1) !== '\0') position++
      value += at(position)
    }
    position++
    if (name === '') return null
    vars.set(name, value)
  } while (position < data.length && at(position) !== '\0')
  return sorted(vars)
}

/** libuboot_load: no escapes, no comments; strings without `=` are skipped; running past the end is an I/O error. */
function parseLikeLibubootenv(data: string): Map<string, string> | null {
  const vars = new Map<string, string>()
  let position = 0
  while (data[position] !== '\0') {
    const end = endOfString(data, position)
    if (end >= data.length) return null
    const equals = data.indexOf('=', position)
    // Since v0.3.3 an empty name is refused; the loader would give the whole environment up for it.
    if (equals > position && equals < end) vars.set(data.slice(position, equals), data.slice(equals + 1, end))
    position = end + 1
  }
  return sorted(vars)
}

function endOfString(data: string, from: number): number {
  const end = data.indexOf('\0', from)
  return end === -1 ? data.length : end
}

function sorted(vars: Map<string, string>): Map<string, string> {
  return new Map([...vars].sort(([a], [b]) => byCodeUnit(a, b)))
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isByteText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0 || code > 255) return false
  }
  return true
}
