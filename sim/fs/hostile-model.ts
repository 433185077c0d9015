/**
 * The hostile default of ALICE (litmus key WEAK): an operation is a handful of small effects, all independent; only effects
 * on one cell keep their order. A rename removes the target, enters it and removes the source. Growth shows stale bytes.
 */
import { type Inode, type Operation, pageAt, pageCount } from '../disk/call'
import { type Page, nulPage, stalePage } from '../disk/content'
import { type StoreContent, absent, entryCell, pageCell, recordCell, recordContent, runCell } from '../disk/frame'
import type { Lowering, PersistenceModel, StoreSetup } from '../disk/lowering'
import type { EffectId } from '../disk/order'
import { writeCutOff } from './sequential-model'

export const hostileModel: PersistenceModel = {
  key: 'WEAK',
  title: 'hostile: small independent effects (ALICE)',
  rules: [
    { name: 'independent', says: 'effects on different cells survive in any combination', evidence: 'D',
      source: 'ALICE default abstract persistence model, OSDI 2014', contested: false },
    { name: 'fsync-own', says: 'fsync of a file forces its data and length, of a directory its entries, nothing else', evidence: 'D',
      source: 'POSIX fsync; ALICE, OSDI 2014', contested: false },
  ],
  notModelled: [],
  homeLags: false,
  persistent: true,
  begin,
}

function begin(store: StoreSetup, lowering: Lowering): (operation: Operation) => void {
  const { order } = lowering
  const ofInode = new Map<Inode, EffectId[]>()
  const ofDirectory = new Map<Inode, EffectId[]>()
  const add = (map: Map<Inode, EffectId[]>, inode: Inode): EffectId => {
    const effect = order.effect()
    const list = map.get(inode)
    if (list === undefined) map.set(inode, [effect])
    else list.push(effect)
    return effect
  }
  const enter = (directory: Inode, name: string, content: StoreContent): EffectId => {
    const effect = add(ofDirectory, directory)
    lowering.write(effect, entryCell(store.id, directory, name), content)
    lowering.detail(effect, content === absent ? `${name} removed` : `${name} entered`)
    return effect
  }
  const force = (lists: Iterable<readonly EffectId[]>): void => {
    for (const list of lists) order.forces(list, 'durable')
    lowering.flush(store.device)
  }

  return (operation) => {
    switch (operation.kind) {
      case 'create': {
        const content = operation.onlyIfMissing === true ? { ifMissing: operation.inode } : operation.inode
        const effect = enter(operation.directory, operation.name, content)
        if (operation.inode[0] === '#') lowering.write(effect, recordCell(store.id, operation.inode), recordContent(0, 0))
        return
      }
      case 'link':
        enter(operation.directory, operation.name, operation.onlyIfMissing === true ? { ifMissing: operation.inode } : operation.inode)
        return
      case 'unlink':
        enter(operation.directory, operation.name, absent)
        return
      case 'rename':
        if (operation.replaced !== null) enter(operation.toDirectory, operation.to, absent)
        enter(operation.toDirectory, operation.to, operation.inode)
        enter(operation.fromDirectory, operation.from, absent)
        return
      case 'exchange':
        enter(operation.aDirectory, operation.a, operation.bInode)
        enter(operation.bDirectory, operation.b, operation.aInode)
        return
      case 'truncate': {
        const effect = add(ofInode, operation.inode)
        lowering.write(effect, recordCell(store.id, operation.inode), recordContent(operation.sizeBytes, operation.generation))
        return writeCutOff(operation, store, lowering, effect)
      }
      case 'write': return write(operation)
      case 'fsync':
      case 'fdatasync': return force([ofInode.get(operation.inode) ?? []])
      case 'fsync-directory': return force([ofDirectory.get(operation.directory) ?? []])
      case 'syncfs':
      case 'freeze':
      case 'unmount': return force([...ofInode.values(), ...ofDirectory.values()])
      default: // attributes change no cell, a mount replays nothing
    }
  }

  function write(operation: Extract<Operation, { kind: 'write' }>): void {
    const unitsPerBlock = store.blockBytes / store.unitBytes
    if ('blob' in operation.pages && operation.sizeBefore === 0 && operation.firstBlock === 0) {
      const cell = runCell(store.id, operation.inode, operation.generation)
      const length = add(ofInode, operation.inode)
      lowering.write(length, recordCell(store.id, operation.inode), recordContent(operation.sizeAfter, operation.generation))
      lowering.write(length, cell, stalePage)
      lowering.detail(length, 'length')
      const data = add(ofInode, operation.inode)
      lowering.write(data, cell, `R${operation.pages.blob}`)
      lowering.detail(data, 'data')
      return
    }
    const last = operation.firstBlock + pageCount(operation.pages)
    let length = operation.sizeBefore
    for (let unit = operation.firstBlock; unit < last; unit++) {
      const block = Math.floor(unit / unitsPerBlock)
      const grown = Math.min(operation.sizeAfter, (block + 1) * store.blockBytes)
      if (grown > length) {
        // The length first: where it survives without the data, the bytes of the block's previous owner show.
        const effect = add(ofInode, operation.inode)
        lowering.write(effect, recordCell(store.id, operation.inode), recordContent(grown, operation.generation))
        lowering.detail(effect, 'length')
        for (let each = block * unitsPerBlock; each < (block + 1) * unitsPerBlock; each++) {
          if (each * store.unitBytes < length) continue
          lowering.write(effect, pageCell(store.id, operation.inode, operation.generation, each), stalePage)
          // The page cache holds NULs around what was written, and writes the block whole.
          if (each < operation.firstBlock || each >= last) data(each, nulPage)
        }
        length = grown
      }
      data(unit, pageAt(operation.pages, unit - operation.firstBlock))
    }

    function data(unit: number, page: Page): void {
      const effect = add(ofInode, operation.inode)
      lowering.write(effect, pageCell(store.id, operation.inode, operation.generation, unit), page)
      lowering.detail(effect, 'data')
    }
  }
}
