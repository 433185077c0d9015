import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalFlags,
  chooseCopy,
  decodeEnvironment,
  encodeEnvironment,
  nextSerial,
  planSave,
  readCopies,
  type EnvironmentDialect,
} from '../../../sim/boot/u-boot-environment'

const sample = new Map([
  ['bootcmd', 'run x'],
  ['bootcount', '0'],
  ['bootlimit', '3'],
  ['upgrade_available', '1'],
])
const sizeBytes = 0x100
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const head = (bytes: Uint8Array, count: number): string => Buffer.from(bytes.subarray(0, count)).toString('hex')
const withCount = (count: string): Map<string, string> => new Map([...sample, ['bootcount', count]])
const copyWith = (flag: number): Uint8Array => encodeEnvironment(sample, { sizeBytes, flag })
const damaged = encodeEnvironment(sample, { sizeBytes, flag: 9 }).with(100, 7)

/** A block whose checksum is right, whatever the data. */
function checksummed(data: string): Uint8Array {
  const block = Buffer.from(`\0\0\0\0${data}`, 'latin1')
  block.writeUInt32LE(crc32(block.subarray(4)), 0)
  return block
}

describe('vectors measured with mkenvimage 2023.01 and fw_setenv 0.3.2', () => {
  const vectors = [
    { name: 'single, pad 00', layout: { sizeBytes }, starts: '7e4d4e86626f6f74', sha256: '65f1a4dcc94d5b2088d999371bca1c215a3d509b684c5d4a886b9fcdd9fda7d7' },
    { name: 'redundant, pad 00', layout: { sizeBytes, flag: 1 }, starts: 'f6daf59201626f6f', sha256: '2e6f3fe0296b9d5b6f52f5596cce7edf2d176fc4b29d86b60bdcb06697eea287' },
    { name: 'redundant, pad ff', layout: { sizeBytes, flag: 1, pad: 0xff }, starts: '495c011301626f6f', sha256: '728d675b7c6945b4c9b930f4996f306c4210c2e1d4aa9a74c7defe088d29bf00' },
  ]
  for (const vector of vectors)
    test(vector.name, () => {
      const bytes = encodeEnvironment(sample, vector.layout)
      expect(head(bytes, 8)).toBe(vector.starts)
      expect(sha256(bytes)).toBe(vector.sha256)
      expect(decodeEnvironment(bytes, { redundant: 'flag' in vector.layout })?.vars).toEqual(sample)
    })

  test('three saves of bootcount alternate between the copies', () => {
    const copies = { a: copyWith(1), b: copyWith(0) }
    const seen = ['1', '2', '3'].map((count) => {
      const { copy, flag } = planSave(copies.a, copies.b, 'libubootenv')
      copies[copy] = encodeEnvironment(withCount(count), { sizeBytes, flag, dialect: 'libubootenv' })
      return `${copy} ${head(copies[copy], 5)}`
    })
    expect(seen).toEqual(['b 2a91f78402', 'a 4e4df1be03', 'b 9206f3a804'])
  })

  test('single copy, bootcount=7', () => {
    expect(head(encodeEnvironment(withCount('7'), { sizeBytes }), 4)).toBe('f096f69c')
  })
})

describe('choosing a copy', () => {
  const pairs = [
    { a: 1, b: 0, takes: 'a' },
    { a: 1, b: 2, takes: 'b' },
    { a: 7, b: 7, takes: 'a' },
    { a: 255, b: 0, takes: 'b' },
    { a: 0, b: 255, takes: 'a' },
    { a: 255, b: 1, takes: 'a' },
    { a: 254, b: 255, takes: 'b' },
  ] as const
  for (const pair of pairs)
    test(`serials ${pair.a} and ${pair.b}: ${pair.takes}`, () => {
      expect(chooseCopy(copyWith(pair.a), copyWith(pair.b))).toBe(pair.takes)
    })

  test('a damaged copy never wins, two damaged ones leave the built-in default', () => {
    expect(chooseCopy(damaged, copyWith(1))).toBe('b')
    expect(chooseCopy(copyWith(1), damaged)).toBe('a')
    expect(chooseCopy(damaged, damaged)).toBe('none')
    expect(readCopies(damaged, damaged)).toBeNull()
  })

  test('a torn flag byte brings the older copy back: no checksum covers it', () => {
    const older = encodeEnvironment(withCount('1'), { sizeBytes, flag: 4 })
    const newer = encodeEnvironment(withCount('2'), { sizeBytes, flag: 5 })
    expect(readCopies(older, newer)?.vars.get('bootcount')).toBe('2')
    expect(readCopies(older, newer.with(4, 0))?.vars.get('bootcount')).toBe('1')
  })

  test('the serial after 255 is 0', () => {
    expect([nextSerial(0), nextSerial(254), nextSerial(255)]).toEqual([1, 255, 0])
  })

  test('without a valid copy U-Boot saves to A, libubootenv to B', () => {
    expect(planSave(damaged, damaged)).toEqual({ copy: 'a', flag: 1 })
    expect(planSave(damaged, damaged, 'libubootenv')).toEqual({ copy: 'b', flag: 10 })
  })

  test('a thousand saves: the last one is always the one that is read', () => {
    const copies = { a: copyWith(1), b: copyWith(0) }
    for (let save = 0; save < 1000; save++) {
      const { copy, flag } = planSave(copies.a, copies.b)
      copies[copy] = encodeEnvironment(withCount(String(save)), { sizeBytes, flag })
      expect(readCopies(copies.a, copies.b)?.vars.get('bootcount')).toBe(String(save))
    }
  })
})

describe('canonicalFlags', () => {
  const byte = fc.nat(255)

  test('keeps the choice, of this save and of the next', () => {
    fc.assert(
      fc.property(byte, byte, (aFlag, bFlag) => {
        const a = encodeEnvironment(withCount('1'), { sizeBytes, flag: aFlag })
        const b = encodeEnvironment(withCount('2'), { sizeBytes, flag: bFlag })
        const canonical = canonicalFlags(a, b)
        expect(chooseCopy(canonical.a, canonical.b)).toBe(chooseCopy(a, b))
        expect([canonical.a[4], canonical.b[4]]).toEqual(chooseCopy(a, b) === 'a' ? [2, 1] : [1, 2])
        expect(planSave(canonical.a, canonical.b).copy).toBe(planSave(a, b).copy)
        expect(canonicalFlags(canonical.a, canonical.b)).toEqual(canonical)
      }),
    )
  })

  test('leaves a pair with a damaged copy as it is', () => {
    expect(canonicalFlags(damaged, copyWith(77))).toEqual({ a: damaged, b: copyWith(77) })
  })
})

describe('damage', () => {
  test('every single bit flip is noticed, except in the flag byte', () => {
    const good = copyWith(1)
    for (let bit = 0; bit < sizeBytes * 8; bit++) {
      const index = bit >> 3
      const decoded = decodeEnvironment(good.with(index, (good[index] ?? 0) ^ (1 << (bit & 7))), { redundant: true })
      if (index === 4) expect(decoded).toEqual({ vars: sample, flag: 1 ^ (1 << (bit & 7)) })
      else expect(decoded).toBeNull()
    }
  })

  test('truncated copies are refused at every length', () => {
    const good = copyWith(1)
    for (let length = 0; length < sizeBytes; length++) expect(decodeEnvironment(good.subarray(0, length), { redundant: true })).toBeNull()
  })

  test('arbitrary data under a right checksum never throws', () => {
    const data = fc.string({ unit: fc.constantFrom('\0', '=', '\\', '#', ' ', 'a', 'b', '\xff'), maxLength: 40 })
    const dialect = fc.constantFrom<EnvironmentDialect>('u-boot', 'libubootenv')
    fc.assert(fc.property(data, dialect, (text, reader) => {
      const decoded = decodeEnvironment(checksummed(text), { redundant: false, dialect: reader })
      return decoded === null || decoded.vars instanceof Map
    }), { numRuns: 1000 })
  })
})

describe('the two readers', () => {
  const blocks = [
    { name: 'an empty value', data: 'a=\0b=1\0\0', uBoot: [['b', '1']], libubootenv: [['a', ''], ['b', '1']] },
    { name: 'a backslash', data: 'a=x\\\\y\0\0', uBoot: [['a', 'x\\y']], libubootenv: [['a', 'x\\\\y']] },
    { name: 'a comment', data: '#a=1\0b=1\0\0', uBoot: [['b', '1']], libubootenv: [['#a', '1'], ['b', '1']] },
    { name: 'a name without value', data: 'a\0b=1\0\0', uBoot: [['b', '1']], libubootenv: [['b', '1']] },
    { name: 'no end mark', data: 'a=1\0b=2', uBoot: [['a', '1'], ['b', '2']], libubootenv: null },
    { name: 'no name', data: '=1\0b=2\0\0', uBoot: null, libubootenv: [['b', '2']] },
    { name: 'text behind the end mark', data: 'a=1\0\0b=2\0\0', uBoot: [['a', '1']], libubootenv: [['a', '1']] },
    { name: 'no variables, then text', data: '\0b=2\0\0', uBoot: [['b', '2']], libubootenv: [] },
  ]
  for (const block of blocks)
    test(block.name, () => {
      const read = (dialect: EnvironmentDialect): unknown => {
        const decoded = decodeEnvironment(checksummed(block.data), { redundant: false, dialect })
        return decoded && [...decoded.vars]
      }
      expect({ uBoot: read('u-boot'), libubootenv: read('libubootenv') }).toEqual({ uBoot: block.uBoot, libubootenv: block.libubootenv })
    })
})

const character = fc.nat(254).map((code) => String.fromCharCode(code + 1))
const nameText = fc.string({ unit: fc.constantFrom('a', 'b', 'z', 'A', 'Z', '0', '9', '_', '.', '-', '\xe9'), minLength: 1, maxLength: 8 })

describe('round trips', () => {
  for (const dialect of ['u-boot', 'libubootenv'] as const)
    test(`${dialect}: what is written is read, sorted by name`, () => {
      const variables = fc.array(fc.tuple(nameText, fc.string({ unit: character, minLength: 1, maxLength: 20 })), { maxLength: 8 })
      fc.assert(
        fc.property(variables, fc.option(fc.nat(255), { nil: undefined }), fc.nat(255), (pairs, flag, pad) => {
          const vars = new Map(pairs)
          const bytes = encodeEnvironment(vars, { sizeBytes: 1024, pad, dialect, ...(flag === undefined ? {} : { flag }) })
          const decoded = decodeEnvironment(bytes, { redundant: flag !== undefined, dialect })
          if (vars.size > 0) expect(decoded?.vars).toEqual(vars)
          expect(decoded?.flag).toBe(flag ?? null)
          const names = [...(decoded?.vars.keys() ?? [])]
          expect(names).toEqual([...names].sort())
        }),
      )
    })

  test('what no environment can hold is a defect', () => {
    for (const [name, value] of [['', 'x'], ['a=b', 'x'], ['a', '\0'], ['a', 'Ω'], ['a', 'x'.repeat(300)]] as const)
      expect(() => encodeEnvironment(new Map([[name, value]]), { sizeBytes })).toThrow('environment:')
    expect(() => encodeEnvironment(sample, { sizeBytes, flag: 256 })).toThrow('flag 256')
  })

  test('fits to the last byte', () => {
    const exact = new Map([['a', 'x'.repeat(16 - 4 - 2 - 2)]])
    expect(decodeEnvironment(encodeEnvironment(exact, { sizeBytes: 16 }), { redundant: false })?.vars).toEqual(exact)
    expect(() => encodeEnvironment(new Map([['a', 'x'.repeat(9)]]), { sizeBytes: 16 })).toThrow('does not fit')
  })
})

const has = (tool: string): boolean => spawnSync(tool, ['-V']).error === undefined

function inTemporaryDirectory<T>(run: (path: (name: string) => string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'powercut-environment-'))
  try {
    return run((name) => join(directory, name))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe('mkenvimage (u-boot-tools)', () => {
  test.skipIf(!has('mkenvimage'))('writes the same bytes for sorted variables', () => {
    inTemporaryDirectory((path) => {
      writeFileSync(path('text'), [...sample].map(([name, value]) => `${name}=${value}\n`).join(''))
      for (const [options, layout] of [
        [['-p', '0x00'], { sizeBytes }],
        [['-r', '-p', '0x00'], { sizeBytes, flag: 1 }],
        [['-r'], { sizeBytes, flag: 1, pad: 0xff }],
      ] as const) {
        execFileSync('mkenvimage', [...options, '-s', String(sizeBytes), '-o', path('image'), path('text')])
        expect(new Uint8Array(readFileSync(path('image')))).toEqual(encodeEnvironment(sample, layout))
      }
    })
  })
})

describe('fw_printenv and fw_setenv (libubootenv-tool)', () => {
  const absent = !has('fw_printenv') || !has('fw_setenv')

  function withCopies<T>(run: (copies: {
    write(a: Uint8Array, b: Uint8Array): void
    read(): { a: Uint8Array; b: Uint8Array }
    print(): string[]
    set(...assignment: string[]): void
  }) => T): T {
    return inTemporaryDirectory((path) => {
      // v0.3.2 takes its lock in /var/lock whatever the configuration says; tests of one file run one by one.
      const call = (tool: string, ...args: string[]): string => execFileSync(tool, ['-c', path('configuration'), ...args], { encoding: 'utf8', stdio: 'pipe' })
      return run({
        write(a, b) {
          writeFileSync(path('a'), a)
          writeFileSync(path('b'), b)
          writeFileSync(path('configuration'), `${path('a')} 0 0x${a.length.toString(16)}\n${path('b')} 0 0x${b.length.toString(16)}\n`)
        },
        read: () => ({ a: new Uint8Array(readFileSync(path('a'))), b: new Uint8Array(readFileSync(path('b'))) }),
        print: () => call('fw_printenv').split('\n').filter((line) => line !== ''),
        set: (...assignment) => void call('fw_setenv', ...assignment),
      })
    })
  }

  test.skipIf(absent)('fw_printenv reads what we write, from the copy that we choose', () => {
    withCopies((copies) => {
      for (const [aFlag, bFlag] of [[1, 0], [1, 2], [5, 5], [255, 0], [0, 255], [255, 1]] as const) {
        const a = encodeEnvironment(withCount('10'), { sizeBytes, flag: aFlag })
        const b = encodeEnvironment(withCount('11'), { sizeBytes, flag: bFlag, pad: 0xff })
        for (const [first, second] of [[a, b], [a.with(90, 1), b], [a, b.with(90, 1)]] as const) {
          copies.write(first, second)
          const ours = readCopies(first, second, 'libubootenv')?.vars ?? []
          expect(copies.print()).toEqual([...ours].map(([name, value]) => `${name}=${value}`))
        }
      }
    })
  })

  test.skipIf(absent)('fw_setenv writes the copy, serial and variables that we plan', () => {
    withCopies((copies) => {
      for (const [aFlag, bFlag] of [[1, 0], [255, 254], [0, 255], [7, 7]] as const) {
        copies.write(copyWith(aFlag), copyWith(bFlag))
        for (const [name, value] of [['bootcount', '1'], ['zeta', 'x y'], ['alpha', 'a\\b'], ['zeta', '']] as const) {
          const before = copies.read()
          const plan = planSave(before.a, before.b, 'libubootenv')
          const vars = new Map([...(readCopies(before.a, before.b, 'libubootenv')?.vars ?? []), [name, value]])
          copies.set(name, value)
          const after = copies.read()
          const other = plan.copy === 'a' ? 'b' : 'a'
          expect(after[other]).toEqual(before[other])
          // Behind the end mark stands what malloc held, so the variables are compared and not the padding.
          expect(decodeEnvironment(after[plan.copy], { redundant: true, dialect: 'libubootenv' })).toEqual({ vars, flag: plan.flag })
          const text = Buffer.from(encodeEnvironment(vars, { sizeBytes, flag: plan.flag, dialect: 'libubootenv' }))
          const used = text.indexOf('\0\0', 5) + 2
          expect(head(after[plan.copy].subarray(4), used - 4)).toBe(head(text.subarray(4), used - 4))
        }
      }
    })
  })

  test.skipIf(absent)('fw_setenv writes nothing when the value is already there', () => {
    withCopies((copies) => {
      copies.write(copyWith(1), copyWith(0))
      copies.set('bootlimit', '3')
      expect(copies.read()).toEqual({ a: copyWith(1), b: copyWith(0) })
    })
  })
})
