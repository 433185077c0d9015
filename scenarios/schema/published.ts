/** The JSON Schemas of the formats, for editors and for others who write such files. */
import { z } from 'zod'
import { HARDWARE_FORMAT, hardwareSchema } from './hardware'
import { SCENARIO_FORMAT, scenarioSchema } from './scenario'
import { SYSTEM_FORMAT, systemSchema } from './system'

const formats = {
  system: { schema: systemSchema, title: SYSTEM_FORMAT },
  scenario: { schema: scenarioSchema, title: SCENARIO_FORMAT },
  hardware: { schema: hardwareSchema, title: HARDWARE_FORMAT },
} as const

export type FormatName = keyof typeof formats
export const formatNames = Object.keys(formats) as readonly FormatName[]

/** The text of `NAME.schema.json` in this folder. Relations between fields are not in it: `load.ts` checks those. */
export function formatSchemaText(name: FormatName): string {
  const { schema, title } = formats[name]
  const json = z.toJSONSchema(schema, { io: 'input' })
  return `${JSON.stringify({ $id: `https://powercut.invalid/schemas/${title.replace('powercut/', '')}`, title, ...json }, null, 2)}\n`
}
