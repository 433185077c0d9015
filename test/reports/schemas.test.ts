/** The published JSON Schemas are up to date, strict, and fit what the reporters print (validated by ajv, not by zod). */
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { describe, expect, test } from 'vitest'
import type { Report } from '../../reports/run-report'
import { documents, jsonSchemaText, type DocumentName } from '../../reports/schemas/documents'
import { checkReport, compareReport, incompleteSweepReport, listReport, replayReport, sweepReport } from './samples'

const folder = join(__dirname, '../../reports/schemas')
const names = Object.keys(documents) as DocumentName[]

for (const name of names)
  test(`schema: ${name}.schema.json is up to date`, async () => {
    await expect(jsonSchemaText(name)).toMatchFileSnapshot(join(folder, `${name}.schema.json`))
  })

function problems(name: DocumentName, document: unknown): unknown[] {
  const validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(jsonSchemaText(name)) as object)
  validate(document)
  return validate.errors ?? []
}

const samples: readonly { name: DocumentName; report: Report }[] = [
  { name: 'compare', report: compareReport },
  { name: 'sweep', report: sweepReport },
  { name: 'sweep', report: incompleteSweepReport },
  { name: 'replay', report: replayReport },
  { name: 'list', report: listReport },
  { name: 'check', report: checkReport },
]
for (const { name, report } of samples)
  test(`schema: ${name} accepts its document`, () => {
    expect(problems(name, JSON.parse(JSON.stringify(report)))).toEqual([])
    expect(documents[name].safeParse(report).error).toBeUndefined()
  })

describe('schema: refuses', () => {
  const [system] = compareReport.systems
  const broken: readonly { what: string; name: DocumentName; document: unknown }[] = [
    { what: 'an unknown key', name: 'compare', document: { ...compareReport, seed: 1 } },
    { what: 'an unknown key within a system', name: 'compare', document: { ...compareReport, systems: [{ ...system, colour: 'red' }] } },
    { what: 'a missing outcome', name: 'compare', document: { ...compareReport, systems: [{ ...system, verdicts: { old: 1 } }] } },
    { what: 'an unknown outcome', name: 'replay', document: { ...replayReport, verdict: 'fine' } },
    { what: 'another schema', name: 'sweep', document: { ...sweepReport, schema: 'powercut/sweep@2' } },
    { what: 'a negative size', name: 'sweep', document: { ...sweepReport, wireBytes: -1 } },
    { what: 'a share above 1', name: 'sweep', document: { ...sweepReport, exposureShare: 1.2 } },
    { what: 'a missing key', name: 'list', document: { schema: 'powercut/list@1', kind: 'systems', items: [] } },
  ]
  for (const { what, name, document } of broken)
    test(`${what} (${name})`, () => {
      expect(problems(name, document)).not.toEqual([])
    })
})
