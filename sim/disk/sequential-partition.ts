/** The yardstick for raw partitions (SCC): a write survives whole or not at all, in order, and is durable when it returns. */
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
          const { pages, first } = operation
          if ('blob' in pages) lowering.writeRun({ store: store.id, first, count: pages.blocks, blob: pages.blob, block: pages.from ?? 0, firstEffect: effect, perEffect: pages.blocks })
          else for (const [at, page] of pages.entries()) lowering.writeSector(effect, store.id, first + at, page)
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
