/** The disk that a program leaves when it was done long ago: everything durable and in its place. */
import type { StoreSetup } from '../disk/lowering'
import { lowerHistory } from '../disk/lowering'
import { absent } from '../disk/frame'
import { evaluate } from '../explore/evaluate'
import { sequentialModel } from '../fs/sequential-model'
import type { Names } from '../explore/machine'
import { type Answer, type Disk, nameOf, parentOf } from '../explore/question'
import type { FileStep } from './litmus-test'
import { runProgram } from './program'

/** A disk that knows all its names. */
export interface WholeDisk extends Disk, Names {
  readonly paths: readonly string[]
}

export const emptyDisk: WholeDisk = {
  paths: [],
  candidates: () => [],
  answer(question) {
    switch (question.kind) {
      case 'node': return question.path === '/' ? 'd' : absent
      case 'bytes': return 'absent'
      case 'sector':
      case 'told':
      case 'group': return absent
    }
  },
  memberClass: () => null,
}

export function settledDisk(init: readonly FileStep[], store: StoreSetup): WholeDisk {
  // Whatever the model, nothing of it is still on its way.
  const setup: StoreSetup = { ...store, model: sequentialModel }
  const { calls, nodes, paths } = runProgram(init, setup, emptyDisk)
  const stores = new Map([[setup.id, setup]])
  const frame = lowerHistory(calls, nodes, stores)
  const setting = { frame, stores, below: emptyDisk, pick: (_cell: string, _stores: unknown, upTo: number) => upTo - 1 }
  const node = new Map<string, Answer>()
  const bytes = new Map<string, Answer>()
  const firstName = new Map<string, string>()
  for (const path of [...paths].sort()) {
    const answer = evaluate(setting, { kind: 'node', store: setup.id, path, view: 'kernel' })
    if (answer === absent) continue
    if (answer[0] !== 'f') {
      node.set(path, answer)
      continue
    }
    // Inodes of this disk are known by the first name that leads to them.
    const first = firstName.get(answer)
    if (first === undefined) firstName.set(answer, path)
    node.set(path, first === undefined ? 'f' : `f=${first}`)
    bytes.set(path, evaluate(setting, { kind: 'bytes', store: setup.id, path, view: 'kernel' }))
  }
  const present = [...node.keys()]
  return {
    paths: present,
    candidates: (_store, directory) => present.filter((path) => parentOf(path) === directory).map(nameOf),
    answer(question) {
      if (question.kind === 'node') return node.get(question.path) ?? emptyDisk.answer(question)
      if (question.kind !== 'bytes') return emptyDisk.answer(question)
      return bytes.get(question.path) ?? (node.has(question.path) ? 'not a file' : 'absent')
    },
    memberClass: () => null,
  }
}
