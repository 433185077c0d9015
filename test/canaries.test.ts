/** What is done wrong on purpose is found, and the story names the step that is missing. What is done right is proven. */
import { describe, expect, test } from 'vitest'
import type { Built } from '../api/build'
import { analysed, only, onModel, small, storyOf, withSystem, withoutBarriers } from './small-systems'

describe('rauc', () => {
  test('any number of cuts: complete, and free of brick, bootloop and corrupt', () => {
    const { report } = analysed(small('rauc-slots'), 'any')
    expect(report).toMatchObject({ complete: true, findings: [], possible: { brick: 0, bootloop: 0, stuck: 0, corrupt: 0, mixed: 0 } })
  })

  test('an image that is not flushed is switched to while it is in a cache', () => {
    const { report } = analysed(small('rauc-slots', { 'rauc.imageFlush': false }), 1)
    expect(report.possible.brick).toBeGreaterThan(0)
    expect(report.possible.corrupt).toBeGreaterThan(0)
    // The loss is of the image, in the slot; all that came after it survives.
    expect(storyOf(report.findings, 'brick')).toMatch(/lost: write \d+ sectors from \d+ of slot-b/)
    expect(storyOf(report.findings, 'brick')).toContain('Found valid slot B')
    expect(report.findings[0]?.reliesOn).toContainEqual({ rule: 'flush-covers-completed', evidence: 'D', contested: false })
  })

  test('attempts that are never refilled: power cuts alone drain both slots (rauc/rauc#683)', () => {
    const { report } = analysed(small('rauc-slots', { 'u-boot-rauc.refill': false }), 'any')
    expect(report.complete).toBe(true)
    expect(report.findings.map((finding) => finding.class)).toEqual(['brick: no slot has attempts left'])
    const story = storyOf(report.findings, 'brick')
    expect(story).toContain('No valid slot found')
    expect(story.split('\n').filter((line) => line.startsWith('The power goes')).length).toBeGreaterThanOrEqual(3)
  })

  test('a counter that is never decremented: a kernel that hangs is tried for ever', () => {
    const watched = (options: Record<string, boolean>): Built => withSystem(small('rauc-slots', { ...options, 'release.behaviour': 'hangs' }), (system) => ({ ...system, watchdog: true }))
    const { report } = analysed(watched({ 'u-boot-rauc.count': false }), 1)
    expect(report.findings.map((finding) => finding.class)).toContain('bootloop: the kernel of b hangs')
    const story = storyOf(report.findings, 'bootloop')
    expect(story).toContain('Found valid slot B, 3 attempts remaining')
    expect(story).not.toContain('2 attempts remaining')
    expect(story).toContain('And so on for ever.')
    // With the counter the old slot comes back.
    const counted = analysed(watched({}), 1).report
    expect(counted.possible).toMatchObject({ bootloop: 0, brick: 0, stuck: 0 })
    expect(counted.possible.old).toBeGreaterThan(0)
  })

  // The whole environment of the board: what boots B for the first time changes two of its sectors.
  test('one copy of the environment only: a torn save gives up the new release for the built-in default, which starts slot A', () => {
    const { report } = analysed(small('rauc-slots', { 'u-boot-rauc.redundant': false }), 1)
    expect(report.findings.map((finding) => finding.class)).toEqual(['wrong-rollback: U-Boot took its default environment (bad CRC): slot A holds a'])
    expect(report.flags).toMatchObject({ blamed: 0 })
    expect(report.findings[0]?.reliesOn.map(({ rule }) => rule)).toEqual(['sector-atomic'])
    // The loss is of the environment; the image in slot B is whole.
    const story = storyOf(report.findings, 'old')
    expect(story).toMatch(/The power goes in write \d+ sectors from 0 of u-boot-env/)
    expect(story.split('\n').filter((line) => line.includes('lost:'))).toEqual([expect.stringMatching(/lost: write \d+ sectors from 0 of u-boot-env/)])
    expect(story).toContain('bad CRC, using default environment; Found valid slot A')
    const redundant = analysed(small('rauc-slots'), 1).report
    expect(redundant).toMatchObject({ complete: true, findings: [], flags: { 'wrong-rollback': 0, blamed: 0 } })
  })

  test('all barriers removed: it fails on the hostile model, and never on the yardstick', () => {
    // The first states there will do.
    const weak = analysed(withoutBarriers(onModel(small('rauc-slots'), 'WEAK')), 1, 60).report
    expect(weak.findings.map(({ verdict }) => verdict)).toContain('brick')
    const sequential = analysed(withoutBarriers(onModel(small('rauc-slots'), 'SCC')), 'any').report
    expect(sequential).toMatchObject({ complete: true, findings: [] })
  })
})

describe('dpkg, an update of two packages', () => {
  const two = ['demo-files', 'liblzma5']
  const classical = (options: Record<string, boolean> = {}): Built => only(small('debian-classic', options), two)

  test('without fsync of unpacked files their names outlive their contents', () => {
    const { report } = analysed(classical({ 'dpkg.unsafeIo': true }), 1)
    expect(report.findings.map((finding) => finding.class)).toContain('corrupt: files of liblzma5 are missing or damaged')
    expect(storyOf(report.findings, 'corrupt')).toMatch(/lost: write \/usr\/\S+\.dpkg-new \((?:length|data)\)/)
    expect(report.findings.find(({ verdict }) => verdict === 'corrupt')?.reliesOn.map(({ rule }) => rule)).toEqual(['length-floats'])
  })

  test('with them no file is damaged, and it is mixed all the same', () => {
    const { report } = analysed(classical(), 1)
    expect(report.possible).toMatchObject({ brick: 0, bootloop: 0, stuck: 0, corrupt: 0 })
    expect(report.possible.mixed).toBeGreaterThan(0)
  })

  test('all barriers removed: files are damaged', () => {
    expect(analysed(withoutBarriers(classical()), 1).report.possible.corrupt).toBeGreaterThan(0)
  })

  // Its states are past counting there: what the first ones show will do.
  test('all barriers removed, on the hostile model: files are damaged', () => {
    const { report } = analysed(withoutBarriers(onModel(classical(), 'WEAK')), 1, 600)
    expect(report.findings.map((finding) => finding.class)).toContain('corrupt: files of liblzma5 are missing or damaged')
  })
})
