/**
 * Contents of files as the page cache of the running kernel holds them: what was there at power-on, asked for only when somebody
 * looks, under all that this power-on has written. Half of a `Volume`, which knows the names.
 *
 * A file whose inode never reached the disk (the hostile model leaves such ones) has no size and no content to ask for: whoever
 * needs either gets EUCLEAN, as ext4 and XFS answer for a damaged inode. To empty it, nothing need be known.
 */
import { assert } from '../assert'
import type { FileSystemOperation, Inode } from '../disk/call'
import { type Body, type Page, bodyOf, bodyPage, bodySize, bytesBody, literalPage, nulPage, pageBytes, parseBody } from '../disk/content'
import { staleRecord } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Disk } from '../explore/question'
import { Refusal } from './fs-errors'
import { oneText } from './one-text'
import type { Room } from './room'
import { blocksOf } from './space'

interface FileState {
  sizeBytes: number
  /** The most that it ever was in this power-on, as far as known. */
  mostBytes: number
  generation: number
  /** What was there at power-on, or filled the file in one go. */
  body: Body
  /** Pages that lie over the body; null where the body is the whole content. Most files never need any. */
  pages: Map<number, Page> | null
}

const empty: Body = Object.freeze(bytesBody(''))

export abstract class FileContents {
  /** Of files that somebody looked into or wrote to. A file that this power-on made is empty until then. */
  private readonly files = new Map<Inode, FileState>()
  private readonly rewritten = new Set<Inode>()

  constructor(readonly setup: StoreSetup, private readonly below: Disk) {}

  protected abstract record(operation: FileSystemOperation): void

  /** Null: it never runs full. */
  protected abstract get room(): Room | null

  /** True for a file that a blind call made where the name was taken: nobody ever needed it. Asks. */
  protected abstract isNowhere(inode: Inode): boolean

  /** How large the file may become on the way to `wanted`: all of it, or as many blocks as there are. Takes them, unless none is left at `offset`. */
  private grow(inode: Inode, file: FileState, wanted: number, offset = 0): number {
    if (this.room === null || this.mayGrow(inode, file, wanted)) return wanted
    const left = this.room.left()
    const { blockBytes } = this.setup
    const most = Math.max(file.sizeBytes, (blocksOf('file', file.sizeBytes, blockBytes) + left) * blockBytes)
    if (most > offset) this.room.take(left, 0)
    return most
  }

  private mayGrow(inode: Inode, file: FileState, wanted: number): boolean {
    const { room, setup: { blockBytes } } = this
    if (room === null) return true
    const more = blocksOf('file', wanted, blockBytes) - blocksOf('file', file.sizeBytes, blockBytes)
    return more <= 0 || room.take(more, 0) || this.isNowhere(inode)
  }

  /** Blocks of a file that this power-on changed or made, as far as known without asking. */
  blocksHeld(inode: Inode): number {
    return blocksOf('file', this.files.get(inode)?.sizeBytes ?? 0, this.setup.blockBytes)
  }

  /** The most blocks that the file had since power-on. */
  mostBlocks(inode: Inode): number {
    return blocksOf('file', this.files.get(inode)?.mostBytes ?? 0, this.setup.blockBytes)
  }

  /** Asks for the base where this power-on has not replaced it. */
  body(inode: Inode): Body {
    const file = this.file(inode)
    // A patchwork may turn out to be plain bytes.
    if (file.pages === null && file.body.kind !== 'pages') return file.body
    const { unitBytes } = this.setup
    const pages: Page[] = []
    for (let block = 0; block * unitBytes < file.sizeBytes; block++) pages.push(this.page(file, block))
    return bodyOf(pages, file.sizeBytes, unitBytes)
  }

  sizeOf(inode: Inode): number {
    return this.file(inode).sizeBytes
  }

  /** The size as it is now, asked for only when somebody wants to know. */
  sizeLater(inode: Inode): () => number {
    const size = this.files.get(inode)?.sizeBytes ?? (inode[0] === '#' ? 0 : null)
    return () => size ?? bodySize(this.bodyBelow(inode))
  }

  /** Literal bytes, up to the end of the file; null where they are known by digest only. */
  read(inode: Inode, offset: number, length: number): string | null {
    const { unitBytes } = this.setup
    const file = this.file(inode)
    const end = Math.min(offset + length, file.sizeBytes)
    let bytes = ''
    for (let block = Math.floor(offset / unitBytes); block * unitBytes < end; block++) {
      const start = block * unitBytes
      const page = pageBytes(this.page(file, block), Math.min(unitBytes, end - start))
      if (page === null) return null
      bytes += page.slice(Math.max(0, offset - start))
    }
    return bytes
  }

  /** True when the content is what it was at power-on. */
  isAsAtPowerOn(inode: Inode): boolean {
    return inode[0] === '@' && !this.rewritten.has(inode)
  }

  /** Files that were there at power-on and were written in place since. */
  rewrittenInodes(): ReadonlySet<Inode> {
    return this.rewritten
  }

  /** Some file that was there at power-on was written in place. */
  get hasRewritten(): boolean {
    return this.rewritten.size > 0
  }

  /** False: part of a page that is known by digest only would be overwritten. */
  canWrite(inode: Inode, offset: number, length: number): boolean {
    const { unitBytes } = this.setup
    const end = offset + length
    const cutsAt = (at: number): boolean => at % unitBytes !== 0 && pageBytes(this.page(this.file(inode), Math.floor(at / unitBytes)), unitBytes) === null
    return !cutsAt(offset) && !(end < this.sizeOf(inode) && cutsAt(end))
  }

  canTruncate(inode: Inode, sizeBytes: number): boolean {
    return sizeBytes % this.setup.unitBytes === 0 || sizeBytes >= this.sizeOf(inode) || this.canWrite(inode, sizeBytes, 0)
  }

  /** Writes literal bytes at an offset, as the page cache does: whole new pages. Fewer bytes where no more blocks are free, at least one. */
  write(inode: Inode, offset: number, wanted: string): number {
    if (wanted.length === 0) return 0
    const { unitBytes } = this.setup
    const file = this.file(inode)
    const bytes = wanted.slice(0, Math.max(0, this.grow(inode, file, offset + wanted.length, offset) - offset))
    if (bytes.length === 0) throw new Refusal('ENOSPC')
    const first = Math.floor(offset / unitBytes)
    const last = Math.floor((offset + bytes.length - 1) / unitBytes)
    const pages: Page[] = []
    for (let block = first; block <= last; block++) {
      const start = block * unitBytes
      const from = Math.max(0, offset - start)
      const to = Math.min(unitBytes, offset + bytes.length - start)
      // Nothing to keep: no page of NULs is made only to be cut off again, which would stay in memory as long as the call.
      const isKept = from > 0 || (to < unitBytes && start + to < file.sizeBytes)
      const before = isKept ? pageBytes(this.page(file, block), unitBytes) : ''
      assert(before !== null, 'part of a page of a file that is known by digest only is overwritten')
      pages.push(oneText(literalPage(before.slice(0, from) + bytes.slice(start + from - offset, start + to - offset) + before.slice(to))))
    }
    // A gap between the old end and the first page is a hole.
    const sizeBefore = file.sizeBytes
    file.pages ??= new Map()
    for (const [at, page] of pages.entries()) file.pages.set(first + at, page)
    this.resize(file, Math.max(file.sizeBytes, offset + bytes.length))
    this.wrote({ kind: 'write', inode, generation: file.generation, firstBlock: first, pages, sizeBefore, sizeAfter: file.sizeBytes })
    return bytes.length
  }

  private resize(file: FileState, sizeBytes: number): void {
    file.sizeBytes = sizeBytes
    file.mostBytes = Math.max(file.mostBytes, sizeBytes)
  }

  /** Fills an empty file with a blob known by digest, or with literal bytes. Where they do not fit, the blocks that do are written before it fails. */
  fill(inode: Inode, body: Body): void {
    if (body.kind === 'bytes') {
      if (this.write(inode, 0, body.bytes) < body.bytes.length) throw new Refusal('ENOSPC')
      return
    }
    assert(body.kind === 'blob', 'a file is filled with bytes or a blob')
    if (body.sizeBytes === 0) return
    const file = this.file(inode)
    assert(file.sizeBytes === 0, 'a blob fills an empty file')
    const sizeBytes = Math.min(body.sizeBytes, this.grow(inode, file, body.sizeBytes))
    if (sizeBytes > 0) {
      file.body = sizeBytes < body.sizeBytes ? { ...body, sizeBytes } : body
      file.pages = null
      this.resize(file, sizeBytes)
      const blocks = Math.ceil(sizeBytes / this.setup.unitBytes)
      this.wrote({ kind: 'write', inode, generation: file.generation, firstBlock: 0, pages: { blob: body.blob, blocks }, sizeBefore: 0, sizeAfter: sizeBytes })
    }
    if (sizeBytes < body.sizeBytes) throw new Refusal('ENOSPC')
  }

  /** To nothing: asks nothing; a size that nobody asked for counts as no blocks. */
  truncate(inode: Inode, sizeBytes: number): void {
    const { unitBytes } = this.setup
    const file = sizeBytes === 0 ? this.fileToEmpty(inode) : this.file(inode)
    if (sizeBytes > file.sizeBytes && !this.mayGrow(inode, file, sizeBytes)) throw new Refusal('ENOSPC')
    if (sizeBytes < file.sizeBytes || sizeBytes === 0) this.room?.loosen()
    const blocksBefore = Math.ceil(file.sizeBytes / unitBytes)
    let tail: { readonly block: number; readonly page: Page } | null = null
    if (sizeBytes === 0) {
      file.generation++
      file.body = empty
      file.pages = null
    } else {
      const keep = Math.ceil(sizeBytes / unitBytes)
      if (sizeBytes < file.sizeBytes && sizeBytes % unitBytes !== 0) {
        const bytes = pageBytes(this.page(file, keep - 1), sizeBytes % unitBytes)
        assert(bytes !== null, 'a file that is known by digest only is cut inside a page')
        tail = { block: keep - 1, page: literalPage(bytes) }
      }
      file.pages ??= new Map()
      for (let block = keep; block < blocksBefore; block++) file.pages.set(block, nulPage)
      if (tail !== null) file.pages.set(tail.block, tail.page)
    }
    this.resize(file, sizeBytes)
    this.wrote({ kind: 'truncate', inode, generation: file.generation, sizeBytes, tail, blocksBefore })
  }

  /** A file of this power-on that a patch made. */
  protected adopt(inode: Inode, body: Body): void {
    this.files.set(inode, { sizeBytes: bodySize(body), mostBytes: bodySize(body), generation: 0, body, pages: null })
  }

  /** Never written to after it was filled, if it ever was. */
  protected isFilledInOneGo(inode: Inode): boolean {
    const file = this.files.get(inode)
    return file === undefined || (file.pages === null && file.generation === 0)
  }

  private page(file: FileState, block: number): Page {
    return file.pages?.get(block) ?? bodyPage(file.body, block, this.setup.unitBytes)
  }

  private file(inode: Inode): FileState {
    let file = this.files.get(inode)
    if (file === undefined) {
      const body = inode[0] === '#' ? empty : this.bodyBelow(inode)
      file = { sizeBytes: bodySize(body), mostBytes: bodySize(body), generation: 0, body, pages: null }
      this.files.set(inode, file)
    }
    return file
  }

  private fileToEmpty(inode: Inode): FileState {
    let file = this.files.get(inode)
    if (file === undefined) this.files.set(inode, file = { sizeBytes: 0, mostBytes: 0, generation: 0, body: empty, pages: null })
    return file
  }

  private bodyBelow(inode: Inode): Body {
    const answer = this.below.answer({ kind: 'bytes', store: this.setup.id, path: inode.slice(1), view: 'kernel' })
    if (answer === staleRecord) throw new Refusal('EUCLEAN')
    const body = parseBody(answer)
    assert(body !== null, `${inode} is a file`)
    return bodySize(body) === 0 ? empty : body
  }

  private wrote(operation: Extract<FileSystemOperation, { kind: 'write' | 'truncate' }>): void {
    if (operation.inode[0] === '@') this.rewritten.add(operation.inode)
    this.record(operation)
  }
}
