/** Strategies of users that misbehave in a replay: stopped as in the sweep, told in the same words, and never in the main thread. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { replayToken } from '../../api/engine'
import type { Finding, ReplayReport } from '../../reports/run-report'
import { folderWith, slotStrategy, swept } from './strategies'

const silenceSeconds = 3

interface Swept {
  readonly findings: readonly Finding[]
  readonly folder: string
  again(token: string): Promise<ReplayReport>
}

async function sweptIn(text: string): Promise<Swept> {
  const folder = folderWith({ 'mine.ts': text })
  const strategyModule = join(folder, 'mine.ts')
  const { findings } = await swept(strategyModule)
  return { findings, folder, again: (token) => replayToken(token, { strategyModule, silenceSeconds }) }
}

describe('a token of a strategy that, called again after a power cut,', () => {
  const misdeeds = {
    'loops for ever': 'for (;;);',
    'uses a real timer': 'setTimeout(() => {}, 10)',
  } as const
  for (const [what, does] of Object.entries(misdeeds))
    test(`${what}: the replay tells the same`, async () => {
      const { findings, again } = await sweptIn(slotStrategy({ update: `if (interrupted) { ${does} }` }))
      const finding = findings.find(({ flags }) => flags.includes('updater-crash'))
      const { story, verdict, flags, remedy } = finding!
      expect(await again(finding!.token)).toMatchObject({ reproduced: true, story, verdict, flags, remedy })
    })
})

describe('a strategy that did not hang in the sweep, and does in the replay:', () => {
  /** What it does depends on a file that nobody knows of. */
  const moody = (does: string): string => slotStrategy({ top: "import { existsSync } from 'node:fs'", update: does })
    .replace('os.disk.slot(target).flush()', '')
  const hangs = "if (existsSync(__dirname + '/hang')) for (;;);"

  test('in the story, which then does not fit', async () => {
    const { findings, folder, again } = await sweptIn(moody(hangs))
    const { token } = findings.find(({ verdict }) => verdict === 'corrupt')!
    expect(await again(token)).toMatchObject({ reproduced: true })
    writeFileSync(join(folder, 'hang'), '')
    await expect(again(token)).rejects.toThrow('found a story that does not fit, expected one of this scenario: the strategy gives no sign of life for 3 s: it loops')
  })

  test('after it: another outcome than that of the token', async () => {
    const { findings, folder, again } = await sweptIn(moody('').replace('confirm(os: Os) {', `confirm(os: Os) { ${hangs}`))
    const { token } = findings.find(({ verdict }) => verdict === 'corrupt')!
    expect(await again(token)).toMatchObject({ reproduced: true, verdict: 'corrupt' })
    writeFileSync(join(folder, 'hang'), '')
    const report = await again(token)
    expect(report.flags).toEqual(['updater-crash'])
    expect(report.story.at(-1)).toContain('gives no sign of life for 3 s')
  })

  test('while it is loaded', async () => {
    const { findings, folder, again } = await sweptIn(`import { existsSync } from 'node:fs'\n${hangs}\n${moody('').replace("import { existsSync } from 'node:fs'", '')}`)
    writeFileSync(join(folder, 'hang'), '')
    await expect(again(findings[0]!.token)).rejects.toThrow('found a module that gives no sign of life for 3 s')
  })
})

test('a finding that no power-on is known for says so', async () => {
  const { findings: [finding], again } = await sweptIn(slotStrategy({ update: "if (interrupted) Promise.resolve().then(() => os.fs.existsSync('/data'))" }))
  await expect(again(finding!.token)).rejects.toThrow('found no story, expected a finding whose power-on is known: this one only the sweep shows')
})
