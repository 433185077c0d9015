/**
 * The measured span: one uncut update on a hardware profile, from the call of `update` (the machine runs) through shutdown, boot,
 * confirmation and clean-up until a power-on ends idle, then until write-back has emptied every cache. Times in seconds of the
 * profile, none of them measured here.
 */
import type { StepRun } from '../explore/machine'

export interface Span {
  /** The natural path: the power-on that runs at the start first, the idle one last. */
  readonly steps: readonly StepRun[]
  /** After success was reported, until write-back has emptied every cache by itself (`Hardware.writeBackSeconds`). */
  readonly settlingSeconds: number
}

/**
 * A cut point: so many calls of this step have returned, the next one has not. The points of the first step are 0…n, those of
 * each later step 1…n, since its point 0 is the last one of the step before.
 */
export interface Moment {
  readonly step: number
  readonly calls: number
  /** From the call of `update`. */
  readonly atSeconds: number
  /** t(p): until the next call returns, in this step or a later one; of the last point until all has settled. */
  readonly seconds: number
}

/** All cut points in order; t(p) sums up to `spanSeconds`. */
export function moments(span: Span): readonly Moment[] {
  const points: { step: number; calls: number; atSeconds: number; seconds: number }[] = [{ step: 0, calls: 0, atSeconds: 0, seconds: 0 }]
  let last = points[0]!
  for (const [step, run] of span.steps.entries()) {
    for (const [at, call] of run.calls.entries()) {
      last.seconds += call.tookSeconds
      last = { step, calls: at + 1, atSeconds: last.atSeconds + last.seconds, seconds: 0 }
      points.push(last)
    }
    last.seconds += secondsAfterCalls(run)
  }
  last.seconds += span.settlingSeconds
  return points
}

/** Waited after the last call of a power-on: a watchdog, the loader's countdown of one that makes no calls. */
export function secondsAfterCalls(run: StepRun): number {
  return run.seconds - run.calls.reduce((sum, call) => sum + call.tookSeconds, 0)
}

/** From the call of `update` until the last power-on is idle; without settling. */
export function updateSeconds(span: Span): number {
  return span.steps.reduce((sum, run) => sum + run.seconds, 0)
}

export function spanSeconds(span: Span): number {
  return updateSeconds(span) + span.settlingSeconds
}

/**
 * Seconds out of service, summed: from when a machine that was up began to shut down (or froze) until it is up again. Boots
 * in between that do not get up belong to it. One that ends without saying so was up until its end.
 */
export function downtimeSeconds(span: Span): number {
  let total = 0
  let isUp = true
  for (const run of span.steps) {
    let sinceSeconds = 0
    if (!isUp && run.up !== null) {
      total += run.up.afterSeconds
      sinceSeconds = run.up.afterSeconds
      isUp = true
    }
    if (!isUp) total += run.seconds
    else if (run.end !== 'idle') {
      total += run.seconds - Math.max(sinceSeconds, run.shutdownAtSeconds ?? run.seconds)
      isUp = false
    }
  }
  return total
}
