import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InputError } from '../../../sim/release/input-error'
import { parseManifest } from '../../../sim/release/manifest'
import { parsePackageTable } from '../../../sim/release/package-table'
import { releaseOf } from '../../../sim/release/release'
import { bytesOf, manifestOf } from './bundled'

const HEAD = '# releases: v1 v2\nin\tpath\ttype\tmode\tuid\tgid\tsize\tsha256\tzsize\thl\ttarget\tpkg\txattrs\n'
const SHA = 'ab'.repeat(32)
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const parse = (rows: string, head = HEAD): ReturnType<typeof parseManifest> => parseManifest(encode(head + rows), 'x.tsv')

function inputError(run: () => unknown): InputError {
  try {
    run()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('no InputError was thrown')
}

test('a row of each type, with escapes, hard link and xattrs', () => {
  const manifest = parse([
    `3\tusr\td\t755\t0\t0\t0\t-\t-\t-\t-\t*\t-`,
    `1\tusr/a\\tb\\\\x2dc\tf\t4755\t0\t42\t7\t${SHA}\t5\t3\t-\tping\tsecurity.capability=01ff,user.x=`,
    `2\tusr/l\\n\tl\t777\t0\t0\t4\t-\t-\t-\ta\\tbc\t-\t-`,
  ].join('\n'))
  expect(releaseOf(manifest, 'v1').paths.map((entry) => entry.path)).toEqual(['usr', 'usr/a\tb\\x2dc'])
  expect(releaseOf(manifest, 'v1').byPath.get('usr/a\tb\\x2dc')).toEqual({
    path: 'usr/a\tb\\x2dc', type: 'file', mode: 0o4755, uid: 0, gid: 42, sizeBytes: 7, sha256: SHA, deflatedBytes: 5, hardLink: 3, target: null,
    package: 'ping', xattrs: 'security.capability=01ff,user.x=',
  })
  expect(releaseOf(manifest, 'v2').byPath.get('usr/l\n')).toMatchObject({ type: 'symlink', target: 'a\tbc', sha256: null, package: '-' })
  expect(releaseOf(manifest, 'v1').paths[0]).toBe(releaseOf(manifest, 'v2').paths[0])
})

test('plain and gzip give the same; a release may be called otherwise', () => {
  const text = `${HEAD}1\tbin\tl\t777\t0\t0\t7\t-\t-\t-\tusr/bin\t-\t-\n`
  expect(parseManifest(gzipSync(text), 'x')).toEqual(parseManifest(encode(text), 'x'))
  expect(releaseOf(parseManifest(encode(text), 'x'), 'v2', { id: 'new' })).toMatchObject({ id: 'new', paths: [] })
})

test('paths are sorted by code unit, though the file is sorted by bytes', () => {
  const row = (path: string): string => `1\t${path}\tl\t777\t0\t0\t1\t-\t-\t-\tx\t-\t-\n`
  const [private_, astral] = ['\uE000', '\u{1F600}']
  expect(releaseOf(parse(row(private_) + row(astral)), 'v1').paths.map((entry) => entry.path)).toEqual([astral, private_])
})

const file = `1\tf\tf\t644\t0\t0\t7\t${SHA}\t5\t-\t-\tp\t-`
const broken: { name: string; rows: string; head?: string; says: string }[] = [
  { name: 'too few columns', rows: '1\tf\tf\t644', says: 'x.tsv:3:10: found 4 columns, expected 13: in, path, ' },
  { name: 'too many columns', rows: `${file}\textra`, says: `x.tsv:3:${file.length + 1}: found 14 columns, expected 13` },
  { name: 'an empty line between rows', rows: `${file}\n\n${file}`, says: 'x.tsv:4:1: found 1 column, expected 13' },
  { name: 'mask not hexadecimal', rows: file.replace('1\t', 'g\t'), says: 'x.tsv:3:1: found "g", expected a hexadecimal mask from 1 to 3 (2 releases)' },
  { name: 'mask of no release', rows: file.replace('1\t', '0\t'), says: 'x.tsv:3:1: found "0", expected a hexadecimal mask' },
  { name: 'mask of a third release', rows: `${file}\n${file.replace('1\tf', '4\tg')}`, says: 'x.tsv:4:1: found "4", expected a hexadecimal mask' },
  { name: 'device', rows: file.replace('\tf\t644', '\tc\t644'), says: 'x.tsv:3:5: found "c", expected d, f or l' },
  { name: 'type that JavaScript knows', rows: file.replace('\tf\t644', '\tconstructor\t644'), says: 'x.tsv:3:5: found "constructor", expected d, f or l' },
  { name: 'mode', rows: file.replace('644', '689'), says: 'x.tsv:3:7: found "689", expected an octal mode' },
  { name: 'size', rows: file.replace('\t7\t', '\t-7\t'), says: 'x.tsv:3:15: found "-7", expected a size in bytes, a whole number' },
  { name: 'digest', rows: file.replace(SHA, SHA.toUpperCase()), says: 'x.tsv:3:17: found "ABAB' },
  { name: 'absolute path', rows: file.replace('1\tf', '1\t/f'), says: 'x.tsv:3:3: found "/f", expected a path relative to the root' },
  { name: 'path with ..', rows: file.replace('1\tf', '1\ta/../f'), says: 'x.tsv:3:3: found "a/../f", expected a path relative' },
  { name: 'unknown escape', rows: file.replace('1\tf', '1\tab\\q'), says: 'x.tsv:3:5: found "\\\\q", expected one of the escapes' },
  { name: 'escape cut short', rows: file.replace('1\tf', '1\tab\\'), says: 'x.tsv:3:5: found "\\\\", expected one of the escapes' },
  { name: 'target of a file', rows: file.replace('5\t-\t-', '5\t-\tx'), says: `x.tsv:3:86: found "x", expected -` },
  { name: 'xattrs', rows: file.replace(/-$/, 'a=xyz'), says: 'x.tsv:3:90: found "a=xyz", expected name=hex,… or -' },
  { name: 'path twice in a release', rows: `${file}\n${file.replace('1\tf', '3\tf')}`, says: 'x.tsv:4:3: found "f" again, expected each path once a release' },
  { name: 'no parent', rows: file.replace('1\tf', '1\ta/f'), says: 'x.tsv:3:3: found "a/f", expected the directory "a" in the same releases' },
  { name: 'no head', rows: '', head: 'hello\n', says: 'x.tsv:1:1: found "hello", expected "# releases: NAME …"' },
  { name: 'empty file', rows: '', head: '', says: 'x.tsv:1:1: found "", expected "# releases: NAME …"' },
  { name: 'release twice', rows: '', head: '# releases: v1 v1\n', says: 'x.tsv:1:16: found "v1" twice' },
  { name: 'no column names', rows: '', head: '# releases: v1\n', says: 'x.tsv:2:1: found the end of the file, expected the column names' },
  { name: 'CRLF', rows: '', head: HEAD.replaceAll('\n', '\r\n'), says: 'x.tsv:2:65: found' },
]
for (const { name, rows, head, says } of broken) {
  test(`malformed: ${name}`, () => {
    expect(inputError(() => parse(rows, head)).message).toContain(says)
  })
}

test('truncated gzip says where the text stops; damaged gzip and bad UTF-8 are input errors too', () => {
  const whole = bytesOf('small.tsv.gz')
  const cut = inputError(() => parseManifest(whole.slice(0, whole.length / 2), 'cut.gz'))
  expect(cut).toMatchObject({ file: 'cut.gz', found: 'gzip data that ends early', expected: 'a whole gzip file' })
  expect(cut.line).toBeGreaterThan(100)
  expect(inputError(() => parseManifest(whole.slice(0, 5), 'cut.gz')).message).toMatch(/^cut\.gz:1:1: found gzip data that ends early/)
  const damaged = whole.slice()
  damaged.fill(0xff, 1000, 1100)
  expect(inputError(() => parseManifest(damaged, 'bad.gz')).found).toBe('damaged gzip data')
  const latin1 = new Uint8Array([...encode(`${HEAD}1\tab`), 0xe9, ...encode('\t')])
  expect(inputError(() => parseManifest(latin1, 'l.tsv')).message).toBe('l.tsv:3:5: found a byte that is not UTF-8, expected UTF-8 text')
})

test('whatever the bytes, the answer is a manifest or an InputError', () => {
  const whole = new TextDecoder().decode(encode(`${HEAD}${file}\n3\td\td\t755\t0\t0\t0\t-\t-\t-\t-\t*\t-\n`))
  const edit = fc.record({ at: fc.nat(whole.length), drop: fc.nat(8), put: fc.string({ maxLength: 4 }) })
  fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
    const text = edits.reduce((left, { at, drop, put }) => left.slice(0, at) + put + left.slice(at + drop), whole)
    try {
      parseManifest(encode(text), 'x')
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
    }
  }))
})

test('an unknown release names the known ones', () => {
  expect(inputError(() => releaseOf(manifestOf('small'), 'c')).message).toBe('small.tsv.gz:1:1: found no release "c", expected one of a, b')
})

test('package table: malformed rows', () => {
  const head = 'release\tpackage\tversion\tarch\tsource\tpriority\tessential\tinstalled_kib\tdeb_bytes\n'
  const row = 'v1\tbash\t5.2\tamd64\tbash\trequired\tyes\t7164\t1490652\n'
  const table = parsePackageTable(encode(head + row.replace('7164', '-')), 'p.tsv')
  expect(table.get('v1')?.get('bash')).toMatchObject({ version: '5.2', essential: true, installedKib: null, debBytes: 1_490_652 })
  const fails = (rows: string): string => inputError(() => parsePackageTable(encode(head + rows), 'p.tsv')).message
  expect(fails(row + row)).toBe('p.tsv:3:4: found "bash", expected each package once a release')
  expect(fails(row.replace('yes', 'maybe'))).toBe('p.tsv:2:33: found "maybe", expected yes or no')
  expect(fails(row.replace('1490652', '1e6'))).toContain('p.tsv:2:42: found "1e6", expected a size in bytes')
  expect(inputError(() => parsePackageTable(encode('release\tpackages\n'), 'p.tsv')).message).toContain('p.tsv:1:16: found')
})
