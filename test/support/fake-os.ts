/** An `Os` without a machine: one file system over given nodes, slots and loader variables that only write down what is asked of them. */
import type { FileSystemOperation, Inode, StoreId } from '../../sim/disk/call'
import { pageCount } from '../../sim/disk/call'
import type { Names } from '../../sim/explore/machine'
import type { Disk } from '../../sim/explore/question'
import { createNodeFs } from '../../sim/fs/node-fs'
import { type Recorder, Volume } from '../../sim/fs/volume'
import type { NewNode } from '../../sim/disk/frame'
import type { Os } from '../../sim/machine/os'
import { treesOn } from '../../sim/machine/trees'
import { emptyDisk, testStore } from './empty-disk'

export interface FakeOsOptions {
  readonly disk?: Disk & Names
  readonly running?: Os['running']
  readonly kernelVersion?: string
  readonly image?: { readonly blob: string; readonly sizeBytes: number }
  readonly variables?: ReadonlyMap<string, string>
}

export interface FakeOs {
  readonly os: Os
  /** One call a line, in the words of the traces' excerpts. */
  readonly lines: string[]
  readonly reports: string[]
  readonly fetched: string[]
}

export function fakeOs(options: FakeOsOptions = {}): FakeOs {
  const recorder = new LineRecorder()
  const { lines } = recorder
  const reports: string[] = []
  const fetched: string[] = []
  const variables = new Map(options.variables ?? [])
  const volume = new Volume(testStore('root'), options.disk ?? emptyDisk, recorder)
  const os: Os = {
    fs: createNodeFs(new Map([['/', volume]])),
    tree: treesOn(volume),
    disk: {
      slots: ['A', 'B'],
      booted: 'A',
      imageOf: () => options.image ?? { blob: 'image', sizeBytes: 8192 },
      slot: () => ({
        sizeBytes: 1_000_000_000,
        writeImage: (image, chunkBytes) => lines.push(`write device ${image.sizeBytes} in ${Math.ceil(image.sizeBytes / chunkBytes)}`),
        flush: () => lines.push('fsync device'),
      }),
    },
    boot: {
      kind: 'u-boot',
      read: () => variables,
      store(changes) {
        const words = Object.entries(changes).map(([name, value]) => `${name}=${value ?? ''}`)
        lines.push(`boot-store ${words.join(' ')}`)
        for (const [name, value] of Object.entries(changes)) if (value !== null) variables.set(name, value)
      },
    },
    net: { fetch: (what) => { fetched.push(what) } },
    names: { temp: (prefix) => recorder.freshName(prefix) },
    clock: { now: () => 0, sleep: () => undefined },
    running: options.running ?? null,
    kernelVersion: options.kernelVersion ?? '',
    report: (what, release) => { reports.push(`${what} ${release.id}`) },
    hasReported: (what, release) => reports.includes(`${what} ${release.id}`),
  }
  return { os, lines, reports, fetched }
}

class LineRecorder implements Recorder {
  readonly nodes = new Map<Inode, NewNode>()
  readonly lines: string[] = []
  private readonly fresh = new Set<string>()
  private inodes = 0

  freshName(prefix: string): string {
    const name = `${prefix}.${this.fresh.size + 1}`
    this.fresh.add(name)
    return name
  }

  isFresh(name: string): boolean {
    return this.fresh.has(name)
  }

  inode(): Inode {
    return `#${++this.inodes}`
  }

  named(): void {
    // nobody lists
  }

  record(_store: StoreId, operation: FileSystemOperation): void {
    const line = this.print(operation)
    if (line !== null) this.lines.push(line)
  }

  private path(inode: Inode): string {
    return inode[0] === '@' ? inode.slice(1) : this.nodes.get(inode)?.path ?? inode
  }

  private at(directory: Inode, name: string): string {
    return `${this.path(directory) === '/' ? '' : this.path(directory)}/${name}`
  }

  private print(operation: FileSystemOperation): string | null {
    switch (operation.kind) {
      case 'create': {
        const path = this.at(operation.directory, operation.name)
        if (operation.type === 'symlink') return `symlink ${path} ${operation.target ?? ''}`
        return `${operation.type === 'directory' ? 'mkdir' : 'create'} ${path}`
      }
      case 'unlink': return `unlink ${this.at(operation.directory, operation.name)}`
      case 'link': return `link ${this.path(operation.inode)} ${this.at(operation.directory, operation.name)}`
      case 'rename': return `rename ${this.at(operation.fromDirectory, operation.from)} ${this.at(operation.toDirectory, operation.to)}`
      case 'write': {
        const page = 'blob' in operation.pages ? '' : operation.pages[0] ?? ''
        const shown = page.startsWith('LPackage: ') ? ` ${JSON.stringify(page.slice(1, 49))}` : ''
        return `write ${this.path(operation.inode)} ${pageCount(operation.pages) * 4096} in 1${shown}`
      }
      case 'truncate': return `truncate ${this.path(operation.inode)} ${operation.sizeBytes}`
      case 'fsync':
      case 'fdatasync': return `${operation.kind} ${this.path(operation.inode)}`
      case 'fsync-directory': return `fsync-folder ${this.path(operation.directory)}`
      case 'syncfs': return `syncfs`
      case 'chmod': return null
      case 'exchange': case 'freeze': case 'unmount': case 'mount': return operation.kind
    }
  }
}
