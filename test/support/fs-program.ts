/** Random programs of calls of Node's fs, and what a file system makes of them: results, errors and the tree that is left. */
import type * as nodeFs from 'node:fs'
import fc from 'fast-check'
import { constants } from '../../sim/fs/flags'
import type { NodeFs } from '../../sim/fs/node-fs'

/** The members that all file systems under test share. */
export type AnyFs = Omit<NodeFs, 'constants' | 'syncfsSync' | 'freezeThawSync' | 'renameExchangeSync'>

/** A call: its name and arguments. Paths start with `/`, descriptors are `{ fd: n }`: the n-th of those open now. */
export type Argument = string | number | boolean | null | { readonly fd: number } | { readonly bytes: string } | { readonly options: Readonly<Record<string, unknown>> }
export interface Command { readonly call: keyof AnyFs; readonly arguments: readonly Argument[] }

/** Deep, so that no program climbs out of the directory that a real file system gives it. */
export const workDirectory = '/1/2/3/w'

const noDescriptor = 9999

export class Machine {
  private readonly open: number[] = []

  /** `prefix` goes before all absolute paths on the way in and is taken off on the way out. */
  constructor(readonly fs: AnyFs, private readonly prefix = '', private readonly wholeErrors = true) {}

  run(command: Command): string {
    const given = command.arguments.map((argument) => this.argument(argument))
    // A real descriptor that is not ours to close might be somebody's.
    if (command.call === 'closeSync' && given[0] === noDescriptor) return 'not open'
    try {
      return this.print(command, given, this.invoke(command.call, given))
    } catch (error) {
      return this.printError(error)
    }
  }

  closeAll(): void {
    for (const fd of this.open.splice(0)) this.fs.closeSync(fd)
  }

  /** All that is in the work directory and above, one line a name. */
  tree(withModes: boolean, directory = '/1'): string[] {
    const inodes = new Map<number, string>()
    const walk = (path: string): string[] => this.fs.readdirSync(this.prefix + path).flatMap((name) => {
      const at = `${path}/${name}`
      const real = this.prefix + at
      const stats = this.fs.lstatSync(real)
      const mode = withModes ? ` ${(stats.mode & 0o7777).toString(8)}` : ''
      if (stats.isDirectory()) return [`${at}/${mode}`, ...walk(at)]
      const same = inodes.get(stats.ino)
      inodes.set(stats.ino, same ?? at)
      if (stats.isSymbolicLink()) return [`${at} -> ${this.strip(this.fs.readlinkSync(real))}`]
      return [`${at}${mode} ${stats.size} ${same ?? ''} ${this.fs.readFileSync(real, 'latin1')}`]
    })
    return walk(directory)
  }

  private argument(argument: Argument): unknown {
    if (typeof argument === 'string') return argument.startsWith('/') ? this.prefix + argument : argument
    if (typeof argument !== 'object' || argument === null) return argument
    if ('fd' in argument) return this.open[argument.fd % (this.open.length + 1)] ?? noDescriptor
    if ('options' in argument) return argument.options
    return Buffer.from(argument.bytes, 'latin1')
  }

  private invoke(call: keyof AnyFs, given: readonly unknown[]): unknown {
    const method = this.fs[call] as (...given: readonly unknown[]) => unknown
    return method.apply(this.fs, [...given])
  }

  private print({ call }: Command, given: readonly unknown[], result: unknown): string {
    switch (call) {
      case 'openSync':
        this.open.push(Number(result))
        return 'open'
      case 'closeSync':
        this.open.splice(this.open.indexOf(Number(given[0])), 1)
        return 'closed'
      case 'readSync': return `${String(result)} bytes ${(given[1] as Buffer).toString('latin1')}`
      case 'statSync': case 'lstatSync': case 'fstatSync': return printStats(result as nodeFs.Stats)
      case 'readdirSync': return (result as readonly (string | nodeFs.Dirent)[]).map((entry) => (typeof entry === 'string' ? entry : `${entry.name}${entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : ''}`)).join()
      default: return result === undefined ? 'done' : this.strip(Buffer.isBuffer(result) ? result.toString('latin1') : JSON.stringify(result))
    }
  }

  private printError(error: unknown): string {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const code = String(error.code)
    // The words of Node's own checks, and what it calls a step of a call, differ between its versions.
    if (!this.wholeErrors || code.startsWith('ERR_')) return code
    return `${this.strip(error.message)} ${'errno' in error ? String(error.errno) : ''}`
      + ('syscall' in error ? ` ${String(error.syscall)}` : '') + ('path' in error ? ` ${this.strip(String(error.path))}` : '') + ('dest' in error ? ` ${this.strip(String(error.dest))}` : '')
  }

  private strip(text: string): string {
    return this.prefix === '' ? text : text.replaceAll(this.prefix, '')
  }
}

function printStats(stats: nodeFs.Stats): string {
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : `file ${stats.size} ${stats.isFile()}`
}

const name = fc.constantFrom('a', 'b', 'c')
const { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants

/** Mostly plain; now and then with `.`, `..`, a trailing slash, a name that is too long or a byte that no name has. */
const oddity = fc.oneof({ weight: 20, arbitrary: fc.constant('') }, { weight: 3, arbitrary: fc.constantFrom('/', '/.', '/..', '//a', '/./b', '/../c', `/${'n'.repeat(256)}`, '/\0') })
const path = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), oddity).map(([names, odd]) => `${workDirectory}/${names.join('/')}${odd}`)
const linkTarget = fc.oneof(name, path, fc.tuple(name, name).map((names) => names.join('/')), name.map((text) => `../${text}`), fc.constantFrom('.', 'a/', './a', ''))
const fd = fc.nat(3).map((index) => ({ fd: index }))
const data = fc.string({ minLength: 0, maxLength: 20, unit: fc.constantFrom('x', 'y', '\0') }).map((bytes) => ({ bytes }))
const someData = fc.constantFrom({ bytes: 'x' }, { bytes: 'hello, world' }, { bytes: '12345678' })
const position = fc.oneof(fc.constant(null), fc.nat(30))
const flags = fc.constantFrom<(string | number)[]>(
  'r', 'r', 'r+', 'w', 'wx', 'w+', 'wx+', 'a', 'ax', 'a+', 'rs', 'rs+', 'as', 'sr', 'zz',
  O_RDONLY | O_DIRECTORY, O_RDONLY | O_NOFOLLOW, O_RDWR | O_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, O_WRONLY | O_CREAT | O_NOFOLLOW, O_RDONLY | O_CREAT,
  O_RDONLY | O_TRUNC, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, O_WRONLY | O_CREAT | O_APPEND | O_DSYNC, O_RDWR | O_SYNC, O_WRONLY | O_EXCL,
)

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> }

function calls(weight: number, call: keyof AnyFs, ...given: readonly fc.Arbitrary<Argument>[]): Weighted {
  return { weight, arbitrary: fc.tuple(...given).map((list) => ({ call, arguments: list })) }
}

function options(...choices: readonly Readonly<Record<string, unknown>>[]): fc.Arbitrary<Argument> {
  return fc.constantFrom(...choices.map((choice) => ({ options: choice })))
}

const buffer = fc.constant(null).map(() => ({ bytes: '\x01'.repeat(24) }))

export const withoutSymlinks: readonly Weighted[] = [
  calls(6, 'openSync', path, flags),
  calls(2, 'closeSync', fd),
  calls(3, 'readSync', fd, buffer, fc.nat(4), fc.nat(20), position),
  calls(4, 'writeSync', fd, data, fc.constant(0), fc.constant(null), position),
  calls(1, 'writeSync', fd, fc.constantFrom('text', 'é'), position, fc.constantFrom('utf8', 'latin1')),
  calls(2, 'readFileSync', path),
  calls(1, 'readFileSync', fd),
  calls(6, 'writeFileSync', path, someData, options({}, { flag: 'wx' }, { flag: 'a' }, { flag: 'r+' }, { flush: true }, { flag: 'r' })),
  calls(1, 'writeFileSync', fd, someData),
  calls(1, 'writeFileSync', path, fc.constant('tëxt')),
  calls(2, 'appendFileSync', path, someData),
  calls(1, 'truncateSync', path, fc.nat(30)),
  calls(2, 'ftruncateSync', fd, fc.nat(30)),
  calls(2, 'fsyncSync', fd),
  calls(1, 'fdatasyncSync', fd),
  calls(6, 'renameSync', path, path),
  calls(4, 'linkSync', path, path),
  calls(3, 'unlinkSync', path),
  calls(6, 'mkdirSync', path, options({}, { recursive: true })),
  calls(2, 'rmdirSync', path),
  calls(1, 'rmSync', path, options({}, { recursive: true }, { force: true }, { recursive: true, force: true })),
  calls(2, 'readdirSync', path, options({}, { withFileTypes: true })),
  calls(1, 'statSync', path),
  calls(1, 'lstatSync', path),
  calls(1, 'fstatSync', fd),
  calls(1, 'existsSync', path),
  calls(1, 'accessSync', path),
  calls(2, 'copyFileSync', path, path, fc.constantFrom(0, constants.COPYFILE_EXCL)),
  calls(1, 'chmodSync', path, fc.constantFrom(0o700, 0o711, 0o755)),
  calls(1, 'fchmodSync', fd, fc.constantFrom(0o700, 0o755)),
]

export const allCalls: readonly Weighted[] = [
  ...withoutSymlinks,
  calls(5, 'symlinkSync', linkTarget, path),
  calls(2, 'readlinkSync', path),
]

export function programs(of: readonly Weighted[], lengthMax: number): fc.Arbitrary<Command[]> {
  return fc.array(fc.oneof(...of), { maxLength: lengthMax, size: 'max' })
}
