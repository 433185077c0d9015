import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { litmusCommand, registerLitmus } from '../../cli/litmus'
import schema from '../../reports/schemas/litmus.schema.json'
import { publishedFile } from './published'

const folder = mkdtempSync(join(tmpdir(), 'powercut-litmus-'))

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, ['```litmus', ...lines, '```', ''].join('\n'))
  return path
}

async function ran(files: readonly string[], options: { readonly model?: string; readonly json?: boolean } = {}): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await litmusCommand(files, options, { out: (text) => { out += text }, err: (text) => { err += text } })
  return { code, out, err }
}

const failing = file('failing.md', [
  'test T1 rename without fsync', 'init creat f; append f old!', 'run creat t; append t NEW!; rename t f',
  'E1 f != "old!" & f != "NEW!"', '  forbidden SCC E4Z', 'E2 f = "gone"', '  allowed SCC', '  contested E4Z', '  na FAT',
])

const validate = new Ajv2020({ strict: true, allErrors: true }).compile<{ results: object[]; summary: object }>(schema)

test.each([[[publishedFile], {}], [[publishedFile], { model: 'E4Z' }], [[failing], {}]] as const)('the document fits its schema: %j', async (files, options) => {
  const { out, err } = await ran(files, { ...options, json: true })
  const document: unknown = JSON.parse(out)
  validate(document)
  expect(validate.errors ?? []).toEqual([])
  expect(err).toBe('')
})

test('the schema refuses what is not the document', async () => {
  const document = JSON.parse((await ran([failing], { json: true })).out) as { results: object[]; summary: object }
  expect(validate({ ...document, summary: { ...document.summary, ok: -1 } })).toBe(false)
  expect(validate({ ...document, results: [{ ...document.results[0], expected: 'na' }] })).toBe(false)
  expect(validate({ ...document, schema: 'powercut/litmus@2' })).toBe(false)
})

test('all published verdicts hold: exit 0', async () => {
  const { code, out } = await ran([publishedFile])
  expect(code).toBe(0)
  expect(out).toMatch(/^SCC {2,}62 {2,}0 {2,}0 {2,}0 {2,}0$/m)
  expect(out).toMatch(/^Skipped, models that are not there yet: /m)
  expect(out.endsWith('\n197 hold, 0 failed, 2 contested, 7 na, 824 skipped\n')).toBe(true)
})

test('a failed verdict: exit 1, and its witness', async () => {
  const { code, out } = await ran([failing])
  expect(code).toBe(1)
  expect(out).toBe(`model   holds   failed   contested   na   skipped
SCC         1        1           0    0         0
E4Z         0        1           1    0         0
FAT         0        0           0    1         0

FAILED T1 E1 on E4Z: forbidden, and a cut leaves it behind
  cut       during rename /t to /f (cut point 2)
  survived  create /t
            write /t (length)
            rename /t to /f
  lost      write /t (data)
  state     /f = "...."

FAILED T1 E2 on SCC: allowed, and no cut leaves it behind

1 hold, 2 failed, 1 contested, 1 na, 0 skipped
`)
})

test('one model only', async () => {
  const { code, out } = await ran([failing], { model: 'SCC' })
  expect(code).toBe(1)
  expect(out).not.toMatch(/E4Z|FAT/)
  expect(await ran([failing], { model: 'DWC' })).toEqual({ code: 0, out: 'No verdict names this model.\n', err: '' })
})

test('the same bytes each time', async () => {
  expect(await ran([publishedFile], { json: true })).toEqual(await ran([publishedFile], { json: true }))
})

test('bad usage and bad input: exit 2, nothing on stdout', async () => {
  expect(await ran([failing], { model: 'e4x' })).toEqual({ code: 2, out: '', err: 'powercut litmus: unknown model "e4x" (did you mean "E4Z"?); there are SCC, E4Z, WEAK, TMPFS, DWC.\n' })
  const missing = join(folder, 'missing.md')
  expect(await ran([missing])).toEqual({ code: 2, out: '', err: `powercut litmus: ${missing}:1:1: found nothing that can be read (ENOENT), expected a Markdown file\n` })
  expect((await ran([folder])).code).toBe(2)
  const bad = file('bad.md', ['test T', 'run creat'])
  expect(await ran([bad], { json: true })).toEqual({ code: 2, out: '', err: `powercut litmus: ${bad}:3:10: found the end of "creat", expected a path\n` })
  writeFileSync(join(folder, 'prose.md'), '# nothing\n')
  expect((await ran([join(folder, 'prose.md')])).err).toContain('found no litmus test')
})

test('the command line reaches it', async () => {
  let code: number | undefined
  let out = ''
  const program = new Command('powercut').exitOverride()
  registerLitmus(program, (exitCode) => { code = exitCode }, { out: (text) => { out += text }, err: () => {} })
  await program.parseAsync(['litmus', failing, '--model', 'E4Z', '--json'], { from: 'user' })
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ schema: 'powercut/litmus@1', summary: { ok: 0, failed: 1, contested: 1, na: 0, skipped: 0 } })
})
