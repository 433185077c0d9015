import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGrubEnvironment, parseGrubEnvironment, setGrubVariable, unsetGrubVariable } from '../../../sim/boot/grub-environment'

const sha256 = (bytes: Uint8Array | null): string | null => bytes && createHash('sha256').update(bytes).digest('hex')

function setAll(block: Uint8Array, ...assignments: readonly (readonly [string, string])[]): Uint8Array {
  return assignments.reduce((current, [name, value]) => {
    const changed = setGrubVariable(current, name, value)
    if (changed === null) throw new Error(`${name} does not fit`)
    return changed
  }, block)
}

describe('vectors measured with grub-editenv 2.06-13+deb12u2', () => {
  const steps = [
    { step: 'create', change: (block: Uint8Array) => block, sha256: 'f64122858064885ef0733e42c6a3d2d3fd642671f714db0d974b880c0f087430' },
    { step: 'set boot_success=1', change: (block: Uint8Array) => setGrubVariable(block, 'boot_success', '1'), sha256: '0e33ca85625791846af7f17f94e6a2b4000b4a7ef4c51e775c79edf5c2b8250d' },
    { step: 'set boot_counter=3', change: (block: Uint8Array) => setGrubVariable(block, 'boot_counter', '3'), sha256: '5fd08afbd35d640aa26af2c0747a5eaaba443c2337966b81c5e4b640200c01ab' },
    { step: 'set boot_success=0', change: (block: Uint8Array) => setGrubVariable(block, 'boot_success', '0'), sha256: '45320d1df8b1b74f3a89dad3002fddf6db0670a10bc7dbf98ca18385abc5c258' },
    { step: 'set boot_counter=2', change: (block: Uint8Array) => setGrubVariable(block, 'boot_counter', '2'), sha256: '61c48e423ac316391f52c3d1442d688a67b3698c95a986471c509582a461e469' },
    { step: 'set boot_counter=-1', change: (block: Uint8Array) => setGrubVariable(block, 'boot_counter', '-1'), sha256: 'fef25696530676b5229918cb106ef79ff5e21fa4bb84912409db9a21afc522ac' },
    { step: 'unset boot_counter', change: (block: Uint8Array) => unsetGrubVariable(block, 'boot_counter'), sha256: 'f0537d8a175d114eebe271713a31cf830bdce070b7747d153971555cc218cf7c' },
  ]
  let block = createGrubEnvironment()
  const blocks = steps.map(({ change }) => (block = change(block) ?? block))
  for (const [index, step] of steps.entries()) test(step.step, () => expect(sha256(blocks[index] ?? null)).toBe(step.sha256))

  test('snapd writes the header without the warning', () => {
    const states = ['', 'try', 'trying'].map((state) => sha256(setGrubVariable(createGrubEnvironment({ warning: false }), 'kernel_status', state)))
    expect(states).toEqual([
      '031e72ddd3c42f33f84112358b91cd17da9dff38a2dcfbcf16f26e29a2e225a3',
      '7ba083db690eeed4798a15d09694a457cfacd6c2ce55db2768f7ae8f01667b63',
      '7684ac104d3879de33d7d4c02e18f45ff238f0b0b63b7731a1824d9e8b10b093',
    ])
  })
})

describe('V-GRUB-TORN: half a write parses as a number nobody wrote', () => {
  const counting = (count: string): Uint8Array =>
    setAll(createGrubEnvironment({ warning: false }), ['pad', 'x'.repeat(468)], ['boot_counter', count], ['boot_success', '0'])
  const [before, after] = [counting('10'), counting('9')]
  const join512 = (first: Uint8Array, second: Uint8Array): Uint8Array => new Uint8Array([...first.subarray(0, 512), ...second.subarray(512)])
  const images = [
    { name: 'before', bytes: before, counter: '10', sha256: '20b560449281bc10fca1a950f6b2deb600d417a7587b66a3d8528dc9fc4e5b9f' },
    { name: 'after', bytes: after, counter: '9', sha256: '7597ba63e25981e42631affe714a45b6895ce7cea7fde5d253bc0bc08a3df6fc' },
    { name: 'only the first sector arrived', bytes: join512(after, before), counter: '90', sha256: 'b937338b64a9bf49859500ad56ad7883a6c845cefe0c1938e9b3f2939607f45a' },
    { name: 'only the second sector arrived', bytes: join512(before, after), counter: '1', sha256: '99e2bab25a165d4d7b144e2ee6aeeedf04370c9e98c00b4cb56b089b97f4ed70' },
  ]
  for (const image of images)
    test(`${image.name}: ${image.counter}`, () => {
      expect(sha256(image.bytes)).toBe(image.sha256)
      const vars = parseGrubEnvironment(image.bytes)
      expect([vars?.get('boot_counter'), vars?.get('boot_success')]).toEqual([image.counter, '0'])
    })

  test('setting 9 over 10 gives the same bytes as writing 9 at once', () => {
    expect(setGrubVariable(before, 'boot_counter', '9')).toEqual(after)
  })
})

describe('damage', () => {
  test('an empty file, a short one and a damaged first line hold nothing and refuse writes', () => {
    for (const block of [new Uint8Array(), createGrubEnvironment().subarray(0, 25), createGrubEnvironment().with(3, 0)]) {
      expect(parseGrubEnvironment(block)).toBeNull()
      expect(setGrubVariable(block, 'a', '1')).toBeNull()
      expect(unsetGrubVariable(block, 'a')).toBeNull()
    }
  })

  test('a line without "=" becomes part of the next name', () => {
    const block = Buffer.from(createGrubEnvironment({ warning: false }))
    block.write('broken\na=1\n', 25)
    expect(parseGrubEnvironment(block)).toEqual(new Map([['broken\na', '1']]))
  })

  test('free space that no line feed precedes refuses writes', () => {
    const block = Buffer.from(createGrubEnvironment({ warning: false }))
    block.write('a=1', 25)
    expect(setGrubVariable(block, 'b', '1')).toBeNull()
    expect(parseGrubEnvironment(block)).toEqual(new Map())
  })

  test('no byte, however wrong, makes a function throw', () => {
    const block = setAll(createGrubEnvironment({ sizeBytes: 128 }), ['a', '1'], ['b', 'x\\y'])
    const bytes = fc.array(fc.tuple(fc.nat(127), fc.constantFrom(0, 10, 35, 61, 92, 255)), { maxLength: 6 })
    fc.assert(fc.property(bytes, (changes) => {
      const bad = block.slice()
      for (const [index, byte] of changes) bad[index] = byte
      parseGrubEnvironment(bad)
      setGrubVariable(bad, 'a', 'longer')
      setGrubVariable(bad, 'b', '')
      unsetGrubVariable(bad, 'b')
      return true
    }), { numRuns: 1000 })
  })
})

const nameText = fc.constantFrom('a', 'ab', 'boot_counter', 'next_entry', 'ORDER')
const valueText = fc.string({ unit: fc.constantFrom('0', '1', 'x', '\\', '\n', '#', '=', ' '), maxLength: 12 })
const operations = fc.array(fc.tuple(nameText, fc.option(valueText)), { maxLength: 30 })

test('set and unset behave like a map while there is room', () => {
  fc.assert(
    fc.property(operations, (list) => {
      const expected = new Map<string, string>()
      let block = createGrubEnvironment()
      for (const [name, value] of list) {
        const next = value === null ? unsetGrubVariable(block, name) : setGrubVariable(block, name, value)
        expect(next).not.toBeNull()
        block = next ?? block
        if (value === null) expected.delete(name)
        else expected.set(name, value)
        expect(block.length).toBe(1024)
        expect(parseGrubEnvironment(block)).toEqual(expected)
      }
    }),
  )
})

test('a block without room refuses and stays usable', () => {
  const full = setAll(createGrubEnvironment({ sizeBytes: 128 }), ['a', 'x'.repeat(31)])
  expect(Buffer.from(full).toString('latin1').endsWith('x\n')).toBe(true)
  expect(setGrubVariable(full, 'b', '')).toBeNull()
  expect(setGrubVariable(full, 'a', 'y'.repeat(32))).toBeNull()
  expect(parseGrubEnvironment(setAll(full, ['a', 'y'.repeat(31)]))).toEqual(new Map([['a', 'y'.repeat(31)]]))
})

const hasEditenv = spawnSync('grub-editenv', ['--version']).status === 0

describe('grub-editenv (grub-common)', () => {
  function withFile<T>(run: (file: string) => T): T {
    const directory = mkdtempSync(join(tmpdir(), 'powercut-grubenv-'))
    try {
      return run(join(directory, 'grubenv'))
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  test.skipIf(!hasEditenv)('creates the same block', () => {
    withFile((file) => {
      execFileSync('grub-editenv', [file, 'create'])
      expect(new Uint8Array(readFileSync(file))).toEqual(createGrubEnvironment())
    })
  })

  // Small blocks, so that refusals and the stale bytes of a shrunk full block come up as well.
  test.skipIf(!hasEditenv)('makes the same bytes of the same operations', { timeout: 60_000 }, () => {
    withFile((file) => {
      fc.assert(
        fc.property(operations, fc.constantFrom(128, 160, 1024), (list, sizeBytes) => {
          let block = createGrubEnvironment({ sizeBytes })
          writeFileSync(file, block)
          for (const [name, value] of list.slice(0, 10)) {
            const next = value === null ? unsetGrubVariable(block, name) : setGrubVariable(block, name, value)
            const done = spawnSync('grub-editenv', value === null ? [file, 'unset', name] : [file, 'set', `${name}=${value}`])
            expect(done.status === 0).toBe(next !== null)
            if (next !== null) block = next
            expect(Buffer.from(readFileSync(file)).toString('latin1')).toBe(Buffer.from(block).toString('latin1'))
          }
        }),
        { numRuns: 25 },
      )
    })
  })

  test.skipIf(!hasEditenv)('lists what we parse', () => {
    withFile((file) => {
      const block = setAll(createGrubEnvironment(), ['ORDER', 'A B'], ['A_OK', '1'], ['path', 'C:\\x'], ['two', '1\n2'])
      writeFileSync(file, block)
      const list = [...(parseGrubEnvironment(block) ?? [])].map(([name, value]) => `${name}=${value}\n`).join('')
      expect(execFileSync('grub-editenv', [file, 'list'], { encoding: 'utf8' })).toBe(list)
    })
  })
})
