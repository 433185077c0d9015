/**
 * A file system as the running kernel sees it during one power-on: what was there at power-on, asked for only when somebody
 * looks, under all that this power-on has changed. Every change is recorded as a call.
 *
 * Works on inodes and single names; paths, descriptors and errors are the business of the faces above it.
 */
import { assert, known } from '../assert'
import type { FileSystemOperation, Inode, NodeKind } from '../disk/call'
import { type Body, type Page, blobPage, bodyOf, bodyPage, bodySize, literalPage, nulPage, pageBytes, parseBody } from '../disk/content'
import { type NewNode, absent } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import { type Disk, join } from '../explore/question'

interface FileState {
  sizeBytes: number
  generation: number
  /** Whole content while nothing but whole writes happened; else null and `pages` counts. */
  whole: Body | null
  readonly pages: Map<number, Page>
  /** What was there at power-on; undefined while nobody asked. */
  base: Body | null
}

export interface Recorder {
  record(store: string, operation: FileSystemOperation): void
  /** A fresh inode name. */
  inode(): Inode
  readonly nodes: Map<Inode, NewNode>
  /** A name was entered into the directory at this path. */
  named(store: string, directory: string, name: string): void
}

export class Volume {
  private readonly entries = new Map<string, Inode>()
  private readonly files = new Map<Inode, FileState>()
  private readonly paths = new Map<Inode, string>()

  constructor(readonly setup: StoreSetup, private readonly disk: Disk, private readonly recorder: Recorder) {}

  readonly root: Inode = '@/'

  /** Path of an inode as far as known without asking: where it was at power-on or where it was made. */
  pathOf(inode: Inode): string {
    return inode[0] === '@' ? inode.slice(1) : known(this.paths.get(inode), `path of ${inode}`)
  }

  /** Asks when this power-on has not touched the name. */
  entry(directory: Inode, name: string): Inode | null {
    const own = this.entries.get(`${directory}|${name}`)
    if (own !== undefined && own[0] !== '?') return own === absent ? null : own
    const below = this.entryBelow(directory, name)
    return below ?? own?.slice(1) ?? null
  }

  private entryBelow(directory: Inode, name: string): Inode | null {
    if (directory[0] === '#') return null
    const path = join(directory.slice(1), name)
    const answer = this.disk.answer({ kind: 'node', store: this.setup.id, path, view: 'kernel' })
    if (answer === absent) return null
    return answer.startsWith('f=') ? `@${answer.slice(2)}` : `@${path}`
  }

  /** What this power-on did to the name for certain: undefined when nothing, null when it is gone. */
  ownEntry(directory: Inode, name: string): Inode | null | undefined {
    const own = this.entries.get(`${directory}|${name}`)
    return own === absent ? null : own?.[0] === '?' ? undefined : own
  }

  /** 'file', 'directory' or 'symlink' and its target. Asks for inodes that were there at power-on. */
  type(inode: Inode): { readonly type: NodeKind; readonly target?: string } {
    if (inode === this.root) return { type: 'directory' }
    const own = this.recorder.nodes.get(inode)
    if (own !== undefined) return own
    const answer = this.disk.answer({ kind: 'node', store: this.setup.id, path: inode.slice(1), view: 'kernel' })
    assert(answer !== absent, `${inode} was there`)
    return answer[0] === 'l' ? { type: 'symlink', target: answer.slice(1) } : { type: answer[0] === 'd' ? 'directory' : 'file' }
  }

  /** Content now. Asks for the base where this power-on has not replaced it. */
  body(inode: Inode): Body {
    const file = this.file(inode)
    if (file.whole !== null) return file.whole
    const { unitBytes } = this.setup
    const pages: Page[] = []
    for (let block = 0; block * unitBytes < file.sizeBytes; block++) pages.push(this.page(inode, block))
    return bodyOf(pages, file.sizeBytes, unitBytes)
  }

  sizeOf(inode: Inode): number {
    return this.file(inode).sizeBytes
  }

  /** True when the content is what it was at power-on, so that nobody need ask for it. */
  isAsAtPowerOn(inode: Inode): boolean {
    return inode[0] === '@' && !this.files.has(inode)
  }

  create(directory: Inode, name: string, type: NodeKind, options: { readonly target?: string; readonly onlyIfMissing?: boolean } = {}): Inode {
    const path = join(this.pathOf(directory), name)
    const { onlyIfMissing = false } = options
    // Blind: a folder that may be there already is the same folder either way, known by its path.
    const inode = onlyIfMissing && type === 'directory' ? `@${path}` : this.recorder.inode()
    const { target } = options
    if (inode[0] === '#') {
      this.recorder.nodes.set(inode, { type, path, ...(target === undefined ? {} : { target }) })
      this.paths.set(inode, path)
      this.files.set(inode, { sizeBytes: 0, generation: 0, whole: { kind: 'bytes', bytes: '' }, pages: new Map(), base: null })
    }
    this.enter(directory, name, onlyIfMissing && inode[0] === '#' ? `?${inode}` : inode)
    this.do({ kind: 'create', directory, name, inode, type, ...options })
    return inode
  }

  link(directory: Inode, name: string, inode: Inode): void {
    this.enter(directory, name, inode)
    this.do({ kind: 'link', directory, name, inode })
  }

  unlink(directory: Inode, name: string): void {
    this.entries.set(`${directory}|${name}`, absent)
    this.do({ kind: 'unlink', directory, name })
  }

  rename(fromDirectory: Inode, from: string, toDirectory: Inode, to: string, inode: Inode, replaced: Inode | null): void {
    this.entries.set(`${fromDirectory}|${from}`, absent)
    this.enter(toDirectory, to, inode)
    if (inode[0] === '#') this.paths.set(inode, join(this.pathOf(toDirectory), to))
    this.do({ kind: 'rename', fromDirectory, from, toDirectory, to, inode, replaced })
  }

  exchange(aDirectory: Inode, a: string, aInode: Inode, bDirectory: Inode, b: string, bInode: Inode): void {
    this.enter(aDirectory, a, bInode)
    this.enter(bDirectory, b, aInode)
    this.do({ kind: 'exchange', aDirectory, a, aInode, bDirectory, b, bInode })
  }

  /** Writes literal bytes at an offset, as the page cache does: whole new pages. */
  write(inode: Inode, offset: number, bytes: string): void {
    if (bytes.length === 0) return
    const { unitBytes } = this.setup
    const file = this.file(inode)
    const first = Math.floor(offset / unitBytes)
    const last = Math.floor((offset + bytes.length - 1) / unitBytes)
    const pages: Page[] = []
    for (let block = first; block <= last; block++) {
      const start = block * unitBytes
      const from = Math.max(0, offset - start)
      const to = Math.min(unitBytes, offset + bytes.length - start)
      const before = from > 0 || start + to < file.sizeBytes ? pageBytes(this.page(inode, block), unitBytes) : '\0'.repeat(unitBytes)
      assert(before !== null, 'part of a page of a file that is known by digest only is overwritten')
      pages.push(literalPage(before.slice(0, from) + bytes.slice(start + from - offset, start + to - offset) + before.slice(to)))
    }
    // A gap between the old end and the first page is a hole.
    const sizeBefore = file.sizeBytes
    if (file.whole !== null) this.unfold(file)
    for (const [at, page] of pages.entries()) file.pages.set(first + at, page)
    file.sizeBytes = Math.max(file.sizeBytes, offset + bytes.length)
    this.do({ kind: 'write', inode, generation: file.generation, firstBlock: first, pages, sizeBefore, sizeAfter: file.sizeBytes })
  }

  /** Fills an empty file with a blob known by digest, or with literal bytes. */
  fill(inode: Inode, body: Body): void {
    if (body.kind === 'bytes') return this.write(inode, 0, body.bytes)
    assert(body.kind === 'blob', 'a file is filled with bytes or a blob')
    const file = this.file(inode)
    assert(file.sizeBytes === 0, 'a blob fills an empty file')
    if (body.sizeBytes === 0) return
    file.whole = body
    file.sizeBytes = body.sizeBytes
    const blocks = Math.ceil(body.sizeBytes / this.setup.unitBytes)
    this.do({ kind: 'write', inode, generation: file.generation, firstBlock: 0, pages: { blob: body.blob, blocks }, sizeBefore: 0, sizeAfter: body.sizeBytes })
  }

  truncate(inode: Inode, sizeBytes: number): void {
    const { unitBytes } = this.setup
    const file = this.file(inode)
    const blocksBefore = Math.ceil(file.sizeBytes / unitBytes)
    const keep = Math.ceil(sizeBytes / unitBytes)
    let tail: { block: number; page: Page } | null = null
    if (file.whole !== null && sizeBytes > 0) this.unfold(file)
    if (sizeBytes < file.sizeBytes && sizeBytes % unitBytes !== 0) {
      const bytes = pageBytes(this.page(inode, keep - 1), sizeBytes % unitBytes)
      assert(bytes !== null, 'a file that is known by digest only is cut inside a page')
      tail = { block: keep - 1, page: literalPage(bytes) }
    }
    if (sizeBytes === 0) {
      file.whole = { kind: 'bytes', bytes: '' }
      file.generation++
      file.pages.clear()
      file.base = null
    } else {
      for (let block = keep; block < blocksBefore; block++) file.pages.set(block, nulPage)
      if (tail !== null) file.pages.set(tail.block, tail.page)
    }
    file.sizeBytes = sizeBytes
    this.do({ kind: 'truncate', inode, generation: file.generation, sizeBytes, tail, blocksBefore })
  }

  chmod(inode: Inode, mode: number): void {
    this.do({ kind: 'chmod', inode, mode })
  }

  fsync(inode: Inode, kind: 'fsync' | 'fdatasync' = 'fsync'): void {
    this.do({ kind, inode })
  }

  fsyncDirectory(directory: Inode): void {
    this.do({ kind: 'fsync-directory', directory })
  }

  whole(kind: 'syncfs' | 'freeze' | 'unmount' | 'mount'): void {
    this.do({ kind })
  }

  private page(inode: Inode, block: number): Page {
    const file = this.file(inode)
    if (file.whole !== null) return bodyPage(file.whole, block, this.setup.unitBytes)
    return file.pages.get(block) ?? (file.base === null ? nulPage : bodyPage(file.base, block, this.setup.unitBytes))
  }

  private unfold(file: FileState): void {
    const whole = known(file.whole, 'whole content')
    const blocks = Math.ceil(bodySize(whole) / this.setup.unitBytes)
    for (let block = 0; block < blocks; block++) {
      file.pages.set(block, whole.kind === 'blob' ? blobPage(whole.blob, block) : bodyPage(whole, block, this.setup.unitBytes))
    }
    file.whole = null
  }

  private file(inode: Inode): FileState {
    let file = this.files.get(inode)
    if (file === undefined) {
      const base = parseBody(this.disk.answer({ kind: 'bytes', store: this.setup.id, path: inode.slice(1), view: 'kernel' }))
      assert(base !== null, `${inode} is a file`)
      file = { sizeBytes: bodySize(base), generation: 0, whole: null, pages: new Map(), base }
      this.files.set(inode, file)
    }
    return file
  }

  private enter(directory: Inode, name: string, inode: Inode): void {
    this.entries.set(`${directory}|${name}`, inode)
    this.recorder.named(this.setup.id, this.pathOf(directory), name)
  }

  private do(operation: FileSystemOperation): void {
    this.recorder.record(this.setup.id, operation)
  }
}
