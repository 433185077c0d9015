import { describe, expect, test } from 'vitest'
import type { Closure } from '../../sim/explore/closure'
import { replay } from '../../sim/explore/replay'
import type { State } from '../../sim/explore/states'
import { parseStory, printStory } from '../../sim/explore/story-code'
import { cutVerdicts, spanOf, worstAt } from '../../sim/judge/cut-verdicts'
import { type Decided, decide } from '../../sim/judge/decide'
import { findingClass } from '../../sim/judge/findings'
import type { Verdict } from '../../sim/judge/judgement'
import { type Outcome, bad, outcomes } from '../../sim/judge/outcome'
import { verdictOfRuns } from '../../sim/judge/verdict-of-runs'
import { countCrashStates } from '../../sim/measure/crash-states'
import { BruteForce, type Place, TooMany } from './brute-force'
import { listenToBuilders } from './order-oracle'
import { type RandomMachine, type Twist, randomMachine } from './random-machine'

listenToBuilders()

const placesMax = 250
const pairsMax = 250

type Judged = Pick<Verdict, 'outcome' | 'remedy'> & { readonly flags: Iterable<string> }

function print({ outcome, flags, remedy }: Judged): string {
  return `${outcome} [${[...flags].sort().join(' ')}] ${remedy}`
}

function printAll(verdicts: Iterable<Judged>): string[] {
  return [...new Set([...verdicts].map(print))].sort()
}

class Disagreement extends Error {}

function same(what: string, engine: unknown, oracle: unknown): void {
  const [one, other] = [JSON.stringify(engine), JSON.stringify(oracle)]
  if (one !== other) throw new Disagreement(`${what}: the engine says ${one}, the oracle ${other}`)
}

function sameOrMore(what: string, engine: readonly string[], oracle: readonly string[], mayBeMore: boolean): void {
  const missing = oracle.filter((each) => !engine.includes(each))
  if (missing.length > 0) throw new Disagreement(`${what}: the engine misses ${missing.join(', ')}; it says ${engine.join(', ')}`)
  if (!mayBeMore) same(what, engine, oracle)
}

function findings(verdicts: Iterable<{ readonly outcome: Outcome; readonly flags: Iterable<string>; readonly cause: string }>): string[] {
  const names = new Set<string>()
  for (const verdict of verdicts) {
    const name = findingClass(verdict as Verdict)
    if (name !== null) names.add(name)
  }
  return [...names].sort()
}

/** What was compared. `more`: reached a verdict that is only a guess about groups, beyond the measured span. */
const tally = { systems: 0, places: 0, pairs: 0, found: 0, groups: 0, resets: 0, closed: 0, more: 0, unconfirmed: 0, full: 0, classes: new Map<string, number>() }

function compareReach(cuts: number, closure: Closure, verdicts: ReadonlyMap<State, Verdict>, all: ReadonlySet<Place>, mayBeMore: boolean): void {
  const oracle = printAll([...all].map((place) => place.verdict))
  const engine = printAll(verdicts.values())
  if (engine.length > oracle.length) tally.more++
  sameOrMore(`verdicts within ${cuts} cuts`, engine, oracle, mayBeMore)
  const time = ({ boots, seconds }: { readonly boots: number | null; readonly seconds: number | null }): string => `${boots} boots, ${seconds?.toFixed(6)} s`
  if ([...all].some((place) => place.verdict.mayDiffer)) return
  sameOrMore(`times within ${cuts} cuts`, [...new Set([...verdicts.values()].map(time))].sort(), [...new Set([...all].map((place) => time(place.timeToUp)))].sort(), mayBeMore)
}

function compareSpan(closure: Closure, verdicts: ReadonlyMap<State, Verdict>, brute: BruteForce): void {
  const span = spanOf(closure)
  const got = cutVerdicts(closure, span, verdicts)
  const wanted: { readonly outcomes: Set<Outcome>; readonly flags: Set<string> }[] = [{ outcomes: new Set(), flags: new Set() }]
  let place: Place | undefined = brute.first
  // A round may be told twice: states that differ in what a loader no longer asks are two (see `project.ts`).
  for (let number = 0; place !== undefined && number < span.length; number++) {
    same(`power-on ${number}`, span[number]!.run.calls.map(({ does }) => does.kind), place.run.step.calls.map(({ does }) => does.kind))
    const before = wanted.length - 1
    for (let more = place.run.step.calls.length; more > 0; more--) wanted.push({ outcomes: new Set(), flags: new Set() })
    for (const { cut, to } of place.cuts) {
      if (number > 0 && cut === 0) continue
      wanted[before + cut]!.outcomes.add(to.verdict.outcome)
      for (const flag of to.verdict.flags) wanted[before + cut]!.flags.add(flag)
    }
    place = place.natural[0]
  }
  // Full disks may differ for longer than anybody who asks can tell.
  const last = span.at(-1)!.state
  const goesOn = closure.edges.some((edge) => edge.kind === 'natural' && edge.from === last && span.some(({ state }) => state === edge.to))
  same('the machine goes on after the span', goesOn, place !== undefined)
  same('cut points', got.length, wanted.length)
  for (const [p, cut] of got.entries()) {
    same(`outcomes at ${p}`, [...cut.outcomes].sort(), [...wanted[p]!.outcomes].sort())
    same(`flags at ${p}`, [...cut.flags].sort(), [...wanted[p]!.flags].sort())
  }
  const worst = (at: ReadonlySet<Outcome>): Outcome => outcomes.find((outcome) => at.has(outcome)) ?? 'new'
  for (const outcome of outcomes) {
    same(`verdicts of ${outcome}`, got.filter((cut) => worstAt(cut) === outcome).length, wanted.filter((cut) => worst(cut.outcomes) === outcome).length)
    same(`possible ${outcome}`, got.filter((cut) => cut.outcomes.has(outcome)).length, wanted.filter((cut) => cut.outcomes.has(outcome)).length)
  }
}

function compareFindings(machine: RandomMachine, cuts: number, { found, unconfirmed }: Decided, brute: BruteForce, afterCut: ReadonlySet<Place>): void {
  const mayDiffer = [...afterCut].some((place) => place.verdict.mayDiffer)
  if (mayDiffer) {
    // Of a panic the judge takes the worst of all ways; a story shows one of them.
    const oracle = new Set([...afterCut].map((place) => place.verdict.outcome))
    for (const outcome of bad) same(`${outcome} found within ${cuts} cuts`, found.some((each) => each.class.startsWith(`${outcome}:`)), oracle.has(outcome))
    if (unconfirmed > 0) tally.unconfirmed++
  } else {
    const oracle = findings([...afterCut].map((place) => place.verdict))
    same(`findings within ${cuts} cuts`, found.map((each) => each.class).sort(), oracle)
    same('unconfirmed', unconfirmed, 0)
  }
  for (const each of found) {
    tally.found++
    const name = each.class.split(':')[0]!
    tally.classes.set(name, (tally.classes.get(name) ?? 0) + 1)
    same('a printed story', parseStory(printStory(each.story)), each.story)
    const replayed = replay(machine, each.story)
    if ('why' in replayed) throw new Disagreement(`${each.class}: ${replayed.why}`)
    same('a replayed verdict', verdictOfRuns(replayed.after, replayed.goesRound), each.verdict)
    const place = brute.follow(each.story)
    if (place === null) throw new Disagreement(`${each.class}: ${printStory(each.story)} fits no survivors`)
    if (place.verdict.mayDiffer) continue
    same(`verdict of ${printStory(each.story)}`, print(each.verdict), print(place.verdict))
  }
}

/** False: too big for the oracle. */
function check(seed: string, twist: Twist = {}): boolean {
  const machine = randomMachine(seed, twist)
  const brute = new BruteForce(machine, placesMax, pairsMax)
  let reached
  try {
    reached = [1, 2].map((cuts) => ({ cuts, ...brute.reach(cuts) }))
    try {
      reached.push({ cuts: Infinity, ...brute.reach(Infinity) })
      tally.closed++
    } catch (error) {
      if (!isTooBig(error)) throw error
    }
  } catch (error) {
    if (isTooBig(error)) return false
    throw error
  }
  tally.systems++
  if (machine.hasGroups) tally.groups++
  if ([...reached.at(-1)!.all].some((place) => place.run.step.end === 'reset')) tally.resets++
  if ([...reached.at(-1)!.all].some((place) => place.verdict.flags.includes('no-space'))) tally.full++
  tally.pairs += brute.first.cuts.length
  same('crash states', String(countCrashStates(brute.first.run.frame.order).exact), String(new Set(brute.first.cuts.map(({ bits }) => bits)).size))
  for (const { cuts, all, afterCut } of reached) {
    tally.places += all.size
    const decided = decide(machine, { cuts, statesMax: 5000 }, [])
    const { closure, verdicts } = decided
    if (closure.incomplete !== null) throw new Disagreement('incomplete')
    const mayBeMore = closure.questions.some(({ kind }) => kind === 'group')
    compareReach(cuts, closure, verdicts, all, mayBeMore)
    compareSpan(closure, verdicts, brute)
    compareFindings(machine, cuts, decided, brute, afterCut)
  }
  return true
}

function isTooBig(error: unknown): boolean {
  return error instanceof TooMany || (error instanceof Error && error.message === 'missing: a short history')
}

describe('the closed graph agrees with looking at every disk', () => {
  const parts = Number(process.env['PARTS'] ?? 10)
  const first = Number(process.env['FIRST'] ?? 0)
  const agree = (name: string, twist: Twist): void => {
    const failures: string[] = []
    const wanted = Number(process.env['SYSTEMS'] ?? 200)
    for (let run = 0, done = 0; done < wanted; run++) {
      const seed = `${name} ${run}`
      try {
        if (check(seed, twist)) done++
      } catch (error) {
        failures.push(`${seed}: ${error instanceof Disagreement ? error.message : (error as Error).stack}`)
        done++
      }
    }
    expect(failures.slice(0, 20)).toEqual([])
  }
  for (let part = 0; part < parts; part++) test(`random small machines, part ${part}`, () => agree(`machine ${part + first}`, {}))
  for (let part = 0; part < Math.ceil(parts / 10); part++) test(`random small machines on a disk that runs full, part ${part}`, () => {
    const before = tally.full
    agree(`scarce ${part + first}`, { tight: true })
    expect(tally.full - before).toBeGreaterThan(Number(process.env['SYSTEMS'] ?? 200) / 20)
  })
})
