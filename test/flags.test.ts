/** Flags that are about what is left behind: canaries that must get them, each with a story, and systems that must not. */
import { describe, expect, test } from 'vitest'
import type { Built } from '../api/build'
import { replay } from '../sim/explore/replay'
import { cutVerdicts, spanOf } from '../sim/judge/cut-verdicts'
import { decide } from '../sim/judge/decide'
import { FurtherJudge } from '../sim/judge/further-judge'
import { storyTo } from '../sim/judge/story'
import { tell } from '../sim/judge/tell'
import { verdictOfRuns } from '../sim/judge/verdict-of-runs'
import type { Options, Os, Program, Strategy } from '../sim/machine/os'
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
    expect(finding?.story.at(-1)).toMatch(/^Verdict: corrupt \(latent, leak\) because the image in slot B is not whole/)
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

describe('the next start', () => {
  test('a grub.cfg that only the journal has emptied: up as the new release, and no more once it is shut down', () => {
    const { machine } = small('debian-classic')
    const { closure, verdicts } = decide(machine, { cuts: 1, statesMax: 20_000 }, [])
    const judge = new FurtherJudge(machine)
    const stories = closure.edges.filter((edge) => edge.kind === 'cut' && verdicts.get(edge.to)?.isLater === true).slice(0, 8).flatMap((edge) => {
      const replayed = replay(machine, storyTo(edge))
      if ('why' in replayed) throw new Error(replayed.why)
      const runs = verdictOfRuns(replayed.after, replayed.goesRound)
      return runs.outcome === 'new' ? [{ abstract: verdicts.get(edge.to)?.outcome, told: tell(replayed, judge.verdictOf(replayed, runs)).slice(-3) }] : []
    })
    expect(stories).toContainEqual({ abstract: 'brick', told: [
      'Then: Loading Debian GNU/Linux ...; up: new.', 'Later it is shut down and started again: grub>.', 'Verdict: brick because GRUB finds no menu entry in /boot/grub/grub.cfg.',
    ] })
  })
})

describe('leak', () => {
  /** The same with these options, and it claims that nothing is left. */
  const vowing = <O extends Options>(strategy: Strategy<O>, options: O): Strategy =>
    ({ facts: { ...strategy.facts, options: {}, vows: ['no-leak'] }, program: () => strategy.program(options) })

  /** Downloads to a name of its own, and gives it another one for the time that it is used. */
  const downloading = (clearsOld: boolean): Strategy => {
    const program = rauc.program({ ...raucOptions, statusFile: '/run/central.raucs' })
    return { facts: { ...rauc.facts, options: {}, vows: ['no-leak'] }, program: (): Program => ({ ...program, update(os, release, previous) {
      if (os.running === release) return 'done'
      const { fs } = os
      if (clearsOld) for (const name of fs.readdirSync('/data')) if (name.startsWith('download')) fs.unlinkSync(`/data/${name}`)
      const file = `/data/${os.names.temp('download')}`
      fs.writeFileSync(file, 'x'.repeat(10_000))
      fs.fsyncSync(fs.openSync(file, 'r'))
      const done = program.update(os, release, previous)
      fs.unlinkSync(file)
      return done
    } }) }
  }

  test('a download under a fresh name that nobody clears away', () => {
    const { report } = analysed(withStrategy(small('rauc-slots'), downloading(false)), 1)
    expect(report.complete).toBe(true)
    // Nothing to leave behind before it is made and once it is gone.
    expect(report.flags.leak).toBeGreaterThan(report.cutPoints / 2)
    expect(report.flags.leak).toBeLessThan(report.cutPoints)
    expect(report.findings.map(({ class: name, invariant }) => [name, invariant])).toEqual([['leak: what was being written in / of data stays for ever', 'no-leak']])
    expect(report.findings[0]?.story.at(-2)).toMatch(/^After two more updates (?:4096|8192|12288) bytes more are allocated than without the cut\.$/)
    expect(report.findings[0]?.story.at(-1)).toContain('(leak)')
  })

  test('one that clears away what an earlier one has left', () => {
    const { report } = analysed(withStrategy(small('rauc-slots'), downloading(true)), 1)
    expect(report).toMatchObject({ complete: true, findings: [], flags: { leak: 0 } })
  })

  test('where a survivor that lost nothing leaks, its cut point says so', () => {
    const built = withStrategy(small('rauc-slots'), downloading(false))
    const { closure, verdicts, leaks } = decide(built.machine, { cuts: 1, statesMax: 20_000 }, [])
    const cuts = cutVerdicts(closure, spanOf(closure), verdicts, leaks)
    const judge = new FurtherJudge(built.machine)
    const length = closure.runs.of(closure.states[0]!).step.calls.length
    const seen = new Set<boolean>()
    for (let cutPoint = 0; cutPoint <= length; cutPoint += cutPoint < 8 || cutPoint > length - 8 ? 1 : 64) {
      const replayed = replay(built.machine, [{ kind: 'cut', loss: { cutPoint, lost: [] } }])
      if ('why' in replayed) throw new Error(replayed.why)
      const isLeak = judge.leakedBytes(replayed) > 0
      seen.add(isLeak)
      if (isLeak) expect(cuts[cutPoint]?.flags.has('leak'), `cut point ${cutPoint}`).toBe(true)
    }
    expect(seen.size).toBe(2)
    expect(cuts[0]?.flags.has('leak')).toBe(false)
  })

  // Both are what the real ones do: GLib's g_file_set_contents and kmod's depmod write beside the file under a name that they will not use again.
  test('rauc-slots leaves temporary status files, a block each: a number, since it does not vow to leave nothing', () => {
    const own = analysed(small('rauc-slots'), 1).report
    expect(own.findings).toEqual([])
    expect(own.flags.leak).toBeGreaterThan(0)
    const { report } = analysed(withStrategy(small('rauc-slots'), vowing(rauc, raucOptions)), 1)
    expect(report.findings.map(({ class: name }) => name)).toEqual(['leak: what was being written in / of data stays for ever'])
    expect(report.findings[0]?.story.join('\n')).toContain('After two more updates 4096 bytes more are allocated')
  })

  test('debian-classic leaves what depmod was writing, and nothing of dpkg', () => {
    const { report } = analysed(withStrategy(small('debian-classic'), vowing(dpkg, { unsafeIo: false })), 1)
    expect(report.findings.map(({ class: name }) => name).filter((name) => name.startsWith('leak'))).toEqual([
      'leak: what was being written in /usr/lib/modules/6.1.0-56-amd64 of root stays for ever',
    ])
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
