/**
 * What a power cut in the measured span may leave lying about for good, without following a single story.
 *
 * A leftover is a name that a power-on of the span entered, that the life without a cut does not have in the end, and that no power-on
 * after the cut takes away, those of the further updates included: each of these tells by its picture what becomes of a name that lay
 * there. A fresh name of theirs is another one, though it may be spelled alike. What the further updates of the life without a cut take
 * away, those after a cut take away, too: they are the same. Symbolic links are left out: short ones take no block.
 */
import { known } from '../assert'
import type { StoreId } from '../disk/call'
import { absent, entryCell, type Frame } from '../disk/frame'
import type { Closure, Edge } from '../explore/closure'
import type { StepRun } from '../explore/machine'
import { type Disk, type Question, join, nameOf, questionKey } from '../explore/question'
import type { State } from '../explore/states'
import type { SpanStep } from './cut-verdicts'
import type { EndLives } from './end-lives'

export interface Leftover {
  readonly store: StoreId
  readonly path: string
  readonly isFolder: boolean
  /** It was there when the power-on began. */
  readonly wasThere: boolean
  /** Cut points at which it may be there, as far as its own calls tell: from…to-1. */
  readonly from: number
  readonly to: number
}

/** For each cut out of the span what may stay for good after it. */
export function* leftoversOf(closure: Closure, span: readonly SpanStep[], lives: EndLives): Generator<{ readonly edge: Edge; readonly leftovers: readonly Leftover[] }> {
  const naturals = new Map<State, State[]>()
  const cuts = new Map<State, Edge[]>()
  for (const edge of closure.edges) {
    if (edge.kind === 'natural') enlist(naturals, edge.from, edge.to)
    else enlist(cuts, edge.from, edge)
  }
  const search: Search = { closure, naturals, lives, asked: new Set(closure.questions.map(questionKey)) }
  const before: Disk[] = [closure.machine.initial]
  for (const { run } of span) before.push(run.final(before.at(-1)!))
  const end = before.at(-1)!
  const later = lives.at(known(span.at(-1), 'an end').state)?.life?.runs ?? []
  for (const [number, { state, run }] of span.entries()) {
    const all = namesPassing(closure, run, closure.runs.of(state).frame(), before[number]!, end)
    const passing = later.reduce((left, each) => afterRun(each, left), all)
    if (passing.length === 0) continue
    for (const edge of cuts.get(state) ?? []) {
      const { world } = edge
      if (world === null) continue
      const possible = passing.filter(({ from, to }) => from <= world.cutHigh && to > world.cutLow)
      const leftovers = staying(edge.to, possible, search, new Set())
      if (leftovers.length > 0) yield { edge, leftovers }
    }
  }
}

function enlist<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** Names that a power-on of the span enters, and that are gone in its end. */
function namesPassing({ machine }: Closure, run: StepRun, frame: Frame, before: Disk, end: Disk): readonly Leftover[] {
  const folders = new Map<string, string[]>()
  for (const [inode, { type, path }] of run.nodes) if (type === 'directory') folders.set(path, [...folders.get(path) ?? [], inode])
  const found: Leftover[] = []
  const met = new Set<string>()
  for (const [place, names] of run.names) {
    const colon = place.indexOf(':')
    const [store, directory] = [place.slice(0, colon), place.slice(colon + 1)]
    if (machine.stores.get(store)?.model.persistent !== true) continue
    const inodes = [`@${directory}`, ...folders.get(directory) ?? []]
    for (const name of names) {
      const path = join(directory, name)
      const isThere = (disk: Disk): boolean => disk.answer({ kind: 'node', store, path, view: 'kernel' }) !== absent
      if (met.has(`${store}:${path}`) || isThere(end)) continue
      met.add(`${store}:${path}`)
      const passed = passage(frame, inodes.map((inode) => entryCell(store, inode, name)))
      if (passed !== null) found.push({ store, path, wasThere: isThere(before), ...passed })
    }
  }
  return found
}

/** Null: a symbolic link. */
function passage({ cells, order, nodes }: Frame, entries: readonly string[]): Pick<Leftover, 'isFolder' | 'from' | 'to'> | null {
  let isFolder = false
  let isLink = false
  let from = Infinity
  let to = 0
  for (const entry of entries) {
    const stores = cells.get(entry)
    if (stores === undefined) continue
    for (const { effect, content } of stores) {
      const inode = typeof content === 'string' ? content : 'ifMissing' in content ? content.ifMissing : absent
      if (inode === absent) continue
      from = Math.min(from, order.issued[effect]!)
      isFolder ||= nodes.get(inode)?.type === 'directory'
      isLink ||= nodes.get(inode)?.type === 'symlink'
    }
    const last = stores.at(-1)!
    to = Math.max(to, last.content === absent ? order.forcedAt.durable[last.effect]! : Infinity)
  }
  if (isLink) return null
  // Met under a path that a folder has had for a while: nothing is said of when.
  return from === Infinity ? { isFolder, from: 0, to: Infinity } : { isFolder, from, to }
}

interface Search {
  readonly closure: Closure
  readonly naturals: ReadonlyMap<State, readonly State[]>
  readonly lives: EndLives
  /** Questions that each state answers. */
  readonly asked: ReadonlySet<string>
}

/** Which of these are still there when all is done that people do with the machine. */
function staying(state: State, all: readonly Leftover[], search: Search, passed: ReadonlySet<State>): readonly Leftover[] {
  const { closure, naturals, lives, asked } = search
  if (all.length === 0 || passed.has(state)) return []
  const { step } = closure.runs.of(state, false)
  if (step.end === 'halt') return []
  const names = all.filter(({ store, path }) => {
    const question: Question = { kind: 'node', store, path, view: 'kernel' }
    return !asked.has(questionKey(question)) || state.disk.answer(question) !== absent
  })
  const still = afterRun(step, names)
  if (step.end === 'idle') {
    const looked = still.length === 0 ? null : lives.at(state)
    // Space is compared where both lives come to the new release.
    if (looked === null || (looked.life !== null && looked.life.last !== 'new')) return []
    return (looked.life?.runs ?? []).reduce((left, run) => afterRun(run, left), still)
  }
  const stay = new Set((naturals.get(state) ?? []).flatMap((next) => staying(next, still, search, new Set([...passed, state]))))
  return still.filter((each) => stay.has(each))
}

function afterRun(run: StepRun, names: readonly Leftover[]): readonly Leftover[] {
  if (names.length === 0) return names
  const left = run.final(holding(names))
  return names.filter(({ store, path }) => run.freshNames?.has(nameOf(path)) === true || left.answer({ kind: 'node', store, path, view: 'kernel' }) !== absent)
}

/** A disk on which all of them lie, and every folder that anybody may want. */
function holding(names: readonly Leftover[]): Disk {
  const types = new Map(names.map(({ store, path, isFolder }) => [`${store}:${path}`, isFolder ? 'd' : 'f']))
  return {
    answer: (question) => (question.kind === 'node' ? types.get(`${question.store}:${question.path}`) ?? 'd' : 'absent'),
    memberClass: () => null,
  }
}
