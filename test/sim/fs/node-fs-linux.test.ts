/** Our fs against the real one: the same random programs, the same results, errors and trees. */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNodeFs, type NodeFs } from '../../../sim/fs/node-fs'
import { Volume } from '../../../sim/fs/volume'
import { bytesBody } from '../../../sim/disk/content'
import { type Given, TestRecorder, diskWith, emptyDisk, testStore } from '../../support/empty-disk'
import { type Command, Machine, allCalls, programs, workDirectory } from '../../support/fs-program'

/** Pages of 8 bytes, so that short files have several. */
const unitBytes = 8

function ours(disk = emptyDisk): NodeFs {
  return createNodeFs(new Map([['/', new Volume(testStore('root', unitBytes), disk, new TestRecorder())]]))
}

/** Known gap, pinned in node-fs.test.ts: after a power-on two names of one symbolic link are two symbolic links. */
class HardLinkedSymlink extends Error {}

/** The tree as the next power-on would find it, all of it having survived. */
function settled(from: NodeFs): Map<string, Given> {
  const nodes = new Map<string, Given>()
  const inodes = new Map<number, string>()
  const walk = (path: string): void => {
    for (const name of from.readdirSync(path)) {
      const at = path === '/' ? `/${name}` : `${path}/${name}`
      const stats = from.lstatSync(at)
      const first = inodes.get(stats.ino)
      if (stats.isSymbolicLink() && first !== undefined) throw new HardLinkedSymlink()
      if (stats.isDirectory()) {
        nodes.set(at, { node: 'd' })
        walk(at)
      } else if (stats.isSymbolicLink()) nodes.set(at, { node: `l${from.readlinkSync(at)}` })
      else if (first !== undefined) nodes.set(at, { node: `f=${first}` })
      else nodes.set(at, { node: 'f', body: bytesBody(from.readFileSync(at, 'latin1')) })
      if (first === undefined) inodes.set(stats.ino, at)
    }
  }
  walk('/')
  return nodes
}

function inDirectory(act: (directory: string) => void): void {
  const directory = fs.mkdtempSync(join(tmpdir(), 'powercut-'))
  try {
    act(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** Calls that came to something, and codes of errors. */
const seen = new Set<string>()

function compare(simulated: Machine, real: Machine, program: readonly Command[], withModes: boolean): void {
  for (const [at, command] of program.entries()) {
    const result = real.run(command)
    expect(`${at} ${command.call}: ${simulated.run(command)}`).toBe(`${at} ${command.call}: ${result}`)
    seen.add(/^(?:ERR_[A-Z_]+|E[A-Z]+)/.exec(result)?.[0] ?? command.call)
  }
  expect(simulated.tree(withModes)).toEqual(real.tree(withModes))
}

function start(simulated: NodeFs, directory: string): readonly [Machine, Machine] {
  const machines = [new Machine(simulated, '', isNode20), new Machine(fs, directory, isNode20)] as const
  const make: Command = { call: 'mkdirSync', arguments: [workDirectory, { options: { recursive: true } }] }
  for (const machine of machines) machine.run(make)
  return machines
}

const isNode20 = process.versions.node.startsWith('20.')
const usualUmask = process.umask() === 0o022
const isLinux = process.platform === 'linux' && process.arch === 'x64'

/** FS_RUNS=5000 for a long look. */
const numRuns = Number(process.env['FS_RUNS'] ?? 300)

describe.skipIf(!isLinux)('node-fs is Linux', () => {
  test('random programs on an empty disk', () => {
    fc.assert(fc.property(programs(allCalls, 40), (program) => inDirectory((directory) => {
      const [simulated, real] = start(ours(), directory)
      try {
        compare(simulated, real, program, usualUmask)
      } finally {
        real.closeAll()
      }
    })), { numRuns })
  })

  test('random programs, with a power-on between that keeps everything', () => {
    fc.assert(fc.property(programs(allCalls, 25), programs(allCalls, 25), (before, after) => inDirectory((directory) => {
      const first = ours()
      const [simulated, real] = start(first, directory)
      try {
        compare(simulated, real, before, false)
        real.closeAll()
        compare(new Machine(ours(diskWith(settled(first))), '', isNode20), real, after, false)
      } catch (error) {
        if (!(error instanceof HardLinkedSymlink)) throw error
      } finally {
        real.closeAll()
      }
    })), { numRuns })
  })

  test('sometimes: every call came to something, and every refusal was met', () => {
    const calls = new Set(allCalls.flatMap(({ arbitrary }) => fc.sample(arbitrary, 1).map(({ call }) => call)))
    const codes = ['EBADF', 'EEXIST', 'EINVAL', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EPERM', 'ERR_FS_EISDIR', 'ERR_INVALID_ARG_VALUE']
    expect([...calls, ...codes].filter((each) => !seen.has(each))).toEqual([])
  })
})
