/** One system from recording to proof: closes the graph, judges every state, measures the span, tells each finding. */
import { close, type Closure, type ClosureOptions } from '../sim/explore/closure'
import type { State } from '../sim/explore/states'
import { cutVerdicts, spanOf, worstAt, type CutVerdict, type SpanStep } from '../sim/judge/cut-verdicts'
import { decide } from '../sim/judge/decide'
import { judge } from '../sim/judge/judgement'
import { bad, flags as allFlags, harder, outcomes, type Outcome } from '../sim/judge/outcome'
import { known } from '../sim/assert'
import type { Remedy } from '../sim/explore/machine'
import { costsOf } from '../sim/measure/cost'
import { countCrashStates } from '../sim/measure/crash-states'
import { moments, type Moment, spanSeconds } from '../sim/measure/span'
import { compareReleases } from '../sim/release/compare'
import { bucketed } from '../reports/timeline'
import type { ByFlag, ByOutcome, Cuts, Incomplete, Spread, SystemReport } from '../reports/run-report'
import type { Built } from './build'
import { type Crashed, crashFinding, crashIncomplete } from './crashed'
import { type Expectation, type Held, held } from './expectations'
import { findingOf } from './finding'
import { initialFilesOf, partitionsOf } from './initial-space'

export interface Analysis {
  readonly report: SystemReport
  readonly closure: { readonly states: number; readonly edges: number }
  readonly incomplete: Incomplete | null
  /** For each expectation. */
  readonly held: readonly Held[]
}

export interface AnalysisOptions {
  readonly cuts: Cuts
  readonly statesMax: number
  readonly onProgress?: (progress: { readonly states: number; readonly executions: number }) => void
  /** Before each power-on that is really run. */
  readonly onPowerOn?: (state: State) => void
  /** Asked after the search: whether an updater that cannot be run any further ended it. */
  readonly crashed?: () => Crashed | null
  /** When there are any, they alone are asked, and no other finding is told. */
  readonly expect?: readonly Expectation[]
}

export function analyse(built: Built, options: AnalysisOptions): Analysis {
  const search: ClosureOptions = {
    cuts: options.cuts === 'any' ? Infinity : options.cuts,
    get statesMax() { return options.statesMax },
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.onPowerOn === undefined ? {} : { onPowerOn: options.onPowerOn }),
  }
  const first = close(built.machine, search)
  const crashedFirst = options.crashed?.() ?? null
  // Replaying other findings could run into what cannot be run any further.
  const { closure, verdicts, leaks, found, unconfirmed, executions } = crashedFirst === null
    ? decide(built.machine, search, built.strategy.facts.vows, first)
    : { closure: first, verdicts: judge(first, first.runs), leaks: [], found: [], unconfirmed: 0, executions: first.executions }
  // Or in a later round, which then was the last.
  const crashed = crashedFirst ?? options.crashed?.() ?? null
  const steps = spanOf(closure)
  const cuts = cutVerdicts(closure, steps, verdicts, leaks)
  const incomplete = crashed !== null ? crashIncomplete(crashed) : closure.incomplete ?? (unconfirmed === 0 ? null : {
    why: `${unconfirmed} suspected ${unconfirmed === 1 ? 'cause' : 'causes'} could not be shown on concrete disks`, covered: 'everything else', raise: '--states-max',
  })
  return {
    report: {
      ...identityOf(built), ...measuresOf(built, steps, cuts),
      crashStates: crashStatesOf(closure),
      executions, complete: incomplete === null,
      findings: crashed === null ? found.map((each) => findingOf(built, each)) : [crashFinding(built, closure, crashed)],
    },
    closure: { states: closure.states.length, edges: closure.edges.length },
    incomplete,
    held: (options.expect ?? []).map((expectation) => held(built, closure, { verdicts, leaks }, expectation)),
  }
}

function identityOf({ document, strategy, from, to }: Built): Pick<SystemReport, 'system' | 'strategy' | 'loader' | 'release'> {
  return { system: document.name, strategy: strategy.facts.name, loader: document.loader, release: { from: from.release.id, to: to.release.id } }
}

type Measures = Omit<SystemReport, keyof ReturnType<typeof identityOf> | 'crashStates' | 'executions' | 'complete' | 'findings'>

function measuresOf(built: Built, steps: readonly SpanStep[], cuts: readonly CutVerdict[]): Measures {
  const { system, hardware, from, to } = built
  const span = { steps: steps.map(({ run }) => run), settlingSeconds: hardware.writeBackSeconds }
  const contents = compareReleases(from.release, to.release)
  const costs = costsOf({
    span, hardware, stores: system.stores, initialFiles: initialFilesOf(built), partitions: partitionsOf(built),
    compare: { changedBytes: contents.newContents.bytes, deflatedBytes: contents.newContents.deflatedBytes },
  })
  const points = moments(span)
  return {
    wireBytes: costs.wireBytes, requests: costs.requests, wireRatio: costs.wireRatio, changedBytes: costs.changedBytes,
    bytesWritten: costs.bytesWritten, writeAmplification: costs.writeAmplification,
    peakExtraBytes: costs.peakExtraBytes, steadyBytes: costs.steadyBytes, barriers: costs.barriers.total, deviceFlushes: costs.deviceFlushes,
    boots: costs.boots, downtimeSeconds: costs.downtimeSeconds, updateSeconds: costs.updateSeconds, settlingSeconds: costs.settlingSeconds,
    cutPoints: cuts.length,
    ...exposureOf(cuts, points),
    recovery: recoveryOf(cuts, points),
    timeline: bucketed(points.map((point, at) => ({
      atSeconds: point.atSeconds, extraBytes: known(costs.timeline[at], 'a point of the timeline').extraBytes, worst: worstAt(known(cuts[at], 'a cut point')),
    })), spanSeconds(span)),
  }
}

function exposureOf(cuts: readonly CutVerdict[], points: readonly Moment[]): Pick<SystemReport, 'verdicts' | 'possible' | 'flags' | 'exposureSeconds' | 'certainSeconds' | 'vulnerableSeconds' | 'exposureShare'> {
  const seconds = (at: number): number => points[at]?.seconds ?? 0
  const sumWhere = (holds: (cut: CutVerdict) => boolean, weight: (at: number) => number): number =>
    cuts.reduce((sum, cut, at) => (holds(cut) ? sum + weight(at) : sum), 0)
  const one = (): number => 1
  const byOutcome = (of: (outcome: Outcome) => number): ByOutcome<number> => Object.fromEntries(outcomes.map((outcome) => [outcome, of(outcome)])) as ByOutcome<number>
  const total = points.reduce((sum, point) => sum + point.seconds, 0)
  const vulnerableSeconds = sumWhere((cut) => [...cut.outcomes].some((outcome) => bad.has(outcome)), seconds)
  return {
    verdicts: byOutcome((outcome) => sumWhere((cut) => worstAt(cut) === outcome, one)),
    possible: byOutcome((outcome) => sumWhere((cut) => cut.outcomes.has(outcome), one)),
    flags: Object.fromEntries(allFlags.map((flag) => [flag, sumWhere((cut) => cut.flags.has(flag), one)])) as ByFlag<number>,
    exposureSeconds: byOutcome((outcome) => sumWhere((cut) => cut.outcomes.has(outcome), seconds)),
    certainSeconds: byOutcome((outcome) => sumWhere((cut) => cut.outcomes.size === 1 && cut.outcomes.has(outcome), seconds)),
    vulnerableSeconds,
    exposureShare: total === 0 ? 0 : vulnerableSeconds / total,
  }
}

/** Worst boots and seconds from the cut to `up` at each cut point; median and p95 weighted by time. */
function recoveryOf(cuts: readonly CutVerdict[], points: readonly Moment[]): SystemReport['recovery'] {
  let remedy: Remedy = 'nothing'
  const boots: { value: number; weight: number }[] = []
  const seconds: { value: number; weight: number }[] = []
  for (const [at, cut] of cuts.entries()) {
    const weight = points[at]?.seconds ?? 0
    let worstBoots = 0
    let worstSeconds = 0
    for (const verdict of cut.verdicts) {
      remedy = harder(remedy, verdict.remedy)
      worstBoots = Math.max(worstBoots, verdict.boots ?? Infinity)
      worstSeconds = Math.max(worstSeconds, verdict.seconds ?? Infinity)
    }
    if (cut.verdicts.size === 0) continue
    boots.push({ value: worstBoots, weight })
    seconds.push({ value: worstSeconds, weight })
  }
  return { boots: spreadOf(boots), seconds: spreadOf(seconds), remedy }
}

function spreadOf(values: readonly { readonly value: number; readonly weight: number }[]): Spread {
  const sorted = [...values].sort((one, other) => one.value - other.value)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  const finite = (value: number | undefined): number | null => (value === undefined || value === Infinity ? null : value)
  const quantile = (share: number): number | null => {
    let sum = 0
    for (const { value, weight } of sorted) {
      sum += weight
      if (sum >= share * total) return finite(value)
    }
    return finite(sorted.at(-1)?.value)
  }
  return { median: quantile(0.5), p95: quantile(0.95), worst: finite(sorted.at(-1)?.value) }
}

function crashStatesOf(closure: Closure): SystemReport['crashStates'] {
  const first = known(closure.states[0], 'a first state')
  const { exact, log10 } = countCrashStates(closure.runs.of(first).frame().order)
  const digits = exact?.toString() ?? ''
  return { log10, exact: exact !== null && digits.length <= 64 ? digits : null }
}
