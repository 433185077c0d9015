/**
 * Questions: the only way to learn anything of a disk. Each has a name that is the same in every state, so states can be
 * compared by their answers. Answers are texts; equal text is equal answer.
 *
 * Paths are canonical: absolute, no symbolic links, as the release manifests have them.
 */
import type { StoreId } from '../disk/call'
import type { View } from '../disk/frame'

export type Question =
  /** What the name leads to: '' nothing, 'd', 'f', 'l<target>'; 'f=/other' when it is the inode that /other leads to. */
  | { readonly kind: 'node'; readonly store: StoreId; readonly path: string; readonly view: View }
  /** The content of a file as `bodyKey` prints it, or 'absent'. */
  | { readonly kind: 'bytes'; readonly store: StoreId; readonly path: string; readonly view: View }
  /** The content of a sector of a partition (a `Page`). */
  | { readonly kind: 'sector'; readonly store: StoreId; readonly sector: number }
  /** Whether people were told: '' or 'told'. */
  | { readonly kind: 'told'; readonly what: string }
  /** Which classes of members occur in a group (see `group.ts`), as numbers joined by commas. */
  | { readonly kind: 'group'; readonly group: string; readonly view: View }

export type Answer = string

/** Where a question keeps its key (do not spread one): a WeakMap of the millions that are asked costs more than all the rest. */
interface Keyed { key?: string }

export function questionKey(question: Question): string {
  const keyed: Keyed = question as Keyed
  keyed.key ??= printed(question)
  return keyed.key
}

function printed(question: Question): string {
  switch (question.kind) {
    case 'node': return `node ${question.view} ${question.store}:${question.path}`
    case 'bytes': return `bytes ${question.view} ${question.store}:${question.path}`
    case 'sector': return `sector ${question.store}:${question.sector}`
    case 'told': return `told ${question.what}`
    case 'group': return `group ${question.view} ${question.group}`
  }
}

/** Answers questions about one state of the disks. */
export interface Disk {
  answer(question: Question): Answer
  /**
   * Exact content of one group member, as the set of releases that it agrees with; null where only the group's answer is
   * known, because the state stands for all that agree on it.
   */
  memberClass(group: string, member: number, view: View): number | null
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}
