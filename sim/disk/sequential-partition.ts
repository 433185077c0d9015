/** The yardstick for raw partitions (SCC): a write survives whole or not at all, in order, and is durable when it returns. */
import { pageAt, pageCount } from './call'
import { sectorCell } from './frame'
import type { PersistenceModel } from './lowering'

export const sequentialPartition: PersistenceModel = {
  key: 'SCC',
  title: 'raw partition, durable in order, at once',
  rules: [{ name: 'sequential', says: 'writes are atomic and durable when they return', evidence: 'D',
    source: 'FSCQ, Using Crash Hoare Logic, SOSP 2015', contested: false }],
  notModelled: [],
  homeLags: false,
  persistent: true,
  begin(store, lowering) {
    const chain = lowering.chain()
    return (operation) => {
      switch (operation.kind) {
        case 'sectors': {
          const effect = lowering.order.effect(chain)
          lowering.order.forces([effect], 'durable')
          for (let at = 0; at < pageCount(operation.pages); at++) {
            lowering.write(effect, sectorCell(store.id, operation.first + at), pageAt(operation.pages, at))
          }
          return
        }
        case 'flush':
        case 'syncfs':
        case 'unmount':
          return
        default: throw new Error(`${operation.kind} is no call on a raw partition`)
      }
    }
  },
}
