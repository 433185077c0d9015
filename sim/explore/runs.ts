/**
 * Runs of power-ons, remembered by what they asked and what they heard: a tree of questions whose leaves are runs. A state
 * whose answers follow a known path to its end needs no run.
 */
import type { StoreId } from '../disk/call'
import { type Frame } from '../disk/frame'
import { lowerHistory } from '../disk/lowering'
import { Asker } from './answers'
import type { Census } from './census'
import type { Machine, Names, Power, StepRun } from './machine'
import { type Answer, type Disk, type Question, questionKey } from './question'
import type { State } from './states'

export class Run {
  private lowered: Frame | undefined
  readonly censuses = new Map<string, Census>()
  private readonly askedKeys: ReadonlySet<string>

  constructor(private readonly machine: Machine, readonly step: StepRun, readonly asked: readonly Question[]) {
    this.askedKeys = new Set(asked.map(questionKey))
  }

  hasAsked(question: Question): boolean {
    return this.askedKeys.has(questionKey(question))
  }

  /** The history of the run as effects. Built when a survivor of it is looked at for the first time. */
  frame(): Frame {
    this.lowered ??= lowerHistory(this.step.calls, this.step.nodes, this.machine.stores)
    return this.lowered
  }
}

/** What power-ons asked, and where the answers lead. */
export type Trie = { readonly kind: 'asks'; readonly question: Question; readonly next: Map<Answer, Trie> } | { readonly kind: 'run'; readonly run: Run }

export class RunCache {
  executions = 0
  /** Questions of a loader's view that must be answered in every state (see `project.ts`). */
  readonly alive = new Set<string>()
  /** How often runs were forgotten, since a directory that one of them had listed may hold a name it did not know of. */
  forgotten = 0
  private readonly tries = new Map<Power, Trie>()
  /** By the disk at power-on: that of the first one is the same in every round. */
  private readonly askers = new WeakMap<Disk, Asker>()
  private readonly ofState = new Map<State, Run>()
  /** All names ever entered into a directory, by `store:path`. */
  private readonly names = new Map<string, Set<string>>()
  private readonly listed = new Set<string>()

  /** `onPowerOn` hears of each state before its power-on is really run. */
  constructor(readonly machine: Machine, private readonly onPowerOn: (state: State) => void = () => undefined) {}

  /** The questions that a power-on asks, as far as some power-on has gone that way. */
  trie(power: Power): Trie | undefined {
    return this.tries.get(power)
  }

  of(state: State): Run {
    const remembered = this.ofState.get(state)
    if (remembered !== undefined) return remembered
    const run = this.find(state) ?? this.perform(state)
    this.ofState.set(state, run)
    return run
  }

  private perform(state: State): Run {
    this.onPowerOn(state)
    const asked = new Map<string, { question: Question; answer: Answer }>()
    const step = this.machine.step(this.recording(state.disk, asked), state.power)
    this.executions++
    const run = new Run(this.machine, step, [...asked.values()].map(({ question }) => question))
    const isStale = this.learn(step)
    if (isStale) {
      // A directory that some run listed holds a name that it did not know of.
      this.tries.clear()
      this.ofState.clear()
      this.forgotten++
      return this.perform(state)
    }
    this.remember(state.power, [...asked.values()], run)
    return run
  }

  asker(state: State): Asker {
    let asker = this.askers.get(state.disk)
    if (asker === undefined) {
      asker = new Asker(this.of(state).frame(), state.disk, this.machine.stores, this.machine.groups, this.of(state).censuses)
      this.askers.set(state.disk, asker)
    }
    return asker
  }

  private find(state: State): Run | undefined {
    let trie = this.tries.get(state.power)
    while (trie !== undefined && trie.kind === 'asks') trie = trie.next.get(state.disk.answer(trie.question))
    return trie?.run
  }

  private recording(disk: Disk, asked: Map<string, { question: Question; answer: Answer }>): Disk & Names {
    return {
      answer(question) {
        const key = questionKey(question)
        let known = asked.get(key)
        if (known === undefined) {
          known = { question, answer: disk.answer(question) }
          asked.set(key, known)
        }
        return known.answer
      },
      memberClass: () => null,
      candidates: (store, directory) => this.candidates(store, directory),
    }
  }

  private candidates(store: StoreId, directory: string): readonly string[] {
    const key = `${store}:${directory}`
    this.listed.add(key)
    return [...new Set([...this.machine.initial.candidates(store, directory), ...(this.names.get(key) ?? [])])].sort()
  }

  /** True when a directory that some run listed may hold a name that it did not ask for. */
  private learn(step: StepRun): boolean {
    let isStale = false
    for (const [directory, names] of step.names) {
      const all = this.names.get(directory) ?? new Set<string>()
      for (const name of names) {
        if (all.has(name)) continue
        all.add(name)
        isStale ||= this.listed.has(directory)
      }
      this.names.set(directory, all)
    }
    return isStale
  }

  private remember(power: Power, asked: readonly { question: Question; answer: Answer }[], run: Run): void {
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
