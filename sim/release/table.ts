import { constants, gunzipSync } from 'node:zlib'
import { InputError, quoted } from './input-error'

/**
 * Tab-separated files as the release data uses them: UTF-8, plain or gzip, one row a line. An empty last line is no row.
 * Not read: quoting, comments, CRLF.
 */
export interface TableReader {
  readonly file: string
  readonly lines: readonly string[]
  /** Number of lines; the empty string after the last newline is not counted. */
  readonly lineCount: number
}

/** One row, and where it stands. Errors of a field name its line and column. */
export interface Row {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly fields: readonly string[]
}

/** Largest unpacked file, bytes: a gzip bomb ends here, and a JavaScript string could not hold much more. */
const UNPACKED_MAX_BYTES = 256 * 1024 * 1024

/** @throws InputError when the gzip data ends early or is damaged, or the text is not UTF-8. */
export function openTable(bytes: Uint8Array, file: string): TableReader {
  const lines = decode(unpack(bytes, file), file).split('\n')
  return { file, lines, lineCount: lines.at(-1) === '' ? lines.length - 1 : lines.length }
}

/**
 * Rows of a table whose first line holds exactly these column names.
 * @throws InputError for another header, or a row with more or fewer columns.
 */
export function readRows(bytes: Uint8Array, file: string, columns: readonly string[]): Row[] {
  const table = openTable(bytes, file)
  expectLine(table, 1, columns.join('\t'), 'the column names')
  const rows: Row[] = []
  for (let line = 2; line <= table.lineCount; line++) rows.push(rowOf(table, line, columns))
  return rows
}

export function expectLine(table: TableReader, line: number, expected: string, what: string): void {
  const found = line <= table.lineCount ? table.lines[line - 1] : undefined
  if (found === expected) return
  throw new InputError({
    file: table.file, line, column: 1 + commonLength(found ?? '', expected),
    found: found === undefined ? 'the end of the file' : quoted(found),
    expected: `${what} ${JSON.stringify(expected)}`,
  })
}

export function rowOf(table: TableReader, line: number, columns: readonly string[]): Row {
  const text = table.lines[line - 1] ?? ''
  const fields = text.split('\t')
  if (fields.length !== columns.length) {
    const extra = fields.slice(0, columns.length).join('\t').length + 1
    throw new InputError({
      file: table.file, line, column: fields.length > columns.length ? extra : text.length + 1,
      found: `${fields.length} column${fields.length === 1 ? '' : 's'}`, expected: `${columns.length}: ${columns.join(', ')}`,
    })
  }
  return { file: table.file, line, fields }
}

/** An error at one field of a row; `offset` counts characters into the field. */
export function badField(row: Row, index: number, expected: string, offset = 0, found?: string): InputError {
  const column = row.fields.slice(0, index).reduce((sum, field) => sum + field.length + 1, 1) + offset
  return new InputError({ file: row.file, line: row.line, column, found: found ?? quoted(row.fields[index] ?? ''), expected })
}

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/

export function countField(row: Row, index: number, what: string): number {
  const text = row.fields[index] ?? ''
  const value = Number(text)
  if (!DECIMAL.test(text) || !Number.isSafeInteger(value)) throw badField(row, index, `${what}, a whole number in decimal`)
  return value
}

/** As `countField`; `-` is null: not known, or does not apply. */
export function optionalCountField(row: Row, index: number, what: string): number | null {
  return row.fields[index] === '-' ? null : countField(row, index, `${what} or -`)
}

export function nameField(row: Row, index: number, what: string): string {
  const text = row.fields[index] ?? ''
  if (text === '') throw badField(row, index, what)
  return text
}

function unpack(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX_BYTES })
  } catch (error) {
    throw gzipError(error, bytes, file)
  }
}

/** Says where in the unpacked text the data stops, as far as it can still be unpacked. No engine texts: they change. */
function gzipError(error: unknown, bytes: Uint8Array, file: string): InputError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new InputError({ file, line: 1, column: 1, found: 'more text than fits', expected: `at most ${UNPACKED_MAX_BYTES} bytes unpacked` })
  }
  if (code !== 'Z_BUF_ERROR') {
    return new InputError({ file, line: 1, column: 1, found: 'damaged gzip data', expected: 'a whole gzip file' })
  }
  let rest = ''
  try {
    rest = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MAX_BYTES }).toString('utf8')
  } catch {
    rest = ''
  }
  const lines = rest.split('\n')
  return new InputError({
    file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, found: 'gzip data that ends early', expected: 'a whole gzip file',
  })
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    const before = lossy.slice(0, Math.max(0, lossy.indexOf('\uFFFD'))).split('\n')
    throw new InputError({
      file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, found: 'a byte that is not UTF-8', expected: 'UTF-8 text',
    })
  }
}

function commonLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}
