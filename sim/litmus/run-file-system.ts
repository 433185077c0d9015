/** Runs a file-system test under a persistence model: every survivor at every cut point, as far as an end asks of it. */
import { known } from '../assert'
import { bodySize, pageBytes, parseBody, staleCharacter } from '../disk/content'
import { type Frame, type View, parseRecord, staleRecord } from '../disk/frame'
import { type PersistenceModel, type StoreSetup, lowerHistory } from '../disk/lowering'
import type { Setting } from '../explore/cells'
import { evaluate } from '../explore/evaluate'
import { type OpenFile, openInode } from '../explore/inodes'
import { lookUp } from '../explore/walk'
import type { FileSystemTest } from './litmus-test'
import { type Found, type Reader, pathsOf } from './predicate'
import { runProgram } from './program'
import type { Searched } from './search'
import { type WholeDisk, emptyDisk, settledDisk } from './settled-disk'

const store = 'fs'
const blockBytes = 4
const sectorBytes = 2

export function searchedFileSystem(test: FileSystemTest, model: PersistenceModel): Searched {
  const setup: StoreSetup = {
    id: store, device: 'disk', model, blockBytes, unitBytes: test.tears ? sectorBytes : blockBytes,
    loaderReads: test.view === 'boot' ? ['/'] : [],
  }
  const stores = new Map([[store, setup]])
  const before = settledDisk(test.init, setup)
  const { calls, nodes, paths } = runProgram(test.run, setup, before)
  const frame = lowerHistory(calls, nodes, stores)
  const below = model.persistent ? before : emptyDisk
  const view: View = test.view === 'boot' && model.homeLags ? 'loader' : 'kernel'
  return {
    frame,
    reader: (pick) => fileReader({ frame, stores, below, pick }, view),
    sizeMax: longest(frame, before),
    state(reader, predicate) {
      const shown = [...new Set([...before.paths, ...paths, ...pathsOf(predicate)])].sort()
      const state: Record<string, string> = {}
      for (const path of shown) {
        const found = reader.find(path)
        if (found !== null || pathsOf(predicate).includes(path)) state[path] = printed(found)
      }
      return state
    },
  }
}

/** Remembers within one look what it found: nothing changes while a reader looks. */
function fileReader(setting: Setting, view: View): Reader {
  const found = new Map<string, Found | null>()
  return {
    told: (what) => evaluate(setting, { kind: 'told', what }) !== '',
    find(path) {
      let file = found.get(path)
      if (file === undefined) {
        file = find(setting, path, view)
        found.set(path, file)
      }
      return file
    },
    sector: () => { throw new Error('a file system has no sectors to read') },
  }
}

function find(setting: Setting, path: string, view: View): Found | null {
  const at = lookUp(setting, store, path, view)
  if (at === null) return null
  const type = at.below?.type ?? typeOf(setting, at.inode)
  if (type[0] === 'l') return textFound(at.inode, `->${type.slice(1)}`)
  if (type[0] === 'd') return { identity: at.inode, sizeBytes: () => null, byte: () => '' }
  const { unitBytes } = known(setting.stores.get(store), store)
  const pages = new Map<number, string>()
  let file: OpenFile | null | undefined
  const open = (): OpenFile | null => {
    if (file === undefined) file = openInode(setting, store, at.inode, view)
    return file
  }
  return {
    identity: at.inode,
    sizeBytes: () => open()?.sizeBytes ?? null,
    byte(offset) {
      const block = Math.floor(offset / unitBytes)
      let page = pages.get(block)
      if (page === undefined) {
        page = known(pageBytes(known(open(), path).page(block), unitBytes), 'literal bytes')
        pages.set(block, page)
      }
      return page[offset % unitBytes]!
    },
  }
}

function typeOf(setting: Setting, inode: string): string {
  const node = known(setting.frame.nodes.get(inode), inode)
  return node.type === 'symlink' ? `l${node.target ?? ''}` : node.type
}

function textFound(identity: string, text: string): Found {
  return { identity, sizeBytes: () => text.length, byte: (at) => text[at]! }
}

/** Length of the longest content that any reader can find. */
function longest(frame: Frame, before: WholeDisk): number {
  const lengths = [0]
  for (const path of before.paths) {
    const body = parseBody(before.answer({ kind: 'bytes', store, path, view: 'kernel' }))
    if (body !== null) lengths.push(bodySize(body))
    lengths.push(linkLength(before.answer({ kind: 'node', store, path, view: 'kernel' })))
  }
  for (const { target } of frame.nodes.values()) if (target !== undefined) lengths.push(linkLength(`l${target}`))
  for (const [cell, stores] of frame.cells) {
    if (!/^h?r\|/.test(cell)) continue
    for (const { content } of stores) if (typeof content === 'string' && content !== staleRecord) lengths.push(parseRecord(content).sizeBytes)
  }
  return lengths.reduce((longer, length) => Math.max(longer, length))
}

function linkLength(node: string): number {
  return node[0] === 'l' ? `->${node.slice(1)}`.length : 0
}

/** As the predicates write it. */
function printed(found: Found | null): string {
  if (found === null) return 'absent'
  const sizeBytes = found.sizeBytes()
  if (sizeBytes === null) return 'no content'
  let text = ''
  for (let at = 0; at < sizeBytes; at++) text += found.byte(at)
  return `"${text.replaceAll('\0', '.').replaceAll(staleCharacter, '#')}"`
}
