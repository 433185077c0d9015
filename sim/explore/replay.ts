/** Replays one story on concrete disks: power-on by power-on, each cut where the story says, with exactly those losses. */
import type { Frame } from '../disk/frame'
import { lowerHistory } from '../disk/lowering'
import { known } from '../assert'
import { type Machine, type Names, type Power, type StepRun, cannotTell } from './machine'
import { NameMemory } from './name-memory'
import { type Disk, type Question, questionKey } from './question'
import { SpaceMemory } from './space-memory'
import { inodeName } from './states'
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
  /** The last of `after`, when they repeat for ever. */
  readonly goesRound: readonly StepRun[] | null
  /** Where the last of `after` began, where they do not repeat. */
  readonly last: Beginning | null
}

export interface Beginning {
  readonly disk: Disk & Names
  readonly power: Power
  readonly freshMark: string
  readonly names: NameMemory
}

/** Fresh names are told apart by power-on, up to here: what goes round must find itself again. */
const freshMarksMax = 8

/** Null: the story does not fit this machine; `why` says where. */
/** @param first the first power-on's run and frame, when they are there already */
export function replay(machine: Machine, story: readonly StoryStep[], first?: { readonly step: StepRun; frame(): Frame }): Replayed | { readonly why: string } {
  const steps: ReplayedStep[] = []
  const names = new NameMemory(machine.initial, new SpaceMemory(machine.initial, machine.stores))
  let disk: Disk & Names = names.over(machine.initial)
  let power: Power = 'running'
  for (const [at, ended] of story.entries()) {
    const run = at === 0 && first !== undefined ? first.step : perform(machine, disk, power, freshMarkOf(at)).run
    names.learn(run)
    const frame = at === 0 && first !== undefined ? first.frame() : lowerHistory(run.calls, run.nodes, machine.stores)
    const loss = ended.kind === 'cut' ? ended.loss : { cutPoint: frame.order.callCount, lost: ended.lost }
    const survives = survivorsOf(frame.order, ended.kind === 'cut' ? 'durable' : run.end === 'reset' ? 'accepted' : 'durable', loss)
    if (survives === null) return { why: `power-on ${at + 1} has ${frame.order.callCount} calls and no such loss` }
    steps.push({ run, frame, ended, disk })
    disk = names.over(survivorDisk(frame, survives, disk, machine.stores, machine.groups))
    power = 'off'
  }
  const after: StepRun[] = []
  const asked = new Map<string, Question>()
  const before: { readonly trace: string; readonly disk: Disk }[] = []
  for (;;) {
    const freshMark = freshMarkOf(story.length + after.length)
    const { run, trace, heard } = perform(machine, disk, power, freshMark)
    for (const [key, question] of heard) asked.set(key, question)
    // Two power-ons may ask and hear the same, while what others asked in between has changed (a counter): then it goes on.
    const here = disk
    const at = before.findIndex((each) => each.trace === trace && [...asked.values()].every((question) => each.disk.answer(question) === here.answer(question)))
    if (at >= 0) return { steps, after, goesRound: after.slice(at), last: null }
    // A power-on of a running machine is no place to come back to.
    before.push({ trace: power === 'off' ? trace : '', disk })
    after.push(run)
    names.learn(run)
    if (run.end === 'idle' || run.end === 'halt') return { steps, after, goesRound: null, last: { disk, power, freshMark, names } }
    disk = names.over(afterwards(machine, run, disk))
    power = 'off'
  }
}

export function freshMarkOf(powerOn: number): string {
  return powerOn === 0 ? '' : `${Math.min(powerOn, freshMarksMax)}.`
}

/** What a power-on leaves that ends by itself. A clean end is what the kernel saw last; the history is for what that cannot tell. */
export function afterwards(machine: Machine, run: StepRun, below: Disk): Disk {
  let lowered: Disk | undefined
  const byHistory = (): Disk => {
    if (lowered === undefined) {
      const frame = lowerHistory(run.calls, run.nodes, machine.stores)
      const survives = survivorsOf(frame.order, run.end === 'reset' ? 'accepted' : 'durable', { cutPoint: frame.order.callCount, lost: [] })
      lowered = survivorDisk(frame, known(survives, 'what is left at the end of a history'), below, machine.stores, machine.groups)
    }
    return lowered
  }
  if (run.end !== 'clean') return byHistory()
  const left = run.final(below)
  // Names of inodes end with the power-on that gave them: each goes by the path under which somebody met it first.
  const firstPath = new Map<string, string>()
  return {
    answer(question) {
      const answer = left.answer(question)
      if (answer === cannotTell) return byHistory().answer(question)
      if (question.kind !== 'node' || answer[0] !== 'f') return answer
      const inode = `${question.view} ${question.store} ${answer === 'f' ? `@${question.path}` : inodeName(answer.slice(2))}`
      const first = firstPath.get(inode) ?? question.path
      firstPath.set(inode, first)
      return first === question.path ? 'f' : `f=${first}`
    },
    memberClass: (group, member, view) => byHistory().memberClass(group, member, view),
  }
}

interface Performed {
  readonly run: StepRun
  /** All that it asked and heard as one text: power-ons with equal texts do the same. */
  readonly trace: string
  readonly heard: ReadonlyMap<string, Question>
}

function perform(machine: Machine, disk: Disk & Names, power: Power, freshMark: string): Performed {
  const heard = new Map<string, Question>()
  const answers: string[] = []
  const run = machine.step({
    answer(question: Question) {
      const answer = disk.answer(question)
      const key = questionKey(question)
      if (!heard.has(key)) answers.push(`${key}\u0000${answer}`)
      heard.set(key, question)
      return answer
    },
    memberClass: () => null,
    candidates: (store, directory) => disk.candidates(store, directory),
    space: (store) => disk.space?.(store) ?? null,
  }, power, freshMark)
  return { run, trace: answers.join('\u0001'), heard }
}
