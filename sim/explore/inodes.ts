/** What an inode holds as a reader meets it: its record, its pages, its body. */
import { known } from '../assert'
import type { Inode, StoreId } from '../disk/call'
import { type Body, type Page, blobPage, bodyOf, bodyPage, bodySize, nulPage, parseBody } from '../disk/content'
import { type Frame, type InodeRecord, type View, pageCell, parseRecord, recordCell, runCell, seenAs, staleRecord } from '../disk/frame'
import { type Setting, belowMark, cellContent, kernelMark } from './cells'

/** The inode record as the reader sees it; null: stale. */
export function recordOf(setting: Setting, store: StoreId, inode: Inode, view: View): InodeRecord | null {
  const cell = seenAs(recordCell(store, inode), view)
  const content = cellContent(setting, cell, () => (inode[0] === '#' ? staleRecord : belowMark))
  if (content === staleRecord) return null
  if (content === belowMark || content === kernelMark) {
    const body = bodyBelow(setting, store, inode, content === kernelMark ? 'kernel' : view)
    return body === null ? null : { sizeBytes: bodySize(body), generation: 0 }
  }
  return parseRecord(content)
}

function bodyBelow(setting: Setting, store: StoreId, inode: Inode, view: View): Body | null {
  // '@' is a name of the kernel's; where the loader's view lags there was a replay, and it saw to it.
  const as: View = inode[0] === '~' ? 'loader' : setting.frame.replays.has(store) ? 'kernel' : view
  return parseBody(setting.below.answer({ kind: 'bytes', store, path: inode.slice(1), view: as }))
}

/** A file, page by page: each page asked for is one more thing that survivors differ in. */
export interface OpenFile {
  readonly sizeBytes: number
  readonly generation: number
  page(block: number): Page
}

/** Null when the reader meets an inode record that was never written home. */
export function openInode(setting: Setting, store: StoreId, inode: Inode, view: View): OpenFile | null {
  const record = recordOf(setting, store, inode, view)
  if (record === null) return null
  const { unitBytes } = known(setting.stores.get(store), store)
  let base: Body | null | undefined
  const own = inode.replace(/^~/, '@')
  const run = runCell(store, own, record.generation)
  let filled: Page | undefined
  return {
    sizeBytes: record.sizeBytes,
    generation: record.generation,
    // File data has one place on the disk, the same for all readers.
    page: (block) => cellContent(setting, pageCell(store, own, record.generation, block), () => {
      if (setting.frame.cells.has(run)) {
        filled ??= cellContent(setting, run, () => nulPage)
        return filled[0] === 'R' ? blobPage(filled.slice(1), block) : filled
      }
      if (inode[0] === '#' || record.generation > 0) return nulPage
      base ??= bodyBelow(setting, store, inode, view)
      return base === null ? nulPage : bodyPage(base, block, unitBytes)
    }),
  }
}

/** The content of a file; null when the reader meets an inode record that was never written home. */
export function bodyOfInode(setting: Setting, store: StoreId, inode: Inode, view: View): Body | null {
  const file = openInode(setting, store, inode, view)
  if (file === null) return null
  const { unitBytes } = known(setting.stores.get(store), store)
  const pages: Page[] = []
  const first = file.sizeBytes > 0 ? file.page(0) : nulPage
  // An empty file is empty, whatever it was to hold.
  if (file.sizeBytes > 0 && setting.frame.cells.has(runCell(store, inode, file.generation)) && !setting.frame.paged.has(`${store}|${inode}|${file.generation}`)) {
    return first[0] === 'R' ? { kind: 'blob', blob: first.slice(1, first.lastIndexOf(':')), sizeBytes: file.sizeBytes } : { kind: 'pages', sizeBytes: file.sizeBytes, pages: [first] }
  }
  for (let block = 0; block * unitBytes < file.sizeBytes; block++) pages.push(file.page(block))
  return bodyOf(pages, file.sizeBytes, unitBytes)
}

/** True when the frame may have changed the content of an inode that was there at power-on. */
export function isRewritten(frame: Frame, store: StoreId, inode: Inode): boolean {
  return frame.cells.has(recordCell(store, inode)) || frame.rewritten.has(`${store}|${inode}`)
}
