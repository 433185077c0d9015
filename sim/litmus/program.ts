/** Runs the operations of a litmus program on a volume: paths become inodes, offsets become pages, what POSIX refuses is an error. */
import { assertNever } from '../assert'
import type { Call, FileSystemOperation, Inode } from '../disk/call'
import type { NewNode } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Names } from '../explore/machine'
import { type Disk, join, nameOf, parentOf } from '../explore/question'
import { Volume } from '../fs/volume'
import { quoted } from '../release/input-error'
import type { FileStep } from './litmus-test'
import { complain } from './words'

/** What a program did, as calls. */
export interface Recording {
  readonly calls: readonly Call[]
  readonly nodes: ReadonlyMap<Inode, NewNode>
  /** Where a name may be found after any cut that was not there before. */
  readonly paths: readonly string[]
}

export function runProgram(steps: readonly FileStep[], setup: StoreSetup, disk: Disk & Names): Recording {
  const calls: Call[] = []
  const nodes = new Map<Inode, NewNode>()
  const paths = new Set<string>()
  let inodes = 0
  const record = (does: FileSystemOperation | { kind: 'mark'; what: string }): void => {
    calls.push({ issuer: 'updater', store: setup.id, does, tookSeconds: 0 })
  }
  const volume = new Volume(setup, disk, {
    nodes,
    record: (_store, operation) => record(operation),
    inode: () => `#${++inodes}`,
    isFresh: () => false,
    named: (_store, directory, name) => { paths.add(join(directory, name)) },
  })
  for (const step of steps) {
    if (step.verb === 'mark') record({ kind: 'mark', what: step.label })
    else perform(step, volume)
  }
  return { calls, nodes, paths: [...paths] }
}

function perform(step: Exclude<FileStep, { verb: 'mark' }>, volume: Volume): void {
  const paths = new Paths(step, volume)
  switch (step.verb) {
    case 'creat': {
      const existing = paths.find(step.path)
      if (existing !== null) volume.truncate(paths.file(step.path), 0)
      else volume.create(paths.parent(step.path), nameOf(step.path), 'file')
      return
    }
    case 'mkdir':
      paths.free(step.path)
      volume.create(paths.parent(step.path), nameOf(step.path), 'directory')
      return
    case 'symlink':
      paths.free(step.path)
      volume.create(paths.parent(step.path), nameOf(step.path), 'symlink', { target: step.target })
      return
    case 'link':
      paths.free(step.to)
      return volume.link(paths.parent(step.to), nameOf(step.to), paths.file(step.from))
    case 'unlink':
      if (paths.isDirectory(paths.there(step.path))) complain(step.at, `${quoted(step.text)} of a directory`, 'a file or symlink')
      return volume.unlink(paths.parent(step.path), nameOf(step.path))
    case 'rename': {
      const inode = paths.there(step.from)
      const replaced = paths.find(step.to)
      if (replaced === inode) return // two names of one file: POSIX does nothing
      if (replaced !== null && (paths.isDirectory(replaced) || paths.isDirectory(inode))) complain(step.at, `${quoted(step.text)} over ${step.to}`, 'no directory on either side')
      if (step.to.startsWith(`${step.from}/`)) complain(step.at, quoted(step.text), 'a target that is not within the source')
      return volume.rename(paths.parent(step.from), nameOf(step.from), paths.parent(step.to), nameOf(step.to), inode, replaced)
    }
    case 'exchange': {
      const a = paths.there(step.from)
      const b = paths.there(step.to)
      if (a === b) return
      if (step.to.startsWith(`${step.from}/`) || step.from.startsWith(`${step.to}/`)) complain(step.at, quoted(step.text), 'names that do not lie within each other')
      return volume.exchange(paths.parent(step.from), nameOf(step.from), a, paths.parent(step.to), nameOf(step.to), b)
    }
    case 'write': {
      volume.write(paths.file(step.path), step.offset, step.data)
      return
    }
    case 'append': {
      const inode = paths.file(step.path)
      volume.write(inode, volume.sizeOf(inode), step.data)
      return
    }
    case 'trunc': return volume.truncate(paths.file(step.path), step.sizeBytes)
    case 'fsync':
    case 'fdatasync': return volume.fsync(paths.file(step.path), step.verb)
    case 'fsyncdir': return volume.fsyncDirectory(paths.directory(step.path))
    case 'syncfs':
    case 'freeze': return volume.whole(step.verb)
    case 'unknown': return complain(step.at, quoted(step.name), 'an operation that is known')
    default: assertNever(step, 'litmus operation')
  }
}

/** Paths of one operation; what does not fit is the program's mistake. */
class Paths {
  constructor(private readonly step: FileStep, private readonly volume: Volume) {}

  find(path: string): Inode | null {
    return path === '/' ? this.volume.root : this.volume.entry(this.parent(path), nameOf(path))
  }

  there(path: string): Inode {
    const inode = path === '/' ? null : this.find(path)
    return inode ?? complain(this.step.at, `${quoted(this.step.text)} without ${path}`, 'a name that is there at this point')
  }

  parent(path: string): Inode {
    if (path === '/') complain(this.step.at, quoted(this.step.text), 'a name below the root')
    return this.directory(parentOf(path))
  }

  directory(path: string): Inode {
    const inode = path === '/' ? this.volume.root : this.there(path)
    if (!this.isDirectory(inode)) complain(this.step.at, `${quoted(this.step.text)} although ${path} is none`, 'a directory')
    return inode
  }

  file(path: string): Inode {
    const inode = this.there(path)
    if (this.volume.type(inode).type !== 'file') complain(this.step.at, `${quoted(this.step.text)} although ${path} is none`, 'a file')
    return inode
  }

  free(path: string): void {
    if (this.find(path) !== null) complain(this.step.at, `${quoted(this.step.text)} although ${path} is there`, 'a name that is not there at this point')
  }

  isDirectory(inode: Inode): boolean {
    return this.volume.type(inode).type === 'directory'
  }
}
