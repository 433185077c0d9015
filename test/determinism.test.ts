/** Same question, same bytes: again, with other threads, on another Node; and what nobody asks about costs nothing. */
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareSystems } from '../api/engine'
import { build, type Built } from '../api/build'
import { rauc } from '../strategies/rauc'
import type { Options, Strategy } from '../sim/machine/os'
import { analysed, small } from './small-systems'

const root = join(__dirname, '..')
const question = {
  releases: { from: { kind: 'bundled', name: 'small/a' }, to: { kind: 'bundled', name: 'small/b' } },
  systems: ['rauc-slots', 'rauc-slots'], cuts: 1, hardware: 'emmc-board', options: { 'rauc.imageFlush': false }, seed: 'powercut',
} as const

async function text(workers: number): Promise<string> {
  return JSON.stringify(await compareSystems({ ...question, workers }))
}

test('compare is byte-equal on repeated runs and with one or two workers', async () => {
  const once = await text(1)
  expect(await text(1)).toBe(once)
  expect(await text(2)).toBe(once)
})

/** POWERCUT_OTHER_NODE=/path/to/node; in CI the package `node` of the registry brings one. */
const own = process.env['POWERCUT_OTHER_NODE']
const isWanted = own !== undefined || process.env['CI'] !== undefined

describe.skipIf(!isWanted)('another Node (only in CI or with POWERCUT_OTHER_NODE=/path/to/node)', () => {
  test('prints the same bytes', ({ skip }) => {
    const other = own ?? fetchedNode()
    if (other === null) return skip('npx could not fetch one')
    const line = [join(root, 'cli', 'bin.js'), 'compare', '--systems', 'rauc-slots', '--releases', 'small', '--cuts', '1', '--json']
    const printed = (node: string): string => execFileSync(node, line, { encoding: 'utf8', maxBuffer: 1 << 28 })
    expect(printed(other)).toBe(printed(process.execPath))
    return undefined
  })
})

/** Another major version than the one that runs this. */
function fetchedNode(): string | null {
  const version = process.version.startsWith('v22.') ? 20 : 22
  try {
    return execFileSync('npx', ['-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], cwd: tmpdir() }).trim()
  } catch {
    return null
  }
}

test('twice as many calls that nobody asks about cost no power-on', () => {
  const [some, more] = [8, 16].map((files) => analysed(noisy(files), 1))
  expect(more!.report.executions).toBe(some!.report.executions)
  expect(more!.closure.states).toBe(some!.closure.states)
  expect(more!.report.cutPoints).toBeGreaterThan(some!.report.cutPoints)
})

/** RAUC, and before it a log of so many files that nobody reads. */
function noisy(files: number): Built {
  const wrapped: Strategy = {
    facts: rauc.facts,
    program(options: Options) {
      const program = (rauc as unknown as Strategy).program(options)
      return {
        ...program,
        update(os, release, previous) {
          if (os.running !== release) for (let file = 0; file < files; file++) os.fs.writeFileSync(`/data/${os.names.temp('log')}`, 'x')
          return program.update(os, release, previous)
        },
      }
    },
  }
  return build({ ...small('rauc-slots').request, strategy: wrapped })
}
