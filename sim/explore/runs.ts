/**
 * Runs of power-ons, remembered by what they asked and what they heard: a tree of questions whose leaves are runs. A state
 * whose answers follow a known path to its end needs no run.
 */
import type { StoreId } from '../disk/call'
import { type Frame } from '../disk/frame'
import { lowerHistory } from '../disk/lowering'
import { known } from '../assert'
import { Asker } from './answers'
import type { Census } from './census'
import type { Machine, Names, Outline, Power, SpaceKnown, StepRun } from './machine'
import { NameMemory } from './name-memory'
import { type Answer, type Disk, type Question, questionKey } from './question'
import { SpaceMemory } from './space-memory'
import type { State } from './states'

interface Heard { readonly question: Question; readonly answer: Answer }

export class Run {
  readonly censuses = new Map<string, Census>()
  /** Nothing was written: whatever ends it, the disks stay as they are. */
  readonly wroteNothing: boolean
  private readonly askedKeys: ReadonlySet<string>
  /** With its history; null while that is forgotten. */
  private full: StepRun | null
  private readonly light: StepRun
  private lowered: Frame | undefined

  /** `again`: the same power-on once more, for its history. */
  constructor(private readonly machine: Machine, end: StepRun | Outline, asked: readonly Question[], private readonly again: (run: Run) => StepRun) {
    this.askedKeys = new Set(asked.map(questionKey))
    this.wroteNothing = ('calls' in end ? end.calls.length : end.callCount) === 0
    this.full = 'calls' in end ? end : null
    this.light = withoutHistory(end, () => this.history())
  }

  get step(): StepRun {
    return this.full ?? this.light
  }

  hasAsked(question: Question): boolean {
    return this.askedKeys.has(questionKey(question))
  }

  /** The history of the run as effects. Built when a survivor of it is looked at for the first time. */
  frame(): Frame {
    const { calls, nodes } = this.history()
    this.lowered ??= lowerHistory(calls, nodes, this.machine.stores)
    return this.lowered
  }

  /** Forgets the history, which is most of what a long run weighs, until somebody asks for it. */
  release(): void {
    this.full = null
    this.lowered = undefined
    this.censuses.clear()
  }

  private history(): StepRun {
    this.full ??= this.again(this)
    return this.full
  }
}

function withoutHistory(step: StepRun | Outline, history: () => StepRun): StepRun {
  const { end, up, flags, remedy, cause, final, console, names, freshNames, seconds, shutdownAtSeconds, fetched } = step
  return {
    end, up, flags, remedy, cause, final, console, names, seconds, fetched, ...(shutdownAtSeconds === undefined ? {} : { shutdownAtSeconds }),
    ...(freshNames === undefined ? {} : { freshNames }),
    get calls() { return history().calls },
    get nodes() { return history().nodes },
  }
}

/** As it is now; the names, of which there are many, as they are when somebody counts. */
function snapshot({ most, initial, touched }: SpaceKnown): SpaceKnown {
  let names: SpaceKnown['touched'] | undefined
  return {
    most, initial,
    get touched() { return names ??= new Map([...touched].map(([directory, of]) => [directory, new Map(of)])) },
  }
}

/** What power-ons asked, and where the answers lead. */
export type Trie = { readonly kind: 'asks'; readonly question: Question; readonly next: Map<Answer, Trie> } | { readonly kind: 'run'; readonly run: Run }

/** Calls of histories that are kept at a time; a history that is hardly more than its summary stays. */
const callsKeptMax = 1_000_000
const callsSmall = 200
const askersMax = 16

export class RunCache {
  executions = 0
  readonly spaces: SpaceMemory
  /** Questions of a loader's view that must be answered in every state (see `project.ts`). */
  readonly alive = new Set<string>()
  /** How often runs were forgotten, since a directory that one of them had listed may hold a name it did not know of. */
  forgotten = 0
  private readonly tries = new Map<Power, Trie>()
  /** By the disk at power-on: that of the first one is the same in every round. */
  private askers = new Map<Disk, Asker>()
  /** Weak: states of earlier rounds are nobody's any more. */
  private ofState = new WeakMap<State, Run>()
  private readonly names: NameMemory
  /** Directories that some run has listed, by `store:path`. */
  private readonly listed = new Set<string>()
  private readonly kept: { readonly run: Run; readonly calls: number }[] = []
  private callsKept = 0

  /** `onPowerOn` hears of each state before its power-on is really run. */
  constructor(readonly machine: Machine, private readonly onPowerOn: (state: State) => void = () => undefined) {
    this.spaces = new SpaceMemory(machine.initial, machine.stores)
    this.names = new NameMemory(machine.initial, this.spaces)
  }

  /** The questions that a power-on asks, as far as some power-on has gone that way. */
  trie(power: Power): Trie | undefined {
    return this.tries.get(power)
  }

  /** `keepsHistory`: somebody will want to know what it wrote. */
  of(state: State, keepsHistory = true): Run {
    const remembered = this.ofState.get(state)
    if (remembered !== undefined) return remembered
    const run = this.find(state) ?? this.perform(state, keepsHistory)
    this.ofState.set(state, run)
    return run
  }

  private perform(state: State, keepsHistory: boolean): Run {
    this.onPowerOn(state)
    const asked = new Map<string, Heard>()
    const space = this.spaceNow()
    const disk = this.recording(state.disk, asked, space)
    const step = (keepsHistory ? undefined : this.machine.outline?.(disk, state.power)) ?? this.machine.step(disk, state.power)
    this.executions++
    const heard = [...asked.values()]
    const run = new Run(this.machine, step, heard.map(({ question }) => question), (of) => {
      const history = this.machine.step(this.rehearsed(heard, space), state.power)
      this.keep(of, history)
      return history
    })
    if ('calls' in step) this.keep(run, step)
    if (this.names.learn(step, this.listed)) {
      // A directory that some run listed holds a name that it did not know of, or a file system may hold more than some run counted on.
      this.spaces.forgetRuns()
      this.tries.clear()
      this.ofState = new WeakMap()
      this.forgotten++
      return this.perform(state, keepsHistory)
    }
    this.remember(state.power, heard, run)
    return run
  }

  asker(state: State): Asker {
    const known = this.askers.get(state.disk)
    if (known !== undefined) return known
    const run = this.of(state)
    const asker = new Asker(run.frame(), state.disk, this.machine.stores, this.machine.groups, run.censuses)
    if (this.askers.size > askersMax) this.askers = new Map([...this.askers].slice(0, 1))
    this.askers.set(state.disk, asker)
    return asker
  }

  /** Histories of the runs looked at last are kept, the others can be had again. */
  private keep(run: Run, { calls }: StepRun): void {
    if (calls.length <= callsSmall) return
    this.callsKept += calls.length
    this.kept.push({ run, calls: calls.length })
    while (this.callsKept > callsKeptMax && this.kept.length > 1) {
      const oldest = known(this.kept.shift(), 'a run')
      this.callsKept -= oldest.calls
      oldest.run.release()
    }
  }

  /** A disk that answers what it has answered before. */
  private rehearsed(heard: readonly Heard[], space: NonNullable<Names['space']>): Disk & Names {
    const answers = new Map(heard.map(({ question, answer }) => [questionKey(question), answer]))
    return {
      answer: (question) => known(answers.get(questionKey(question)), `an answer heard before: ${questionKey(question)}`),
      memberClass: () => null,
      candidates: (store, directory) => this.candidates(store, directory),
      space,
    }
  }

  /** What is known of space: of each file system as it is when it is looked at first, for the same power-on once more. */
  private spaceNow(): NonNullable<Names['space']> {
    const then = new Map<StoreId, SpaceKnown | null>()
    return (store) => {
      let known = then.get(store)
      if (known === undefined) {
        const now = this.spaces.space(store)
        then.set(store, known = now === null ? null : snapshot(now))
      }
      return known
    }
  }

  private find(state: State): Run | undefined {
    let trie = this.tries.get(state.power)
    while (trie !== undefined && trie.kind === 'asks') trie = trie.next.get(state.disk.answer(trie.question))
    return trie?.run
  }

  private recording(disk: Disk, asked: Map<string, Heard>, space: NonNullable<Names['space']>): Disk & Names {
    return {
      answer(question) {
        const key = questionKey(question)
        let heard = asked.get(key)
        if (heard === undefined) {
          heard = { question, answer: disk.answer(question) }
          asked.set(key, heard)
        }
        return heard.answer
      },
      memberClass: () => null,
      candidates: (store, directory) => this.candidates(store, directory),
      space,
    }
  }

  private candidates(store: StoreId, directory: string): readonly string[] {
    this.listed.add(`${store}:${directory}`)
    return this.namesIn(store, directory)
  }

  /** All names that the directory may hold in any state. */
  namesIn(store: StoreId, directory: string): readonly string[] {
    return this.names.namesIn(store, directory)
  }

  private remember(power: Power, asked: readonly Heard[], run: Run): void {
    let trie: Trie = { kind: 'run', run }
    const steps: { at: Map<Answer, Trie>; answer: Answer }[] = []
    let node = this.tries.get(power)
    let depth = 0
    for (; node !== undefined && node.kind === 'asks' && depth < asked.length; depth++) {
      steps.push({ at: node.next, answer: asked[depth]!.answer })
      node = node.next.get(asked[depth]!.answer)
    }
    for (let at = asked.length - 1; at >= depth; at--) {
      trie = { kind: 'asks', question: asked[at]!.question, next: new Map([[asked[at]!.answer, trie]]) }
    }
    const last = steps[steps.length - 1]
    if (last === undefined) this.tries.set(power, trie)
    else last.at.set(last.answer, trie)
  }
}
