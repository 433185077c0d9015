/** Random small machines: a concrete disk, a short history on real persistence models, and everything one may ask of it. */
import type { Call, Inode, StoreId } from '../../sim/disk/call'
import { type Body, bodyKey, bytesBody } from '../../sim/disk/content'
import type { Frame, NewNode, View } from '../../sim/disk/frame'
import { type StoreSetup, lowerHistory } from '../../sim/disk/lowering'
import { partitionModel } from '../../sim/disk/partition-model'
import type { Names } from '../../sim/explore/machine'
import { type Expected, type Group, allReleases, classOf, printClasses, sectorClass, isSame } from '../../sim/explore/group'
import { type Answer, type Disk, type Question, join, nameOf, parentOf, questionKey } from '../../sim/explore/question'
import { ext4Model } from '../../sim/fs/ext4-model'
import { hostileModel } from '../../sim/fs/hostile-model'
import { sequentialModel } from '../../sim/fs/sequential-model'
import { Volume } from '../../sim/fs/volume'
import { type Below, dice } from './random-order'

export const paths = ['/a', '/b', '/boot', '/boot/a', '/boot/b', '/boot/d', '/boot/d/a', '/boot/e', '/boot/e/a']
const sectors = 3

interface Node { readonly type: 'd' | 'f' | 'l'; readonly target: string; readonly body: Body }
type Tree = Map<string, Node>

export class ConcreteDisk implements Disk, Names {
  readonly asked = new Map<string, Question>()

  constructor(
    readonly trees: ReadonlyMap<StoreId, Record<View, Tree>>,
    readonly sectors: readonly string[],
    readonly told: ReadonlySet<string>,
    readonly groups: ReadonlyMap<string, Group>,
  ) {}

  /** The same with some files and sectors changed. */
  variant(below: Below): ConcreteDisk {
    const other = (tree: Tree): Tree => {
      const changed: Tree = new Map()
      for (const path of paths) {
        const node = tree.get(path)
        const isFolder = paths.some((each) => parentOf(each) === path)
        const hasFolder = parentOf(path) === '/' || tree.get(parentOf(path))?.type === 'd'
        if (isFolder || !hasFolder || below(3) > 0) {
          if (node !== undefined) changed.set(path, node)
        } else if (below(4) > 0) changed.set(path, { type: 'f', target: '', body: pick(below, bodies) })
      }
      return changed
    }
    const trees = [...this.trees].map(([id, { kernel, loader }]): [StoreId, Record<View, Tree>] => {
      const changed = other(kernel)
      return [id, { kernel: changed, loader: loader === kernel ? changed : other(loader) }]
    })
    return new ConcreteDisk(new Map(trees), this.sectors.map((page) => (below(2) === 0 ? page : pick(below, sectorPages))), this.told, this.groups)
  }

  answer(question: Question): Answer {
    this.asked.set(questionKey(question), question)
    switch (question.kind) {
      case 'told': return this.told.has(question.what) ? 'told' : ''
      case 'sector': return this.sectors[question.sector]!
      case 'group': return groupAnswer(this.groups.get(question.group)!, (member) => this.memberClass(question.group, member, question.view))
      case 'node': {
        const tree = this.trees.get(question.store)![question.view]
        const node = tree.get(question.path)
        if (node === undefined) return ''
        if (node.type !== 'f') return node.type + node.target
        const first = [...tree].find(([, other]) => other === node)![0]
        return first === question.path ? 'f' : `f=${first}`
      }
      case 'bytes': {
        const node = this.trees.get(question.store)![question.view].get(question.path)
        return node === undefined ? 'absent' : node.type === 'f' ? bodyKey(node.body) : 'not a file'
      }
    }
  }

  candidates(store: StoreId, directory: string): readonly string[] {
    return [...this.trees.get(store)!.kernel.keys()].filter((path) => parentOf(path) === directory).map(nameOf).sort()
  }

  memberClass(id: string, member: number, view: View): number {
    const group = this.groups.get(id)!
    if (group.of === 'sectors') return sectorClass(group, member, this.sectors[group.first + member]!)
    const { path, expected } = group.members[member]!
    return classOfNode(expected, this.trees.get(group.store)![view].get(path))
  }
}

function classOfNode(expected: readonly Expected[], node: Node | undefined): number {
  return classOf(expected, (each) => node === undefined ? each.type === 'absent'
    : node.type === 'd' ? each.type === 'directory'
    : node.type === 'l' ? each.type === 'symlink' && each.target === node.target : isSame(each, node.body))
}

export function groupAnswer(group: Group, memberClass: (member: number) => number): Answer {
  const classes: number[] = []
  const count = group.of === 'paths' ? group.members.length : group.count
  for (let member = 0; member < count; member++) classes.push(memberClass(member))
  return printClasses(classes.filter((cls) => cls !== allReleases(group)))
}

export interface SmallSystem {
  readonly frame: Frame
  readonly disk: ConcreteDisk
  /** What the history depends on. */
  readonly asked: readonly Question[]
  readonly stores: ReadonlyMap<StoreId, StoreSetup>
  readonly groups: ReadonlyMap<string, Group>
  readonly questions: readonly Question[]
  /** What the running kernel saw of the file systems after so many calls, by question at the same place. */
  readonly snapshots: readonly { readonly calls: number; readonly questions: readonly Question[]; readonly answers: readonly Answer[] }[]
}

const bodies: readonly Body[] = [
  { kind: 'blob', blob: 'X', sizeBytes: 4 }, { kind: 'blob', blob: 'X', sizeBytes: 4 }, { kind: 'blob', blob: 'Y', sizeBytes: 8 },
  { kind: 'blob', blob: 'Z', sizeBytes: 8 }, bytesBody(''), bytesBody('hi'), bytesBody('hello'),
]
const sectorPages = ['RP:0', 'RP:1', 'RQ:0', 'RQ:1', 'RP:2', 'N', 'Lxy']
const models = [ext4Model, ext4Model, ext4Model, hostileModel, hostileModel, sequentialModel]

function pick<T>(below: Below, list: readonly T[]): T {
  return list[below(list.length)]!
}

export function smallSystem(seed: string): SmallSystem {
  const below = dice(seed)
  const stores = new Map<StoreId, StoreSetup>()
  const add = (id: string, model: StoreSetup['model']): void => {
    const unitBytes = 4
    // known gap: under WEAK the rest of a block of several pages stays stale when the file grows over it
    stores.set(id, { id, device: below(3) === 0 ? 'other' : 'disk', model, unitBytes, blockBytes: model === hostileModel ? 4 : 4 * (1 + below(2)), loaderReads: below(5) === 0 ? ['/boot/d'] : ['/boot'] })
  }
  add('root', pick(below, models))
  if (below(3) === 0) add('esp', pick(below, models))
  add('slot', partitionModel)
  const fileSystems = [...stores.keys()].filter((id) => id !== 'slot')

  const trees = new Map(fileSystems.map((id) => [id, randomTrees(below, stores.get(id)!.model.homeLags)]))
  const groups = randomGroups(below, [...trees.get('root')!.kernel, ...trees.get('root')!.loader])
  const page = (): string => pick(below, sectorPages)
  const disk = new ConcreteDisk(new Map(trees), [page(), page(), page()], new Set(below(4) === 0 ? ['staged'] : []), groups)

  const calls: Call[] = []
  const nodes = new Map<Inode, NewNode>()
  const record = (store: string, does: Call['does']): void => { calls.push({ issuer: 'updater', store, does, tookSeconds: 0 }) }
  const volumes = new Map(fileSystems.map((id) => [id, new Volume(stores.get(id)!, disk, {
    record, nodes, isFresh: () => false, inode: () => `#${nodes.size + 1}`, named() {},
  })]))
  const writers = fileSystems.map((id) => new Writer(volumes.get(id)!, below, disk))
  const snapshots: { calls: number; questions: readonly Question[]; answers: readonly Answer[] }[] = []
  for (const [at, id] of fileSystems.entries()) if (trees.get(id)!.kernel !== trees.get(id)!.loader || below(5) === 0) writers[at]!.volume.whole('mount')
  const isWatched = below(2) === 0
  for (let left = 1 + below(6); left > 0; left--) {
    const what = below(12)
    if (what === 0) record('', { kind: 'mark', what: pick(below, ['staged', 'installed']) })
    else if (what === 1) record('slot', { kind: 'flush' })
    else if (what <= 3) {
      const first = below(sectors)
      const count = 1 + below(sectors - first)
      const through = pick(below, ['page-cache', 'device'] as const)
      record('slot', { kind: 'sectors', first, through, pages: below(2) === 0 ? Array.from({ length: count }, page) : { blob: pick(below, ['P', 'Q']), blocks: count } })
    } else pick(below, writers).something()
    if (!isWatched) continue
    const asked = writers.flatMap((writer) => writer.questions())
    snapshots.push({ calls: calls.length, questions: asked.map(({ question }) => question), answers: asked.map(({ answer }) => answer) })
  }
  const frame = lowerHistory(calls, nodes, stores)
  return { frame, disk, asked: [...disk.asked.values()], stores, groups, questions: allQuestions(fileSystems, groups), snapshots }
}

function randomTrees(below: Below, mayLag: boolean): Record<View, Tree> {
  const kernel = randomTree(below)
  if (!mayLag || below(2) === 0) return { kernel, loader: kernel }
  return { kernel, loader: randomTree(below) }
}

function randomTree(below: Below): Tree {
  const tree: Tree = new Map()
  for (const path of paths) {
    const parent = parentOf(path)
    if (parent !== '/' && tree.get(parent)?.type !== 'd') continue
    const files = [...tree.values()].filter((node) => node.type === 'f')
    const isFolder = paths.some((other) => parentOf(other) === path)
    const what = below(10)
    if (isFolder && (what < 8 || path === '/boot')) tree.set(path, { type: 'd', target: '', body: bytesBody('') })
    else if (isFolder || what < 3) continue
    else if (what === 3) tree.set(path, { type: 'l', target: pick(below, ['one', 'two']), body: bytesBody('') })
    else if (what === 4 && files.length > 0) tree.set(path, pick(below, files))
    else tree.set(path, { type: 'f', target: '', body: pick(below, bodies) })
  }
  return tree
}

/** known gap: a group member that is a hard link at power-on is not seen to change through another of its names. */
function randomGroups(below: Below, nodes: readonly (readonly [string, Node])[]): Map<string, Group> {
  const isHardLink = (path: string): boolean => nodes.some(([at, node]) => at === path && nodes.some(([other, same]) => other !== path && same === node))
  const expected = (): Expected => {
    const what = below(12)
    if (what < 7) {
      const body = pick(below, bodies)
      if (body.kind === 'blob') return { type: 'file', blob: body.blob, sizeBytes: body.sizeBytes }
      return { type: 'file', blob: 'empty', sizeBytes: 0 }
    }
    if (what === 7) return { type: 'symlink', target: pick(below, ['one', 'two']) }
    if (what === 8) return { type: 'directory' }
    return what === 9 ? { type: 'any' } : { type: 'absent' }
  }
  const releases = 2 + below(2)
  const members = paths.filter((path) => below(3) === 0 && !isHardLink(path)).flatMap((path) => {
    const each = Array.from({ length: releases }, expected)
    return each.every((one) => JSON.stringify(one) === JSON.stringify(each[0])) ? [] : [{ path, expected: each }]
  })
  return new Map<string, Group>([
    ['files', { id: 'files', store: 'root', title: 'files', releases, of: 'paths', members }],
    ['image', { id: 'image', store: 'slot', title: 'image', releases: 2, of: 'sectors', first: 0, count: 1 + below(sectors),
      blobs: [{ blob: 'P', sectors: 1 + below(sectors) }, { blob: pick(below, ['Q', 'Q', 'P']), sectors: 1 + below(sectors) }] }],
  ])
}

function allQuestions(fileSystems: readonly string[], groups: ReadonlyMap<string, Group>): readonly Question[] {
  const questions: Question[] = []
  for (const view of ['kernel', 'loader'] as const) {
    for (const store of fileSystems) for (const path of paths) for (const kind of ['node', 'bytes'] as const) questions.push({ kind, store, path, view })
    for (const group of groups.keys()) questions.push({ kind: 'group', group, view })
  }
  for (let sector = 0; sector < sectors; sector++) questions.push({ kind: 'sector', store: 'slot', sector })
  for (const what of ['staged', 'installed']) questions.push({ kind: 'told', what })
  return questions
}

/** Does things to a volume that the kernel would let it do. */
class Writer {
  private readonly blindNames = new Set<string>()

  constructor(readonly volume: Volume, private readonly below: Below, private readonly disk: Disk) {}

  private find(path: string): Inode | null {
    if (path === '/') return this.volume.root
    const directory = this.find(parentOf(path))
    if (directory === null || this.typeOf(directory) !== 'directory') return null
    return this.volume.entry(directory, nameOf(path))
  }

  private typeOf(inode: Inode): string {
    return this.volume.type(inode).type
  }

  private folderOf(path: string): Inode | null {
    const directory = this.find(parentOf(path))
    return directory !== null && this.typeOf(directory) === 'directory' ? directory : null
  }

  private isEmpty(path: string): boolean {
    return !paths.some((other) => parentOf(other) === path && this.find(other) !== null)
  }

  questions(): readonly { question: Question; answer: Answer }[] {
    const store = this.volume.setup.id
    return paths.flatMap((path) => {
      const inode = this.find(path)
      const node: Question = { kind: 'node', store, path, view: 'kernel' }
      const bytes: Question = { kind: 'bytes', store, path, view: 'kernel' }
      if (inode === null) return [{ question: node, answer: '' }, { question: bytes, answer: 'absent' }]
      const type = this.volume.type(inode)
      if (type.type !== 'file') {
        return [{ question: node, answer: type.type === 'directory' ? 'd' : `l${type.target ?? ''}` }, { question: bytes, answer: 'not a file' }]
      }
      return [{ question: node, answer: inode === `@${path}` ? 'f' : `f=${inode}` }, { question: bytes, answer: bodyKey(this.volume.body(inode)) }]
    })
  }

  /** Creates what may be there already. The volume must not forget what it knows of the name for certain. */
  private blind(directory: Inode, name: string, type: 'file' | 'directory'): Inode | null {
    const { volume } = this
    const own = volume.ownEntry(directory, name)
    const key = `${directory}|${name}`
    if (own === undefined && directory[0] === '@' && !this.blindNames.has(key)) {
      // A folder is put where nothing else can be.
      const there = this.disk.answer({ kind: 'node', store: volume.setup.id, path: join(directory.slice(1), name), view: 'kernel' })
      if (type === 'directory' && there !== '' && there !== 'd') return null
      this.blindNames.add(key)
      return volume.create(directory, name, type, { onlyIfMissing: true })
    }
    if (this.blindNames.has(key) || own !== null) return null
    return volume.create(directory, name, type)
  }

  /** One more or less sensible thing; nothing where the dice ask for what cannot be. */
  something(): void {
    const { volume, below } = this
    const path = pick(below, paths)
    const name = nameOf(path)
    const directory = this.folderOf(path)
    if (directory === null) return
    const inode = this.find(path)
    switch (below(17)) {
      case 0:
      case 1: {
        if (inode !== null && this.typeOf(inode) === 'directory') return
        if (inode !== null) volume.unlink(directory, name)
        const file = volume.create(directory, name, 'file')
        volume.fill(file, pick(below, bodies))
        if (below(3) === 0) volume.fsync(file)
        return
      }
      case 2: { // replaced through a temporary name
        const to = pick(below, paths)
        const toDirectory = this.folderOf(to)
        if (toDirectory === null || inode === null || this.typeOf(inode) !== 'file') return
        const replaced = this.find(to)
        if (replaced === inode || (replaced !== null && this.typeOf(replaced) === 'directory')) return
        if (below(2) === 0) volume.fsync(inode)
        return volume.rename(directory, name, toDirectory, nameOf(to), inode, replaced)
      }
      case 3: // replaced through truncate
        if (inode === null || this.typeOf(inode) !== 'file') return
        volume.truncate(inode, 0)
        return volume.fill(inode, pick(below, bodies))
      case 4: {
        if (inode === null || this.typeOf(inode) !== 'file' || volume.body(inode).kind !== 'bytes') return
        volume.write(inode, below(7), pick(below, ['q', 'wxyz', 'longer']))
        return
      }
      case 5: {
        if (inode === null || this.typeOf(inode) !== 'file' || volume.body(inode).kind !== 'bytes') return
        return volume.truncate(inode, below(9))
      }
      case 6: {
        if (inode === null || this.typeOf(inode) !== 'file') return
        return volume.fsync(inode, pick(below, ['fsync', 'fdatasync'] as const))
      }
      case 7: return volume.fsyncDirectory(directory)
      case 8: return volume.whole(pick(below, ['syncfs', 'freeze', 'freeze', 'unmount'] as const))
      case 9:
        if (inode === null || (this.typeOf(inode) === 'directory' && !this.isEmpty(path))) return
        return volume.unlink(directory, name)
      case 10: {
        const to = pick(below, paths)
        const toDirectory = this.folderOf(to)
        if (toDirectory === null || inode === null || this.typeOf(inode) !== 'file' || this.find(to) !== null) return
        return volume.link(toDirectory, nameOf(to), inode)
      }
      case 11: {
        const other = pick(below, paths)
        const otherDirectory = this.folderOf(other)
        const otherInode = this.find(other)
        if (otherDirectory === null || inode === null || otherInode === null || other === path) return
        if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) return
        return volume.exchange(directory, name, inode, otherDirectory, nameOf(other), otherInode)
      }
      case 12: {
        const file = this.blind(directory, name, 'file')
        return file === null ? undefined : volume.fill(file, pick(below, bodies))
      }
      case 13: {
        this.blind(directory, name, 'directory')
        return
      }
      case 14:
        if (inode !== null) return
        volume.create(directory, name, below(2) === 0 ? 'directory' : 'symlink', { target: 'two' })
        return
      case 15: { // a folder moves
        const to = pick(below, ['/boot/d', '/boot/e'])
        const toDirectory = this.folderOf(to)
        if (toDirectory === null || inode === null || this.typeOf(inode) !== 'directory' || path === '/boot' || this.find(to) !== null) return
        return volume.rename(directory, name, toDirectory, nameOf(to), inode, null)
      }
      default: return volume.chmod(inode ?? directory, 0o644)
    }
  }
}
