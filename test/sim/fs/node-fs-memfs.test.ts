/**
 * Our fs against memfs, a second oracle. memfs differs from Linux in known ways (we side with Linux): each is pinned by a test
 * of its own, and programs leave such calls out.
 */
import fc from 'fast-check'
import { Volume as MemfsVolume, createFsFromVolume } from 'memfs'
import { expect, test } from 'vitest'
import { constants } from '../../../sim/fs/flags'
import { parentOf } from '../../../sim/explore/question'
import { createNodeFs } from '../../../sim/fs/node-fs'
import { emptyVolume } from '../../support/empty-disk'
import { type AnyFs, type Command, Machine, programs, withoutSymlinks, workDirectory } from '../../support/fs-program'

function pair(): { readonly ours: AnyFs; readonly memfs: AnyFs } {
  return { ours: createNodeFs(new Map([['/', emptyVolume()]])), memfs: createFsFromVolume(new MemfsVolume()) as unknown as AnyFs }
}

/** Left out before either runs it. */
function isLeftOut({ call, arguments: given }: Command, ours: AnyFs): boolean {
  const texts = given.filter((each) => typeof each === 'string')
  if (texts.some((text) => /\/$|\/\.|\/\/|\0|n{256}/.test(text))) return true
  if (call === 'renameSync') return !isPlainRename(ours, texts[0]!, texts[1]!)
  if (call === 'openSync' && texts[1] !== undefined && /^s|^a.*[s+]/.test(texts[1])) return true
  // Not a difference: a refusal that leaves a trace, the target is gone.
  if (call === 'copyFileSync' && ours.existsSync(texts[0]!) && ours.statSync(texts[0]!).isDirectory()) return true
  return call === 'mkdirSync' && !ours.existsSync(parentOf(texts[0]!))
}

/** To a free name not within itself, or file over another file. */
function isPlainRename(ours: AnyFs, from: string, to: string): boolean {
  if (!ours.existsSync(from)) return false
  if (!ours.existsSync(to)) return !to.startsWith(`${from}/`) && ours.existsSync(parentOf(to)) && ours.statSync(parentOf(to)).isDirectory()
  const [a, b] = [ours.statSync(from), ours.statSync(to)]
  return a.isFile() && b.isFile() && a.ino !== b.ino
}

test('random programs', () => {
  let compared = 0
  fc.assert(fc.property(programs(withoutSymlinks, 30), (program) => {
    const { ours, memfs } = pair()
    const [simulated, other] = [new Machine(ours, '', false), new Machine(memfs, '', false)]
    const make: Command = { call: 'mkdirSync', arguments: [workDirectory, { options: { recursive: true } }] }
    simulated.run(make)
    other.run(make)
    for (const command of program) {
      if (isLeftOut(command, ours)) continue
      const result = simulated.run(command)
      // memfs grants much that Linux refuses.
      if (/^E(?!NOENT)/.test(result)) continue
      expect(`${command.call} ${other.run(command)}`).toBe(`${command.call} ${result}`)
      compared++
    }
    expect(other.tree(false)).toEqual(simulated.tree(false))
  }), { numRuns: Number(process.env['FS_RUNS'] ?? 300) })
  expect(compared).toBeGreaterThan(1000)
})

/** Each: what Linux and ours say, then what memfs says. */
const differences: readonly { readonly name: string; readonly act: (fs: AnyFs) => unknown; readonly linux: unknown; readonly memfs: unknown }[] = [
  {
    name: 'rename of a symbolic link moves its target', linux: ['current@', 'v2'], memfs: ['current', 'next@'],
    act(fs) {
      fs.mkdirSync('/swap/v2', { recursive: true })
      fs.symlinkSync('v2', '/swap/next')
      fs.renameSync('/swap/next', '/swap/current')
      return fs.readdirSync('/swap', { withFileTypes: true }).map((entry) => entry.name + (entry.isSymbolicLink() ? '@' : ''))
    },
  },
  { name: 'rename onto a directory that is not empty', linux: 'ENOTEMPTY', memfs: undefined, act: (fs) => fs.renameSync('/dir', '/full') },
  { name: 'rename of a file onto a directory', linux: 'EISDIR', memfs: undefined, act: (fs) => fs.renameSync('/file', '/dir') },
  { name: 'rename of a directory onto a file', linux: 'ENOTDIR', memfs: undefined, act: (fs) => fs.renameSync('/dir', '/file') },
  { name: 'rename of a directory into itself', linux: 'EINVAL', memfs: undefined, act: (fs) => fs.renameSync('/dir', '/dir/sub') },
  {
    name: 'rename over another name of the same inode', linux: true, memfs: false,
    act(fs) {
      fs.linkSync('/file', '/other')
      fs.renameSync('/file', '/other')
      return fs.existsSync('/file')
    },
  },
  { name: 'hard link of a directory', linux: 'EPERM', memfs: undefined, act: (fs) => fs.linkSync('/dir', '/other') },
  {
    name: 'mkdir through a symbolic link', linux: undefined, memfs: 'ENOTDIR',
    act(fs) {
      fs.symlinkSync('dir', '/link')
      fs.mkdirSync('/link/sub')
    },
  },
  { name: 'write to what is open for reading', linux: 'EBADF', memfs: 1, act: (fs) => fs.writeSync(fs.openSync('/file', 'r'), 'x') },
  { name: 'read from what is open for writing', linux: 'EBADF', memfs: 2, act: (fs) => fs.readSync(fs.openSync('/file', 'a'), Buffer.alloc(2), 0, 2, 0) },
  { name: 'ftruncate of what is open for reading', linux: 'EINVAL', memfs: undefined, act: (fs) => fs.ftruncateSync(fs.openSync('/file', 'r'), 0) },
  { name: 'truncating open of a directory', linux: 'EISDIR', memfs: 'opened', act: (fs) => (fs.openSync('/dir', constants.O_TRUNC) > 0 ? 'opened' : '') },
  { name: 'name of 300 bytes', linux: 'ENAMETOOLONG', memfs: undefined, act: (fs) => fs.writeFileSync(`/${'n'.repeat(300)}`, '') },
  { name: 'unlink of a directory', linux: 'EISDIR', memfs: 'EPERM', act: (fs) => fs.unlinkSync('/dir') },
  { name: 'slash after a file', linux: 'ENOTDIR', memfs: true, act: (fs) => fs.statSync('/file/').isFile() },
  {
    name: 'write to a place moves the descriptor of an appender', linux: 3, memfs: 0,
    act(fs) {
      const file = fs.openSync('/file', 'a+')
      fs.writeSync(file, 'c', 0)
      return fs.readSync(file, Buffer.alloc(3), 0, 3, null)
    },
  },
  { name: 'flag as', linux: 'opened', memfs: 'ERR_INVALID_ARG_VALUE', act: (fs) => (fs.openSync('/file', 'as') > 0 ? 'opened' : '') },
  { name: 'recursive mkdir returns the last, not the first that it made', linux: '/x', memfs: '/x/y', act: (fs) => fs.mkdirSync('/x/y', { recursive: true }) },
  { name: 'recursive mkdir over a file', linux: 'EEXIST', memfs: undefined, act: (fs) => fs.mkdirSync('/file', { recursive: true }) },
]
for (const { name, act, linux, memfs } of differences) {
  test(`known difference: ${name}`, () => {
    const both = pair()
    expect(outcome(both.ours, act)).toEqual(linux)
    expect(outcome(both.memfs, act)).toEqual(memfs)
  })
}

function outcome(fs: AnyFs, act: (fs: AnyFs) => unknown): unknown {
  fs.mkdirSync('/dir')
  fs.mkdirSync('/full')
  fs.writeFileSync('/full/member', '')
  fs.writeFileSync('/file', 'ab')
  try {
    return act(fs)
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
