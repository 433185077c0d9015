/**
 * A scenario: systems, releases, a story of a life with updates, what goes wrong, and what is expected of it. A faulty variant
 * that bricks as expected is a scenario that holds.
 */
import { z } from 'zod'
import { flags, outcomes } from '../../sim/judge/outcome'
import { didYouMean } from '../../sim/nearest'
import { op } from './op'
import { cuts, name, optionValue, options, path, record, seconds, text, word } from './parts'

export const SCENARIO_FORMAT = 'powercut/scenario@1'

const outcomeOrFlag = word([...outcomes, ...flags] as [string, ...string[]])
const oneOrMore = z.union([outcomeOrFlag, z.array(outcomeOrFlag).min(1)], { error: (issue) => wordsMessage(issue.input) })

/** By what the release does when it is booted; `late` passes its health check first. */
const behaviour = word(['boots', 'unloadable', 'panics', 'hangs', 'cannot-mount-root', 'init-fails', 'unhealthy', 'flaky', 'late'])

const kernelFault = record({
  kind: z.literal('release'),
  release: name,
  behaves: behaviour,
  afterSeconds: seconds.optional().describe('For late: how long it runs well.'),
  ends: word(['freezes', 'panics', 'loses-network']).optional().describe('For late: how it ends.'),
})

/** Something that goes wrong at a call of the updater. */
const callFault = record({
  kind: word(['no-space', 'io-error', 'updater-killed', 'hook-failed', 'network-lost']),
  at: z.union([z.int().min(0), text], 'the index of a call, or a mark').optional().describe('Default: at any call.'),
  store: name.optional(),
})

const fault = z.discriminatedUnion('kind', [kernelFault, callFault],
  'a fault: release, no-space, io-error, updater-killed, hook-failed or network-lost')

/** `story: [{ install: v1 }, { update: v2 }, shutdown, boot]` */
const storyStep = z.union([
  word(['boot', 'shutdown', 'soft-reboot', 'kexec', 'clean-up', 'rollback', 'confirm', 'use-heavily']),
  record({ install: name }),
  record({ update: name }),
  record({ write: path, bytes: z.int().min(0).optional() }),
  record({ edit: path }),
  record({ wait: seconds }),
], 'a step: boot, shutdown, soft-reboot, kexec, clean-up, rollback, confirm, use-heavily, or install:, update:, write:, edit:, wait:')

const expectation = record({
  always: oneOrMore.optional().describe('No reachable end is anything else.'),
  sometimes: oneOrMore.optional().describe('Some reachable end is this.'),
  after: text.optional().describe('Only ends of cuts after this mark.'),
}).superRefine((line, context) => {
  if ((line.always === undefined) === (line.sometimes === undefined)) {
    context.addIssue({ code: 'custom', message: 'exactly one of always and sometimes' })
  }
})

const variant = record({
  name,
  title: text.optional(),
  source: text.optional().describe('The version, issue or commit that did it this way.'),
  options: options.optional(),
  faults: z.array(fault).optional(),
  cuts: cuts.optional(),
  script: z.array(op).min(1).optional().describe('Instead of a strategy.'),
  expect: z.array(expectation).min(1, 'at least one expectation'),
})

const systems = z.union([
  name,
  z.array(name).min(1),
  record({
    matrix: record({
      system: z.array(name).min(1),
      hardware: z.array(name).min(1).optional(),
      options: z.record(z.string().min(1), z.array(optionValue).min(1)).optional(),
    }),
  }),
], 'the name of a system, several, or matrix:')

export const scenarioSchema = record({
  schema: z.literal(SCENARIO_FORMAT),
  name,
  title: text,
  source: text.optional(),
  systems,
  releases: z.record(name, text, 'releases by the name that the story uses'),
  story: z.array(storyStep).min(1, 'at least one step'),
  faults: z.array(fault).default([]),
  cuts,
  variants: z.array(variant).min(1, 'at least one variant'),
}).superRefine((scenario, context) => {
  const releases = Object.keys(scenario.releases)
  const check = (release: string, at: readonly (string | number)[]): void => {
    if (releases.includes(release)) return
    const message = `a release of this scenario: ${releases.join(', ')}${didYouMean(release, releases)}`
    context.addIssue({ code: 'custom', path: [...at], message })
  }
  scenario.story.forEach((step, index) => {
    if (typeof step === 'string') return
    if ('install' in step) check(step.install, ['story', index, 'install'])
    if ('update' in step) check(step.update, ['story', index, 'update'])
  })
  const checkFaults = (faults: readonly z.infer<typeof fault>[], at: readonly (string | number)[]): void => {
    faults.forEach((each, index) => {
      if (each.kind !== 'release') return
      check(each.release, [...at, index, 'release'])
      const isLate = each.behaves === 'late'
      if (isLate === (each.afterSeconds !== undefined && each.ends !== undefined)) return
      context.addIssue({ code: 'custom', path: [...at, index, 'behaves'], message: 'late exactly when there are afterSeconds and ends' })
    })
  }
  checkFaults(scenario.faults, ['faults'])
  const seen = new Set<string>()
  scenario.variants.forEach((each, index) => {
    if (seen.has(each.name)) context.addIssue({ code: 'custom', path: ['variants', index, 'name'], message: 'each name once' })
    seen.add(each.name)
    checkFaults(each.faults ?? [], ['variants', index, 'faults'])
  })
})

export type ScenarioDocument = z.infer<typeof scenarioSchema>
export type VariantDocument = z.infer<typeof variant>
export type ExpectationDocument = z.infer<typeof expectation>

function wordsMessage(input: unknown): string {
  const words: readonly string[] = [...outcomes, ...flags]
  const unknown = (Array.isArray(input) ? input : [input]).find((each) => typeof each === 'string' && !words.includes(each)) as string | undefined
  return `outcomes or flags: ${words.join(', ')}${unknown === undefined ? '' : didYouMean(unknown, words)}`
}
