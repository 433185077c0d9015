/**
 * A raw partition on a device with a volatile write cache (litmus key DWC): sectors are atomic, larger writes tear anywhere,
 * and between two flushes any subset survives.
 *
 * Through the page cache (a block device opened without O_DIRECT) the device has nothing before the flush; straight to the
 * device (a boot loader, O_DIRECT) it has accepted the write when the call returns: that survives a panic, not a power cut. But the
 * cache of an eMMC is off until Linux turns it on: there a loader's write is durable when it returns (`loaderCache: off`).
 */
import type { PersistenceModel } from './lowering'
import type { EffectId } from './order'

/** The most of a blob that one effect covers: RAUC writes images in calls of this size. */
const blobTearBytes = 8192

export const partitionModel: PersistenceModel = {
  key: 'DWC',
  title: 'raw partition, volatile write cache, flush honoured, atomic sectors',
  rules: [
    { name: 'sector-atomic', says: 'a sector is old or new, a request of several tears anywhere', evidence: 'M',
      source: 'BOB, OSDI 2014; Understanding the Robustness of SSDs under Power Fault, FAST 2013', contested: false },
    { name: 'flush-covers-completed', says: 'a flush makes durable what the device had completed when it was sent, of its own device only', evidence: 'D',
      source: 'Linux Documentation/block/writeback_cache_control.rst; dm-log-writes', contested: false },
    { name: 'loader-cache-off', says: 'where the cache is off until the kernel turns it on (eMMC), what a loader writes is durable when the call returns', evidence: 'S',
      source: 'U-Boot drivers/mmc (no CACHE_CTRL, 2023.01 to 2026.10-rc2); Linux drivers/mmc/core/mmc.c, mmc_init_card; commit aea0440ad023 (the standard itself, JESD84-B51, was not read)', contested: false },
  ],
  notModelled: ['sectors of a blob (known by digest only) torn finer than 8 KiB', 'a request submitted before a flush and completed after it, outside of litmus programs'],
  homeLags: false,
  persistent: true,
  begin(store, lowering) {
    const { order } = lowering
    const inPageCache: EffectId[] = []
    return (operation) => {
      switch (operation.kind) {
        case 'sectors': {
          const written: EffectId[] = []
          const { pages, first } = operation
          // Of a blob, known by digest only, questions are about large parts: there it is enough to tear at a coarser grain.
          const perEffect = Math.max(1, Math.floor(blobTearBytes / store.unitBytes))
          if ('blob' in pages) {
            for (let at = 0; at < pages.blocks; at += perEffect) written.push(order.effect())
            lowering.writeRun({ store: store.id, first, count: pages.blocks, blob: pages.blob, block: pages.from ?? 0, firstEffect: written[0]!, perEffect })
          } else for (const [at, page] of pages.entries()) {
            const effect = order.effect()
            lowering.writeSector(effect, store.id, first + at, page)
            written.push(effect)
          }
          if (operation.through === 'device') {
            if (store.loaderCache === 'off') order.forces(written, 'durable')
            else lowering.accepted(store.device, written)
          } else for (const effect of written) inPageCache.push(effect)
          return
        }
        case 'flush':
        case 'syncfs':
        case 'unmount':
          order.forces(inPageCache, 'durable')
          inPageCache.length = 0
          lowering.flush(store.device)
          return
        default: throw new Error(`${operation.kind} is no call on a raw partition`)
      }
    }
  },
}
