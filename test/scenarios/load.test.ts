/** Malformed files: each error stands at file, line and column, and says what was found and what was expected. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadHardware, loadScenario, loadSystem } from '../../scenarios/load'

const system = `schema: powercut/system@1
name: tiny
title: a tiny system
strategy: rauc
loader: u-boot-rauc
hardware: emmc-board
devices:
  emmc0: { class: volatile-cache }
stores:
  - id: slot-a
    kind: partition
    device: emmc0
    role: slot
    slot: A
    sizeBytes: 8192
    sectorBytes: 4096
  - id: data
    kind: file-system
    device: emmc0
    role: data
    sizeBytes: 8192
    model: E4Z
    mount: /data
watchdog: none
notModelled: []
`

const scenario = `schema: powercut/scenario@1
name: bad-kernel
title: the new kernel panics
systems: [rauc-slots]
releases: { v1: small/a, v2: small/b }
story:
  - install: v1
  - update: v2
  - shutdown
  - boot
faults:
  - kind: release
    release: v2
    behaves: panics
cuts: any
variants:
  - name: as-it-is
    expect:
      - always: [old, new]
      - sometimes: old
        after: installed
  - name: by-hand
    script: [wrA /etc/x, mv /a /b, 'env a=1,b=2', rawflush B]
    expect: [{ sometimes: brick }]
`

/** The whole message of the error, for a text with one piece replaced. */
function complaint(load: (text: string, file: string) => unknown, text: string, from: string, to: string): string {
  const changed = text.replace(from, () => to)
  if (changed === text && from !== '') throw new Error(`the sample has no ${JSON.stringify(from)}`)
  try {
    load(changed, 'x.yaml')
  } catch (error) {
    expect((error as Error).name).toBe('InputError')
    return (error as Error).message
  }
  return 'no error'
}

test('the samples themselves are fine', () => {
  expect(loadSystem(system, 'x.yaml')).toMatchObject({ name: 'tiny', options: {} })
  expect(loadScenario(scenario, 'x.yaml')).toMatchObject({ cuts: 'any', variants: [{ name: 'as-it-is' }, { name: 'by-hand' }] })
})

interface Case { readonly what: string; readonly from: string; readonly to: string; readonly says: string }

describe('system: refused', () => {
  const cases: readonly Case[] = [
    { what: 'an unclosed quote', from: 'title: a tiny system', to: "title: 'a tiny system", says: 'x.yaml:26:1: found the end of the line, expected well-formed YAML (a quote, bracket, colon or comma is missing here or before)' },
    { what: 'an unclosed brace', from: '{ class: volatile-cache }', to: '{ class: volatile-cache', says: 'x.yaml:9:1: found "stores:", expected the indentation of its neighbours' },
    { what: 'a duplicate key', from: 'loader: u-boot-rauc', to: 'name: other', says: 'x.yaml:5:1: found the key "name" again, expected each key once' },
    { what: 'a tab as indentation', from: '    kind: partition', to: '\tkind: partition', says: 'x.yaml:11:1: found "\\tkind: partition", expected spaces as indentation' },
    { what: 'two documents', from: 'watchdog: none', to: '---\nwatchdog: none', says: 'x.yaml:24:1: found "---", expected one document a file' },
    { what: 'an unknown alias', from: 'title: a tiny system', to: 'title: *there', says: 'x.yaml:3:8: found "*there", expected an alias of an anchor above' },
    { what: 'a tag', from: 'title: a tiny system', to: 'title: !js/function x', says: 'x.yaml:3:8: found "!js/function", expected a value without a tag' },
    { what: 'an unknown key', from: 'hardware: emmc-board', to: 'hardwear: emmc-board', says: 'x.yaml:6:1: found the key "hardwear", expected one of schema, name, title, strategy, options, loader, hardware, devices, stores, watchdog, notModelled (did you mean "hardware"?)' },
    { what: 'an unknown key within a store', from: 'slot: A', to: 'slots: A', says: 'x.yaml:14:5: found the key "slots", expected one of id, kind, device, role, slot, sizeBytes, sectorBytes, copyOffsets, copyBytes (did you mean "slot"?)' },
    { what: 'a missing key', from: 'strategy: rauc\n', to: '', says: 'x.yaml:1:1: found no "strategy", expected strategy: a text' },
    { what: 'a missing key within a store', from: '    sectorBytes: 4096\n', to: '', says: 'x.yaml:10:5: found no "sectorBytes", expected sectorBytes: a whole number of bytes' },
    { what: 'a wrong type', from: 'sizeBytes: 8192', to: 'sizeBytes: big', says: 'x.yaml:15:16: found "big", expected a whole number of bytes' },
    { what: 'a fraction of a byte', from: 'sizeBytes: 8192', to: 'sizeBytes: 8192.5', says: 'x.yaml:15:16: found 8192.5, expected a whole number of bytes' },
    { what: 'a size of nothing', from: 'sizeBytes: 8192', to: 'sizeBytes: 0', says: 'x.yaml:15:16: found 0, expected at least 1 byte' },
    { what: 'an empty value', from: 'title: a tiny system', to: 'title:', says: 'x.yaml:3:7: found nothing, expected a text' },
    { what: 'a list for a mapping', from: 'emmc0: { class: volatile-cache }', to: '- emmc0', says: 'x.yaml:8:3: found a list, expected devices by name' },
    { what: 'an unknown model', from: 'model: E4Z', to: 'model: E4X', says: 'x.yaml:22:12: found "E4X", expected one of E4Z, SCC, WEAK, TMPFS (did you mean "E4Z"?)' },
    { what: 'an unknown loader', from: 'loader: u-boot-rauc', to: 'loader: uboot-rauc', says: 'x.yaml:5:9: found "uboot-rauc", expected one of u-boot-rauc, grub (did you mean "u-boot-rauc"?)' },
    { what: 'an unknown kind', from: 'kind: partition', to: 'kind: partitoin', says: 'x.yaml:11:11: found "partitoin", expected partition or file-system' },
    { what: 'a device that is not there', from: 'device: emmc0', to: 'device: emmc1', says: 'x.yaml:12:13: found "emmc1", expected a device of this system: emmc0' },
    { what: 'an id twice', from: 'id: data', to: 'id: slot-a', says: 'x.yaml:17:9: found "slot-a", expected each id once' },
    { what: 'half a sector', from: 'sizeBytes: 8192', to: 'sizeBytes: 6144', says: 'x.yaml:15:16: found 6144, expected whole sectors of 4096 bytes' },
    { what: 'a relative mount point', from: 'mount: /data', to: 'mount: data', says: 'x.yaml:23:12: found "data", expected an absolute path' },
    { what: 'an unknown watchdog', from: 'watchdog: none', to: 'watchdog: hardwear', says: 'x.yaml:24:11: found "hardwear", expected one of none, hardware (did you mean "hardware"?)' },
    { what: 'another format', from: 'powercut/system@1', to: 'powercut/system@2', says: 'x.yaml:1:9: found "powercut/system@2", expected "powercut/system@1"' },
  ]
  for (const { what, from, to, says } of cases)
    test(what, () => {
      expect(complaint(loadSystem, system, from, to)).toBe(says)
    })

  test('an empty file', () => {
    expect(complaint(loadSystem, '', '', '')).toBe('x.yaml:1:1: found nothing, expected a mapping')
  })

  test('text that is no mapping', () => {
    expect(complaint(loadSystem, 'just words', '', '')).toBe('x.yaml:1:1: found "just words", expected a mapping')
  })

  test('aliases that unfold without end', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 9; level++) {
      const before = String.fromCharCode(96 + level)
      lines.push(`${String.fromCharCode(97 + level)}: &${String.fromCharCode(97 + level)} [${Array(10).fill(`*${before}`).join(', ')}]`)
    }
    expect(complaint(loadSystem, lines.join('\n'), '', '')).toContain('aliases that cannot be unfolded')
  })
})

describe('scenario: refused', () => {
  const cases: readonly Case[] = [
    { what: 'an unknown outcome', from: 'sometimes: old', to: 'sometimes: bricked', says: 'x.yaml:20:20: found "bricked", expected outcomes or flags: brick, bootloop, stuck, corrupt, mixed, older, old, new, lost-update, wrong-rollback, lost-data, leak, no-space, blamed, stranded, latent, churn, updater-crash (did you mean "brick"?)' },
    { what: 'an unknown outcome in a list', from: 'always: [old, new]', to: 'always: [old, knew]', says: 'x.yaml:19:23: found "knew", expected one of brick, bootloop, stuck, corrupt, mixed, older, old, new, lost-update, wrong-rollback, lost-data, leak, no-space, blamed, stranded, latent, churn, updater-crash (did you mean "new"?)' },
    { what: 'both always and sometimes', from: '        after: installed', to: '        always: new', says: 'x.yaml:20:9: found a mapping, expected exactly one of always and sometimes' },
    { what: 'no expectation', from: 'expect: [{ sometimes: brick }]', to: 'expect: []', says: 'x.yaml:24:13: found a list, expected at least one expectation' },
    { what: 'a release that is not there', from: 'update: v2', to: 'update: v3', says: 'x.yaml:8:13: found "v3", expected a release of this scenario: v1, v2 (did you mean "v1"?)' },
    { what: 'an unknown step', from: '- shutdown', to: '- shut-down', says: 'x.yaml:9:5: found "shut-down", expected a step: boot, shutdown, soft-reboot, kexec, clean-up, rollback, confirm, use-heavily, or install:, update:, write:, edit:, wait:' },
    { what: 'a step with a wrong value', from: 'update: v2', to: 'update: 7', says: 'x.yaml:8:13: found 7, expected a text' },
    { what: 'an unknown behaviour', from: 'behaves: panics', to: 'behaves: panic', says: 'x.yaml:14:14: found "panic", expected one of boots, unloadable, panics, hangs, cannot-mount-root, init-fails, unhealthy, flaky, late (did you mean "panics"?)' },
    { what: 'a late fault without its end', from: 'behaves: panics', to: 'behaves: late', says: 'x.yaml:14:14: found "late", expected late exactly when there are afterSeconds and ends' },
    { what: 'a negative number of cuts', from: 'cuts: any', to: 'cuts: -1', says: 'x.yaml:15:7: found -1, expected a whole number of power cuts, or any' },
    { what: 'a word for the number of cuts', from: 'cuts: any', to: 'cuts: many', says: 'x.yaml:15:7: found "many", expected a whole number of power cuts, or any' },
    { what: 'an unknown operation in a script', from: 'mv /a /b', to: 'move /a /b', says: 'x.yaml:23:26: found "move /a /b", expected an operation: mk rm wr wr! wrA wrT ln sl mv xch fsync fsyncdir syncfs frz raw rawflush env mark (did you mean "mv"?)' },
    { what: 'too few operands', from: 'mv /a /b', to: 'mv /a', says: 'x.yaml:23:26: found "mv /a", expected mv and 2 operands' },
    { what: 'a variant twice', from: 'name: by-hand', to: 'name: as-it-is', says: 'x.yaml:22:11: found "as-it-is", expected each name once' },
    { what: 'a name with blanks', from: 'name: bad-kernel', to: 'name: Bad Kernel', says: 'x.yaml:2:7: found "Bad Kernel", expected a name of lower-case letters, digits, dots and dashes' },
    { what: 'no system', from: 'systems: [rauc-slots]', to: 'systems: []', says: 'x.yaml:4:10: found a list, expected at least 1 of them' },
    { what: 'an unknown key of a matrix', from: 'systems: [rauc-slots]', to: 'systems: { matrix: { sytem: [rauc-slots] } }', says: 'x.yaml:4:22: found the key "sytem", expected one of system, hardware, options (did you mean "system"?)' },
  ]
  for (const { what, from, to, says } of cases)
    test(what, () => {
      expect(complaint(loadScenario, scenario, from, to)).toBe(says)
    })
})

test('hardware: a figure without a source', () => {
  const text = readFileSync(join(__dirname, '../../scenarios/hardware/emmc-board.yaml'), 'utf8')
  expect(complaint(loadHardware, text, "{ value: 3, source: 'assumed' }", '{ value: 3 }')).toBe('x.yaml:10:24: found no "source", expected source: a text')
})

test('several errors: the first in the file is told', () => {
  const both = system.replace('model: E4Z', 'model: X').replace('title: a tiny system', 'title: 7')
  expect(complaint(loadSystem, both, '', '')).toBe('x.yaml:3:8: found 7, expected a text')
})
