/** System calls that make, move and remove names. */
import type * as fs from 'node:fs'
import { pathText } from './arguments'
import { Refusal, systemCall } from './fs-errors'
import type { Kernel } from './kernel'
import { type LastName, type Node, checkLength, isSameNode, isWithin } from './paths'

export type NameCalls = Pick<typeof fs, 'linkSync' | 'symlinkSync' | 'renameSync'> & {
  mkdir(path: string, mode: number): void
  rmdir(path: string): void
  unlink(path: string): void
  renameExchangeSync(a: fs.PathLike, b: fs.PathLike): void
}

export function nameCalls({ paths, modes }: Kernel): NameCalls {
  /** A name that is free, for something new. */
  function free(path: string, isDirectory: boolean): LastName {
    const last = paths.last(path, 'never')
    if (paths.look(last) !== null) throw new Refusal('EEXIST')
    if (last.slash && !isDirectory) throw new Refusal('ENOENT')
    return last
  }

  function isEmpty({ place }: Node): boolean {
    return place === undefined || (!paths.holdsMounts(place) && place.volume.isEmpty(place.inode))
  }

  function mkdir(path: string, mode: number): void {
    systemCall('mkdir', [path], () => {
      const { directory, name } = free(path, true)
      modes.made(directory.volume, directory.volume.create(directory.inode, name, 'directory'), mode)
    })
  }

  function rmdir(path: string): void {
    systemCall('rmdir', [path], () => {
      const last = paths.last(path, 'never')
      if (last.special !== null) throw new Refusal(last.special === '.' ? 'EINVAL' : last.special === '..' ? 'ENOTEMPTY' : 'EBUSY')
      const node = paths.look(last)
      if (node === null) throw new Refusal('ENOENT')
      if (node.type !== 'directory') throw new Refusal('ENOTDIR')
      if (node.isMountPoint) throw new Refusal('EBUSY')
      if (!isEmpty(node)) throw new Refusal('ENOTEMPTY')
      last.directory.volume.unlink(last.directory.inode, last.name)
    })
  }

  function unlink(path: string): void {
    systemCall('unlink', [path], () => {
      const last = paths.last(path, 'never')
      const node = paths.look(last)
      if (node === null) throw new Refusal('ENOENT')
      if (node.type === 'directory') throw new Refusal('EISDIR')
      if (last.slash) throw new Refusal('ENOTDIR')
      last.directory.volume.unlink(last.directory.inode, last.name)
    })
  }

  /** Both names of a rename, parents first. */
  function pair(from: string, to: string): { readonly a: LastName; readonly b: LastName; readonly aNode: Node; readonly bNode: Node | null } {
    const a = paths.last(from, 'never')
    const b = paths.last(to, 'never')
    if (a.directory.volume !== b.directory.volume) throw new Refusal('EXDEV')
    if (a.special !== null || b.special !== null) throw new Refusal('EBUSY')
    const aNode = paths.look(a)
    if (aNode === null) throw new Refusal('ENOENT')
    return { a, b, aNode, bNode: paths.look(b) }
  }

  /** Stricter than Linux: what holds a mount point stays where it is. */
  function checkMovable(node: Node): void {
    if (node.isMountPoint || (node.place !== undefined && paths.holdsMounts(node.place))) throw new Refusal('EBUSY')
  }

  function rename(from: string, to: string): void {
    const { a, b, aNode, bNode } = pair(from, to)
    if (aNode.type !== 'directory' && (a.slash || b.slash)) throw new Refusal('ENOTDIR')
    if (isWithin(b.directory, aNode)) throw new Refusal('EINVAL')
    if (bNode !== null) {
      if (isWithin(a.directory, bNode)) throw new Refusal('ENOTEMPTY')
      if (isSameNode(aNode, bNode)) return
      if (aNode.type === 'directory' && bNode.type !== 'directory') throw new Refusal('ENOTDIR')
      if (aNode.type !== 'directory' && bNode.type === 'directory') throw new Refusal('EISDIR')
      checkMovable(bNode)
    }
    checkMovable(aNode)
    if (bNode !== null && !isEmpty(bNode)) throw new Refusal('ENOTEMPTY')
    a.directory.volume.rename(a.directory.inode, a.name, b.directory.inode, b.name, aNode.inode, bNode?.inode ?? null)
  }

  function exchange(from: string, to: string): void {
    const { a, b, aNode, bNode } = pair(from, to)
    if (bNode === null) throw new Refusal('ENOENT')
    if ((b.slash && bNode.type !== 'directory') || (a.slash && aNode.type !== 'directory')) throw new Refusal('ENOTDIR')
    if (isWithin(b.directory, aNode) || isWithin(a.directory, bNode)) throw new Refusal('EINVAL')
    if (isSameNode(aNode, bNode)) return
    checkMovable(aNode)
    checkMovable(bNode)
    a.directory.volume.exchange(a.directory.inode, a.name, aNode.inode, b.directory.inode, b.name, bNode.inode)
  }

  return {
    mkdir,
    rmdir,
    unlink,

    linkSync(existing, path) {
      const from = pathText(existing, 'existingPath')
      const to = pathText(path, 'newPath')
      systemCall('link', [from, to], () => {
        const node = paths.node(from, 'before-slash')
        const { directory, name } = free(to, false)
        if (directory.volume !== node.volume) throw new Refusal('EXDEV')
        if (node.type === 'directory') throw new Refusal('EPERM')
        directory.volume.link(directory.inode, name, node.inode)
      })
    },

    symlinkSync(target, path) {
      const to = pathText(target, 'target')
      const text = pathText(path)
      systemCall('symlink', [to, text], () => {
        checkLength(to)
        const { directory, name } = free(text, false)
        directory.volume.create(directory.inode, name, 'symlink', { target: to })
      })
    },

    renameSync(oldPath, newPath) {
      const from = pathText(oldPath, 'oldPath')
      const to = pathText(newPath, 'newPath')
      systemCall('rename', [from, to], () => rename(from, to))
    },

    renameExchangeSync(a, b) {
      const from = pathText(a, 'a')
      const to = pathText(b, 'b')
      systemCall('renameat2', [from, to], () => exchange(from, to))
    },
  }
}
