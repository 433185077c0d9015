/** The commands on the real engine and the small releases: documents as their schemas say, tokens, scenarios that hold. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseToken } from '../../api/token'
import { main } from '../../cli/main'
import type { CompareReport, ReplayReport, SweepReport } from '../../reports/run-report'
import { fakeIo } from './fake'

const root = join(__dirname, '../..')
let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'powercut-real-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...line: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const io = fakeIo({ folder: root })
  const code = await main(line, { io })
  return { code, stdout: io.stdout, stderr: io.stderr }
}

async function json<T>(name: string, ...line: readonly string[]): Promise<{ readonly code: number; readonly document: T }> {
  const { code, stdout, stderr } = await run(...line, '--json')
  expect(stderr).toBe('')
  const document = JSON.parse(stdout) as T
  const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(join(root, 'reports/schemas', `${name}.schema.json`), 'utf8')) as object)
  validate(document)
  expect(validate.errors ?? []).toEqual([])
  return { code, document }
}

const small = ['--releases', 'small', '--cuts', '1'] as const
const sweep = ['sweep', '--system', 'rauc-slots', ...small] as const
const faulty = [...sweep, '--set', 'rauc.imageFlush=false'] as const

describe('documents', () => {
  test('compare', async () => {
    const { code, document } = await json<CompareReport>('compare', 'compare', '--systems', 'rauc-slots', ...small)
    expect(code).toBe(0)
    expect(document.systems.map(({ system, complete }) => ({ system, complete }))).toEqual([{ system: 'rauc-slots', complete: true }])
  })

  test('sweep, by what it found', async () => {
    expect((await json<SweepReport>('sweep', ...sweep)).code).toBe(0)
    expect((await json<SweepReport>('sweep', ...faulty)).code).toBe(1)
    const stopped = await json<SweepReport>('sweep', ...sweep, '--states-max', '5')
    expect(stopped).toMatchObject({ code: 3, document: { complete: false, incomplete: { raise: '--states-max' } } })
  })

  test('a release that cannot be loaded', async () => {
    const { document } = await json<SweepReport>('sweep', ...sweep, '--set', 'release.behaviour=unloadable')
    expect(document.findings.map((finding) => finding.class)).toEqual([expect.stringMatching(/^brick: .*cannot/)])
  })

  for (const kind of ['strategies', 'systems', 'scenarios'])
    test(`list ${kind}`, async () => expect((await json('list', 'list', kind)).code).toBe(0))

  test('litmus', async () => {
    const { code, document } = await json<{ summary: { failed: number; ok: number } }>('litmus', 'litmus', join(root, 'test/litmus/published.md'), '--model', 'SCC')
    expect([code, document.summary.failed]).toEqual([0, 0])
    expect(document.summary.ok).toBeGreaterThan(0)
  })
})

describe('replay', () => {
  let tokens: readonly string[] = []
  beforeAll(async () => { tokens = (await json<SweepReport>('sweep', ...faulty)).document.findings.map(({ token }) => token) })

  test('of each token tells its story again', async () => {
    expect(tokens.length).toBeGreaterThan(0)
    for (const token of tokens) {
      const { code, document } = await json<ReplayReport>('replay', 'replay', token)
      expect([code, document.reproduced, document.verdict]).toEqual([0, true, parseToken(token).outcome])
    }
  })

  const part = (at: number, text: string): string => (tokens[0] ?? '').split(':').with(at, text).join(':')

  test('of another outcome exits 1', async () => {
    const { code, stdout } = await run('replay', part(8, 'stuck'))
    expect(code).toBe(1)
    expect(stdout).toContain('That is NOT what the token says.')
  })

  test('of what does not fit exits 2', async () => {
    const bad: readonly (readonly [string, string])[] = [
      ['nonsense', 'found "nonsense", expected a token as findings print it: pc1:'],
      [part(1, '0.0.9'), 'found a token of powercut 0.0.9, expected one of this version'],
      [part(6, 'ffffffff'), 'the scenario has changed since this token was made'],
      [part(5, ''), 'the scenario has changed since this token was made'],
      [part(7, 'x9'), 'found "x9", expected a story'],
      [part(7, 'c99999'), 'found a story that does not fit'],
      [part(8, 'fine'), 'found "fine", expected a verdict'],
      [part(2, 'rauk-slots'), 'rauk-slots'],
      [part(3, 'small/a..small/z'), 'small/z'],
      [part(4, 'toaster'), 'toaster'],
    ]
    for (const [token, says] of bad) {
      const { code, stdout, stderr } = await run('replay', token)
      expect([token, code, stdout]).toEqual([token, 2, ''])
      expect(stderr).toContain(says)
    }
  })
})

describe('check', () => {
  const cases = ['rauc-image-not-flushed', 'rauc-attempts-drained'] as const
  for (const name of cases) {
    test(`${name} holds`, async () => {
      expect((await json('check', 'check', name)).code).toBe(0)
    })

    test(`${name} fails once faulty and fixed are swapped`, async () => {
      const file = join(folder, `${name}.yaml`)
      writeFileSync(file, swapped(readFileSync(join(root, 'scenarios/cases', `${name}.yaml`), 'utf8')))
      const { code, document } = await json<{ summary: object; scenarios: readonly { variants: readonly { findings: readonly unknown[] }[] }[] }>('check', 'check', file)
      expect([code, document.summary]).toEqual([1, { ok: 0, failed: 2, incomplete: 0 }])
      // The faulty one breaks an `always`, and is told by a story.
      expect(document.scenarios[0]?.variants[0]?.findings.length).toBeGreaterThan(0)
    })
  }
})

/** What the first of two variants expects, and what the second does, exchanged. */
function swapped(yaml: string): string {
  const parts = yaml.split(/(?<=^ {4}expect:\n)((?: {6}.*\n)+)/m)
  expect(parts.length).toBe(5)
  return [parts[0], parts[3], parts[2], parts[1], parts[4]].join('')
}
