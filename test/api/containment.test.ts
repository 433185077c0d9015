/**
 * Strategies of users that misbehave: in the first uncut run they are bad input, later a finding, and never a silent green.
 */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../sim/release/input-error'
import { compared, folderWith, slotStrategy, swept, sweptText } from './strategies'

const allocate = 'const all: unknown[] = []; for (;;) all.push(new Array(1000000).fill(1.5));'
const misdeeds = {
  throws: { does: "throw new Error('it is broken')", says: /Error: it is broken/ },
  'loops for ever': { does: 'for (;;);', says: /gives no sign of life for 3 s: it loops/ },
  'allocates without end': { does: allocate, says: /takes more than 1024 MiB of memory|gives no sign of life for 3 s/ },
  'returns a promise that never settles': { does: 'return new Promise(() => {}) as never', says: /waits for something powercut does not simulate: update returned a promise/ },
  'uses a real timer': { does: 'setTimeout(() => {}, 10)', says: /waits for something powercut does not simulate: setTimeout/ },
  'spends the call budget': { does: "for (;;) os.fs.mkdirSync('/data/x'), os.fs.rmdirSync('/data/x')", says: /more than 2000000 calls|no sign of life|MiB of memory/ },
  'asks for a slot that is not there': { does: "os.disk.slot('C')", says: /slot C/ },
} as const

describe('in the first uncut run it is bad input: a strategy that', () => {
  for (const [what, { does, says }] of Object.entries(misdeeds))
    test(what, async () => {
      const error: unknown = await sweptText(slotStrategy({ update: does })).catch((each: unknown) => each)
      expect(error).toBeInstanceOf(InputError)
      const { file, found, expected } = error as InputError
      expect(file).toMatch(/mine\.ts$/)
      expect(found).toMatch(says)
      expect(found).toContain('in the first uncut run')
      expect(expected).toBe('one that completes an update when nothing goes wrong')
    })

  test('goes on in a promise when its power-on has ended', async () => {
    await expect(sweptText(slotStrategy({ confirm: "Promise.resolve().then(() => os.fs.existsSync('/data'));" }))).rejects.toThrow('it went on after its power-on had ended')
  })

  test('keeps its Os for the next power-on', async () => {
    const text = slotStrategy({ top: 'let kept: Os | undefined', confirm: "if (kept) kept.fs.existsSync('/data'); kept = os;", update: 'kept ??= os' })
    await expect(sweptText(text)).rejects.toThrow('it went on after its power-on had ended')
  })

  test('ends its own thread', async () => {
    await expect(sweptText(slotStrategy({ update: 'process.exit(0)' }))).rejects.toThrow('ends its thread (exit code 0) in the first uncut run')
  })
})

describe('after a power cut it is an updater-crash finding: a strategy that', () => {
  const stops = ['loops for ever', 'allocates without end']
  for (const [what, { does, says }] of Object.entries(misdeeds)) {
    if (what === 'spends the call budget') continue // in the search the same as a loop, only slower
    test(what, async () => {
      const report = await sweptText(slotStrategy({ update: `if (interrupted) { ${does} }` }))
      const finding = report.findings.find(({ flags }) => flags.includes('updater-crash'))
      expect([finding?.class, ...finding?.story ?? []].join('\n')).toMatch(says)
      expect(finding?.invariant).toBe('retry-completes')
      expect(finding?.story[0]).toBe('The machine runs the installed release and the update is called.')
      expect(finding?.story[1]).toMatch(/^The power goes /)
      expect(finding?.story.at(-1)).toMatch(/^Verdict: old \(updater-crash\) because /)
      expect(report.complete).toBe(!stops.includes(what))
      if (!report.complete) expect(report.incomplete?.why).toMatch(says)
      expect(report.verdicts).toBeDefined()
    })
  }

  test('goes on in a promise when its power-on has ended', async () => {
    const report = await sweptText(slotStrategy({ update: "if (interrupted) Promise.resolve().then(() => os.fs.existsSync('/data'))" }))
    expect(report.findings.map((finding) => finding.class)).toEqual([expect.stringContaining('it went on after its power-on had ended')])
    expect(report.complete).toBe(false)
  })

  test('kills its thread, in compare, too', async () => {
    const file = join(folderWith({ 'mine.ts': slotStrategy({ update: 'if (interrupted) process.exit(3)' }) }), 'mine.ts')
    const { systems: [system] } = await compared(file)
    expect(system).toMatchObject({ complete: false, findings: [{ flags: ['updater-crash'] }] })
    expect(system?.findings[0]?.class).toContain('ends its thread (exit code 3)')
  })

  test('is told the same each time', async () => {
    const file = join(folderWith({ 'mine.ts': slotStrategy({ update: 'if (interrupted) for (;;);' }) }), 'mine.ts')
    expect(JSON.stringify(await swept(file))).toBe(JSON.stringify(await swept(file)))
  })
})
