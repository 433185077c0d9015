/** Calls in the words that a person would use: "fsync /boot/grub/grubenv". */
import type { Inode, Operation } from './call'
import { pageCount } from './call'
import type { NewNode } from './frame'
import { assertNever } from '../assert'

export function describe(operation: Operation, nodes: ReadonlyMap<Inode, NewNode>): string {
  const path = (inode: Inode): string => (inode[0] === '#' ? nodes.get(inode)?.path ?? inode : inode.slice(1))
  const at = (directory: Inode, name: string): string => `${path(directory) === '/' ? '' : path(directory)}/${name}`
  switch (operation.kind) {
    case 'create':
      if (operation.type === 'symlink') return `symlink ${at(operation.directory, operation.name)} → ${operation.target ?? ''}`
      return `${operation.type === 'directory' ? 'mkdir' : 'create'} ${at(operation.directory, operation.name)}`
    case 'unlink': return `unlink ${at(operation.directory, operation.name)}`
    case 'link': return `link ${path(operation.inode)} as ${at(operation.directory, operation.name)}`
    case 'rename': return `rename ${at(operation.fromDirectory, operation.from)} to ${at(operation.toDirectory, operation.to)}`
    case 'exchange': return `exchange ${at(operation.aDirectory, operation.a)} and ${at(operation.bDirectory, operation.b)}`
    case 'write': return `write ${path(operation.inode)}`
    case 'truncate': return `truncate ${path(operation.inode)} to ${operation.sizeBytes}`
    case 'chmod': return `chmod ${operation.mode.toString(8)} ${path(operation.inode)}`
    case 'fsync':
    case 'fdatasync': return `${operation.kind} ${path(operation.inode)}`
    case 'fsync-directory': return `fsync directory ${path(operation.directory)}`
    case 'syncfs':
    case 'freeze':
    case 'unmount':
    case 'mount': return operation.kind
    case 'sectors': return `write ${pageCount(operation.pages)} sectors from ${operation.first}`
    case 'flush': return 'fsync the block device'
    case 'mark': return operation.what
    default: return assertNever(operation, 'describe')
  }
}
