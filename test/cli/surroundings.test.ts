/** Exit codes, colours, progress, Ctrl-C, files that cannot be written. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StrategyStopped } from '../../api/threads'
import { Defect } from '../../sim/assert'
import { compareReport, debianClassic, raucSlots } from '../reports/samples'
import { fakeEngine, fakeIo, ran } from './fake'

describe('bad usage exits 2 and says what was meant', () => {
  const lines: readonly { line: string; says: string }[] = [
    { line: '', says: 'Usage: powercut' },
    { line: 'comapre', says: 'powercut: unknown command \'comapre\'\n(Did you mean compare?)' },
    { line: 'compare --sytems x', says: 'powercut: unknown option \'--sytems\'\n(Did you mean --systems?)' },
    { line: 'compare extra', says: 'powercut: too many arguments' },
    { line: 'replay', says: 'powercut: missing required argument \'token\'' },
    { line: 'compare --systems rauk-slots', says: 'unknown system "rauk-slots" (did you mean "rauc-slots"?); known: debian-classic, rauc-slots' },
    { line: 'compare --systems ,', says: 'no system is named; known: debian-classic, rauc-slots' },
    { line: 'sweep --system debian', says: 'unknown system "debian" (did you mean "debian-classic"?)' },
    { line: 'compare --hardware emc-board', says: 'unknown hardware profile "emc-board" (did you mean "emmc-board"?)' },
    { line: 'compare --cuts many', says: 'argument \'many\' is invalid. Expected a whole number, or any.' },
    { line: 'compare --cuts -1', says: 'argument \'-1\' is invalid' },
    { line: 'compare --workers 0', says: 'argument \'0\' is invalid. Expected a whole number from 1.' },
    { line: 'compare --set rauc', says: '--set takes STRATEGY.OPTION=VALUE, as rauc.imageFlush=false, found "rauc"' },
    { line: 'compare --set rauk.image-flush=false', says: 'unknown strategy "rauk" (did you mean "rauc"?)' },
    { line: 'compare --set rauc.image-flsh=false', says: 'strategy rauc has no option "image-flsh" (did you mean "image-flush"?); known: image-flush, chunk-bytes, label' },
    { line: 'compare --set rauc.image-flush=maybe', says: '--set rauc.image-flush: found "maybe", expected true or false' },
    { line: 'compare --set rauc.chunk-bytes=big', says: '--set rauc.chunk-bytes: found "big", expected a number' },
    { line: 'compare --set release.behaviour=panic', says: '--set release.behaviour: found "panic" (did you mean "panics"?), expected one of boots, panics, hangs, unloadable, unhealthy, late-freeze' },
    { line: 'compare --set release.behavior=panics', says: 'release has no option "behavior" (did you mean "behaviour"?); known: behaviour' },
    { line: 'compare --set u-boot-rauc.refil=false', says: 'loader u-boot-rauc has no option "refil" (did you mean "refill"?); known: refill, count, redundant' },
    { line: 'compare --set u-boot-rauc.count=2', says: '--set u-boot-rauc.count: found "2", expected true or false' },
    { line: 'compare --set grub.refill=false', says: 'loader grub has no option "refill"; it has no options' },
    { line: 'compare --set rauc.label=1 --set rauc.label=2', says: '--set rauc.label is given twice' },
    { line: 'compare --systems rauc-slots --strategy ./none.ts', says: '--strategy ./none.ts: there is no such file' },
    { line: 'compare --systems rauc-slots --strategy .', says: '--strategy .: it is not a file' },
    { line: 'compare --strategy package.json', says: 'name them with --systems' },
  ]
  for (const { line, says } of lines)
    test(`powercut ${line}`, async () => {
      const { code, stdout, stderr, engine } = await ran(line)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(says)
      expect([...engine.compared, ...engine.swept]).toEqual([])
    })

  test('help and version are no errors', async () => {
    expect(await ran('--version')).toMatchObject({ code: 0, stderr: '' })
    expect((await ran('compare --help')).stdout).toContain('Global Options:')
  })

  test('a text option stays a text, a loader and a release have options, too', async () => {
    const { engine } = await ran('compare --set rauc.label=1 --set u-boot-rauc.refill=false --set release.behaviour=hangs')
    expect(engine.compared[0]?.options).toEqual({ 'rauc.label': '1', 'u-boot-rauc.refill': false, 'release.behaviour': 'hangs' })
  })
})

describe('a defect exits 70 and asks for a report', () => {
  for (const error of [new Defect('two and two'), new TypeError('x is not a function')])
    test(error.name, async () => {
      const engine = fakeEngine({ compareSystems: async () => { throw error } })
      const { code, stdout, stderr } = await ran('compare --json', fakeIo(), engine)
      expect([code, stdout]).toEqual([70, ''])
      expect(stderr).toContain('This is a defect of powercut, not of your input.')
      expect(stderr).toContain('Please report it')
      expect(stderr).toContain(error.message)
    })
})

test('a strategy that takes all time or memory, whatever is tried, exits 3', async () => {
  const engine = fakeEngine({ replayToken: async () => { throw new StrategyStopped('rauc-slots', 'ends its thread (exit code 3)') } })
  expect(await ran('replay pc1.x', fakeIo(), engine)).toMatchObject({ code: 3, stdout: '', stderr: 'powercut: rauc-slots: the strategy ends its thread (exit code 3)\n' })
})

describe('Ctrl-C', () => {
  test('exits 130 and prints the systems that are done', async () => {
    const io = fakeIo()
    let signal: AbortSignal | undefined
    const engine = fakeEngine({
      compareSystems: (request) => {
        signal = request.signal
        request.onSystem?.(raucSlots)
        setTimeout(() => io.interrupt(), 5)
        return new Promise(() => undefined)
      },
    })
    const { code, stdout, stderr } = await ran('compare --json', io, engine)
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ systems: [{ system: 'rauc-slots' }] })
    expect(stderr).toBe('powercut: interrupted; the report holds what was found until then\n')
    expect(signal?.aborted).toBe(true)
  })

  test('with nothing found prints nothing, and a failure afterwards is nobody\'s concern', async () => {
    const io = fakeIo()
    const engine = fakeEngine({
      compareSystems: (request) => new Promise((_, reject) => {
        request.signal?.addEventListener('abort', () => reject(new Error('aborted')))
        setTimeout(() => io.interrupt(), 5)
      }),
    })
    expect(await ran('compare --json', io, engine)).toMatchObject({ code: 130, stdout: '', stderr: 'powercut: interrupted\n' })
  })
})

describe('what was asked', () => {
  const asked = 'Update deb12-a → deb12-d\nOne power cut, at any moment. Times are for the hardware emmc-board. powercut '

  test('is printed before the work begins, and not again', async () => {
    const io = fakeIo()
    let before = ''
    const release = { from: 'deb12-a', to: 'deb12-d' }
    const engine = fakeEngine({ compareSystems: async () => {
      before = io.stdout
      return { ...compareReport, systems: [{ ...raucSlots, release }] }
    } })
    const { stdout } = await ran('compare', io, engine)
    expect(before.startsWith(asked)).toBe(true)
    expect(stdout.split('Update deb12-a').length).toBe(2)
    expect(stdout.startsWith(before)).toBe(true)
  })

  test('is not printed before a JSON document or a report in a file', async () => {
    for (const line of ['compare --json', 'compare --output /dev/null']) {
      const engine = fakeEngine({ compareSystems: async () => { throw new Defect('x') } })
      expect((await ran(line, fakeIo(), engine)).stdout).toBe('')
    }
  })
})

describe('colours', () => {
  const escape = '\u001B['
  const cases: readonly { what: string; line?: string; terminal: boolean; environment: Record<string, string>; coloured: boolean }[] = [
    { what: 'on a terminal', terminal: true, environment: {}, coloured: true },
    { what: 'not into a pipe', terminal: false, environment: {}, coloured: false },
    { what: 'not under NO_COLOR', terminal: true, environment: { NO_COLOR: '1' }, coloured: false },
    { what: 'an empty NO_COLOR means nothing', terminal: true, environment: { NO_COLOR: '' }, coloured: true },
    { what: 'not with --no-color', line: 'compare --no-color', terminal: true, environment: {}, coloured: false },
    { what: 'not on a dumb terminal', terminal: true, environment: { TERM: 'dumb' }, coloured: false },
    { what: 'into a pipe under FORCE_COLOR', terminal: false, environment: { FORCE_COLOR: '1' }, coloured: true },
    { what: 'NO_COLOR wins over FORCE_COLOR', terminal: true, environment: { FORCE_COLOR: '1', NO_COLOR: '1' }, coloured: false },
  ]
  for (const { what, line = 'compare', terminal, environment, coloured } of cases)
    test(what, async () => {
      const { stdout } = await ran(line, fakeIo({ outIsTerminal: terminal, environment, columns: terminal ? 90 : undefined }))
      expect(stdout.includes(escape)).toBe(coloured)
    })
})

describe('progress', () => {
  const clearLine = '\r\u001B[2K'

  test('one line on a terminal, cleared before the report', async () => {
    const { stderr } = await ran('compare', fakeIo({ errIsTerminal: true }))
    expect(stderr).toBe(`${clearLine}debian-classic: closing (12 states, 3 power-ons)${clearLine}`)
  })

  test('nothing before half a second', async () => {
    expect((await ran('compare --systems rauc-slots', fakeIo({ errIsTerminal: true }))).stderr).toBe('')
  })

  test('nothing where stderr is no terminal, and nothing with --quiet', async () => {
    expect((await ran('compare')).stderr).toBe('')
    expect((await ran('compare --quiet', fakeIo({ errIsTerminal: true }))).stderr).toBe('')
  })

  test('never wider than the terminal', async () => {
    const { stderr } = await ran('compare', fakeIo({ errIsTerminal: true, columns: 10 }))
    expect(stderr.replaceAll(clearLine, '')).toBe('debian-cl')
  })
})

describe('--output', () => {
  let folder = ''
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'powercut-output-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const bad: readonly { what: string; path: string; says: string }[] = [
    { what: 'a folder that is not there', path: 'none/report.json', says: 'there is no such folder' },
    { what: 'a folder', path: '.', says: 'it is a folder' },
    { what: 'a file as folder', path: 'old.json/report.json', says: 'its folder is a file' },
  ]
  for (const { what, path, says } of bad)
    test(`unwritable: ${what}: exits 2 before any work is done`, async () => {
      writeFileSync(join(folder, 'old.json'), 'old')
      const { code, stdout, stderr, engine } = await ran(`compare --output ${path}`, fakeIo({ folder }))
      expect([code, stdout, stderr]).toEqual([2, '', `powercut: cannot write ${path}: ${says}\n`])
      expect(engine.compared).toEqual([])
      expect(readdirSync(folder)).toEqual(['old.json'])
    })

  test('an error leaves the old file as it was, and nothing beside it', async () => {
    writeFileSync(join(folder, 'old.json'), 'old')
    const engine = fakeEngine({ compareSystems: async () => { throw new Defect('x') } })
    expect((await ran('compare --output old.json', fakeIo({ folder }), engine)).code).toBe(70)
    expect(readFileSync(join(folder, 'old.json'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['old.json'])
  })

  test('a folder that is taken away meanwhile', async () => {
    mkdirSync(join(folder, 'sub'))
    const engine = fakeEngine({
      compareSystems: async () => {
        rmSync(join(folder, 'sub'), { recursive: true })
        return compareReport
      },
    })
    const { code, stderr } = await ran('compare --output sub/x.json', fakeIo({ folder }), engine)
    expect([code, stderr]).toEqual([2, 'powercut: cannot write sub/x.json: there is no such folder\n'])
  })

  test('a link keeps pointing to where it did', async () => {
    writeFileSync(join(folder, 'real.json'), 'old')
    symlinkSync('real.json', join(folder, 'link.json'))
    await ran('compare --json --output link.json', fakeIo({ folder }))
    expect(JSON.parse(readFileSync(join(folder, 'real.json'), 'utf8'))).toMatchObject({ schema: 'powercut/compare@1' })
    expect(readdirSync(folder).toSorted()).toEqual(['link.json', 'real.json'])
  })

  test('a device is written, never replaced', async () => {
    expect((await ran('compare --output /dev/null')).code).toBe(0)
    await expect(ran('compare --output /dev/full')).resolves.toMatchObject({ code: 2, stderr: 'powercut: cannot write /dev/full: no space left\n' })
  })

  test('after Ctrl-C the file is left alone and what was found goes to stdout', async () => {
    writeFileSync(join(folder, 'old.json'), 'old')
    const io = fakeIo({ folder })
    const engine = fakeEngine({
      compareSystems: (request) => {
        request.onSystem?.(debianClassic)
        setTimeout(() => io.interrupt(), 5)
        return new Promise(() => undefined)
      },
    })
    const { code, stdout } = await ran('compare --output old.json', io, engine)
    expect(code).toBe(130)
    expect(stdout).toContain('debian-classic')
    expect(readFileSync(join(folder, 'old.json'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['old.json'])
  })
})
