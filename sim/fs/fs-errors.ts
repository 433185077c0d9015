/** Errors as Node throws them on Linux: the same code, number, message and properties. */

const libuv = {
  EPERM: [1, 'operation not permitted'],
  ENOENT: [2, 'no such file or directory'],
  EBADF: [9, 'bad file descriptor'],
  EACCES: [13, 'permission denied'],
  EBUSY: [16, 'resource busy or locked'],
  EEXIST: [17, 'file already exists'],
  EXDEV: [18, 'cross-device link not permitted'],
  ENOTDIR: [20, 'not a directory'],
  EISDIR: [21, 'illegal operation on a directory'],
  EINVAL: [22, 'invalid argument'],
  ENOSPC: [28, 'no space left on device'],
  ENAMETOOLONG: [36, 'name too long'],
  ENOTEMPTY: [39, 'directory not empty'],
  ELOOP: [40, 'too many symbolic links encountered'],
  ENODATA: [61, 'no data available'],
  EOPNOTSUPP: [95, 'operation not supported on socket'],
  // libuv has no name for it: Node itself says "Unknown system error -117".
  EUCLEAN: [117, 'structure needs cleaning'],
} as const satisfies Readonly<Record<string, readonly [errno: number, message: string]>>

export type ErrorCode = keyof typeof libuv

/** The kernel refuses a call. Which call, and on which paths, is known to the face that made it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  /** `because` takes the place of the usual message. */
  constructor(readonly code: ErrorCode, readonly because?: string) {
    super(code)
  }
}

/** The bytes of a file that is known by digest only are asked for, or would be needed to do what was asked for. */
export function byReference(): Refusal {
  return new Refusal('ENODATA', 'the content of this file is by reference (known by digest only); use os.tree, or copyFileSync')
}

/** No block or no inode is free for what a call needs. */
export function isNoSpace(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}

/** Runs a system call; a refusal comes out as Node's error. */
export function systemCall<T>(syscall: string, paths: readonly string[], act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof Refusal) throw nodeError(error, syscall, paths)
    throw error
  }
}

function nodeError({ code, because }: Refusal, syscall: string, [path, dest]: readonly string[]): NodeJS.ErrnoException {
  const [errno, message] = libuv[code]
  const where = path === undefined ? '' : dest === undefined ? ` '${path}'` : ` '${path}' -> '${dest}'`
  return Object.assign(new Error(`${code}: ${because ?? message}, ${syscall}${where}`), {
    errno: -errno, code, syscall, ...(path === undefined ? {} : { path }), ...(dest === undefined ? {} : { dest }),
  })
}

/** The error of Node's own check of arguments. */
export function argumentError(code: 'ERR_INVALID_ARG_VALUE' | 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE', message: string): Error {
  const error = code === 'ERR_OUT_OF_RANGE' ? new RangeError(message) : new TypeError(message)
  return Object.assign(error, { code })
}

/** A part of Node's fs that is not simulated: an updater that needs it cannot be judged. */
export function notSimulated(what: string): Error {
  return Object.assign(new Error(`powercut does not simulate ${what}`), { code: 'ERR_NOT_SIMULATED' })
}
