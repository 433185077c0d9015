/** The yardstick (litmus key SCC): every call survives whole or not at all, in order, and is durable when it returns. */
import { type Operation, pageAt, pageCount } from '../disk/call'
import { nulPage } from '../disk/content'
import { absent, entryCell, pageCell, recordCell, recordContent, runCell } from '../disk/frame'
import type { Lowering, PersistenceModel, StoreSetup } from '../disk/lowering'
import type { EffectId } from '../disk/order'

export const sequentialModel: PersistenceModel = {
  key: 'SCC',
  title: 'sequential: durable in order, at once',
  rules: [{ name: 'sequential', says: 'calls are atomic and durable when they return', evidence: 'D',
    source: 'FSCQ, Using Crash Hoare Logic, SOSP 2015', contested: false }],
  notModelled: [],
  homeLags: false,
  persistent: true,
  begin(store, lowering) {
    const chain = lowering.chain()
    return (operation) => {
      const effect = lowering.order.effect(chain)
      lowering.order.forces([effect], 'durable')
      writeCells(operation, store, lowering, effect)
    }
  },
}

/** All that a file-system call changes, as stores of one effect. */
export function writeCells(operation: Operation, store: StoreSetup, lowering: Lowering, effect: EffectId): void {
  const enter = (directory: string, name: string, content: string, onlyIfMissing = false): void => {
    lowering.write(effect, entryCell(store.id, directory, name), onlyIfMissing ? { ifMissing: content } : content)
  }
  switch (operation.kind) {
    case 'create':
      enter(operation.directory, operation.name, operation.inode, operation.onlyIfMissing)
      if (operation.inode[0] === '#') lowering.write(effect, recordCell(store.id, operation.inode), recordContent(0, 0))
      return
    case 'link': return enter(operation.directory, operation.name, operation.inode, operation.onlyIfMissing)
    case 'unlink': return enter(operation.directory, operation.name, absent)
    case 'rename':
      enter(operation.fromDirectory, operation.from, absent)
      return enter(operation.toDirectory, operation.to, operation.inode)
    case 'exchange':
      enter(operation.aDirectory, operation.a, operation.bInode)
      return enter(operation.bDirectory, operation.b, operation.aInode)
    case 'write':
      if ('blob' in operation.pages && operation.sizeBefore === 0 && operation.firstBlock === 0) {
        lowering.write(effect, runCell(store.id, operation.inode, operation.generation), `R${operation.pages.blob}`)
        lowering.write(effect, recordCell(store.id, operation.inode), recordContent(operation.sizeAfter, operation.generation))
        return
      }
      for (let at = 0; at < pageCount(operation.pages); at++) {
        lowering.write(effect, pageCell(store.id, operation.inode, operation.generation, operation.firstBlock + at), pageAt(operation.pages, at))
      }
      if (operation.sizeAfter > operation.sizeBefore) {
        lowering.write(effect, recordCell(store.id, operation.inode), recordContent(operation.sizeAfter, operation.generation))
      }
      return
    case 'truncate':
      lowering.write(effect, recordCell(store.id, operation.inode), recordContent(operation.sizeBytes, operation.generation))
      return writeCutOff(operation, store, lowering, effect)
    default: // barriers and attributes change no cell
  }
}

/** What a truncate does to pages: the last one loses its end, those behind it are given up, and read as NUL should the file grow again. */
export function writeCutOff(operation: Extract<Operation, { kind: 'truncate' }>, store: StoreSetup, lowering: Lowering, effect: EffectId): void {
  const { inode, generation, tail, sizeBytes } = operation
  if (tail !== null) lowering.write(effect, pageCell(store.id, inode, generation, tail.block), tail.page)
  if (sizeBytes === 0) return // a new generation: no page of the old one is found again
  for (let block = Math.ceil(sizeBytes / store.unitBytes); block < operation.blocksBefore; block++) {
    lowering.write(effect, pageCell(store.id, inode, generation, block), nulPage)
  }
}
