/**
 * Every state that power cuts lead to, by plain recursion over full disk contents: run a power-on on concrete disks, lower
 * its history, list every pair of a cut point and survivors, write each survivor out as a disk, go on there. A power-on is
 * run once for each disk. Nothing is shared with the explorer but the machine, the lowering and the judge's words.
 */
import { known } from '../../sim/assert'
import { type Body, type Page, blobPage, bodyKey, bodyOf, bodyPage, bodySize, nulPage } from '../../sim/disk/content'
import { type CellStore, type Frame, type View, parseRecord } from '../../sim/disk/frame'
import { type StoreSetup, lowerHistory } from '../../sim/disk/lowering'
import { type Group, classOf, sectorClass, isSame } from '../../sim/explore/group'
import type { Flag, Names, Remedy, SpaceKnown, StepRun } from '../../sim/explore/machine'
import { type Answer, type Disk, type Question, join, nameOf, parentOf } from '../../sim/explore/question'
import type { StoryStep } from '../../sim/explore/replay'
import { type Outcome, haltOutcome, harder, worse } from '../../sim/judge/outcome'
import { allSurvivors } from './order-oracle'
import { type RandomMachine, sectorCount } from './random-machine'
import { groupAnswer } from './small-systems'

// ------------------------------------------------------------------------------------------------ full disk contents

/** `null`: an inode that was never written where this reader looks. */
interface Inode { readonly type: 'f' | 'd' | 'l'; readonly target: string; readonly body: Readonly<Record<View, Body | null>> }

/** A file system: inodes by number (0 is the root), and what names lead to for each kind of reader. */
interface FileSystem { readonly inodes: ReadonlyMap<number, Inode>; readonly entries: Readonly<Record<View, ReadonlyMap<string, number>>> }

export interface Full {
  readonly fileSystems: ReadonlyMap<string, FileSystem>
  readonly sectors: ReadonlyMap<string, readonly Page[]>
  readonly told: ReadonlySet<string>
}

const empty: Body = { kind: 'bytes', bytes: '' }
const folderInode: Inode = { type: 'd', target: '', body: { kernel: empty, loader: empty } }

export function initialFull(machine: RandomMachine): Full {
  const fileSystems = new Map<string, FileSystem>()
  for (const [store, tree] of machine.contents.trees) {
    const inodes = new Map<number, Inode>([[0, folderInode]])
    const entries = new Map<string, number>()
    const byPath = new Map<string, number>([['/', 0]])
    const enter = (path: string, number: number): void => {
      const parent = path.slice(0, Math.max(1, path.lastIndexOf('/')))
      if (!byPath.has(parent)) {
        inodes.set(inodes.size, folderInode)
        enter(parent, inodes.size - 1)
      }
      byPath.set(path, number)
      entries.set(`${byPath.get(parent)!}|${path.slice(path.lastIndexOf('/') + 1)}`, number)
    }
    const isOtherName = ([, node]: readonly [string, unknown]): number => Number((node as { sameAs?: string }).sameAs !== undefined)
    for (const [path, node] of [...tree].sort((a, b) => isOtherName(a) - isOtherName(b) || (a[0] < b[0] ? -1 : 1))) {
      const same = node.type === 'file' && node.sameAs !== undefined ? byPath.get(node.sameAs) : undefined
      const number = same ?? inodes.size
      if (same === undefined) {
        const body = node.type === 'file' ? node.body : empty
        inodes.set(number, { type: node.type === 'file' ? 'f' : node.type === 'directory' ? 'd' : 'l', target: node.type === 'symlink' ? node.target : '', body: { kernel: body, loader: body } })
      }
      enter(path, number)
    }
    if (machine.stores.has(store)) fileSystems.set(store, { inodes, entries: { kernel: entries, loader: entries } })
  }
  const sectors = new Map([...machine.contents.partitions].map(([store, pageOf]) => [store, Array.from({ length: sectorCount }, (_, at) => pageOf(at))]))
  return { fileSystems, sectors, told: new Set() }
}

function find(fs: FileSystem, view: View, path: string): number | null {
  let at = 0
  for (const name of path.split('/').filter((each) => each !== '')) {
    const inode = fs.inodes.get(at)
    if (inode?.type !== 'd' || inode.body[view] === null) return null
    const next = fs.entries[view].get(`${at}|${name}`)
    if (next === undefined) return null
    at = next
  }
  const { type, body } = known(fs.inodes.get(at), 'an inode')
  return type === 'l' && view === 'loader' && body.loader === null ? null : at
}

/** All paths, parents first, in code-unit order. */
function walk(fs: FileSystem, view: View, visit: (path: string, number: number, inode: Inode) => void): void {
  const below = (directory: number, path: string): void => {
    const start = `${directory}|`
    const names = [...fs.entries[view].keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length)).sort()
    for (const name of names) {
      const number = known(fs.entries[view].get(start + name), name)
      const inode = known(fs.inodes.get(number), name)
      visit(join(path, name), number, inode)
      if (inode.type === 'd') below(number, join(path, name))
    }
  }
  below(0, '/')
}

class FullDisk implements Disk, Names {
  constructor(readonly full: Full, private readonly machine: RandomMachine) {}

  private view(store: string, view: View): View {
    return known(this.machine.stores.get(store), store).model.homeLags ? view : 'kernel'
  }

  answer(question: Question): Answer {
    const { full } = this
    switch (question.kind) {
      case 'told': return full.told.has(question.what) ? 'told' : ''
      case 'sector': return known(full.sectors.get(question.store)?.[question.sector], 'a sector')
      case 'group': {
        const group = known(this.machine.groups.get(question.group), question.group)
        return groupAnswer(group, (member) => this.classOfMember(group, member, question.view))
      }
      case 'node': {
        const fs = known(full.fileSystems.get(question.store), question.store)
        const view = this.view(question.store, question.view)
        const found = find(fs, view, question.path)
        if (found === null) return ''
        const { type, target } = known(fs.inodes.get(found), 'an inode')
        if (type !== 'f') return type + target
        const paths: string[] = []
        walk(fs, view, (path, number) => { if (number === found) paths.push(path) })
        return paths.sort()[0] === question.path ? 'f' : `f=${paths[0]}`
      }
      case 'bytes': {
        const fs = known(full.fileSystems.get(question.store), question.store)
        const view = this.view(question.store, question.view)
        const found = find(fs, view, question.path)
        if (found === null) return 'absent'
        const { type, body } = known(fs.inodes.get(found), 'an inode')
        const seen = body[view]
        return type !== 'f' ? 'not a file' : seen === null ? 'stale' : bodyKey(seen)
      }
    }
  }

  private classOfMember(group: Group, member: number, view: View): number {
    if (group.of === 'sectors') return sectorClass(group, member, this.answer({ kind: 'sector', store: group.store, sector: group.first + member }))
    const fs = known(this.full.fileSystems.get(group.store), group.store)
    const { path, expected } = known(group.members[member], 'a member')
    const number = find(fs, this.view(group.store, view), path)
    const inode = number === null ? null : known(fs.inodes.get(number), path)
    const body = inode?.body[this.view(group.store, view)] ?? null
    return classOf(expected, (each) => (inode === null ? each.type === 'absent'
      : inode.type === 'd' ? each.type === 'directory'
      : inode.type === 'l' ? each.type === 'symlink' && each.target === inode.target : body !== null && isSame(each, body)))
  }

  memberClass(): null {
    return null
  }

  /** All that is there, inode by inode; a count looks at all of it. */
  space(store: string): SpaceKnown | null {
    const { capacity, blockBytes } = known(this.machine.stores.get(store), store)
    if (capacity === undefined) return null
    const used = new Map<number, number>([[0, 1]])
    const touched = new Map<string, Map<string, number>>()
    walk(known(this.full.fileSystems.get(store), store), 'kernel', (path, number, { type, body }) => {
      const blocks = type === 'd' ? 1 : type === 'l' || body.kernel === null ? 0 : Math.ceil(bodySize(body.kernel) / blockBytes)
      used.set(number, blocks)
      const names = touched.get(parentOf(path)) ?? new Map<string, number>()
      touched.set(parentOf(path), names.set(nameOf(path), blocks))
    })
    const most = { blocks: [...used.values()].reduce((sum, blocks) => sum + blocks, 0), inodes: used.size }
    // The root has no name to be asked for.
    return { most, touched, initial: { ...nothing, total: { blocks: 1, inodes: 1 } } }
  }

  candidates(store: string, directory: string): readonly string[] {
    const fs = known(this.full.fileSystems.get(store), store)
    const found = find(fs, 'kernel', directory)
    return found === null ? [] : [...fs.entries.kernel.keys()].filter((key) => key.startsWith(`${found}|`)).map((key) => key.slice(key.indexOf('|') + 1)).sort()
  }
}

const nothing = { total: { blocks: 0, inodes: 0 }, at: () => undefined, namesBeside: () => [], below: () => [] }

/** Equal text: equal to everybody who may ever look. */
function keyOf(full: Full, stores: RandomMachine['stores']): string {
  const lines: string[] = [...full.told].sort()
  for (const [store, pages] of full.sectors) lines.push(`${store} ${pages.join(' ')}`)
  for (const [store, fs] of full.fileSystems) {
    const numbers = new Map<number, number>()
    const { model, loaderReads } = known(stores.get(store), store)
    for (const view of model.homeLags && loaderReads.length > 0 ? ['kernel', 'loader'] as const : ['kernel'] as const) {
      walk(fs, view, (path, number, { type, target, body }) => {
        if (view === 'loader' && !loaderReads.some((prefix) => path.startsWith(prefix))) return
        if (!numbers.has(number)) numbers.set(number, numbers.size)
        lines.push(`${store} ${view} ${path} ${numbers.get(number)!} ${type} ${target} ${body[view] === null ? 'stale' : bodyKey(body[view])}`)
      })
    }
  }
  return lines.join('\n')
}

// --------------------------------------------------------------------------------------------------------- survivors

/** The disk that this part of a history leaves. */
function written(full: Full, frame: Frame, survives: (effect: number) => boolean, stores: ReadonlyMap<string, StoreSetup>): Full {
  const told = new Set(full.told)
  const sectors = new Map([...full.sectors].map(([store, pages]) => [store, [...pages]]))
  const surviving = (cell: string): readonly CellStore[] => (frame.cells.get(cell) ?? []).filter(({ effect }) => survives(effect))
  for (const cell of frame.cells.keys()) {
    const [kind, store, at] = cell.split('|')
    for (const { content } of surviving(cell)) {
      if (kind === 'm') told.add(store!)
      if (kind === 's') sectors.get(store!)![Number(at)] = content as string
    }
  }
  for (const [store, runs] of frame.runs) {
    for (const { first, count, blob, block, firstEffect, perEffect } of runs) {
      for (let at = 0; at < count; at++) if (survives(firstEffect + Math.floor(at / perEffect))) sectors.get(store)![first + at] = `R${blob}:${block + at}`
    }
  }
  const fileSystems = new Map<string, FileSystem>()
  for (const [id, before] of full.fileSystems) fileSystems.set(id, writtenFileSystem(before, id, frame, survives, known(stores.get(id), id)))
  return { fileSystems, sectors, told }
}

function writtenFileSystem(before: FileSystem, store: string, frame: Frame, survives: (effect: number) => boolean, setup: StoreSetup): FileSystem {
  const replay = frame.replays.get(store)
  const isReplayed = replay !== undefined && survives(replay)
  const inodes = new Map(before.inodes)
  const kernel = new Map(before.entries.kernel)
  const loader = new Map(isReplayed ? before.entries.kernel : before.entries.loader)
  if (isReplayed) for (const [number, inode] of inodes) inodes.set(number, { ...inode, body: { kernel: inode.body.kernel, loader: inode.body.kernel } })
  const base = new Map(inodes)
  const numbers = new Map<string, number>()
  const numberOf = (name: string): number => {
    let number = numbers.get(name)
    if (number !== undefined) return number
    number = (name[0] === '@' ? find(before, 'kernel', name.slice(1)) : null) ?? inodes.size
    if (!inodes.has(number)) {
      const made = name[0] === '@' ? undefined : known(frame.nodes.get(name), name)
      const type = made === undefined || made.type === 'directory' ? 'd' : made.type === 'file' ? 'f' : 'l'
      inodes.set(number, { type, target: made?.target ?? '', body: { kernel: null, loader: null } })
    }
    numbers.set(name, number)
    return number
  }
  const contentOf = new Map<string, string>()
  for (const [cell, all] of frame.cells) {
    const [kind, of, inode, rest] = cell.split('|')
    if (of !== store || (kind![0] !== 'h' && !'erpw'.includes(kind!))) continue
    if (kind === 'e' || kind === 'he') {
      const entries = kind === 'e' ? kernel : loader
      const key = `${numberOf(inode!)}|${rest!}`
      for (const { effect, content } of all) {
        if (!survives(effect)) continue
        if (typeof content !== 'string' && !('ifMissing' in content)) throw new Error(`${cell} holds what was never written`)
        if (typeof content !== 'string') {
          if (!entries.has(key)) entries.set(key, numberOf(content.ifMissing))
        } else if (content === '') entries.delete(key)
        else entries.set(key, numberOf(content))
      }
    } else {
      for (const { effect, content } of all) if (survives(effect)) contentOf.set(cell, content as string)
    }
  }
  const changed = new Set([...frame.cells.keys()].map((cell) => cell.split('|')).filter(([kind, of]) => of === store && ['r', 'hr', 'p', 'w'].includes(kind!)).map((parts) => parts[2]!))
  for (const name of changed) {
    const number = numberOf(name)
    const inode = known(inodes.get(number), name)
    if (inode.type === 'd') {
      if (!base.has(number)) inodes.set(number, folderInode)
      continue
    }
    const body = (view: View): Body | null => {
      const below = base.get(number)?.body[view] ?? null
      const record = contentOf.get(`${view === 'kernel' ? 'r' : 'hr'}|${store}|${name}`)
      if (record === undefined && below === null) return null
      const { sizeBytes, generation } = record === undefined ? { sizeBytes: bodySize(below!), generation: 0 } : parseRecord(record)
      const filled = `w|${store}|${name}|${generation}`
      const isFilled = frame.cells.has(filled)
      const whole = contentOf.get(filled) ?? nulPage
      const pages: Page[] = []
      let isPaged = false
      for (let block = 0; block * setup.unitBytes < sizeBytes; block++) {
        const cell = `p|${store}|${name}|${generation}|${block}`
        isPaged ||= frame.cells.has(cell)
        const before = isFilled ? (whole[0] === 'R' ? blobPage(whole.slice(1), block) : whole) : generation === 0 && below !== null ? bodyPage(below, block, setup.unitBytes) : nulPage
        pages.push(contentOf.get(cell) ?? before)
      }
      // Nobody has the bytes of a blob: a file without its data is printed as one page, whatever its size.
      if (isFilled && !isPaged && sizeBytes > 0 && whole[0] !== 'R') return { kind: 'pages', sizeBytes, pages: [whole] }
      return bodyOf(pages, sizeBytes, setup.unitBytes)
    }
    inodes.set(number, { ...inode, body: { kernel: body('kernel'), loader: body('loader') } })
  }
  return { inodes, entries: { kernel, loader } }
}

// ----------------------------------------------------------------------------------------------------------- search

export interface Verdict {
  readonly outcome: Outcome
  readonly flags: readonly Flag[]
  readonly remedy: Remedy
  readonly cause: string
  /** Some power-on on the way ended in a panic: what memory held may be lost in more than one way. */
  readonly mayDiffer: boolean
}

/** One disk, and what a power-on does with it. */
export class Place {
  private ran: { readonly step: StepRun; readonly frame: Frame } | undefined
  private found: readonly { readonly cut: number; readonly bits: number; readonly to: Place }[] | undefined
  private ends: readonly Place[] | undefined
  private judged: Verdict | undefined

  constructor(private readonly brute: BruteForce, readonly disk: FullDisk, readonly isFirst: boolean) {}

  get run(): { readonly step: StepRun; readonly frame: Frame } {
    if (this.ran === undefined) {
      const step = this.brute.machine.step(this.disk, this.isFirst ? 'running' : 'off')
      this.ran = { step, frame: lowerHistory(step.calls, step.nodes, this.brute.machine.stores) }
    }
    return this.ran
  }

  left(survives: (effect: number) => boolean): Place {
    return this.brute.place(written(this.disk.full, this.run.frame, survives, this.brute.machine.stores))
  }

  /** After a power cut. */
  get cuts(): readonly { readonly cut: number; readonly bits: number; readonly to: Place }[] {
    if (this.found === undefined) {
      const all = known(allSurvivors(this.run.frame.order, 'durable', this.brute.pairsMax), 'a short history')
      const places = new Map<number, Place>()
      this.found = all.map(({ cut, bits }) => {
        let to = places.get(bits)
        if (to === undefined) places.set(bits, to = this.left((effect) => (bits & (1 << effect)) !== 0))
        return { cut, bits, to }
      })
    }
    return this.found
  }

  /** By itself; first what loses nothing. */
  get natural(): readonly Place[] {
    if (this.ends === undefined) {
      const { step, frame } = this.run
      if (step.end === 'idle' || step.end === 'halt') this.ends = []
      else {
        const all = known(allSurvivors(frame.order, step.end === 'reset' ? 'accepted' : 'durable', this.brute.pairsMax), 'a short history')
        const last = all.filter(({ cut }) => cut === frame.order.callCount)
        if (step.end === 'clean' && last.length !== 1) throw new Error('a clean end leaves something open')
        this.ends = [...new Set(last.map(({ bits }) => bits).sort((a, b) => b - a).map((bits) => this.left((effect) => (bits & (1 << effect)) !== 0)))]
      }
    }
    return this.ends
  }

  /** Where no panic is on the way. */
  get timeToUp(): { readonly boots: number | null; readonly seconds: number | null } {
    let seconds = 0
    const seen = new Set<Place>()
    // eslint-disable-next-line typescript/no-this-alias -- the walk begins here
    for (let place: Place | undefined = this; place !== undefined && !seen.has(place); place = place.natural[0]) {
      seen.add(place)
      const { up } = place.run.step
      if (up !== null) return { boots: seen.size, seconds: seconds + up.afterSeconds }
      seconds += place.run.step.seconds
    }
    return { boots: null, seconds: null }
  }

  /** With no further power cut. A way that goes round for ever and cannot end is as bad as what shows on it. */
  get verdict(): Verdict {
    this.judged ??= verdictOf(this)
    return this.judged
  }
}

function reachedFrom(start: Place): ReadonlySet<Place> {
  const reached = new Set([start])
  for (const place of reached) for (const next of place.natural) reached.add(next)
  return reached
}

function verdictOf(start: Place): Verdict {
  let outcome: Outcome = 'new'
  let remedy: Remedy = 'nothing'
  let cause = ''
  const take = (found: Outcome, why: string): void => {
    if (worse(found, outcome) === found && (found !== outcome || cause === '')) {
      outcome = found
      cause = why
    }
  }
  const flags = new Set<Flag>()
  const reached = reachedFrom(start)
  for (const place of reached) {
    const { step } = place.run
    for (const flag of step.flags) flags.add(flag)
    if (step.up !== null) take(step.up.outcome, step.up.why)
    if (step.end !== 'halt') continue
    take(haltOutcome(step.remedy), step.cause)
    remedy = harder(remedy, step.remedy)
  }
  for (const place of reached) {
    const onward = [...reachedFrom(place)]
    // In a round for ever each place comes back, and none ends.
    if (onward.some(({ run: { step } }) => step.end === 'idle' || step.end === 'halt') || !onward.every((each) => reachedFrom(each).has(place))) continue
    if (onward.some(({ run: { step } }) => step.up !== null)) flags.add('churn')
    else take('bootloop', onward.map(({ run }) => run.step.cause).sort()[0]!)
  }
  return { outcome, flags: [...flags].sort(), remedy, cause, mayDiffer: [...reached].some((place) => place.run.step.end === 'reset') }
}

export class TooMany extends Error {
  override readonly name = 'TooMany'
}

export class BruteForce {
  private readonly places = new Map<string, Place>()
  readonly first: Place

  constructor(readonly machine: RandomMachine, private readonly placesMax: number, readonly pairsMax: number) {
    this.first = new Place(this, new FullDisk(initialFull(machine), machine), true)
  }

  place(full: Full): Place {
    const key = keyOf(full, this.machine.stores)
    let place = this.places.get(key)
    if (place === undefined) {
      if (this.places.size >= this.placesMax) throw new TooMany(key)
      place = new Place(this, new FullDisk(full, this.machine), false)
      this.places.set(key, place)
    }
    return place
  }

  /** All places that at most so many power cuts lead to, and those that a power cut leads to at once. */
  reach(cuts: number): { readonly all: ReadonlySet<Place>; readonly afterCut: ReadonlySet<Place> } {
    let level = reachedFrom(this.first)
    const all = new Set(level)
    const afterCut = new Set<Place>()
    for (let cut = 0; cut < cuts && level.size > 0; cut++) {
      const next = new Set<Place>()
      for (const place of level) {
        for (const { to } of place.cuts) {
          afterCut.add(to)
          for (const each of reachedFrom(to)) if (!all.has(each)) next.add(each)
        }
      }
      for (const each of next) all.add(each)
      level = next
    }
    return { all, afterCut }
  }

  /** Where a story leads; null when it does not fit. Of what a cut point allows all survives but what the story says is lost. */
  follow(story: readonly StoryStep[]): Place | null {
    let place = this.first
    for (const step of story) {
      const { order } = place.run.frame
      const lost = step.kind === 'cut' ? step.loss.lost : step.lost
      const cut = step.kind === 'cut' ? step.loss.cutPoint : order.callCount
      const level = step.kind === 'natural' && place.run.step.end === 'reset' ? 'accepted' : 'durable'
      const fitting = known(allSurvivors(order, level, this.pairsMax), 'a short history').filter((each) => each.cut === cut && lost.every((effect) => (each.bits & (1 << effect)) === 0))
      const most = fitting.reduce((bits, each) => bits | each.bits, 0)
      if (fitting.length === 0) return null
      place = place.left((effect) => (most & (1 << effect)) !== 0)
    }
    return place
  }
}
