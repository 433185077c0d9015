/**
 * Random small machines with updaters that read, write and are called again: a loader that may halt or reset, an init that
 * comes up as something, an updater that goes on where the last one was stopped. All of it follows from the seed and from
 * what is read.
 */
import { assert } from '../../sim/assert'
import type { Inode } from '../../sim/disk/call'
import { type Body, type Page, bodyKey, bodySize, bytesBody } from '../../sim/disk/content'
import type { StoreSetup } from '../../sim/disk/lowering'
import { partitionModel } from '../../sim/disk/partition-model'
import type { Expected, Group } from '../../sim/explore/group'
import { type Flag, type Machine, type Names, type Outline, type Power, type StepRun, type UpOutcome } from '../../sim/explore/machine'
import type { Disk } from '../../sim/explore/question'
import { nameOf, parentOf } from '../../sim/explore/question'
import type { View } from '../../sim/disk/frame'
import { ext4Model } from '../../sim/fs/ext4-model'
import { isNoSpace } from '../../sim/fs/fs-errors'
import { hostileModel } from '../../sim/fs/hostile-model'
import { memoryModel } from '../../sim/fs/memory-model'
import { sequentialModel } from '../../sim/fs/sequential-model'
import type { Space } from '../../sim/fs/space'
import type { Volume } from '../../sim/fs/volume'
import type { Hardware } from '../../sim/machine/hardware'
import { type InitialNode, type InitialStores, initialDisk } from '../../sim/machine/initial-disk'
import { PatchBook } from '../../sim/machine/patch-book'
import { PictureShelf } from '../../sim/machine/picture'
import { PowerOn } from '../../sim/machine/power-on'
import { type Below, dice } from './random-order'

export interface RandomMachine extends Machine {
  readonly contents: InitialStores
  readonly hasGroups: boolean
}

export interface Twist {
  /** Instead of the model that the dice chose for the root. */
  readonly model?: 'SCC' | 'E4Z' | 'WEAK'
  /** Everything is synced after so many acts of the first power-on. */
  readonly barrierAfter?: number
  /** Files written by the first power-on that nobody ever asks for. */
  readonly noise?: number
  /** No power-on ends in a panic. */
  readonly noReset?: boolean
  /** Few blocks and inodes are left on the root, so that calls fail for lack of space. */
  readonly tight?: boolean
}

const hardware: Hardware = {
  name: 'test', title: 'test', sequentialWriteBytesPerSecond: 1e6, flushSeconds: 0.01, randomWriteSeconds: 0.01, pageCacheBytesPerSecond: 1e9,
  callSeconds: 0.001, networkBytesPerSecond: 1e6, requestSeconds: 0.1, firmwareSeconds: 1, loaderSeconds: 1, startSeconds: 1, healthCheckSeconds: 1,
  shutdownSeconds: 1, watchdogSeconds: 10, writeBackSeconds: 30,
}
const models = { SCC: sequentialModel, E4Z: ext4Model, WEAK: hostileModel }
const unitBytes = 4
export const sectorCount = 3

const literals: readonly Body[] = [bytesBody('one'), bytesBody('two'), bytesBody('longer')]
const blobs: readonly Body[] = [
  { kind: 'blob', blob: 'X', sizeBytes: 4 }, { kind: 'blob', blob: 'Y', sizeBytes: 4 }, { kind: 'blob', blob: 'Z', sizeBytes: 8 },
]
const told = ['installed', 'staged']

function pick<T>(below: Below, list: readonly T[]): T {
  return list[below(list.length)]!
}

/** What a program has in hand while it runs. */
interface Hands {
  readonly on: PowerOn
  readonly root: Volume
  readonly barrier: (() => void) | null
  /** After a call that found no space the next one comes; else that ends it. */
  readonly goesOn: boolean
  acts: number
}

type Stop = { readonly end: StepRun['end']; readonly cause: string }
type Act = (hands: Hands) => Stop | void
type Test = (hands: Hands) => boolean

interface Plan {
  readonly below: Below
  readonly paths: readonly string[]
  readonly groups: readonly Group[]
  readonly members: ReadonlyMap<string, readonly Expected[]>
  readonly loaderReads: boolean
  readonly hasSlot: boolean
  readonly hasMemory: boolean
  readonly lists: boolean
  readonly inPlace: boolean
  readonly links: boolean
  readonly resets: boolean
}

export function randomMachine(seed: string, twist: Twist = {}): RandomMachine {
  const below = dice(seed)
  const chosen = pick(below, ['E4Z', 'E4Z', 'E4Z', 'WEAK', 'WEAK', 'SCC'] as const)
  const model = models[twist.model ?? chosen]
  const loaderReads = below(3) === 0
  const stores = new Map<string, StoreSetup>()
  const add = (id: string, of: StoreSetup['model']): void => {
    stores.set(id, { id, device: below(3) === 0 ? 'other' : 'disk', model: of, unitBytes, blockBytes: unitBytes, loaderReads: loaderReads && id === 'root' ? ['/boot'] : [] })
  }
  add('root', model)
  const hasSlot = below(2) === 0
  if (hasSlot) add('slot', partitionModel)
  const hasMemory = below(8) === 0
  if (hasMemory) add('run', memoryModel)

  const links = below(4) === 0
  const groupsWanted = below(5)
  const paths = loaderReads ? ['/a', '/boot/c', '/boot/k'] : pick(below, [['/a', '/b'], ['/a', '/b', '/c'], ['/a', '/d/b', '/d/c']])
  const members = new Map<string, readonly Expected[]>()
  const groups: Group[] = []
  if (groupsWanted >= 2) {
    for (const path of paths.slice(0, 2 + below(2))) {
      const expect = (): Expected => {
        const what = below(8)
        if (what === 0) return { type: 'absent' }
        if (what === 1) return { type: 'symlink', target: pick(below, ['one', 'two']) }
        const blob = pick(below, blobs)
        return blob.kind === 'blob' ? { type: 'file', blob: blob.blob, sizeBytes: blob.sizeBytes } : { type: 'any' }
      }
      let both = [expect(), expect()]
      while (JSON.stringify(both[0]) === JSON.stringify(both[1])) both = [expect(), expect()]
      members.set(path, both)
    }
    groups.push({ id: 'files', store: 'root', title: 'files', releases: 2, of: 'paths', members: [...members].map(([path, expected]) => ({ path, expected })) })
  }
  if (hasSlot && groupsWanted >= 3) {
    groups.push({ id: 'image', store: 'slot', title: 'image', releases: 2, of: 'sectors', first: 0, count: 2 + below(2), blobs: [{ blob: 'P', sectors: 2 }, { blob: 'Q', sectors: 2 + below(2) }] })
  }
  const groupMap = new Map(groups.map((group) => [group.id, group]))
  const judged = dice(`${seed} judged`)

  const tree = new Map<string, InitialNode>([['/noise', { type: 'directory' }]])
  for (const path of paths) {
    const old = members.get(path)?.[0]
    const what = below(6)
    if (parentOf(path) !== '/') tree.set(parentOf(path), { type: 'directory' })
    if (old !== undefined && what > 0) putExpected(tree, path, old)
    else if (what > 1) tree.set(path, { type: 'file', body: pick(below, [...literals, ...blobs]) })
  }
  if (links && below(2) === 0) {
    const file = paths.find((path) => tree.get(path)?.type === 'file')
    const free = paths.find((path) => !tree.has(path))
    const node = file === undefined ? undefined : tree.get(file)
    if (file !== undefined && free !== undefined && node?.type === 'file') tree.set(free, { ...node, sameAs: file })
  }
  const slotPages: Page[] = Array.from({ length: sectorCount }, (_, at) => (below(4) > 0 ? `RP:${at}` : 'N'))
  const contents: InitialStores = {
    trees: new Map<string, ReadonlyMap<string, InitialNode>>([['root', tree], ['run', new Map()]]),
    partitions: new Map(hasSlot ? [['slot', (sector: number): Page => slotPages[sector] ?? 'N']] : []),
  }
  const space = dice(`${seed} space`)
  const goesOn = space(2) === 0
  if (twist.tight === true) stores.set('root', { ...stores.get('root')!, capacity: tightCapacity(tree, space) })
  const lists = below(4) === 0
  // A member of a group that changes through another of its names is not seen: `census.ts` asks no inode of a member.
  const inPlace = !(links && groupsWanted >= 2) && below(2) === 0
  const resets = twist.noReset !== true && below(3) === 0
  // A file of somebody else's. What is said of members holds for it, too.
  const theirs = judged(3) > 0 || (links && inPlace) ? undefined : paths.find((path) => !members.has(path) && isBlob(tree.get(path)))
  const node = theirs === undefined ? undefined : tree.get(theirs)
  if (theirs !== undefined && node?.type === 'file' && node.body.kind === 'blob') {
    const expected: Expected = { type: 'file', blob: node.body.blob, sizeBytes: node.body.sizeBytes }
    groupMap.set('theirs', { id: 'theirs', store: 'root', title: 'theirs', releases: 1, of: 'paths', members: [{ path: theirs, expected: [expected] }] })
  }
  const judgesLatent = judged(2) === 0
  const plan: Plan = { below, paths, groups, members, loaderReads, hasSlot, hasMemory, lists, inPlace, links, resets }

  const first = [...acts(plan, 2 + below(3)), ending(plan, 'first')]
  const inTheLoader = loader(plan)
  const up = upOutcome(plan)
  const updater = [...twist.tight === true && space(2) === 0 ? [makeRoom(paths, space)] : [], ...later(plan)]
  const initial = initialDisk(contents, groupMap)
  const shelf = new PictureShelf()
  const patches = new PatchBook(hardware)

  function step(disk: Disk & Names, power: Power, keepsHistory = true): StepRun & { readonly callCount: number } {
    const on = new PowerOn(disk, stores, groupMap, hardware, 200, shelf, patches, keepsHistory)
    const end = powerOn(on, power)
    return { ...end, callCount: on.callCount }
  }

  function powerOn(on: PowerOn, power: Power): StepRun {
    const root = on.volume('root')
    const syncAll = (): void => {
      root.whole('syncfs')
      if (hasSlot) on.flush('slot')
    }
    const hands: Hands = { on, root, acts: 0, goesOn, barrier: power === 'running' && twist.barrierAfter !== undefined ? syncAll : null }
    if (power === 'off') {
      const dead = run(inTheLoader, hands)
      if (dead !== null) return on.end(dead.end, dead.cause, dead.end === 'halt' ? 'console' : 'nothing')
      if (model.homeLags) root.whole('mount')
      const came = up(hands)
      on.up = { outcome: came.outcome, why: came.why, afterSeconds: 1 }
      if (came.outcome !== 'new' && on.isTold('installed')) on.flags.add('lost-update')
      if (judgesLatent && came.outcome === 'corrupt' && on.isTold('staged')) on.flags.add('latent')
      if (theirs !== undefined && on.disk.answer({ kind: 'group', group: 'theirs', view: 'kernel' }) === '0') on.flags.add('lost-data')
    } else {
      for (let at = 0; at < (twist.noise ?? 0); at++) root.fill(root.create('@/noise', `n${at}`, 'file'), { kind: 'blob', blob: 'noise', sizeBytes: 8 })
    }
    const stop = run(power === 'running' ? first : updater, hands, twist.barrierAfter) ?? { end: 'idle', cause: 'nothing to do' }
    if (stop.end === 'clean') {
      root.whole('unmount')
      if (hasSlot) on.flush('slot')
    }
    return on.end(stop.end, stop.cause, stop.end === 'halt' ? 'console' : 'nothing')
  }
  function outline(disk: Disk & Names, power: Power): Outline {
    const { calls, nodes: _nodes, ...end } = step(disk, power, false)
    assert(calls.length === 0, 'an outline keeps no calls')
    return end
  }
  return { stores, groups: groupMap, initial, step: (disk, power) => step(disk, power), outline, contents, hasGroups: groupMap.size > 0 }
}

function isBlob(node: InitialNode | undefined): boolean {
  return node?.type === 'file' && node.body.kind === 'blob'
}

function putExpected(tree: Map<string, InitialNode>, path: string, expected: Expected): void {
  if (expected.type === 'file') tree.set(path, { type: 'file', body: { kind: 'blob', blob: expected.blob, sizeBytes: expected.sizeBytes } })
  if (expected.type === 'symlink') tree.set(path, { type: 'symlink', target: expected.target })
}

function run(list: readonly Act[], hands: Hands, barrierAfter?: number): Stop | null {
  for (const act of list) {
    if (hands.barrier !== null && hands.acts === barrierAfter) hands.barrier()
    hands.acts++
    const stop = withinSpace(act, hands)
    if (stop !== undefined) return stop
  }
  return null
}

function withinSpace(act: Act, hands: Hands): Stop | void {
  try {
    return act(hands)
  } catch (error) {
    if (!isNoSpace(error)) throw error
    if (hands.goesOn) return undefined
    hands.on.flags.add('no-space')
    return { end: 'idle', cause: 'no space is left' }
  }
}

/** One to three blocks and inodes more than there are. */
function tightCapacity(tree: ReadonlyMap<string, InitialNode>, space: Below): Space {
  const nodes = [...tree.values()].filter((node) => node.type !== 'file' || node.sameAs === undefined)
  const blocks = nodes.reduce((sum, node) => sum + (node.type === 'directory' ? 1 : node.type === 'file' ? Math.ceil(bodySize(node.body) / unitBytes) : 0), 1)
  return { blocks: blocks + 1 + space(3), inodes: nodes.length + 2 + space(3) }
}

/** Looks for room first, and removes something where there is none. */
function makeRoom(paths: readonly string[], space: Below): Act {
  const path = pick(space, paths)
  const [sizeBytes, inodes] = [4 * space(4), space(2)]
  return ({ root }) => {
    if (!root.fits(sizeBytes, inodes)) root.unlink(folder(path), nameOf(path))
  }
}

// ---------------------------------------------------------------------------------------------------- what is read

/** Folders are there from the start and stay. */
function folder(path: string): Inode {
  return `@${parentOf(path)}`
}

/** The content as the running kernel sees it; what it cannot read is damaged. */
function read({ on, root }: Hands, path: string): string {
  const inode = root.entry(folder(path), nameOf(path))
  if (inode === null) return 'absent'
  if (root.type(inode).type !== 'file') return 'not a file'
  if (root.isAsAtPowerOn(inode)) return on.disk.answer({ kind: 'bytes', store: 'root', path: inode.slice(1), view: 'kernel' })
  return bodyKey(root.body(inode))
}

function test(plan: Plan, view: View): Test {
  const { below, paths, groups } = plan
  const path = view === 'loader' ? pick(below, paths.filter((each) => each.startsWith('/boot'))) : pick(below, paths)
  const content = bodyKey(pick(below, [...literals, ...blobs]))
  const what = below(9)
  const bit = below(2)
  if (what <= 1 && groups.length > 0) {
    // Groups are asked of the disks as they were at power-on only.
    const group = pick(below, view === 'loader' ? groups.filter(({ of }) => of === 'sectors') : groups)
    const wanted = pick(below, ['2', '1', '0', '1,2'])
    if (group !== undefined) return ({ on }) => (bit === 0 ? on.disk.answer({ kind: 'group', group: group.id, view: 'kernel' }) === wanted : on.disk.answer({ kind: 'group', group: group.id, view: 'kernel' }).includes('0'))
  }
  if (what === 2 && plan.hasSlot) {
    const sector = below(sectorCount)
    return ({ on }) => on.sector('slot', sector) === `RQ:${sector}`
  }
  if (view === 'loader') {
    if (what <= 5) return ({ on }) => on.disk.answer({ kind: 'node', store: 'root', path, view }) !== ''
    return ({ on }) => on.disk.answer({ kind: 'bytes', store: 'root', path, view }) === content
  }
  if (what === 3) {
    const which = pick(below, told)
    return ({ on }) => on.isTold(which)
  }
  if (what === 4 && plan.lists) {
    const directory = parentOf(path)
    return ({ root }) => root.names(`@${directory}`).filter((name) => name !== 'noise').length % 2 === bit
  }
  if (what === 5 && plan.links) {
    const other = pick(below, paths)
    return ({ root }) => root.entry(folder(path), nameOf(path)) === root.entry(folder(other), nameOf(other))
  }
  if (what <= 6) return ({ root }) => root.entry(folder(path), nameOf(path)) !== null
  return (hands) => read(hands, path) === content
}

// ---------------------------------------------------------------------------------------------------- what is done

/** What the new release has there, or something else. */
function wish(plan: Plan, path: string): Expected | Body {
  const fresh = plan.members.get(path)?.[1]
  if (fresh !== undefined && fresh.type !== 'absent' && plan.below(4) > 0) return fresh
  return pick(plan.below, path.startsWith('/boot/c') ? literals : [...literals, ...blobs])
}

function make(root: Volume, directory: Inode, name: string, wanted: Expected | Body, onlyIfMissing = false): Inode {
  const more = onlyIfMissing ? { onlyIfMissing } : {}
  if ('type' in wanted && wanted.type === 'symlink') return root.create(directory, name, 'symlink', { target: wanted.target, ...more })
  const inode = root.create(directory, name, 'file', more)
  if ('kind' in wanted) root.fill(inode, wanted)
  else if (wanted.type === 'file') root.fill(inode, { kind: 'blob', blob: wanted.blob, sizeBytes: wanted.sizeBytes })
  return inode
}

function isFile(root: Volume, inode: Inode): boolean {
  return root.type(inode).type === 'file'
}

function acts(plan: Plan, count: number): Act[] {
  return Array.from({ length: count }, () => act(plan, 1))
}

function act(plan: Plan, depth: number): Act {
  const { below, paths } = plan
  const path = pick(below, paths)
  const name = nameOf(path)
  const directory = folder(path)
  const wanted = wish(plan, path)
  const sync = below(2) === 0
  switch (below(16)) {
    case 0:
    case 1:
    case 2: { // through a temporary name
      const blind = below(3) === 0
      return ({ root }) => {
        const temporary = `${name}.new`
        if (blind) root.unlink(directory, temporary)
        else if (root.entry(directory, temporary) !== null) root.unlink(directory, temporary)
        const inode = make(root, directory, temporary, wanted)
        if (sync) root.fsync(inode)
        root.rename(directory, temporary, directory, name, inode, blind ? root.ownEntry(directory, name) ?? `@${path}` : root.entry(directory, name))
      }
    }
    case 3:
    case 4: // replaced: removed and made again
      return ({ root }) => {
        if (root.entry(directory, name) !== null) root.unlink(directory, name)
        const inode = make(root, directory, name, wanted)
        if (sync) root.fsync(inode)
      }
    case 5: // emptied and written again
      return ({ root }) => {
        const inode = root.entry(directory, name)
        if (inode === null || !isFile(root, inode) || !plan.inPlace) return
        root.truncate(inode, 0)
        if ('kind' in wanted) root.fill(inode, wanted)
        else if (wanted.type === 'file') root.fill(inode, { kind: 'blob', blob: wanted.blob, sizeBytes: wanted.sizeBytes })
        if (sync) root.fsync(inode)
      }
    case 6: { // part of it overwritten
      const [offset, bytes, cutOff] = [below(6), pick(below, ['q', 'wxyz']), below(3) === 0]
      return (hands) => {
        if (!plan.inPlace || !read(hands, path).startsWith('bytes ')) return
        const inode = hands.root.entry(directory, name)!
        if (cutOff) hands.root.truncate(inode, offset)
        else hands.root.write(inode, offset, bytes)
      }
    }
    case 7: { // put where it is missing, without looking
      return ({ root }) => {
        const own = root.ownEntry(directory, name)
        if (own === null) make(root, directory, name, wanted)
        else if (own === undefined && root.peek(path).kind === 'below') make(root, directory, name, wanted, true)
      }
    }
    case 8: return ({ root }) => root.unlink(directory, name)
    case 9: {
      const other = pick(below, paths)
      if (!plan.links && below(2) === 0) return ({ root }) => root.fsyncDirectory(directory)
      if (!plan.links || below(3) === 0) { // a file moves, and nobody looks into it
        return ({ root }) => {
          const inode = root.entry(directory, name)
          const there = root.entry(folder(other), nameOf(other))
          if (inode === null || !isFile(root, inode) || inode === there || other === path) return
          root.rename(directory, name, folder(other), nameOf(other), inode, there)
        }
      }
      return ({ root }) => {
        const inode = root.entry(directory, name)
        if (inode === null || !isFile(root, inode) || root.entry(folder(other), nameOf(other)) !== null) return
        root.link(folder(other), nameOf(other), inode)
      }
    }
    case 10: {
      if (below(2) === 0) return ({ root }) => root.whole('syncfs')
      return ({ root }) => {
        const inode = root.entry(directory, name)
        if (inode !== null && isFile(root, inode)) root.fsync(inode)
      }
    }
    case 11:
    case 12: {
      if (!plan.hasSlot) break
      const sector = below(sectorCount)
      const count = 1 + below(sectorCount - sector)
      const through = below(3) === 0 ? 'device' : 'page-cache'
      const of = below(5) === 0 ? 'P' : 'Q'
      const isImage = below(2) === 0
      const perCall = below(2)
      return ({ on }): void => {
        if (isImage) on.writeImage('slot', of, count, 1 + perCall)
        else on.writeSectors('slot', sector, Array.from({ length: count }, (_, at) => `R${of}:${sector + at}`), through)
        if (sync) on.flush('slot')
      }
    }
    case 13:
      if (!plan.hasMemory) break
      return ({ on }) => {
        const run_ = on.volume('run')
        const inode = run_.entry('@/', 'flag')
        if (inode === null) run_.fill(run_.create('@/', 'flag', 'file'), bytesBody('one'))
        else run_.unlink('@/', 'flag')
      }
    case 14: {
      const what = pick(below, told)
      return ({ on }) => {
        if (!on.isTold(what)) on.tell(what)
      }
    }
    default: break
  }
  if (depth === 0) return ({ root }) => root.fsyncDirectory(directory)
  const [when, then, otherwise] = [test(plan, 'kernel'), act(plan, depth - 1), act(plan, depth - 1)]
  return (hands) => (when(hands) ? then(hands) : otherwise(hands))
}

function ending(plan: Plan, where: string): Act {
  const { below } = plan
  const ends = plan.resets ? ['clean', 'clean', 'reset', 'idle'] as const : ['clean', 'clean', 'idle'] as const
  const [one, other, when] = [pick(below, ends), pick(below, ends), test(plan, 'kernel')]
  if (below(2) === 0) return () => ({ end: one, cause: `${where} ends` })
  return (hands) => (when(hands) ? { end: one, cause: `${where} ends so` } : { end: other, cause: `${where} ends otherwise` })
}

/** May halt or reset by what it finds; some count their attempts. */
function loader(plan: Plan): Act[] {
  const { below } = plan
  const list: Act[] = []
  const view: View = plan.loaderReads ? 'loader' : 'kernel'
  if (plan.hasSlot && below(3) === 0) {
    const isHard = below(2) === 0
    list.push(({ on }): Stop | undefined => {
      const page = on.sector('slot', 2)
      if (page === 'L3') return { end: 'halt', cause: 'attempts are spent' }
      on.writeSectors('slot', 2, [page === 'L1' ? 'L2' : page === 'L2' ? isHard ? 'L3' : 'L1' : 'L1'], 'device')
      return undefined
    })
  }
  for (let more = below(3); more > 0; more--) {
    const [when, then] = [test(plan, view), below(4)]
    const wants = below(2) === 0
    if (then === 3) {
      const inner = test(plan, view)
      list.push((hands) => (when(hands) === wants && inner(hands) ? { end: 'halt', cause: 'the loader finds nothing to start' } : undefined))
    } else if (then === 2 && plan.resets) list.push((hands) => (when(hands) === wants ? { end: 'reset', cause: 'the kernel panics' } : undefined))
    else if (below(4) === 0) list.push((hands) => (when(hands) === wants ? { end: 'halt', cause: 'no kernel' } : undefined))
  }
  return list
}

function upOutcome(plan: Plan): (hands: Hands) => { readonly outcome: UpOutcome; readonly why: string } {
  const { below, groups, paths } = plan
  const group = groups.length > 0 && below(5) > 0 ? pick(below, groups) : undefined
  if (group !== undefined) {
    return ({ on }) => {
      const answer = on.disk.answer({ kind: 'group', group: group.id, view: 'kernel' })
      const outcome = answer === '2' || answer === '' ? 'new' : answer === '1' ? 'old' : answer === '1,2' ? 'mixed' : 'corrupt'
      return { outcome, why: `${group.id} ${outcome}` }
    }
  }
  const path = pick(below, paths)
  const content = bodyKey(pick(below, [...literals, ...blobs]))
  const other = test(plan, 'kernel')
  return (hands) => {
    const found = read(hands, path)
    const outcome = found === 'absent' ? 'old' : found === content ? 'new' : /^(bytes (one|two|longer)|blob \w [48])$/.test(found) ? (other(hands) ? 'mixed' : 'older') : 'corrupt'
    return { outcome, why: `${path} ${outcome}` }
  }
}

/** The updater called again. */
function later(plan: Plan): Act[] {
  const { below } = plan
  const list: Act[] = []
  if (below(3) > 0) {
    const done = test(plan, 'kernel')
    const wants = below(2) === 0
    list.push((hands) => (done(hands) === wants ? { end: 'idle', cause: 'nothing to do' } : undefined))
  }
  if (below(5) > 0) list.push(...acts(plan, below(3)))
  if (below(8) === 0) {
    const flag: Flag = pick(below, ['stranded', 'leak'])
    const when = test(plan, 'kernel')
    list.push((hands) => {
      if (when(hands)) hands.on.flags.add(flag)
    })
  }
  list.push(below(3) === 0 ? ending(plan, 'the updater') : () => ({ end: 'idle', cause: 'done' }))
  return list
}
