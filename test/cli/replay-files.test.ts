/** Findings of a user's own strategy and of releases out of a manifest: the printed line replays them, and what has changed is told. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { replay } from '../../api'
import { main } from '../../cli/main'
import type { CompareReport, Finding, ReplayReport, SweepReport } from '../../reports/run-report'
import { folderWith, slotStrategy } from '../api/strategies'
import { fakeIo } from './fake'

/** Slot and loader are told to switch before the image is durable. */
const unflushed = (text: string): string => text.replace('os.disk.slot(target).flush()', '')
const manifest = gunzipSync(readFileSync(join(__dirname, '../../scenarios/releases/small.tsv.gz'))).toString()
const [strategy, releases, parts] = ["my strategies/it's mine.ts", 'my releases/m.tsv', 'my strategies/parts']

let folder = ''
beforeAll(() => {
  folder = folderWith({
    [strategy]: "import './parts/numbers.json'\nexport { mine } from './parts/it'\n",
    [`${parts}/it.ts`]: unflushed(slotStrategy({})), [`${parts}/numbers.json`]: '[1]', [releases]: manifest,
  })
})

async function run(...line: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const io = fakeIo({ folder })
  const code = await main(line, { io })
  return { code, stdout: io.stdout, stderr: io.stderr }
}

/** What a shell makes of a line, without its first word. */
function words(line: string): readonly string[] {
  const [first, ...rest] = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0').slice(0, -1)
  expect(first).toBe('powercut')
  return rest
}

async function sweptFinding(...options: readonly string[]): Promise<Finding> {
  const { code, stdout, stderr } = await run('sweep', '--system', 'rauc-slots', '--cuts', '1', '--json', ...options)
  expect([code, stderr]).toEqual([1, ''])
  const brick = (JSON.parse(stdout) as SweepReport).findings.find(({ verdict }) => verdict === 'brick')
  if (brick === undefined) throw new Error('nothing bricks it')
  return brick
}

/** Changes a file for as long as `act` takes. */
async function withChanged(file: string, change: (text: string) => string, act: () => Promise<void>): Promise<void> {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  expect(change(before)).not.toBe(before)
  writeFileSync(path, change(before))
  try {
    await act()
  } finally {
    writeFileSync(path, before)
  }
}

async function expectRefused(line: readonly string[], says: string): Promise<void> {
  const { code, stdout, stderr } = await run(...line)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
}

describe("of a user's strategy", () => {
  let found: Finding
  beforeAll(async () => { found = await sweptFinding('--releases', 'small', '--strategy', strategy) })

  test('the printed line tells the same story', async () => {
    expect(found.replay).toBe(`powercut replay ${found.token} --strategy 'my strategies/it'\\''s mine.ts'`)
    const { code, stdout, stderr } = await run(...words(found.replay), '--json')
    expect([code, stderr]).toEqual([0, ''])
    const { story, verdict, flags, remedy } = found
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'powercut/replay@1', token: found.token, reproduced: true, story, verdict, flags, remedy } satisfies Partial<ReplayReport>)
    expect((await run(...words(found.replay))).stdout).toContain('That is what the token says.')
  })

  test('compare prints such a line, too', async () => {
    const { stdout } = await run('compare', '--systems', 'rauc-slots', '--releases', 'small', '--strategy', strategy, '--json')
    expect((JSON.parse(stdout) as CompareReport).systems[0]?.findings.map((finding) => finding.replay)).toContain(found.replay)
  })

  test('from code', async () => {
    expect(await replay(found.token, { strategyModule: join(folder, strategy) })).toMatchObject({ reproduced: true, story: found.story })
  })

  test('another outcome exits 1', async () => {
    const { code, stdout } = await run('replay', found.token.replace(/brick$/, 'stuck'), '--strategy', strategy)
    expect([code, stdout.includes('That is NOT what the token says.')]).toEqual([1, true])
  })

  test('without its file it says which line to run', async () => {
    await expectRefused(['replay', found.token], `token:1:11: found a token of the strategy "mine" out of a file, expected that file, too: powercut replay ${found.token} --strategy FILE\n`)
  })

  test('of a system that brings its own strategy, the file has no place', async () => {
    await expectRefused(['replay', found.token.replace(/\+mine@\w+/, ''), '--strategy', strategy], 'found a token of the strategy that rauc-slots has, expected one of a strategy out of a file, or no --strategy')
  })

  const changes: Readonly<Record<string, readonly [file: string, change: (text: string) => string, says: string]>> = {
    'the file': [strategy, (text) => `${text}// more\n`, 'the strategy file, or one that it loads, has changed since the token was made'],
    'a file that it imports': [`${parts}/it.ts`, (text) => `${text}// more\n`, 'the strategy file, or one that it loads, has changed since the token was made'],
    'data that it imports': [`${parts}/numbers.json`, () => '[2]', 'the strategy file, or one that it loads, has changed since the token was made'],
    'its name': [`${parts}/it.ts`, (text) => text.replace("name: 'mine'", "name: 'yours'"), 'found the strategy "yours", expected "mine", which the token is of'],
  }
  for (const [what, [file, change, says]] of Object.entries(changes))
    test(`${what} has changed`, () => withChanged(file, change, () => expectRefused(words(found.replay), says)))

  test('where it lies, and what it is called, does not matter', async () => {
    const elsewhere = folderWith({ 'x.ts': "import './parts/numbers.json'\nexport { mine } from './parts/it'\n", 'parts/it.ts': unflushed(slotStrategy({})), 'parts/numbers.json': '[1]' })
    expect((await run('replay', found.token, '--strategy', join(elsewhere, 'x.ts'))).code).toBe(0)
  })
})

describe('of releases out of a manifest', () => {
  const faulty = ['--set', 'rauc.imageFlush=false']
  let found: Finding
  beforeAll(async () => { found = await sweptFinding('--releases', `${releases}#a..${releases}#b`, ...faulty) })

  test('the printed line tells the same story', async () => {
    expect(found.replay).toBe(`powercut replay ${found.token} --releases 'my releases/m.tsv#a' 'my releases/m.tsv#b'`)
    const { code, stdout, stderr } = await run(...words(found.replay), '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ reproduced: true, story: found.story })
  })

  test('from code', async () => {
    expect(await replay(found.token, { releases: [`${join(folder, releases)}#a`, `${join(folder, releases)}#b`] })).toMatchObject({ reproduced: true, story: found.story })
  })

  test('without the file it says which line to run', async () => {
    await expectRefused(['replay', found.token], `found a token of releases out of a file, expected that file, too: powercut replay ${found.token} --releases FILE#a FILE#b\n`)
  })

  test('other releases than those of the token', async () => {
    await expectRefused(['replay', found.token, '--releases', `${releases}#b..${releases}#a`], `found a token of a release "a" out of a file, expected one of ${releases}#b, as --releases says`)
    await expectRefused(['replay', found.token, '--releases', 'small'], 'found a token of a release "a" out of a file, expected one of small/a, as --releases says')
  })

  test('the file has changed, where it matters and where it does not', async () => {
    await withChanged(releases, (text) => text.replace(/^(1\t.*\tf\t)6/m, '$12'), () => expectRefused(words(found.replay), `found a release ${releases}#a with digest `))
    await withChanged(releases, (text) => text.replace(/^# releases: a b$/m, '# releases: a b c'), async () => {
      expect((await run(...words(found.replay))).code).toBe(0)
    })
  })
})

test('of both, one release bundled: a line with both, and with what is still missing', async () => {
  const found = await sweptFinding('--strategy', strategy, '--releases', `small/a..${releases}#b`)
  expect(found.replay).toContain(" --strategy 'my strategies/it'\\''s mine.ts' --releases small/a 'my releases/m.tsv#b'")
  expect((await run(...words(found.replay))).code).toBe(0)
  await expectRefused(['replay', found.token, '--strategy', 'package.json'], '--strategy package.json: there is no such file')
  await expectRefused(['replay', found.token, '--strategy', strategy], `powercut replay ${found.token} --strategy 'my strategies/it'\\''s mine.ts' --releases small/a FILE#b\n`)
})
