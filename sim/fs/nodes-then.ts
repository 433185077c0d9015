/** Names and types of what was there at power-on, as far as anybody asked; and what is known of them without asking. */
import { assert } from '../assert'
import type { Inode, NodeKind, StoreId } from '../disk/call'
import { absent } from '../disk/frame'
import { type Disk, join } from '../explore/question'

export interface Typed { readonly type: NodeKind; readonly target?: string }

export class NodesThen {
  /** Known without asking to be folders, or files: made blindly, or met as another name of a file. */
  readonly known = new Map<Inode, NodeKind>()
  private readonly entries = new Map<Inode, Map<string, Inode | null>>()
  private readonly types = new Map<Inode, Typed>()

  constructor(private readonly store: StoreId, private readonly disk: Disk) {}

  entry(directory: Inode, name: string): Inode | null {
    if (directory[0] === '#') return null
    let names = this.entries.get(directory)
    if (names === undefined) this.entries.set(directory, names = new Map<string, Inode | null>())
    let inode = names.get(name)
    if (inode === undefined) names.set(name, inode = this.askEntry(join(directory.slice(1), name)))
    return inode
  }

  type(inode: Inode): Typed {
    const type = this.known.get(inode)
    if (type !== undefined) return { type }
    let then = this.types.get(inode)
    if (then === undefined) this.types.set(inode, then = this.askType(inode))
    return then
  }

  private askEntry(path: string): Inode | null {
    const answer = this.disk.answer({ kind: 'node', store: this.store, path, view: 'kernel' })
    if (answer === absent) return null
    if (!answer.startsWith('f=')) return `@${path}`
    const inode = `@${answer.slice(2)}`
    this.known.set(inode, 'file')
    return inode
  }

  private askType(inode: Inode): Typed {
    const answer = this.disk.answer({ kind: 'node', store: this.store, path: inode.slice(1), view: 'kernel' })
    assert(answer !== absent, `${inode} was there`)
    return answer[0] === 'l' ? { type: 'symlink', target: answer.slice(1) } : { type: answer[0] === 'd' ? 'directory' : 'file' }
  }
}
