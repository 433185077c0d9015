/** Every command against a fake engine: what it asks for, what it prints, its exit code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Ajv2020 from 'ajv/dist/2020'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../reports/run-report'
import { jsonSchemaText, type DocumentName } from '../../reports/schemas/documents'
import { compareReport, incompleteSweepReport, raucSlots, replayReport, sweepReport } from '../reports/samples'
import { fakeEngine, fakeIo, ran } from './fake'

let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'powercut-cli-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('compare', () => {
  test('asks for all systems, one cut, the usual pair', async () => {
    const { code, engine, stdout, stderr } = await ran('compare')
    expect([code, stderr]).toEqual([0, ''])
    expect(engine.compared[0]).toMatchObject({
      systems: ['debian-classic', 'rauc-slots'], cuts: 1, hardware: 'emmc-board', options: {}, workers: 2, seed: 'powercut',
      releases: { from: { kind: 'bundled', name: 'server/deb12-a' }, to: { kind: 'bundled', name: 'server/deb12-d' } },
    })
    expect(stdout).toContain('Update server/deb12-a → server/deb12-d')
  })

  test('passes on what it is told', async () => {
    const own = file('mine.ts', '')
    const { engine } = await ran(['compare', '--systems', 'rauc-slots,rauc-slots', '--cuts', 'any', '--hardware', 'laptop-nvme', '--releases', 'small/a', 'small/b',
      '--strategy', own, '--set', 'mine.speed=3', '--set', 'mine.safe=true', '--set', 'mine.name=a=b', '--workers', '1', '--seed', 'x', '--states-max', '9'])
    expect(engine.compared[0]).toMatchObject({
      systems: ['rauc-slots'], cuts: 'any', hardware: 'laptop-nvme', strategyModule: own, workers: 1, seed: 'x', statesMax: 9,
      options: { 'mine.speed': 3, 'mine.safe': true, 'mine.name': 'a=b' }, releases: { from: { name: 'small/a' }, to: { name: 'small/b' } },
    })
  })

  test('exits 0 whatever it found, and 3 when something is undecided', async () => {
    expect((await ran('compare --systems debian-classic')).code).toBe(0)
    const engine = fakeEngine({ compareSystems: async () => ({ ...compareReport, systems: [{ ...raucSlots, complete: false }] }) })
    const { code, stderr } = await ran('compare', fakeIo(), engine)
    expect([code, stderr]).toEqual([3, 'powercut: incomplete: rauc-slots\n'])
    expect((await ran('compare --quiet', fakeIo(), engine)).stderr).toBe('')
  })
})

describe('--releases', () => {
  const row = 'etc/x\tf\t644\t0\t0\t0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\t2\t-\t-\t-\t-'
  const header = 'in\tpath\ttype\tmode\tuid\tgid\tsize\tsha256\tzsize\thl\ttarget\tpkg\txattrs'
  const manifest = `# releases: one two\n${header}\n3\tetc\td\t755\t0\t0\t0\t-\t-\t-\t-\t-\t-\n3\t${row}\n`
  const pairs: readonly { line: string; from: string; to: string }[] = [
    { line: 'deb12-a..deb12-d', from: 'server/deb12-a', to: 'server/deb12-d' },
    { line: 'server/deb12-c..deb13-a', from: 'server/deb12-c', to: 'server/deb13-a' },
    { line: 'small', from: 'small/a', to: 'small/b' },
    { line: 'a b', from: 'small/a', to: 'small/b' },
    { line: 'MANIFEST#one..MANIFEST#two', from: 'one', to: 'two' },
    { line: 'MANIFEST#one small/a', from: 'one', to: 'small/a' },
  ]
  for (const { line, from, to } of pairs)
    test(line, async () => {
      const path = file('m.tsv.gz', gzipSync(manifest))
      const { engine, stderr } = await ran(['compare', '--releases', ...line.replaceAll('MANIFEST', path).split(' ')])
      expect(stderr).toBe('')
      expect(engine.compared[0]?.releases).toMatchObject({ from: { name: from }, to: { name: to } })
    })

  for (const pair of ['../m.tsv.gz#one..../m.tsv.gz#two', '../m.tsv.gz#one ../m.tsv.gz#two'])
    test(`the dots of a path are no range: ${pair}`, async () => {
      file('m.tsv.gz', gzipSync(manifest))
      const { engine } = await ran(`compare --releases ${pair}`, fakeIo({ folder: join(folder, 'sub') }))
      expect(engine.compared[0]?.releases).toMatchObject({ from: { kind: 'manifest', name: 'one' }, to: { kind: 'manifest', name: 'two' } })
    })

  const bad: readonly { line: string; says: string }[] = [
    { line: 'deb12-a', says: '--releases takes FROM..TO, two names, or the name of a set (small, server), found "deb12-a"' },
    { line: 'a b small/a', says: '--releases takes FROM..TO' },
    { line: 'deb12-a..deb12-a', says: 'an update goes from one release to another' },
    { line: 'deb21-a..deb12-d', says: 'unknown release "deb21-a" (did you mean "deb12-a"?); known: small/a, ' },
    { line: 'none.tsv.gz#a..b', says: 'none.tsv.gz:1:1: found no such file, expected a release manifest' },
    { line: 'MANIFEST#on..a', says: 'has no release "on" (did you mean "one"?); it holds one, two' },
    { line: 'MANIFEST..a', says: 'holds several releases; name one: ' },
    { line: 'BROKEN#one..a', says: ':2:3: found "in", expected the column names' },
    { line: 'CUT#one..a', says: 'found gzip data that ends early, expected a whole gzip file' },
  ]
  for (const { line, says } of bad)
    test(`refused: ${line}`, async () => {
      const paths = {
        MANIFEST: file('m.tsv.gz', gzipSync(manifest)),
        BROKEN: file('broken.tsv', '# releases: one\nin\n'),
        CUT: file('cut.tsv.gz', gzipSync(manifest).subarray(0, 60)),
      }
      const words = line.replaceAll(/MANIFEST|BROKEN|CUT/g, (word) => paths[word as keyof typeof paths]).split(' ')
      const { code, stdout, stderr } = await ran(['compare', '--releases', ...words])
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(says)
    })
})

describe('sweep', () => {
  test('any number of cuts by default', async () => {
    const { code, engine, stdout } = await ran('sweep --system rauc-slots')
    expect(code).toBe(0)
    expect(engine.swept[0]).toMatchObject({ system: 'rauc-slots', cuts: 'any', hardware: 'emmc-board' })
    expect(stdout).toContain('complete: any number of power cuts, every end decided (214 states, 1,912 ways between them)')
  })

  test('exits 1 on findings, 3 when incomplete without any', async () => {
    const found = fakeEngine({ sweepSystem: async () => incompleteSweepReport })
    expect((await ran('sweep --system debian-classic', fakeIo(), found)).code).toBe(1)
    const open = fakeEngine({ sweepSystem: async () => ({ ...incompleteSweepReport, findings: [] }) })
    expect((await ran('sweep --system debian-classic', fakeIo(), open)).code).toBe(3)
  })

  test('needs a system', async () => {
    const { code, stderr } = await ran('sweep')
    expect([code, stderr]).toEqual([2, 'powercut: sweep needs --system, one of debian-classic, rauc-slots\n'])
  })

  test('a scenario is read, and said to be for later', async () => {
    const { code, stderr } = await ran(['sweep', file('bad.yaml', 'schema: powercut/scenario@1\nnam: x\n')])
    expect(code).toBe(2)
    expect(stderr).toContain('bad.yaml:2:1: found the key "nam", expected one of schema, name, ')
  })
})

describe('replay', () => {
  test('exits 0 when it ends as the token says, 1 otherwise', async () => {
    expect((await ran('replay pc1.x')).code).toBe(0)
    const other = fakeEngine({ replayToken: async () => ({ ...replayReport, reproduced: false }) })
    const { code, stdout } = await ran('replay pc1.x', fakeIo(), other)
    expect(code).toBe(1)
    expect(stdout).toContain('That is NOT what the token says.')
  })
})

describe('list and show', () => {
  for (const kind of ['strategies', 'loaders', 'models', 'systems', 'scenarios', 'invariants', 'reporters', 'releases', 'hardware'])
    test(`list ${kind}`, async () => {
      const { code, stdout, stderr } = await ran(`list ${kind} --json`)
      expect([code, stderr]).toEqual([0, ''])
      expect(JSON.parse(stdout)).toMatchObject({ schema: 'powercut/list@1', kind })
    })

  for (const name of ['rauc', 'u-boot-rauc', 'E4Z', 'debian-classic', 'no-brick', 'json', 'server/deb12-a', 'deb12-a', 'emmc-board', 'releases'])
    test(`show ${name}`, async () => {
      const { code, stdout } = await ran(`show ${name}`)
      expect(code).toBe(0)
      expect(stdout).toContain(name)
    })

  test('show tells options with their defaults, and what is not modelled', async () => {
    const { stdout } = await ran('show rauc')
    expect(stdout).toContain('rauc.image-flush=true: fsync of the slot after writing (src/update_handler.c)')
    expect(stdout).toContain('adaptive updates')
  })

  test('unknown kinds and names', async () => {
    expect((await ran('list modles')).stderr).toContain('unknown kind "modles" (did you mean "models"?); known: strategies, ')
    expect((await ran('show emcm-board')).stderr).toContain('unknown name "emcm-board" (did you mean "emmc-board"?)')
  })
})

describe('check', () => {
  const scenario = `schema: powercut/scenario@1
name: s
title: t
systems: SYSTEM
releases: { v1: small/a, v2: small/b }
story: [{ install: v1 }, { update: v2 }]
cuts: 1
variants: [{ name: plain, expect: [{ always: [old, new] }, { sometimes: old, after: installed }] }]
`
  test('each variant is asked for, and told', async () => {
    const { code, stdout, stderr } = await ran(['check', file('s.yaml', scenario.replace('SYSTEM', 'rauc-slots')), '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { ok: 1, failed: 0, incomplete: 0 },
      scenarios: [{ variants: [{ expected: ['always old or new', 'sometimes old after installed'], got: ['old, new', 'old, new'], ok: true, complete: true }] }],
    })
  })

  test('what cannot be judged is incomplete, never green; what fails is failed', async () => {
    const text = scenario.replace('SYSTEM', 'rauc-slots')
    const open = await ran(['check', file('u.yaml', text.replace('{ update: v2 }', '{ update: v2 }, shutdown')), '--json'])
    expect([open.code, JSON.parse(open.stdout)]).toMatchObject([3, { summary: { ok: 0, failed: 0, incomplete: 1 } }])
    expect(open.stderr).toContain('s, plain: not judged: the only story that can be run yet is [install, update]')
    for (const [ok, code] of [[false, 1], [null, 3]] as const) {
      const engine = fakeEngine({ judgeExpectations: async () => [[{ ok: true, got: 'old', finding: null }, { ok, got: 'old', finding: null }]] })
      expect((await ran(['check', file('v.yaml', text)], fakeIo(), engine)).code).toBe(code)
    }
  })

  test('an option that nobody knows', async () => {
    const text = scenario.replace('SYSTEM', 'rauc-slots').replace('{ name: plain,', '{ name: plain, options: { u-boot-rauc.refil: false },')
    expect(await ran(['check', file('w.yaml', text)])).toMatchObject({ code: 2, stderr: expect.stringContaining('scenario s, variant plain: loader u-boot-rauc has no option "refil" (did you mean "refill"?)') as string })
  })

  test('a system that does not exist', async () => {
    const { code, stderr } = await ran(['check', file('t.yaml', scenario.replace('SYSTEM', '[rauc-slot]'))])
    expect(code).toBe(2)
    expect(stderr).toContain('unknown system (in scenario s) "rauc-slot" (did you mean "rauc-slots"?)')
  })

  test('a file that is not there, and one that is no text', async () => {
    expect((await ran('check no-such.yaml')).stderr).toBe('powercut: no-such.yaml:1:1: found no such file, expected a scenario file\n')
    expect((await ran(['check', file('binary.yaml', Uint8Array.of(0x61, 10, 0x62, 0xff))])).stderr).toContain('binary.yaml:2:2: found a byte that is not UTF-8')
  })

  test('a folder without a scenario', async () => {
    expect(await ran('check test/cli')).toMatchObject({ code: 2, stderr: 'powercut: test/cli holds no scenario file (*.yaml)\n' })
  })
})

describe('--json', () => {
  const lines: readonly { line: string; name: DocumentName; expected?: Report }[] = [
    { line: 'compare --json', name: 'compare' },
    { line: '--json compare', name: 'compare' },
    { line: 'sweep --system rauc-slots --json', name: 'sweep', expected: sweepReport },
    { line: 'replay pc1 --json', name: 'replay', expected: { ...replayReport, token: 'pc1' } },
    { line: 'list models --json', name: 'list' },
    { line: 'show rauc-slots --json', name: 'list' },
    { line: 'check rauc-attempts-drained --json', name: 'check' },
  ]
  for (const { line, name, expected } of lines)
    test(`one document and nothing else, as the schema says: ${line}`, async () => {
      const { stdout } = await ran(line, fakeIo({ outIsTerminal: true, columns: 80, environment: { FORCE_COLOR: '1' } }))
      expect(stdout).not.toContain('\u001B')
      const document: unknown = JSON.parse(stdout)
      const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(jsonSchemaText(name)) as object)
      validate(document)
      expect(validate.errors ?? []).toEqual([])
      if (expected !== undefined) expect(document).toEqual(expected)
    })

  test('an error leaves stdout empty', async () => {
    expect(await ran('compare --json --systems x')).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('--output', () => {
  test('the report goes to the file, without colours', async () => {
    const path = join(folder, 'report.txt')
    const { code, stdout } = await ran(['compare', '--output', path], fakeIo({ outIsTerminal: true, columns: 80 }))
    expect([code, stdout]).toEqual([0, ''])
    expect(readFileSync(path, 'utf8')).toMatch(/^Update server/)
  })
})
