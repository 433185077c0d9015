/** The bundled files hold what they promise, and the published schemas accept them (validated by ajv, not by zod). */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hardwareOf } from '../../scenarios/hardware'
import { loadHardware, loadSystem } from '../../scenarios/load'
import { figureMeanings, figuresOf } from '../../scenarios/schema/hardware'
import { formatNames, formatSchemaText, type FormatName } from '../../scenarios/schema/published'

const folder = join(__dirname, '../../scenarios')

function filesOf(kind: string): readonly { file: string; text: string }[] {
  return readdirSync(join(folder, kind)).filter((file) => file.endsWith('.yaml')).toSorted()
    .map((file) => ({ file, text: readFileSync(join(folder, kind, file), 'utf8') }))
}

for (const name of formatNames)
  test(`schema: ${name}.schema.json is up to date`, async () => {
    await expect(formatSchemaText(name)).toMatchFileSnapshot(join(folder, 'schema', `${name}.schema.json`))
  })

const kinds: readonly { kind: string; format: FormatName }[] = [{ kind: 'systems', format: 'system' }, { kind: 'hardware', format: 'hardware' }]
for (const { kind, format } of kinds)
  for (const { file, text } of filesOf(kind))
    test(`${kind}/${file} fits the published schema`, () => {
      const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(JSON.parse(formatSchemaText(format)) as object)
      validate(parse(text))
      expect(validate.errors ?? []).toEqual([])
    })

describe('systems', () => {
  const hardware = filesOf('hardware').map(({ file, text }) => loadHardware(text, file).name)
  for (const { file, text } of filesOf('systems'))
    test(`${file} is named like its file, and its hardware exists`, () => {
      const system = loadSystem(text, file)
      expect(`${system.name}.yaml`).toBe(file)
      expect(hardware).toContain(system.hardware)
    })

  test('rauc-slots: two equal slots, and two copies of the environment that do not overlap', () => {
    const { stores } = loadSystem(readFileSync(join(folder, 'systems/rauc-slots.yaml'), 'utf8'), 'rauc-slots.yaml')
    const slots = stores.flatMap((store) => (store.kind === 'partition' && store.role === 'slot' ? [store.sizeBytes] : []))
    expect(slots).toEqual([512 * 1024 ** 2, 512 * 1024 ** 2])
    expect(stores.find((store) => store.role === 'loader-env')).toMatchObject({ copyOffsets: [0, 0x4000], copyBytes: 16 * 1024, sectorBytes: 512 })
  })
})

describe('hardware', () => {
  for (const { file, text } of filesOf('hardware'))
    test(`${file} is named like its file and has every figure, as a plain number`, () => {
      const document = loadHardware(text, file)
      expect(`${document.name}.yaml`).toBe(file)
      const figures = figuresOf(document)
      expect(Object.keys(figures)).toEqual(Object.keys(figureMeanings))
      expect(Object.values(figures).every((value) => value > 0)).toBe(true)
      expect(hardwareOf(document).writeBackSeconds).toBe(40)
    })
})
