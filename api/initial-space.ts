/** What is allocated before the update, as the measures need it. */
import type { InitialFile } from '../sim/measure/ledger'
import type { PartitionSize } from '../sim/measure/allocation'
import type { Built } from './build'

export function initialFilesOf({ system, from }: Built): readonly InitialFile[] {
  if (system.root.kind !== 'tree') return []
  const { store } = system.root
  const firstOf = new Map<number, string>()
  return from.release.paths.map((entry) => {
    const path = `/${entry.path}`
    const inode = entry.hardLink === null ? path : firstOf.get(entry.hardLink) ?? path
    if (entry.hardLink !== null && inode === path) firstOf.set(entry.hardLink, path)
    return { store, path, type: entry.type, sizeBytes: entry.sizeBytes, inode }
  })
}

export function partitionsOf({ document }: Built): readonly PartitionSize[] {
  return document.stores.flatMap((store) => (store.kind === 'partition' ? [{ store: store.id, sizeBytes: store.sizeBytes, isSlot: store.role === 'slot' }] : []))
}
