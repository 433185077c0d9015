/** `--strategy ./mine.ts`: from any folder, in TypeScript or JavaScript; what is no strategy is bad input. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../sim/release/input-error'
import { folderWith, slotStrategy, swept } from './strategies'

const good = slotStrategy({})
const asCommonJs = good.replace(/^import .*$/m, '').replace(/: (Os|Strategy|string)/g, '').replace('!\n', '\n').replace('export const mine', 'exports.mine')
const asModule = asCommonJs.replace('exports.mine', 'export const mine')

describe('a strategy is loaded from', () => {
  const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'a folder without tsconfig': { 'mine.ts': good },
    'a folder with "type": "module"': { 'mine.ts': good, 'package.json': '{ "type": "module" }' },
    'a folder with a tsconfig that asks for something else': { 'mine.ts': good, 'tsconfig.json': '{ "compilerOptions": { "module": "esnext", "target": "es5", "noEmit": true } }' },
    'a file that imports another': { 'mine.ts': "export { mine } from './parts/it.js'\n", 'parts/it.ts': good, 'package.json': '{ "type": "module" }' },
    'a file that requires another only while it runs': { 'mine.ts': slotStrategy({ update: "require('./late')" }), 'late.ts': 'export {}\n' },
    'a default export': { 'mine.ts': good.replace('export const mine: Strategy =', 'const mine: Strategy =') + 'export default mine\n' },
    'CommonJS': { 'mine.cjs': asCommonJs },
    'JavaScript of a "type": "module" folder': { 'mine.js': asModule, 'package.json': '{ "type": "module" }' },
  }
  for (const [what, files] of Object.entries(folders))
    test(what, async () => {
      const report = await swept(join(folderWith(files), Object.keys(files)[0] ?? ''))
      expect(report).toMatchObject({ strategy: 'mine', complete: true, findings: [], possible: { brick: 0, corrupt: 0 } })
    })
})

describe('refused, with file, what was found and what was expected:', () => {
  const bad: Readonly<Record<string, { readonly text: string; readonly says: string; readonly name?: string; readonly at?: readonly [number, number] }>> = {
    'a module without a strategy': { text: 'export const facts = 1\n', says: 'found exports of another shape: facts, expected an export { facts: {' },
    'a module without exports': { text: 'const x = 1\n', says: 'found no export, expected an export { facts: {' },
    'a syntax error': { text: 'export const x: number = 1\nexport const = 2\n', says: 'an error while it was loaded: ', at: [2, 14] },
    'an error while it is loaded': { text: "throw new Error('no luck')\n", says: 'found an error while it was loaded: no luck, expected a module that loads' },
    'two strategies': { text: `${good}export const other: Strategy = { ...mine }\n`, says: 'found several strategies: mine, mine, expected one' },
    'a loop while it is loaded': { text: 'for (;;);\n', says: 'while it was loaded' },
    'roles that the system lacks': { text: slotStrategy({ needs: "['slot', 'root', 'boot']" }), says: 'found a strategy that needs root, boot, expected one that gets along with what rauc-slots has: data, loader-env, slot' },
    'another kind of file': { text: '{}', name: 'mine.json', says: 'found a file that ends in ".json", expected .ts, .mts, .cts, .js, .cjs or .mjs' },
  }
  for (const [what, { text, says, name = 'mine.ts', at }] of Object.entries(bad))
    test(what, async () => {
      const file = join(folderWith({ [name]: text }), name)
      const error: unknown = await swept(file).catch((each: unknown) => each)
      expect(error).toBeInstanceOf(InputError)
      expect((error as InputError).message).toContain(says)
      expect((error as InputError).file).toBe(file)
      if (at !== undefined) expect([(error as InputError).line, (error as InputError).column]).toEqual(at)
    })

  test('a file that is not there', async () => {
    await expect(swept('/no/such/mine.ts')).rejects.toThrow('/no/such/mine.ts:1:1: found no such file, expected a module that exports a strategy')
  })

  test('an option that it does not have', async () => {
    const file = join(folderWith({ 'mine.ts': good.replace('options: {}', "options: { sync: { default: true, means: 'x', source } }") }), 'mine.ts')
    await expect(swept(file, { options: { 'mine.snyc': false } })).rejects.toThrow('found no option "snyc" (did you mean "sync"?), expected one of sync')
    expect(await swept(file, { options: { 'mine.sync': false } })).toMatchObject({ complete: true })
  })
})
