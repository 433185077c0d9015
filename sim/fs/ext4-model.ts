/**
 * ext4 as by default since Linux 5.6 (litmus key E4Z): data=ordered, delayed allocation, dioread_nolock, and the
 * rename heuristic not trusted.
 *
 * - Names, attributes and truncates are one chain, the journal, in call order; a transaction may end between any two.
 * - A length that grows into new blocks is set when they are allocated, some time after the call: it floats behind the newest
 *   journalled change at call time, and does not wait for the data (blocks are allocated unwritten, so NULs show).
 * - A length that grows inside a block already mapped is journalled at once, without the data.
 * - Overwrites are free. fsync commits the journal up to the newest change of the inode.
 * - A reader without replay sees home locations: each directory and each inode record moves through its own versions.
 */
import type { Inode, Operation } from '../disk/call'
import { pageAt, pageCount } from '../disk/call'
import type { Lowering, PersistenceModel, Rule, StoreSetup } from '../disk/lowering'
import { type StoreContent, absent, entryCell, homeCell, pageCell, recordCell, recordContent, runCell } from '../disk/frame'
import type { EffectId } from '../disk/order'
import { assertNever } from '../assert'
import { writeCutOff } from './sequential-model'

const rules: readonly Rule[] = [
  { name: 'journal-order', says: 'name changes, attributes and truncates survive as a prefix of call order', evidence: 'M',
    source: 'BOB and ALICE, OSDI 2014; PerSeVerE, POPL 2021; fs/jbd2/commit.c', contested: false },
  { name: 'length-floats', says: 'the length over newly allocated blocks is set at write-back, without waiting for their data', evidence: 'M',
    source: 'fs/ext4/inode.c, commit 244adf64 (dioread_nolock default, 5.6); NULs seen on Linux 6.18', contested: false },
  { name: 'length-in-mapped-tail', says: 'growth inside a mapped block is journalled at call time', evidence: 'S',
    source: 'fs/ext4/inode.c, ext4_da_write_end', contested: false },
  { name: 'fsync-commits', says: 'fsync forces data, length and the journal up to the newest change of the inode, names included', evidence: 'S',
    source: 'fs/ext4/fsync.c; xfstests generic/322', contested: false },
  { name: 'fdatasync-skips-names', says: 'fdatasync waits for data, length and creation, not for a later rename or link', evidence: 'S',
    source: 'fs/ext4/fsync.c, i_datasync_tid', contested: false },
  { name: 'home-lags', says: 'home locations hold any committed version each, until freeze or unmount', evidence: 'M',
    source: 'GRUB ext2 driver ignores the journal; ostree issue 876, PR 1049, PR 3393; grub-fstest on captured images', contested: false },
]

export const ext4Model: PersistenceModel = {
  key: 'E4Z',
  title: 'ext4, data=ordered, delayed allocation, dioread_nolock (default since Linux 5.6)',
  rules,
  notModelled: ['journal checksums and fast commits', 'orphan processing (unlinked but open files)', 'blocks freed and reused by another file'],
  homeLags: true,
  persistent: true,
  begin,
}

interface InodeState {
  /** Journal places (counted from 1) of the newest change, and of the newest one that fdatasync waits for. */
  touched: number
  sized: number
  /** Journal place of the newest truncate that left something. */
  cutOff: number
  /** Blocks below this are allocated on disk for certain. */
  mappedBlocks: number | null
  unsynced: EffectId[]
  lastLength: EffectId | null
  lastHome: EffectId | null
}

function begin(store: StoreSetup, lowering: Lowering): (operation: Operation) => void {
  const { order } = lowering
  const journal = lowering.chain()
  const inodes = new Map<Inode, InodeState>()
  const home = homeObjects(store, lowering)
  let floating: EffectId[] = []

  const stateOf = (inode: Inode): InodeState => {
    let state = inodes.get(inode)
    if (state === undefined) {
      state = { touched: 0, sized: 0, cutOff: 0, mappedBlocks: null, unsynced: [], lastLength: null, lastHome: null }
      inodes.set(inode, state)
    }
    return state
  }
  const journalled = (...touches: readonly Inode[]): EffectId => {
    const effect = order.effect(journal)
    for (const inode of touches) stateOf(inode).touched = order.chainLength(journal)
    return effect
  }
  const sized = (inode: Inode): void => { stateOf(inode).sized = order.chainLength(journal) }
  const setRecord = (effect: EffectId, inode: Inode, content: string): void => {
    lowering.write(effect, recordCell(store.id, inode), content)
    home.record(effect, inode, content)
  }
  const setEntries = (effect: EffectId, ...entries: readonly Entry[]): void => {
    for (const { directory, name, content } of entries) {
      lowering.write(effect, entryCell(store.id, directory, name), content)
    }
    home.entries(effect, entries)
  }

  return (operation) => {
    switch (operation.kind) {
      case 'create': {
        const effect = journalled(operation.inode, operation.directory)
        home.made(operation.directory, operation.name, operation.inode)
        setEntries(effect, { directory: operation.directory, name: operation.name, content: operation.onlyIfMissing === true ? { ifMissing: operation.inode } : operation.inode })
        if (operation.inode[0] === '#') setRecord(effect, operation.inode, recordContent(0, 0))
        sized(operation.inode)
        stateOf(operation.inode).mappedBlocks ??= 0
        return
      }
      case 'link': {
        const effect = journalled(operation.inode, operation.directory)
        setEntries(effect, { directory: operation.directory, name: operation.name, content: operation.onlyIfMissing === true ? { ifMissing: operation.inode } : operation.inode })
        return
      }
      case 'unlink': {
        const effect = journalled(operation.directory)
        setEntries(effect, { directory: operation.directory, name: operation.name, content: absent })
        return
      }
      case 'rename': {
        const effect = journalled(operation.inode, operation.fromDirectory, operation.toDirectory)
        setEntries(effect, { directory: operation.fromDirectory, name: operation.from, content: absent },
          { directory: operation.toDirectory, name: operation.to, content: operation.inode })
        return
      }
      case 'exchange': {
        const effect = journalled(operation.aInode, operation.bInode, operation.aDirectory, operation.bDirectory)
        setEntries(effect, { directory: operation.aDirectory, name: operation.a, content: operation.bInode },
          { directory: operation.bDirectory, name: operation.b, content: operation.aInode })
        return
      }
      case 'truncate': {
        const state = stateOf(operation.inode)
        const effect = journalled(operation.inode)
        setRecord(effect, operation.inode, recordContent(operation.sizeBytes, operation.generation))
        writeCutOff(operation, store, lowering, effect)
        sized(operation.inode)
        if (operation.sizeBytes > 0) state.cutOff = order.chainLength(journal)
        state.mappedBlocks = Math.min(
          state.mappedBlocks ?? Math.ceil(operation.blocksBefore * store.unitBytes / store.blockBytes), Math.ceil(operation.sizeBytes / store.blockBytes))
        return
      }
      case 'write': return write(operation)
      case 'chmod': {
        journalled(operation.inode)
        return
      }
      case 'fsync':
      case 'fdatasync': {
        const state = stateOf(operation.inode)
        order.forces(state.unsynced, 'durable')
        order.forcesPrefix(journal, operation.kind === 'fsync' ? state.touched : state.sized, 'durable')
        state.unsynced = []
        state.mappedBlocks = null // all that is there now is allocated
        lowering.flush(store.device)
        return
      }
      case 'fsync-directory': {
        order.forcesPrefix(journal, stateOf(operation.directory).touched, 'durable')
        lowering.flush(store.device)
        return
      }
      case 'syncfs':
      case 'freeze':
      case 'unmount': {
        order.forces(floating, 'durable')
        floating = []
        for (const state of inodes.values()) {
          state.unsynced = []
          state.mappedBlocks = null
        }
        order.forcesPrefix(journal, order.chainLength(journal), 'durable')
        if (operation.kind !== 'syncfs') home.checkpoint()
        lowering.flush(store.device)
        return
      }
      case 'mount': {
        // Atomic on purpose: home objects move independently to any committed version, so each half-replayed state is
        // already a crash state of the cut before it (replay cut 14,020 times always ended in the same tree, Linux 6.18).
        const effect = order.effect()
        lowering.replayed(store.id, effect)
        lowering.detail(effect, 'journal replay')
        order.forces([effect], 'durable')
        return
      }
      case 'sectors':
      case 'flush':
      case 'mark':
        throw new Error(`${operation.kind} is no call on a file system`)
      default: assertNever(operation, 'ext4')
    }
  }

  function write(operation: Extract<Operation, { kind: 'write' }>): void {
    const state = stateOf(operation.inode)
    const unitsPerBlock = store.blockBytes / store.unitBytes
    const mapped = state.mappedBlocks ?? Math.ceil(operation.sizeBefore / store.blockBytes)
    const data = (unit: number): void => {
      const at = unit - operation.firstBlock
      if (at < 0 || at >= pageCount(operation.pages)) return
      const effect = order.effect()
      // A block given up and allocated anew is another block: a file that was not cut off does not show it.
      if (state.cutOff > 0 && Math.floor(unit / unitsPerBlock) >= mapped) order.needsPrefix(effect, journal, state.cutOff)
      lowering.write(effect, pageCell(store.id, operation.inode, operation.generation, unit), pageAt(operation.pages, at))
      lowering.detail(effect, 'data')
      state.unsynced.push(effect)
      floating.push(effect)
    }
    if ('blob' in operation.pages && operation.sizeBefore === 0 && operation.firstBlock === 0) {
      const effect = order.effect()
      if (state.cutOff > 0) order.needsPrefix(effect, journal, state.cutOff)
      lowering.write(effect, runCell(store.id, operation.inode, operation.generation), `R${operation.pages.blob}`)
      lowering.detail(effect, 'data')
      state.unsynced.push(effect)
      floating.push(effect)
      grow(operation.inode, state, recordContent(operation.sizeAfter, operation.generation), false)
      state.mappedBlocks = mapped
      return
    }
    const firstBlock = Math.floor(operation.firstBlock / unitsPerBlock)
    const blocks = Math.ceil((operation.firstBlock + pageCount(operation.pages)) / unitsPerBlock)
    let length = operation.sizeBefore
    for (let block = firstBlock; block < blocks; block++) {
      for (let unit = block * unitsPerBlock; unit < (block + 1) * unitsPerBlock; unit++) data(unit)
      const grown = Math.min(operation.sizeAfter, (block + 1) * store.blockBytes)
      if (grown <= length) continue
      length = grown
      grow(operation.inode, state, recordContent(length, operation.generation), block < mapped)
    }
    state.mappedBlocks = mapped
  }

  function grow(inode: Inode, state: InodeState, record: string, inMappedBlock: boolean): void {
    let effect: EffectId
    if (inMappedBlock) {
      effect = journalled(inode)
      sized(inode)
    } else {
      effect = order.effect()
      order.needsPrefix(effect, journal, order.chainLength(journal))
      if (state.lastLength !== null) order.needs(effect, state.lastLength)
      state.lastLength = effect
      state.unsynced.push(effect)
      floating.push(effect)
    }
    setRecord(effect, inode, record)
    lowering.detail(effect, 'length')
  }
}

interface Entry { readonly directory: Inode; readonly name: string; readonly content: StoreContent }

/** Home locations: what a reader sees that ignores the journal. Kept for what a loader may read only. */
function homeObjects(store: StoreSetup, lowering: Lowering): {
  made(directory: Inode, name: string, inode: Inode): void
  entries(change: EffectId, entries: readonly Entry[]): void
  record(change: EffectId, inode: Inode, content: string): void
  checkpoint(): void
} {
  const { order } = lowering
  const paths = new Map<Inode, string>()
  const newest = new Map<string, EffectId>()
  let all: EffectId[] = []
  const pathOf = (inode: Inode): string | undefined => (inode[0] === '@' ? inode.slice(1) : paths.get(inode))
  const isRead = (path: string | undefined): boolean =>
    path !== undefined && store.loaderReads.some((prefix) => isWithin(path, prefix) || isWithin(prefix, path))

  /** The next version of a home object, a directory's blocks or an inode record. */
  function version(object: string, change: EffectId): EffectId {
    const effect = order.effect()
    order.needs(effect, change)
    const previous = newest.get(object)
    if (previous !== undefined) order.needs(effect, previous)
    newest.set(object, effect)
    all.push(effect)
    lowering.detail(effect, 'written home')
    return effect
  }

  return {
    made(directory, name, inode) {
      const path = pathOf(directory)
      if (path !== undefined) paths.set(inode, path === '/' ? `/${name}` : `${path}/${name}`)
    },
    entries(change, entries) {
      for (const directory of new Set(entries.map((entry) => entry.directory))) {
        if (!isRead(pathOf(directory))) continue
        const effect = version(`d${directory}`, change)
        for (const entry of entries) {
          if (entry.directory === directory) lowering.write(effect, homeCell(entryCell(store.id, directory, entry.name)), entry.content)
        }
      }
    },
    record(change, inode, content) {
      if (isRead(pathOf(inode))) lowering.write(version(`i${inode}`, change), homeCell(recordCell(store.id, inode)), content)
    },
    checkpoint() {
      order.forces(all, 'durable')
      all = []
    },
  }
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`)
}
