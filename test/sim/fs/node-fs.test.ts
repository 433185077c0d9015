/** What calls of our fs record, what they ask the disk, and what it does that no host can show: blobs, mounts, whole-store syncs. */
import type * as nodeFs from 'node:fs'
import { expect, test } from 'vitest'
import type { FileSystemOperation } from '../../../sim/disk/call'
import { bytesBody } from '../../../sim/disk/content'
import type { Names } from '../../../sim/explore/machine'
import type { Disk } from '../../../sim/explore/question'
import { type NodeFs, createNodeFs } from '../../../sim/fs/node-fs'
import { Volume } from '../../../sim/fs/volume'
import { type Given, TestRecorder, diskWith, emptyDisk, emptyVolume, listening, testStore } from '../../support/empty-disk'

const blob = { kind: 'blob', blob: 'sha256:1', sizeBytes: 10_000 } as const
const given = new Map<string, Given>([
  ['/etc', { node: 'd' }],
  ['/etc/config', { node: 'f', body: bytesBody('old') }],
  ['/etc/link', { node: 'lconfig' }],
  ['/etc/same', { node: 'f=/etc/config' }],
  ['/usr', { node: 'd' }],
  ['/usr/lib', { node: 'd' }],
  ['/usr/lib/big', { node: 'f', body: blob }],
])

interface Bench { readonly fs: NodeFs; readonly recorder: TestRecorder; readonly asked: string[] }

function bench(disk: Disk & Names = diskWith(given)): Bench {
  const recorder = new TestRecorder()
  const asked: string[] = []
  return { fs: createNodeFs(new Map([['/', new Volume(testStore('root'), listening(disk, asked), recorder)]])), recorder, asked }
}

function print(operation: FileSystemOperation): string {
  const facts: Record<string, unknown> = { ...operation }
  const words = ['directory', 'name', 'inode', 'type', 'target', 'firstBlock', 'sizeBefore', 'sizeAfter', 'sizeBytes', 'mode', 'fromDirectory', 'from', 'toDirectory', 'to', 'replaced', 'aDirectory', 'a', 'bDirectory', 'b']
  return [operation.kind, ...words.filter((word) => word in facts).map((word) => String(facts[word]))].join(' ')
}

const programs: readonly { readonly name: string; readonly act: (fs: NodeFs) => void; readonly calls: readonly string[] }[] = [
  { name: "open 'w' of a file that is there truncates it", act: (fs) => fs.writeFileSync('/etc/config', 'new'),
    calls: ['truncate @/etc/config 0', 'write @/etc/config 0 0 3'] },
  { name: 'writeFile of a new file creates and writes', act: (fs) => fs.writeFileSync('/etc/fresh', 'new'),
    calls: ['create @/etc fresh #1 file', 'write #1 0 0 3'] },
  { name: 'an empty new file is only created', act: (fs) => fs.writeFileSync('/etc/fresh', ''), calls: ['create @/etc fresh #1 file'] },
  { name: 'through a symbolic link and a second name it is the same inode', act(fs) {
    fs.appendFileSync('/etc/link', '1')
    fs.appendFileSync('/etc/same', '2')
  }, calls: ['write @/etc/config 0 3 4', 'write @/etc/config 0 4 5'] },
  { name: 'flush syncs the file', act: (fs) => fs.writeFileSync('/etc/fresh', 'new', { encoding: 'utf8', flush: true }),
    calls: ['create @/etc fresh #1 file', 'write #1 0 0 3', 'fsync #1'] },
  { name: 'fsync, fdatasync and fsync of a directory', act(fs) {
    const file = fs.openSync('/etc/config', 'r')
    const directory = fs.openSync('/etc', fs.constants.O_RDONLY | fs.constants.O_DIRECTORY)
    fs.fsyncSync(file)
    fs.fdatasyncSync(file)
    fs.fsyncSync(directory)
  }, calls: ['fsync @/etc/config', 'fdatasync @/etc/config', 'fsync-directory @/etc'] },
  { name: 'O_SYNC and O_DSYNC sync after each write', act(fs) {
    const { O_CREAT, O_DSYNC, O_WRONLY } = fs.constants
    const file = fs.openSync('/etc/a', 'as')
    fs.writeSync(file, '1')
    fs.writeSync(file, '2')
    fs.writeSync(fs.openSync('/etc/b', O_WRONLY | O_CREAT | O_DSYNC), '3')
  }, calls: ['create @/etc a #1 file', 'write #1 0 0 1', 'fsync #1', 'write #1 0 1 2', 'fsync #1', 'create @/etc b #2 file', 'write #2 0 0 1', 'fdatasync #2'] },
  { name: 'write to a temporary, sync, rename, sync the directory', act(fs) {
    const file = fs.openSync('/etc/config.new', 'wx')
    fs.writeSync(file, 'new')
    fs.fsyncSync(file)
    fs.closeSync(file)
    fs.renameSync('/etc/config.new', '/etc/config')
    const directory = fs.openSync('/etc', 'r')
    fs.fsyncSync(directory)
    fs.closeSync(directory)
  }, calls: ['create @/etc config.new #1 file', 'write #1 0 0 3', 'fsync #1', 'rename #1 @/etc config.new @/etc config @/etc/config', 'fsync-directory @/etc'] },
  { name: 'a descriptor holds its inode, whatever becomes of the name', act(fs) {
    const file = fs.openSync('/etc/config', 'r+')
    fs.unlinkSync('/etc/config')
    fs.writeFileSync('/etc/config', 'other')
    fs.writeSync(file, 'mine', 0)
    expect(fs.readFileSync('/etc/config', 'utf8')).toBe('other')
  }, calls: ['unlink @/etc config', 'create @/etc config #1 file', 'write #1 0 0 5', 'write @/etc/config 0 3 4'] },
  { name: 'rename to another name of the same inode does nothing', act: (fs) => fs.renameSync('/etc/same', '/etc/config'), calls: [] },
  { name: 'exchange', act: (fs) => fs.renameExchangeSync('/etc/config', '/usr/lib/big'), calls: ['exchange @/etc config @/usr/lib big'] },
  { name: 'recursive removal: contents by name, then the directory', act: (fs) => fs.rmSync('/usr', { recursive: true }),
    calls: ['unlink @/usr/lib big', 'unlink @/usr lib', 'unlink @/ usr'] },
  { name: 'syncfs, freeze, chmod', act(fs) {
    fs.syncfsSync('/etc')
    fs.freezeThawSync('/etc/config')
    fs.chmodSync('/etc/config', '600')
  }, calls: ['syncfs', 'freeze', 'chmod @/etc/config 384'] },
  { name: 'a file known by digest only is copied without its bytes', act(fs) {
    fs.copyFileSync('/usr/lib/big', '/etc/big')
    expect(fs.statSync('/etc/big').size).toBe(10_000)
  }, calls: ['create @/etc big #1 file', 'write #1 0 0 10000'] },
]
for (const { name, act, calls } of programs) {
  test(`calls: ${name}`, () => {
    const { fs, recorder } = bench()
    act(fs)
    expect(recorder.calls.map(print)).toEqual(calls)
  })
}

const questions: readonly { readonly name: string; readonly act: (fs: NodeFs) => unknown; readonly asked: readonly string[] }[] = [
  { name: 'exists: a name a component', act: (fs) => fs.existsSync('/usr/lib/big'), asked: ['node /usr', 'node /usr/lib', 'node /usr/lib/big'] },
  { name: 'exists: nothing below what is missing', act: (fs) => fs.existsSync('/gone/lib/big'), asked: ['node /gone'] },
  { name: "open 'w': the names, not the content that goes", act: (fs) => fs.writeFileSync('/etc/config', 'new'), asked: ['node /etc', 'node /etc/config'] },
  { name: 'a fresh file: nothing about content', act: (fs) => fs.writeFileSync('/etc/fresh', 'x'.repeat(9000)), asked: ['node /etc', 'node /etc/fresh'] },
  { name: 'rename: both names', act: (fs) => fs.renameSync('/etc/config', '/usr/config'), asked: ['node /etc', 'node /usr', 'node /etc/config', 'node /usr/config'] },
  { name: 'stat: no size that nobody reads', act: (fs) => fs.statSync('/etc/config').isFile(), asked: ['node /etc', 'node /etc/config'] },
  { name: 'stat: the size when read', act: (fs) => fs.statSync('/etc/config').size, asked: ['node /etc', 'node /etc/config', 'bytes /etc/config'] },
  { name: 'read: the content', act: (fs) => fs.readFileSync('/etc/config'), asked: ['node /etc', 'node /etc/config', 'bytes /etc/config'] },
  { name: 'own names and own content: nothing', asked: ['node /new'], act(fs) {
    fs.mkdirSync('/new')
    fs.writeFileSync('/new/file', '1')
    fs.appendFileSync('/new/file', '2')
    return [fs.readFileSync('/new/file', 'utf8'), fs.readdirSync('/new'), fs.existsSync('/new/other')]
  } },
  { name: 'list: each name that may be there', act: (fs) => fs.readdirSync('/etc'), asked: ['node /etc', 'node /etc/config', 'node /etc/link', 'node /etc/same'] },
]
for (const { name, act, asked } of questions) {
  test(`questions: ${name}`, () => {
    const one = bench()
    act(one.fs)
    expect([...new Set(one.asked)]).toEqual(asked)
  })
}

test('content by reference is not read as bytes, nor kept in part', () => {
  const { fs, recorder } = bench()
  const code = (act: () => unknown): unknown => {
    try {
      return act()
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  const file = fs.openSync('/usr/lib/big', 'r+')
  expect(() => fs.readFileSync('/usr/lib/big')).toThrow('ENODATA: the content of this file is by reference (known by digest only); use os.tree, or copyFileSync, read')
  expect(code(() => fs.readSync(file, Buffer.alloc(1)))).toBe('ENODATA')
  expect(code(() => fs.writeSync(file, 'x', 5))).toBe('ENODATA')
  expect(code(() => fs.ftruncateSync(file, 5))).toBe('ENODATA')
  expect(recorder.calls).toEqual([])
  fs.writeSync(file, 'x'.repeat(4096), 4096)
  expect(fs.readSync(file, Buffer.alloc(9), 0, 9, 4096)).toBe(9)
  expect(recorder.calls.map(print)).toEqual(['write @/usr/lib/big 1 10000 10000'])
})

test('the size of a stat is that of its time, though asked for later', () => {
  const { fs } = bench()
  const before = fs.statSync('/etc/config')
  fs.truncateSync('/etc/config')
  expect([before.size, fs.statSync('/etc/config').size]).toEqual([3, 0])
})

test('times are refused rather than made up', () => {
  expect(() => bench().fs.statSync('/etc').mtimeMs).toThrow('powercut does not simulate times of files')
})

test('mounts: names on the way, rename across, busy mount points, listings, whole-store syncs', () => {
  const [root, boot] = [new TestRecorder(), new TestRecorder()]
  const fs = createNodeFs(new Map([['/', emptyVolume(root)], ['/boot', new Volume(testStore('boot'), emptyDisk, boot)]]))
  fs.writeFileSync('/boot/kernel', 'k')
  fs.writeFileSync('/file', 'f')
  fs.symlinkSync('../boot/./kernel', '/link')
  expect(fs.readFileSync('/link', 'utf8')).toBe('k')
  expect(fs.readdirSync('/boot/..')).toEqual(['boot', 'file', 'link'])
  expect(fs.statSync('/boot').dev === fs.statSync('/').dev).toBe(false)
  expect(() => fs.renameSync('/file', '/boot/file')).toThrow("EXDEV: cross-device link not permitted, rename '/file' -> '/boot/file'")
  expect(() => fs.linkSync('/file', '/boot/file')).toThrow('EXDEV')
  expect(() => fs.renameSync('/boot', '/other')).toThrow('EBUSY')
  expect(() => fs.rmdirSync('/boot')).toThrow('EBUSY')
  fs.copyFileSync('/file', '/boot/file')
  fs.syncfsSync('/boot/kernel')
  expect(boot.calls.map(({ kind }) => kind)).toEqual(['create', 'write', 'create', 'write', 'syncfs'])
})

test('names: a renamed directory is known with all that is in it, under both paths', () => {
  const { fs, recorder } = bench()
  fs.mkdirSync('/staging/sub', { recursive: true })
  fs.writeFileSync('/staging/sub/file', '')
  fs.renameSync('/staging', '/final')
  fs.writeFileSync('/final/sub/late', '')
  expect([...recorder.entered].sort()).toEqual([
    '/final', '/final/sub', '/final/sub/file', '/final/sub/late', '/staging', '/staging/sub', '/staging/sub/file', '/staging/sub/late',
  ])
})

test('names: so is one that was there at power-on', () => {
  const { fs, recorder } = bench()
  fs.renameSync('/usr', '/etc/usr')
  fs.writeFileSync('/etc/usr/lib/late', '')
  expect([...recorder.entered].sort()).toEqual(['/etc/usr', '/etc/usr/lib', '/etc/usr/lib/big', '/etc/usr/lib/late', '/usr/lib/late'])
})

test('known gap: two names of one symbolic link are two symbolic links after a power-on', () => {
  const { fs } = bench(diskWith(new Map([['/a', { node: 'lx' }], ['/b', { node: 'lx' }]])))
  expect(fs.lstatSync('/a').ino === fs.lstatSync('/b').ino).toBe(false)
})

test('a bad descriptor, and what is not a descriptor', () => {
  const { fs } = bench()
  expect(() => fs.closeSync(77)).toThrow('EBADF: bad file descriptor, close')
  expect(() => fs.closeSync(-1)).toThrow(RangeError)
})

/** A library that wants the real fs is content with ours. */
type Wanted = Pick<typeof nodeFs,
  | 'openSync' | 'closeSync' | 'readSync' | 'writeSync' | 'readFileSync' | 'writeFileSync' | 'appendFileSync' | 'truncateSync' | 'ftruncateSync' | 'fsyncSync'
  | 'fdatasyncSync' | 'renameSync' | 'linkSync' | 'symlinkSync' | 'readlinkSync' | 'unlinkSync' | 'mkdirSync' | 'rmdirSync' | 'rmSync' | 'readdirSync' | 'statSync'
  | 'lstatSync' | 'fstatSync' | 'existsSync' | 'accessSync' | 'copyFileSync' | 'chmodSync' | 'fchmodSync'>

test('types: ours stands in for the real one', () => {
  const wanted: Wanted = bench().fs
  const text: string = wanted.readFileSync('/etc/config', 'utf8')
  expect(text).toBe('old')
})
