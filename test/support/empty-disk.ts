/** Disks and volumes for tests of what stands on them: an empty one, one with given nodes, and one that writes down what it is asked. */
import type { FileSystemOperation, Inode, StoreId } from '../../sim/disk/call'
import { bodyKey, type Body } from '../../sim/disk/content'
import { type NewNode, absent } from '../../sim/disk/frame'
import type { StoreSetup } from '../../sim/disk/lowering'
import type { Names } from '../../sim/explore/machine'
import { type Disk, nameOf, parentOf, questionKey } from '../../sim/explore/question'
import { sequentialModel } from '../../sim/fs/sequential-model'
import { type Recorder, Volume } from '../../sim/fs/volume'

/** Nothing is there, and nobody ever heard of a name. */
export const emptyDisk: Disk & Names = {
  answer: () => absent,
  memberClass: () => null,
  candidates: () => [],
}

/** What a path leads to: as `Question` of kind node answers, and the content where it is a file. */
export interface Given { readonly node: string; readonly body?: Body }

/** The same nodes in every store. */
export function diskWith(nodes: ReadonlyMap<string, Given>): Disk & Names {
  return {
    answer(question) {
      if (question.kind !== 'node' && question.kind !== 'bytes') return absent
      const given = nodes.get(question.path)
      if (question.kind === 'node') return given?.node ?? absent
      const { body } = nodes.get(given?.node.startsWith('f=') === true ? given.node.slice(2) : question.path) ?? {}
      return body === undefined ? 'absent' : bodyKey(body)
    },
    memberClass: () => null,
    candidates: (_store, directory) => [...nodes.keys()].filter((path) => path !== '/' && parentOf(path) === directory).map(nameOf).sort(),
  }
}

/** The same disk; `asked` gets the key of each question, without the store's name and the view. */
export function listening(disk: Disk & Names, asked: string[]): Disk & Names {
  return {
    ...disk,
    answer(question) {
      asked.push(questionKey(question).replace(/ \w+ \w+:/, ' '))
      return disk.answer(question)
    },
  }
}

export class TestRecorder implements Recorder {
  readonly nodes = new Map<Inode, NewNode>()
  readonly calls: FileSystemOperation[] = []
  /** `path/name` of each name entered. */
  readonly entered = new Set<string>()
  private inodes = 0

  record(_store: StoreId, operation: FileSystemOperation): void {
    this.calls.push(operation)
  }

  isFresh(): boolean {
    return false
  }

  inode(): Inode {
    return `#${++this.inodes}`
  }

  named(_store: StoreId, directory: string, name: string): void {
    this.entered.add(directory === '/' ? `/${name}` : `${directory}/${name}`)
  }
}

export function testStore(id: StoreId, unitBytes = 4096): StoreSetup {
  return { id, device: 'disk', model: sequentialModel, unitBytes, blockBytes: 4096, loaderReads: [] }
}

export function emptyVolume(recorder: TestRecorder = new TestRecorder(), unitBytes = 4096): Volume {
  return new Volume(testStore('root', unitBytes), emptyDisk, recorder)
}
