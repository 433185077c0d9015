/**
 * The closed graph of states: every state that power cuts and the machine itself can lead to, compared by the answers to
 * the questions that any power-on asks.
 *
 * The set of relevant questions grows until no power-on asks anything new; states that agree on it have the same future
 * (a power-on sees nothing else). Runs are remembered by what they asked and heard, so starting over is cheap.
 */
import { known } from '../assert'
import type { Order } from '../disk/order'
import { type Literal, survives } from './clause'
import { type Machine, cannotTell } from './machine'
import { project } from './project'
import { type Answer, type Question, questionKey } from './question'
import { RunCache, type Run } from './runs'
import { type State, StateTable } from './states'
import { type World, atTheEnd, everything, isKept, narrow } from './world'

export interface ClosureOptions {
  /** Most power cuts in one story. */
  readonly cuts: number
  /** Most states; beyond that the search is incomplete. */
  readonly statesMax: number
  readonly onProgress?: (progress: { readonly states: number; readonly executions: number }) => void
  /** Before each power-on that is really run. */
  readonly onPowerOn?: (state: State) => void
}

export interface Edge {
  readonly from: State
  readonly to: State
  readonly kind: 'natural' | 'cut'
  /** Survivors of `from`'s power-on that lead to `to`; null: a clean end, all survives. */
  readonly world: World | null
  /** Groups of which the answer in `to` is a guess, since what lies below is only known as a whole: it may be of no survivor. */
  readonly doubts: readonly string[]
}

export interface Closure {
  readonly machine: Machine
  readonly runs: RunCache
  readonly states: readonly State[]
  readonly edges: readonly Edge[]
  readonly questions: readonly Question[]
  /** Power-ons really run. */
  readonly executions: number
  readonly incomplete: { readonly why: string; readonly covered: string; readonly raise: string } | null
}

export function close(machine: Machine, options: ClosureOptions): Closure {
  const runs = new RunCache(machine, options.onPowerOn)
  const relevant = new Map<string, Question>()
  for (let mayWait = true; ; ) {
    const { forgotten, executions } = runs
    const attempt = explore(machine, runs, [...relevant.values()], options, mayWait)
    // Edges of a run that was forgotten on the way may lack a question.
    if (attempt.missing.size === 0 && !attempt.sampled && runs.forgotten === forgotten) return { ...attempt.closure, executions: runs.executions }
    for (const [key, question] of attempt.missing) relevant.set(key, question)
    // Where a round of samples taught nothing new (answers differ from their standard form, say), look at all there is.
    mayWait = runs.executions > executions || attempt.missing.size > 0
  }
}

function explore(machine: Machine, runs: RunCache, questions: readonly Question[], options: ClosureOptions, mayWait: boolean): { closure: Omit<Closure, 'executions'>; missing: Map<string, Question>; sampled: boolean } {
  let sampled = false
  const missing = new Map<string, Question>()
  const table = new StateTable(machine, runs, questions, (question) => missing.set(questionKey(question), question))
  const edges: Edge[] = []
  let incomplete: Closure['incomplete'] = null
  // Stories with fewer power cuts first.
  let level: State[] = [table.initial()]
  for (let cuts = 0; level.length > 0; cuts++) {
    const next = new Set<State>()
    for (let at = 0; at < level.length; at++) {
      const state = level[at]!
      const missingBefore = missing.size
      const run = runs.of(state, cuts < options.cuts)
      if (missing.size > missingBefore) continue // what it would lead to is not known yet
      if (state.power === 'off' && run.wroteNothing) {
        // Nothing was written: whatever ends it, the disks are the same. They are not to be asked again, since a state that
        // halts leaves open what it did not ask (see `project.ts`), and other questions are answered with the help of these.
        const { order } = run.frame()
        if (run.step.end === 'clean' || run.step.end === 'reset') edges.push({ from: state, to: state, kind: 'natural', world: null, doubts: [] })
        if (cuts < options.cuts) edges.push({ from: state, to: state, kind: 'cut', world: everything(order), doubts: [] })
        continue
      }
      for (const { kind, world, answers, doubts, isSample } of successors(run, state, runs, questions, cuts < options.cuts, mayWait)) {
        sampled ||= isSample === true
        const { state: to, isNew } = table.enter(answers, { from: state, world, kind, doubts })
        edges.push({ from: state, to, kind, world, doubts })
        if (!isNew) {
          // Met after a cut, and now without it: a story to it has one cut left to spend.
          if (kind === 'natural' && to.cuts > cuts && next.delete(to)) {
            table.promote(to, { from: state, world, kind, doubts })
            level.push(to)
          }
          continue
        }
        if (table.size > options.statesMax) {
          incomplete = { why: `more than ${options.statesMax} states`, covered: `stories of up to ${cuts} power cuts`, raise: '--states-max' }
          return { closure: { machine, runs, states: table.all(), edges, questions, incomplete }, missing: new Map(), sampled: false }
        }
        if (kind === 'natural') level.push(to)
        else next.add(to)
      }
      options.onProgress?.({ states: table.size, executions: runs.executions })
    }
    if (missing.size > 0) break
    level = [...next]
  }
  return { closure: { machine, runs, states: table.all(), edges, questions, incomplete }, missing, sampled }
}

interface Successor { readonly kind: 'natural' | 'cut'; readonly world: World | null; readonly answers: readonly Answer[]; readonly doubts: readonly string[]; readonly isSample?: boolean }

/** The world of a clean end. */
function allSurvives(order: Order): World {
  const world = atTheEnd(order, 'durable')
  const open: Literal[] = []
  for (let effect = 0; effect < order.effects; effect++) if (!isKept(world, effect)) open.push(survives(effect))
  return known(narrow(world, { literals: open }), 'all effects at once')
}

/** How a power-on may leave the disks, by itself and through a power cut, as answers to the questions. */
function* successors(run: Run, state: State, runs: RunCache, questions: readonly Question[], mayCut: boolean, mayWait: boolean): Generator<Successor> {
  const { end, final } = run.step
  if (end === 'clean') {
    const left = final(state.disk)
    const answers = questions.map((question) => left.answer(question))
    if (answers.includes(cannotTell)) yield* projected('natural', allSurvives(run.frame().order))
    else yield { kind: 'natural', world: null, answers, doubts: [] }
  }
  if (end === 'reset') yield* projected('natural', atTheEnd(run.frame().order, 'accepted'))
  if (mayCut) yield* projected('cut', everything(run.frame().order))

  function* projected(kind: 'natural' | 'cut', world: World): Generator<Successor> {
    for (const projection of project(runs.asker(state), world, questions, runs.trie('off'), runs.alive, mayWait)) yield { kind, ...projection }
  }
}
