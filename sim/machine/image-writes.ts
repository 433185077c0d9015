/** The writes of an image, call by call. Power-ons that write the same image share them: there are fifty thousand of a gigabyte. */
import type { PartitionOperation } from '../disk/call'

const remembered = new Map<string, readonly PartitionOperation[]>()

export function imageWrites(blob: string, sectors: number, sectorsPerCall: number): readonly PartitionOperation[] {
  const key = `${blob} ${sectors} ${sectorsPerCall}`
  let writes = remembered.get(key)
  if (writes === undefined) {
    writes = Array.from({ length: Math.ceil(sectors / sectorsPerCall) }, (_, at): PartitionOperation => {
      const first = at * sectorsPerCall
      return { kind: 'sectors', first, pages: { blob, blocks: Math.min(sectorsPerCall, sectors - first), from: first }, through: 'page-cache' }
    })
    remembered.set(key, writes)
  }
  return writes
}
