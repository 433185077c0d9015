/** tmpfs, ramfs, /run: fsync succeeds, and whatever ends the kernel empties it. */
import type { PersistenceModel } from '../disk/lowering'

export const memoryModel: PersistenceModel = {
  key: 'TMPFS',
  title: 'tmpfs: nothing survives a reset',
  rules: [{ name: 'memory', says: 'nothing survives the kernel that mounted it', evidence: 'D',
    source: 'Linux Documentation/filesystems/tmpfs.rst', contested: false }],
  notModelled: ['/run kept over a restart of user space alone'],
  homeLags: false,
  persistent: false,
  begin: () => () => {},
}
