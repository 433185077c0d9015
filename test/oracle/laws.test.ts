/** Laws of the closed graph, on random small machines: no oracle, only what must hold between two searches. */
import { expect, test } from 'vitest'
import { type Closure, close } from '../../sim/explore/closure'
import { unasked } from '../../sim/explore/project'
import { questionKey } from '../../sim/explore/question'
import { decide } from '../../sim/judge/decide'
import { judge } from '../../sim/judge/judgement'
import { printStory } from '../../sim/explore/story-code'
import { type Twist, randomMachine } from './random-machine'

const wanted = Number(process.env['SYSTEMS'] ?? 250)
const statesMax = 3000

/** What a cut leads to, the worst first; the machine's groups parted until nothing is a guess. */
function outcomesOf(seed: string, twist: Twist, cuts: number): readonly string[] {
  const { closure, verdicts } = decide(randomMachine(seed, twist), { cuts, statesMax }, [])
  expect(closure.incomplete).toBeNull()
  return [...new Set(closure.edges.filter(({ kind }) => kind === 'cut').map(({ to }) => verdicts.get(to)!.outcome))].sort()
}

function eachMachine(name: string, failures: string[], check: (seed: string) => string | null): void {
  for (let run = 0; run < wanted; run++) {
    const seed = `${name} ${run}`
    const why = check(seed)
    if (why !== null) failures.push(`${seed}: ${why}`)
  }
}

function added(less: readonly string[], more: readonly string[]): string | null {
  const fresh = less.filter((outcome) => !more.includes(outcome))
  return fresh.length === 0 ? null : `${fresh.join(', ')} not among ${more.join(', ')}`
}

test('a barrier more never adds an outcome on ext4', () => {
  const failures: string[] = []
  eachMachine('barrier', failures, (seed) => {
    const barrierAfter = seed.length % 3
    return added(outcomesOf(seed, { model: 'E4Z', noReset: true, barrierAfter }, 1), outcomesOf(seed, { model: 'E4Z', noReset: true }, 1))
  })
  expect(failures).toEqual([])
})

test('what a sequential disk leads to every disk may lead to', () => {
  const failures: string[] = []
  eachMachine('sequential', failures, (seed) => {
    const sequential = outcomesOf(seed, { model: 'SCC', noReset: true }, 1)
    return added(sequential, outcomesOf(seed, { model: 'E4Z', noReset: true }, 1)) ?? added(sequential, outcomesOf(seed, { model: 'WEAK', noReset: true }, 1))
  })
  expect(failures).toEqual([])
})

test('calls that nobody asks about cost no power-on', () => {
  const failures: string[] = []
  eachMachine('noise', failures, (seed) => {
    const [some, more] = [3, 6].map((noise) => close(randomMachine(seed, { noise }), { cuts: Infinity, statesMax }))
    return some!.executions === more!.executions && some!.states.length === more!.states.length ? null
      : `${some!.executions} power-ons for 3 files, ${more!.executions} for 6; ${some!.states.length} and ${more!.states.length} states`
  })
  expect(failures).toEqual([])
})

/** States by their answers to these questions; inodes by no name. */
function answersOf(closure: Closure, keys: readonly string[]): Set<string> {
  const questions = new Map(closure.questions.map((question) => [questionKey(question), question]))
  const known = keys.flatMap((key) => questions.get(key) ?? [])
  const states = closure.states.filter(({ power }) => power === 'off').map(({ disk }) => known.map((question) => disk.answer(question).replace(/^f=.*$/s, 'f')))
  return new Set(states.filter((answers) => !answers.includes(unasked)).map((answers) => JSON.stringify(answers)))
}

test('more cuts never remove a state that can be reached', () => {
  const failures: string[] = []
  eachMachine('more cuts', failures, (seed) => {
    const closures = [0, 1, 2, Infinity].map((cuts) => close(randomMachine(seed), { cuts, statesMax }))
    for (const [at, more] of closures.entries()) {
      const fewer = closures[at - 1]
      if (fewer === undefined) continue
      const keys = fewer.questions.map(questionKey)
      const still = answersOf(more, keys)
      const lost = [...answersOf(fewer, keys)].filter((answers) => !still.has(answers))
      if (lost.length > 0 && !more.states.some(({ disk }) => more.questions.some((question) => disk.answer(question) === unasked))) return `${at}: ${lost[0]!}`
    }
    const verdicts = closures.map((closure) => [...new Set([...judge(closure, closure.runs).values()].map(({ outcome }) => outcome))])
    for (const [at, outcomes] of verdicts.entries()) {
      const missing = at === 0 ? null : added(verdicts[at - 1]!, outcomes)
      if (missing !== null) return missing
    }
    return null
  })
  expect(failures).toEqual([])
})

function printed(seed: string): string {
  const { closure, verdicts, found, unconfirmed, executions } = decide(randomMachine(seed), { cuts: 2, statesMax: 500 }, [])
  return JSON.stringify({
    questions: closure.questions,
    states: closure.states.map((state) => [state.id, state.cuts, closure.questions.map((question) => state.disk.answer(question)), verdicts.get(state)!.outcome, [...verdicts.get(state)!.flags]]),
    edges: closure.edges.map(({ from, to, kind, world }) => [from.id, to.id, kind, world?.cutLow, world?.cutHigh]),
    found: found.map((each) => [each.class, printStory(each.story), each.count]), unconfirmed, executions,
  })
}

test('the same machine twice gives the same bytes', () => {
  const failures: string[] = []
  eachMachine('twice', failures, (seed) => {
    const once = printed(seed)
    const again = printed(seed)
    return once === again ? null : 'differs'
  })
  expect(failures).toEqual([])
})
