/** Holds litmus tests against persistence models: each end must be reachable, must not be, or may be either. */
import type { PersistenceModel } from '../disk/lowering'
import { persistenceModels } from '../fs/models'
import type { LitmusCounts, LitmusReport, LitmusResult, Skipped } from './litmus-report'
import type { DeviceTest, End, Expected, FileSystemTest, LitmusTest, TextTest } from './litmus-test'
import { deviceModels, searchedDevice } from './run-device'
import { searchedFileSystem } from './run-file-system'
import { type Searched, findWitness } from './search'

type RunnableTest = FileSystemTest | DeviceTest

/** The models that a kind of test can be run on. */
export function modelsFor(kind: RunnableTest['kind']): readonly PersistenceModel[] {
  return persistenceModels.filter((model) => deviceModels.includes(model) === (kind === 'device'))
}

export function searchedTest(test: RunnableTest, model: PersistenceModel): Searched {
  return test.kind === 'device' ? searchedDevice(test) : searchedFileSystem(test, model)
}

/** The name of an operation of the program that is not there yet. */
export function unknownOperation(test: RunnableTest): string | null {
  const steps = test.kind === 'device' ? test.run : [...test.init, ...test.run]
  for (const step of steps) if (step.verb === 'unknown') return step.name
  return null
}

/** One verdict line of one end, for one model. */
export interface LitmusLine { readonly test: RunnableTest; readonly end: End; readonly model: string; readonly expected: Expected }

/** All verdict lines; `*` is spelt out for every model that the tests name and every persistent one there is. */
export function linesOf(tests: readonly LitmusTest[]): readonly LitmusLine[] {
  const lines: LitmusLine[] = []
  const runnable = tests.filter((test) => test.kind !== 'text')
  for (const kind of ['file-system', 'device'] as const) {
    const all = new Set(modelsFor(kind).filter((model) => model.persistent).map((model) => model.key))
    const ofKind = runnable.filter((test) => test.kind === kind)
    for (const test of ofKind) for (const end of test.ends) for (const key of namedIn(end)) if (key !== '*') all.add(key)
    for (const test of ofKind) {
      for (const end of test.ends) {
        const named = namedIn(end)
        for (const { expected, models } of end.verdicts) {
          for (const key of models) {
            const keys = key === '*' ? [...all].filter((each) => !named.includes(each)) : [key]
            for (const model of keys) lines.push({ test, end, model, expected })
          }
        }
      }
    }
  }
  return lines
}

function namedIn(end: End): readonly string[] {
  return end.verdicts.flatMap(({ models }) => models)
}

/** `only`: the key of the one model to look at. */
export function runLitmus(tests: readonly LitmusTest[], only?: string): LitmusReport {
  const results: LitmusResult[] = []
  const counts = new Map<string, Record<keyof LitmusCounts, number>>()
  const skipped = new Map<string, Skipped>()
  const searched = new Map<string, Searched>()
  const skip = (what: Skipped['what'], name: string, lines: number): void => {
    skipped.set(`${what} ${name}`, { what, name, lines: (skipped.get(`${what} ${name}`)?.lines ?? 0) + lines })
  }
  const count = (model: string, as: keyof LitmusCounts): void => {
    const row = counts.get(model) ?? { ok: 0, failed: 0, contested: 0, na: 0, skipped: 0 }
    counts.set(model, { ...row, [as]: row[as] + 1 })
  }

  for (const line of linesOf(tests)) {
    if (only !== undefined && line.model !== only) continue
    const model = modelsFor(line.test.kind).find(({ key }) => key === line.model)
    const unknown = unknownOperation(line.test)
    if (line.expected === 'na') count(line.model, 'na')
    else if (model === undefined || unknown !== null) {
      if (model === undefined) skip('model', line.model, 1)
      else skip('operation', unknown!, 1)
      count(line.model, 'skipped')
    } else {
      const key = `${line.test.kind} ${line.test.at.file} ${line.test.id} ${line.model}`
      const run = searched.get(key) ?? searchedTest(line.test, model)
      searched.set(key, run)
      const result = decide(line, line.expected, run)
      results.push(result)
      count(line.model, line.expected === 'contested' ? 'contested' : result.ok ? 'ok' : 'failed')
    }
  }
  for (const test of tests) if (test.kind === 'text' && (only === undefined || speaksOf(test, only))) skip('property', test.id, test.lines)

  const models = [...counts].map(([model, row]) => ({ model, ...row })).sort(byStanding)
  const total = (as: keyof LitmusCounts): number => models.reduce((sum, row) => sum + row[as], 0)
  const skippedLines = [...skipped.values()].reduce((sum, { lines }) => sum + lines, 0)
  return {
    schema: 'powercut/litmus@1', results, models, skipped: [...skipped.values()],
    summary: { ok: total('ok'), failed: total('failed'), contested: total('contested'), na: total('na'), skipped: skippedLines },
  }
}

function decide({ test, end, model }: LitmusLine, expected: Exclude<Expected, 'na'>, run: Searched): LitmusResult {
  const witness = findWitness(run, end.predicate)
  const reached = witness !== null
  const ok = expected === 'contested' || reached === (expected === 'allowed')
  return { test: test.id, model, end: end.name, expected, reached, ok, ...(witness === null ? {} : { witness }) }
}

function speaksOf(test: TextTest, model: string): boolean {
  return test.on.split(/[^\w-]+/).includes(model)
}

/** The models that are there first, in the registry's order; then the others by name. */
function byStanding(a: { readonly model: string }, b: { readonly model: string }): number {
  const place = (key: string): number => {
    const at = persistenceModels.findIndex((model) => model.key === key)
    return at < 0 ? persistenceModels.length : at
  }
  return place(a.model) - place(b.model) || (a.model < b.model ? -1 : 1)
}
