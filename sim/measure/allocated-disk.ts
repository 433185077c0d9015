/**
 * Allocated bytes of one concrete disk, file system by file system, by the rules of `ledger.ts`: whole blocks of each file, one block
 * a directory, one a symbolic link of 60 bytes and more. A length counts as written, holes as filled. Partitions are whole anyway.
 */
import type { StoreId } from '../disk/call'
import { bodySize, parseBody } from '../disk/content'
import { absent } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Names } from '../explore/machine'
import { type Disk, join } from '../explore/question'
import { isRaw } from './allocation'
import { blocksOf } from '../fs/space'

export function allocatedBytes(disk: Disk & Names, stores: ReadonlyMap<StoreId, StoreSetup>): number {
  let bytes = 0
  for (const setup of stores.values()) if (setup.model.persistent && !isRaw(setup)) bytes += blocksBelow(disk, setup, '/') * setup.blockBytes
  return bytes
}

function blocksBelow(disk: Disk & Names, setup: StoreSetup, directory: string): number {
  const store = setup.id
  let blocks = 1
  for (const name of disk.candidates(store, directory)) {
    const path = join(directory, name)
    const node = disk.answer({ kind: 'node', store, path, view: 'kernel' })
    // Another name of an inode that has one already costs nothing.
    if (node === absent || node.startsWith('f=')) continue
    if (node === 'd') blocks += blocksBelow(disk, setup, path)
    else if (node[0] === 'l') blocks += blocksOf('symlink', node.length - 1, setup.blockBytes)
    else {
      const body = parseBody(disk.answer({ kind: 'bytes', store, path, view: 'kernel' }))
      blocks += body === null ? 0 : blocksOf('file', bodySize(body), setup.blockBytes)
    }
  }
  return blocks
}
