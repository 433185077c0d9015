/** Constants of Linux (x86-64) by the names that Node gives them, and the flags of `open` as text. */
import { argumentError } from './fs-errors'

export const constants = {
  F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4,
  COPYFILE_EXCL: 1, COPYFILE_FICLONE: 2, COPYFILE_FICLONE_FORCE: 4,
  O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2,
  O_CREAT: 0o100, O_EXCL: 0o200, O_NOCTTY: 0o400, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_NONBLOCK: 0o4000,
  O_DSYNC: 0o10000, O_DIRECT: 0o40000, O_DIRECTORY: 0o200000, O_NOFOLLOW: 0o400000, O_NOATIME: 0o1000000, O_SYNC: 0o4010000,
  S_IFMT: 0o170000, S_IFREG: 0o100000, S_IFDIR: 0o040000, S_IFLNK: 0o120000,
} as const

/** Node has no name for it; opening one is refused. */
export const O_TMPFILE = 0o20000000

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants

/** Letters may stand in either order: `wx` is `xw`. */
const texts: Readonly<Record<string, number>> = {
  'r': O_RDONLY, 'r+': O_RDWR,
  'rs': O_RDONLY | O_SYNC, 'rs+': O_RDWR | O_SYNC,
  'w': O_WRONLY | O_CREAT | O_TRUNC, 'w+': O_RDWR | O_CREAT | O_TRUNC,
  'wx': O_WRONLY | O_CREAT | O_TRUNC | O_EXCL, 'wx+': O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  'a': O_WRONLY | O_CREAT | O_APPEND, 'a+': O_RDWR | O_CREAT | O_APPEND,
  'ax': O_WRONLY | O_CREAT | O_APPEND | O_EXCL, 'ax+': O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  'as': O_WRONLY | O_CREAT | O_APPEND | O_SYNC, 'as+': O_RDWR | O_CREAT | O_APPEND | O_SYNC,
}

export function openFlags(flags: string | number | null | undefined): number {
  if (flags === null || flags === undefined) return O_RDONLY
  if (typeof flags === 'number') return flags
  const known = texts[flags] ?? texts[flags.replace(/^([xs])([rwa])/, '$2$1')]
  if (known === undefined) throw argumentError('ERR_INVALID_ARG_VALUE', `The argument 'flags' is invalid. Received '${flags}'`)
  return known
}
