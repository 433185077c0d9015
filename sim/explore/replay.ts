/** Replays one story on concrete disks: power-on by power-on, each cut where the story says, with exactly those losses. */
import type { Frame } from '../disk/frame'
import { lowerHistory } from '../disk/lowering'
import { type Machine, type Names, type Power, type StepRun } from './machine'
import { type Disk, type Question, questionKey } from './question'
import { survivorDisk } from './survivor-disk'
import { type Loss, survivorsOf } from './survivors'

/** How one power-on of a story ends: by itself (losing what memory held, after a reset), or by a power cut. */
export type StoryStep = { readonly kind: 'natural'; readonly lost: readonly number[] } | { readonly kind: 'cut'; readonly loss: Loss }

export interface ReplayedStep {
  readonly run: StepRun
  readonly frame: Frame
  readonly ended: StoryStep
  readonly disk: Disk & Names
}

export interface Replayed {
  /** The power-ons of the story. */
  readonly steps: readonly ReplayedStep[]
  /** What the machine then does by itself, until it stands still or repeats itself. */
  readonly after: readonly StepRun[]
  /** True when `after` ends where it has been before. */
  readonly goesRound: boolean
}

/** Null: the story does not fit this machine; `why` says where. */
export function replay(machine: Machine, story: readonly StoryStep[]): Replayed | { readonly why: string } {
  const steps: ReplayedStep[] = []
  const names = new Map<string, Set<string>>()
  let disk: Disk & Names = machine.initial
  let power: Power = 'running'
  for (const [at, ended] of story.entries()) {
    const { run } = perform(machine, disk, power)
    remember(names, run)
    const frame = lowerHistory(run.calls, run.nodes, machine.stores)
    const loss = ended.kind === 'cut' ? ended.loss : { cutPoint: frame.order.callCount, lost: ended.lost }
    const survives = survivorsOf(frame.order, ended.kind === 'cut' ? 'durable' : run.end === 'reset' ? 'accepted' : 'durable', loss)
    if (survives === null) return { why: `power-on ${at + 1} has ${frame.order.callCount} calls and no such loss` }
    steps.push({ run, frame, ended, disk })
    disk = withNames(survivorDisk(frame, survives, disk, machine.stores, machine.groups), machine, names)
    power = 'off'
  }
  const after: StepRun[] = []
  const seen = new Set<string>()
  for (;;) {
    const { run, trace } = perform(machine, disk, power)
    if (seen.has(trace)) return { steps, after, goesRound: true }
    seen.add(trace)
    after.push(run)
    remember(names, run)
    if (run.end === 'idle' || run.end === 'halt') return { steps, after, goesRound: false }
    const frame = lowerHistory(run.calls, run.nodes, machine.stores)
    const survives = survivorsOf(frame.order, run.end === 'reset' ? 'accepted' : 'durable', { cutPoint: frame.order.callCount, lost: [] })
    if (survives === null) return { why: 'the end of a history keeps nothing' }
    disk = withNames(survivorDisk(frame, survives, disk, machine.stores, machine.groups), machine, names)
  }
}

/** One power-on, and all that it asked and heard as one text: power-ons with equal texts do the same. */
function perform(machine: Machine, disk: Disk & Names, power: Power): { readonly run: StepRun; readonly trace: string } {
  const heard = new Map<string, string>()
  const run = machine.step({
    answer(question: Question) {
      const answer = disk.answer(question)
      heard.set(questionKey(question), answer)
      return answer
    },
    memberClass: () => null,
    candidates: (store, directory) => disk.candidates(store, directory),
  }, power)
  return { run, trace: [...heard].map(([key, answer]) => `${key}\u0000${answer}`).join('\u0001') }
}

function remember(names: Map<string, Set<string>>, run: StepRun): void {
  for (const [directory, entered] of run.names) {
    const all = names.get(directory) ?? new Set<string>()
    for (const name of entered) all.add(name)
    names.set(directory, all)
  }
}

function withNames(disk: Disk, machine: Machine, names: ReadonlyMap<string, ReadonlySet<string>>): Disk & Names {
  return {
    answer: (question) => disk.answer(question),
    memberClass: (group, member, view) => disk.memberClass(group, member, view),
    candidates: (store, directory) => [...new Set([...machine.initial.candidates(store, directory), ...(names.get(`${store}:${directory}`) ?? [])])].sort(),
  }
}
