/** The disks before the update: written long ago, all of it durable and home. */
import { known } from '../assert'
import { type Body, type Page, bodyKey, bodyPage, bodySize, nulPage } from '../disk/content'
import { absent } from '../disk/frame'
import { type Expected, type Group, classOf, sectorClass, isSame } from '../explore/group'
import type { Initial, Names } from '../explore/machine'
import type { Disk } from '../explore/question'
import { nameOf, parentOf } from '../explore/question'
import { groupAnswer } from '../explore/survivor-disk'

export type InitialNode =
  | { readonly type: 'file'; readonly body: Body; /** path of the first name of this inode, if another */ readonly sameAs?: string }
  | { readonly type: 'directory' }
  | { readonly type: 'symlink'; readonly target: string }

export interface InitialStores {
  /** File systems: path → node; folders of listed paths exist by themselves. */
  readonly trees: ReadonlyMap<string, ReadonlyMap<string, InitialNode>>
  readonly partitions: ReadonlyMap<string, (sector: number) => Page>
}

export function initialDisk(stores: InitialStores, groups: ReadonlyMap<string, Group>): Disk & Names & Initial {
  const names = new Map<string, Set<string>>()
  const folders = new Map<string, Set<string>>()
  for (const [store, tree] of stores.trees) {
    const known_ = new Set<string>(['/'])
    folders.set(store, known_)
    for (const path of tree.keys()) {
      for (let at = path; at !== '/'; at = parentOf(at)) {
        const key = `${store}:${parentOf(at)}`
        const list = names.get(key) ?? new Set<string>()
        names.set(key, list)
        if (list.has(nameOf(at)) && at !== path) break
        list.add(nameOf(at))
        known_.add(parentOf(at))
      }
    }
  }
  const nodeAt = (store: string, path: string): InitialNode | null => {
    const node = stores.trees.get(store)?.get(path)
    return node ?? (folders.get(store)?.has(path) === true ? { type: 'directory' } : null)
  }
  const sectorAt = (store: string, sector: number): Page => stores.partitions.get(store)?.(sector) ?? nulPage
  const memberClass = (id: string, member: number): number => {
    const group = known(groups.get(id), `group ${id}`)
    if (group.of === 'sectors') return sectorClass(group, member, sectorAt(group.store, group.first + member))
    const { path, expected } = known(group.members[member], `member ${member} of ${id}`)
    const node = nodeAt(group.store, path)
    return classOf(expected, (each) => fits(node, each))
  }
  const groupAnswers = new Map<string, string>()
  return {
    memberClass,
    *contents(store) {
      const { trees } = stores
      for (const path of folders.get(store) ?? ['/']) if (!(trees.get(store)?.has(path) ?? false)) yield { path, type: 'directory', sizeBytes: 0, inode: path }
      for (const [path, node] of trees.get(store) ?? []) {
        const sizeBytes = node.type === 'file' ? bodySize(node.body) : node.type === 'symlink' ? node.target.length : 0
        yield { path, type: node.type, sizeBytes, inode: node.type === 'file' ? node.sameAs ?? path : path }
      }
    },
    candidates: (store, directory) => [...(names.get(`${store}:${directory}`) ?? [])].sort(),
    answer(question) {
      switch (question.kind) {
        case 'told': return ''
        case 'sector': return sectorAt(question.store, question.sector)
        case 'group': {
          let answer = groupAnswers.get(question.group)
          if (answer === undefined) {
            answer = groupAnswer(known(groups.get(question.group), question.group), (member) => memberClass(question.group, member))
            groupAnswers.set(question.group, answer)
          }
          return answer
        }
        case 'node': {
          const node = nodeAt(question.store, question.path)
          if (node === null) return absent
          if (node.type === 'directory') return 'd'
          if (node.type === 'symlink') return `l${node.target}`
          return node.sameAs === undefined || node.sameAs === question.path ? 'f' : `f=${node.sameAs}`
        }
        case 'bytes': {
          const node = nodeAt(question.store, question.path)
          return node === null ? 'absent' : node.type === 'file' ? bodyKey(node.body) : 'not a file'
        }
      }
    },
  }
}

function fits(node: InitialNode | null, expected: Expected): boolean {
  switch (expected.type) {
    case 'any': return true
    case 'absent': return node === null
    case 'directory': return node?.type === 'directory'
    case 'symlink': return node?.type === 'symlink' && node.target === expected.target
    case 'file': return node?.type === 'file' && isSame(expected, node.body)
  }
}

/** A partition that holds these bytes or this blob from its first sector on, and zeros after. */
export function partitionOf(body: Body, sectorBytes: number): (sector: number) => Page {
  return (sector) => bodyPage(body, sector, sectorBytes)
}
