/** Flags that are about what is left behind: canaries that must get them, each with a story, and systems that must not. */
import { describe, expect, test } from 'vitest'
import type { Built } from '../api/build'
import type { Os, Program, Strategy } from '../sim/machine/os'
import { rauc } from '../strategies/rauc'
import { dpkg } from '../strategies/dpkg'
import { analysed, only, small, withStrategy, withSystem } from './small-systems'

const raucOptions = { version: '1.15', imageFlush: true, statusFile: '/data/central.raucs' } as const

/** RAUC, and something more while it updates. */
function raucAnd(more: (os: Os) => void): Strategy {
  const program = rauc.program(raucOptions)
  return { facts: { ...rauc.facts, options: {} }, program: (): Program => ({ ...program, update(os, release, previous) {
    if (os.running !== release) more(os)
    return program.update(os, release, previous)
  } }) }
}

const twoPackages = (): Built => only(small('debian-classic'), ['demo-files', 'liblzma5'])

describe('lost-data', () => {
  const wipes: readonly (readonly [string, (os: Os) => void, RegExp])[] = [
    ['empties the data partition first', (os) => { for (const name of ['home', 'var']) os.fs.rmSync(`/data/${name}`, { recursive: true, force: true }) }, /unlink \/(?:home|var)/],
    ['writes over one file', (os) => os.fs.writeFileSync('/data/var/lib/diary/entries.db', ''), /entries\.db/],
  ]
  for (const [what, wipe, story] of wipes)
    test(`a strategy that ${what}`, () => {
      const { report } = analysed(withStrategy(small('rauc-slots'), raucAnd(wipe)), 1)
      expect(report.complete).toBe(true)
      expect(report.flags['lost-data']).toBeGreaterThan(0)
      const finding = report.findings.find(({ flags }) => flags.includes('lost-data'))
      expect(finding?.class).toMatch(/^lost-data: /)
      expect(finding?.story.join('\n')).toMatch(story)
      expect(finding?.story.at(-1)).toContain('(lost-data)')
    })

  test('a strategy that does it in its last power-on only, where nobody looks afterwards', () => {
    const program = dpkg.program({ unsafeIo: false })
    const strategy: Strategy = { facts: { ...dpkg.facts, options: {} }, program: () => ({ ...program, update(os, release, previous) {
      if (os.fs.existsSync('/begun')) os.fs.rmSync('/home/ada', { recursive: true, force: true })
      else os.fs.writeFileSync('/begun', '')
      return program.update(os, release, previous)
    } }) }
    const { report } = analysed(withStrategy(twoPackages(), strategy), 1)
    expect(report.findings.flatMap(({ flags }) => flags)).toContain('lost-data')
    expect(report.flags['lost-data']).toBeGreaterThan(0)
  })
})

describe('latent', () => {
  test('an image that is not flushed: the slot is marked good, and its tail was never read', () => {
    const { report } = analysed(small('rauc-slots', { 'rauc.imageFlush': false }), 1)
    expect(report.flags.latent).toBe(report.possible.corrupt)
    expect(report.flags.latent).toBeGreaterThan(0)
    const finding = report.findings.find(({ flags }) => flags.includes('latent'))
    expect(finding?.verdict).toBe('corrupt')
    expect(finding?.story.at(-1)).toMatch(/^Verdict: corrupt \(latent\) because the image in slot B is not whole/)
  })

  test('damage is not confirmed where nobody confirms anything', () => {
    const { report } = analysed(only(small('debian-classic', { 'dpkg.unsafeIo': true }), ['demo-files', 'liblzma5']), 1)
    expect(report.possible.corrupt).toBeGreaterThan(0)
    expect(report.flags.latent).toBe(0)
  })
})

describe('stranded', () => {
  /** A lock of its own, taken before the update and given back after it. Whoever finds one gives up. */
  const locking = (breaksStale: boolean): Strategy => {
    const program = rauc.program(raucOptions)
    return { facts: { ...rauc.facts, options: {} }, program: (): Program => ({ ...program, update(os, release, previous) {
      if (os.running === release) return 'done'
      if (os.fs.existsSync('/data/update.lock') && !breaksStale) return 'done'
      os.fs.writeFileSync('/data/update.lock', '')
      os.fs.fsyncSync(os.fs.openSync('/data/update.lock', 'r'))
      const done = program.update(os, release, previous)
      os.fs.unlinkSync('/data/update.lock')
      return done
    } }) }
  }

  test('a lock that outlives the update which took it: nothing is ever installed again', () => {
    const { report } = analysed(withStrategy(small('rauc-slots'), locking(false)), 1)
    expect(report.complete).toBe(true)
    expect(report.flags.stranded).toBeGreaterThan(0)
    expect(report.flags.stranded).toBeLessThan(report.cutPoints)
    const finding = report.findings.find(({ flags }) => flags.includes('stranded'))
    expect(finding).toMatchObject({ verdict: 'old', invariant: 'retry-completes' })
    expect(finding?.story.slice(-2)).toEqual(['Further releases are offered, and none of them ever runs.', 'Verdict: old (stranded) because slot A holds a.'])
  })

  test('a lock that the next update takes over', () => {
    const { report } = analysed(withStrategy(small('rauc-slots'), locking(true)), 1)
    expect(report.flags.stranded).toBe(0)
  })

  test('a bad release is no bar to the next one, but the lock is', () => {
    for (const breaksStale of [true, false]) {
      const built = withSystem(withStrategy(small('rauc-slots', { 'release.behaviour': 'panics' }), locking(breaksStale)), (system) => ({ ...system, watchdog: true }))
      expect(analysed(built, 1).report.flags.stranded > 0).toBe(!breaksStale)
    }
  })
})

describe('systems that do nothing of the kind', () => {
  test('rauc-slots, any number of cuts', () => {
    expect(analysed(small('rauc-slots'), 'any').report).toMatchObject({ complete: true, flags: { 'lost-data': 0, latent: 0, stranded: 0 } })
  })

  test('debian-classic', () => {
    expect(analysed(small('debian-classic'), 1).report).toMatchObject({ complete: true, flags: { 'lost-data': 0, latent: 0, stranded: 0 } })
  })
})
