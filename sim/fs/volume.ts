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
import type { Names } from '../explore/machine'
import { type Disk, join } from '../explore/question'
import { NameBook } from './name-book'

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
  /** A name that cannot be there yet: nobody need ask. */
  isFresh(name: string): boolean
  /** A fresh inode name. */
  inode(): Inode
  readonly nodes: Map<Inode, NewNode>
  /** A name was entered into the directory at this path. */
  named(store: string, directory: string, name: string): void
}

export class Volume {
  private readonly entries = new Map<string, Inode>()
  private readonly files = new Map<Inode, FileState>()
  /** Where this power-on put an inode last. */
  private readonly homes = new Map<Inode, { readonly directory: Inode; readonly name: string }>()
  /** Known without asking to be folders, or files: made blindly, or met as another name of a file. */
  private readonly types = new Map<Inode, NodeKind>()
  private readonly book: NameBook
  private readonly rewritten = new Set<Inode>()
  private readonly touched = new Set<string>()
  /** A folder that was there at power-on got another name: members below it have moved without being touched. */
  hasMovedFolders = false

  constructor(readonly setup: StoreSetup, private readonly disk: Disk & Names, private readonly recorder: Recorder) {
    this.book = new NameBook(setup.id, disk, (directory, name) => {
      this.touched.add(join(directory, name))
      recorder.named(setup.id, directory, name)
    })
  }

  readonly root: Inode = '@/'

  /** Path of an inode as far as known without asking: where it was at power-on or where it was made. */
  pathOf(inode: Inode): string {
    if (inode[0] === '@') return inode.slice(1)
    const { directory, name } = known(this.homes.get(inode), `path of ${inode}`)
    return join(this.pathOf(directory), name)
  }

  /** Asks when this power-on has not touched the name. */
  entry(directory: Inode, name: string): Inode | null {
    const own = this.entries.get(`${directory}|${name}`)
    if (own !== undefined && own[0] !== '?') return own === absent ? null : own
    if (own === undefined && this.recorder.isFresh(name)) return null
    const below = this.entryBelow(directory, name)
    return below ?? own?.slice(1) ?? null
  }

  private entryBelow(directory: Inode, name: string): Inode | null {
    if (directory[0] === '#') return null
    const path = join(directory.slice(1), name)
    const answer = this.disk.answer({ kind: 'node', store: this.setup.id, path, view: 'kernel' })
    if (answer === absent) return null
    if (!answer.startsWith('f=')) return `@${path}`
    const inode = `@${answer.slice(2)}`
    this.types.set(inode, 'file')
    return inode
  }

  /** What a directory holds now, in code-unit order. Asks for each name that it may have held at power-on. */
  names(directory: Inode): readonly string[] {
    const names = new Set([...this.book.candidates(directory), ...this.book.own(directory)])
    return [...names].filter((name) => this.entry(directory, name) !== null).sort()
  }

  /** Asks only until a name is found. */
  isEmpty(directory: Inode): boolean {
    return [this.book.own(directory), this.book.candidates(directory)].every((names) => names.every((name) => this.entry(directory, name) === null))
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
    const type = this.types.get(inode)
    if (type !== undefined) return { type }
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

  /** The size as it is now, asked for only when somebody wants to know. */
  sizeLater(inode: Inode): () => number {
    const file = this.files.get(inode)
    const size = file === undefined ? null : file.sizeBytes
    return () => size ?? bodySize(this.bodyBelow(inode))
  }

  /** Literal bytes, up to the end of the file; null where they are known by digest only. */
  read(inode: Inode, offset: number, length: number): string | null {
    const { unitBytes } = this.setup
    const end = Math.min(offset + length, this.file(inode).sizeBytes)
    let bytes = ''
    for (let block = Math.floor(offset / unitBytes); block * unitBytes < end; block++) {
      const start = block * unitBytes
      const page = pageBytes(this.page(inode, block), Math.min(unitBytes, end - start))
      if (page === null) return null
      bytes += page.slice(Math.max(0, offset - start))
    }
    return bytes
  }

  /** True when the content is what it was at power-on. */
  isAsAtPowerOn(inode: Inode): boolean {
    return inode[0] === '@' && !this.rewritten.has(inode)
  }

  /** Some file that was there at power-on was written in place. */
  get hasRewritten(): boolean {
    for (const inode of this.rewritten) if (inode[0] === '@') return true
    return false
  }

  /** Paths whose name or content this power-on may have changed. */
  *touchedPaths(): Generator<string> {
    yield* this.touched
    for (const inode of this.rewritten) yield this.pathOf(inode)
  }

  /** Where a canonical path leads, without asking: folders that were there at power-on are taken for granted. */
  peek(path: string): { readonly kind: 'absent' } | { readonly kind: 'here'; readonly inode: Inode } | { readonly kind: 'below'; readonly path: string } {
    let directory: Inode = this.root
    if (path === '/') return { kind: 'below', path }
    const names = path.slice(1).split('/')
    for (const [depth, name] of names.entries()) {
      const last = depth === names.length - 1
      let own = this.entries.get(`${directory}|${name}`)
      if (own?.[0] === '?') own = this.entry(directory, name) ?? absent
      if (own === absent || (own === undefined && directory[0] === '#')) return { kind: 'absent' }
      if (own === undefined) {
        const pathThen = join(directory.slice(1), name)
        if (last) return { kind: 'below', path: pathThen }
        directory = `@${pathThen}`
      } else {
        if (last) return { kind: 'here', inode: own }
        directory = own
      }
    }
    return { kind: 'absent' }
  }

  create(directory: Inode, name: string, type: NodeKind, options: { readonly target?: string; readonly onlyIfMissing?: boolean } = {}): Inode {
    const path = join(this.pathOf(directory), name)
    const { onlyIfMissing = false } = options
    // Blind: a folder that may be there already is the same folder either way, known by its path.
    const inode = onlyIfMissing && type === 'directory' ? `@${path}` : this.recorder.inode()
    const { target } = options
    if (inode[0] === '@') this.types.set(inode, type)
    else {
      this.recorder.nodes.set(inode, { type, path, ...(target === undefined ? {} : { target }) })
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
    this.leave(directory, name)
    this.do({ kind: 'unlink', directory, name })
  }

  rename(fromDirectory: Inode, from: string, toDirectory: Inode, to: string, inode: Inode, replaced: Inode | null): void {
    this.leave(fromDirectory, from)
    this.enter(toDirectory, to, inode)
    this.moved(inode)
    this.do({ kind: 'rename', fromDirectory, from, toDirectory, to, inode, replaced })
  }

  exchange(aDirectory: Inode, a: string, aInode: Inode, bDirectory: Inode, b: string, bInode: Inode): void {
    this.enter(aDirectory, a, bInode)
    this.enter(bDirectory, b, aInode)
    this.moved(aInode)
    this.moved(bInode)
    this.do({ kind: 'exchange', aDirectory, a, aInode, bDirectory, b, bInode })
  }

  /** False: part of a page that is known by digest only would be overwritten. */
  canWrite(inode: Inode, offset: number, length: number): boolean {
    const { unitBytes } = this.setup
    const end = offset + length
    const cutsAt = (at: number): boolean => at % unitBytes !== 0 && pageBytes(this.page(inode, Math.floor(at / unitBytes)), unitBytes) === null
    return !cutsAt(offset) && !(end < this.sizeOf(inode) && cutsAt(end))
  }

  canTruncate(inode: Inode, sizeBytes: number): boolean {
    return sizeBytes % this.setup.unitBytes === 0 || sizeBytes >= this.sizeOf(inode) || this.canWrite(inode, sizeBytes, 0)
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
      const before = from > 0 || (to < unitBytes && start + to < file.sizeBytes) ? pageBytes(this.page(inode, block), unitBytes) : '\0'.repeat(unitBytes)
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

  /** To nothing: asks nothing; a size that nobody asked for counts as no blocks. */
  truncate(inode: Inode, sizeBytes: number): void {
    const { unitBytes } = this.setup
    const file = sizeBytes === 0 ? this.fileToReplace(inode) : this.file(inode)
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
      const base = this.bodyBelow(inode)
      file = { sizeBytes: bodySize(base), generation: 0, whole: null, pages: new Map(), base }
      this.files.set(inode, file)
    }
    return file
  }

  private fileToReplace(inode: Inode): FileState {
    const file = this.files.get(inode) ?? { sizeBytes: 0, generation: 0, whole: null, pages: new Map<number, Page>(), base: null }
    this.files.set(inode, file)
    return file
  }

  private bodyBelow(inode: Inode): Body {
    const base = parseBody(this.disk.answer({ kind: 'bytes', store: this.setup.id, path: inode.slice(1), view: 'kernel' }))
    assert(base !== null, `${inode} is a file`)
    return base
  }

  /** `?` before an inode: blind, led to only where the name was free. */
  private enter(directory: Inode, name: string, entry: Inode): void {
    const inode = entry[0] === '?' ? entry.slice(1) : entry
    this.entries.set(`${directory}|${name}`, entry)
    if (inode[0] === '#') this.homes.set(inode, { directory, name })
    this.book.entered(directory, name, inode, inode[0] === '#' && this.recorder.nodes.get(inode)?.type !== 'directory')
  }

  private moved(inode: Inode): void {
    if (inode[0] === '@' && this.type(inode).type === 'directory') this.hasMovedFolders = true
  }

  private leave(directory: Inode, name: string): void {
    this.entries.set(`${directory}|${name}`, absent)
    for (const path of this.book.pathsOf(directory)) this.touched.add(join(path, name))
  }

  private do(operation: FileSystemOperation): void {
    if (operation.kind === 'write' || operation.kind === 'truncate') this.rewritten.add(operation.inode)
    this.recorder.record(this.setup.id, operation)
  }
}
