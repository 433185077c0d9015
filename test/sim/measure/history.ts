/** Histories made by hand, for measures whose figures one can check with a pencil. */
import type { Call, Operation } from '../../../sim/disk/call'
import type { StoreSetup } from '../../../sim/disk/lowering'
import { partitionModel } from '../../../sim/disk/partition-model'
import type { StepRun } from '../../../sim/explore/machine'
import { ext4Model } from '../../../sim/fs/ext4-model'
import { memoryModel } from '../../../sim/fs/memory-model'
import type { InitialFile } from '../../../sim/measure/ledger'
import type { Span } from '../../../sim/measure/span'
import { emptyDisk } from '../../support/empty-disk'

const store = (id: string, model: StoreSetup['model'], unitBytes: number): readonly [string, StoreSetup] =>
  [id, { id, device: 'disk', model, unitBytes, blockBytes: 4096, loaderReads: [] }]

export const stores = new Map([
  store('root', ext4Model, 4096), store('run', memoryModel, 4096), store('slot-b', partitionModel, 512), store('env', partitionModel, 512),
])

export const partitions = [
  { store: 'slot-b', sizeBytes: 1_000_000, isSlot: true },
  { store: 'env', sizeBytes: 32_768, isSlot: false },
]

/** `/old` (two blocks) with a second name `/same`, an empty `/dir`, a short link. */
export const initialFiles: readonly InitialFile[] = [
  { store: 'root', path: '/dir', type: 'directory', sizeBytes: 0, inode: '/dir' },
  { store: 'root', path: '/old', type: 'file', sizeBytes: 5000, inode: '/old' },
  { store: 'root', path: '/same', type: 'file', sizeBytes: 5000, inode: '/old' },
  { store: 'root', path: '/link', type: 'symlink', sizeBytes: 3, inode: '/link' },
]

/** The root folder, `/dir`, two blocks of `/old`. */
export const startBlocks = 4
export const startInodes = 4

export function call(does: Operation, options: Partial<Omit<Call, 'does'>> = {}): Call {
  return { issuer: 'updater', store: 'root', tookSeconds: 0, ...options, does }
}

export const create = (name: string, inode: string, directory = '@/'): Call => call({ kind: 'create', directory, name, inode, type: 'file' })
export const mkdir = (name: string, inode: string, directory = '@/'): Call => call({ kind: 'create', directory, name, inode, type: 'directory' })
export const unlink = (name: string, directory = '@/'): Call => call({ kind: 'unlink', directory, name })
export const link = (name: string, inode: string, directory = '@/'): Call => call({ kind: 'link', directory, name, inode })
export const rename = (from: string, to: string, inode: string, replaced: string | null = null): Call =>
  call({ kind: 'rename', fromDirectory: '@/', from, toDirectory: '@/', to, inode, replaced })
export const fsync = (inode: string): Call => call({ kind: 'fsync', inode })

/** So many blocks of a blob from `firstBlock` on; the file reaches to their end. */
export const write = (inode: string, blocks: number, firstBlock = 0, sizeBefore = 4096 * firstBlock): Call => call({
  kind: 'write', inode, generation: 0, firstBlock, pages: { blob: 'new', blocks }, sizeBefore,
  sizeAfter: Math.max(sizeBefore, 4096 * (firstBlock + blocks)),
})

/** The call returns so long after the one before. */
export const after = (tookSeconds: number, each: Call): Call => ({ ...each, tookSeconds })

export function step(calls: readonly Call[], given: Partial<StepRun> = {}): StepRun {
  return {
    calls, nodes: new Map(), end: 'idle', up: null, flags: [], remedy: 'nothing', cause: '', final: () => emptyDisk, console: [], names: new Map(),
    seconds: calls.reduce((sum, { tookSeconds }) => sum + tookSeconds, 0), fetched: [], ...given,
  }
}

export const spanOf = (...steps: readonly StepRun[]): Span => ({ steps, settlingSeconds: 40 })
export const inputOf = (...steps: readonly StepRun[]) => ({ span: spanOf(...steps), stores, initialFiles, partitions })
