/**
 * The shapes of the documents, once more as zod schemas: the published JSON Schemas are written from these. The annotations
 * hold them to the types of `run-report.ts`; a test holds the files to them and validates samples independently of zod.
 */
import { z } from 'zod'
import type { CheckReport, CompareReport, Finding, ListReport, ReplayReport, SweepReport, SystemReport } from '../run-report'
import { flags, outcomes, remedies } from '../words'

const outcome = z.enum(outcomes)
const flag = z.enum(flags)
const remedy = z.enum(remedies)
const whole = z.int().min(0)
const amount = z.number().min(0)
const cuts = z.union([whole, z.literal('any')])
const version = z.string().min(1)

/** An object with exactly these keys. (`z.record` yields a schema without `properties`, which strict validators refuse.) */
function each<K extends string, V extends z.ZodType>(keys: readonly K[], value: V): z.ZodObject<Record<K, V>, z.core.$strict> {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, V>)
}

const finding: z.ZodType<Finding> = z.strictObject({
  verdict: outcome,
  flags: z.array(flag),
  remedy,
  class: z.string().min(1).describe('What broke and where: the cause.'),
  invariant: z.string().min(1).nullable().describe('The law that it breaks; null when the strategy vows nothing of the kind.'),
  token: z.string().min(1),
  replay: z.string().min(1).describe('The command line that replays it.'),
  story: z.array(z.string()),
  reliesOn: z.array(z.strictObject({ rule: z.string().min(1), evidence: z.enum(['M', 'S', 'D', 'I', 'R']), contested: z.boolean() })),
  count: z.int().min(1).describe('Stories of this cause.'),
}).meta({ id: 'Finding' })

const perOutcome = each(outcomes, whole).meta({ id: 'CountByOutcome' })
const secondsPerOutcome = each(outcomes, amount).meta({ id: 'SecondsByOutcome' })
const spread = z.strictObject({ median: amount.nullable(), p95: amount.nullable(), worst: amount.nullable() })
  .meta({ id: 'Spread', description: 'Null: the machine never comes up.' })

const system = {
  system: z.string().min(1),
  strategy: z.string().min(1),
  loader: z.string().min(1),
  release: z.strictObject({ from: z.string().min(1), to: z.string().min(1) }),
  wireBytes: whole,
  requests: whole,
  wireRatio: amount.nullable(),
  changedBytes: whole,
  bytesWritten: z.strictObject({ data: whole, metadata: whole, journal: whole, loader: whole, total: whole }),
  writeAmplification: amount.nullable(),
  peakExtraBytes: whole,
  steadyBytes: whole,
  barriers: whole,
  deviceFlushes: whole,
  boots: whole,
  downtimeSeconds: amount,
  updateSeconds: amount,
  settlingSeconds: amount,
  cutPoints: z.int().min(1),
  crashStates: z.strictObject({ log10: amount, exact: z.string().regex(/^[1-9][0-9]{0,63}$/).nullable() }),
  executions: whole,
  complete: z.boolean(),
  verdicts: perOutcome.describe('Number of cut points by their worst outcome.'),
  possible: perOutcome.describe('Number of cut points at which the outcome is possible.'),
  flags: each(flags, whole),
  exposureSeconds: secondsPerOutcome.describe('Time in which a cut may end so: an upper bound, not a probability.'),
  certainSeconds: secondsPerOutcome.describe('Time in which every cut ends so.'),
  vulnerableSeconds: amount,
  exposureShare: z.number().min(0).max(1),
  recovery: z.strictObject({ boots: spread, seconds: spread, remedy }),
  findings: z.array(finding),
  timeline: z.strictObject({
    buckets: z.array(z.strictObject({ atSeconds: amount, extraBytes: z.int(), worst: outcome })).max(200),
  }),
} as const

const systemReport: z.ZodType<SystemReport> = z.strictObject(system)

const compare: z.ZodType<CompareReport> = z.strictObject({
  schema: z.literal('powercut/compare@1'), version, cuts, hardware: z.string().min(1), systems: z.array(systemReport),
})

const sweep: z.ZodType<SweepReport> = z.strictObject({
  schema: z.literal('powercut/sweep@1'), version, cuts, hardware: z.string().min(1), ...system,
  closure: z.strictObject({ states: whole, edges: whole }),
  incomplete: z.strictObject({ why: z.string().min(1), covered: z.string().min(1), raise: z.string().min(1) }).exactOptional(),
})

const replay: z.ZodType<ReplayReport> = z.strictObject({
  schema: z.literal('powercut/replay@1'), version, token: z.string().min(1),
  verdict: outcome, flags: z.array(flag), remedy, story: z.array(z.string()), reproduced: z.boolean(),
})

const list: z.ZodType<ListReport> = z.strictObject({
  schema: z.literal('powercut/list@1'), version, kind: z.string().min(1),
  items: z.array(z.strictObject({
    name: z.string().min(1),
    summary: z.string(),
    details: z.array(z.strictObject({ label: z.string().min(1), lines: z.array(z.string()) })).exactOptional(),
  })),
})

const check: z.ZodType<CheckReport> = z.strictObject({
  schema: z.literal('powercut/check@1'), version,
  scenarios: z.array(z.strictObject({
    name: z.string().min(1),
    file: z.string().min(1),
    variants: z.array(z.strictObject({
      name: z.string().min(1), ok: z.boolean(), complete: z.boolean(),
      expected: z.array(z.string()), got: z.array(z.string()).nullable(), findings: z.array(finding),
    })),
  })),
  summary: z.strictObject({ ok: whole, failed: whole, incomplete: whole }),
})

/** By file name in this folder, without `.schema.json`. */
export const documents = { compare, sweep, replay, list, check } as const

export type DocumentName = keyof typeof documents

/** The text of the published file. */
export function jsonSchemaText(name: DocumentName): string {
  const schema = z.toJSONSchema(documents[name], { reused: 'inline' })
  return `${JSON.stringify({ $id: `https://powercut.invalid/schemas/${name}@1`, title: `powercut/${name}@1`, ...schema }, null, 2)}\n`
}
