/**
 * `grub-editenv` on a file: GRUB's variables as user space stores them.
 *
 * Follows GRUB 2.06 util/grub-editenv.c (Debian 2.06-13+deb12u2, traced): `create` replaces by rename; `set` and `unset` read
 * the file, close it, open it again with O_TRUNC, write the whole block and fsync it. Between truncate and fsync the
 * block may be empty; nothing of it is durable by name, only by inode.
 */
import type { BootStore, Fs } from '../machine/os'
import { createGrubEnvironment, parseGrubEnvironment, setGrubVariable, unsetGrubVariable } from './grub-environment'

export interface GrubEditenv extends BootStore {
  create(): void
}

export function grubEditenv(fs: Fs, path: string): GrubEditenv {
  function write(file: string, block: Uint8Array): void {
    const fd = fs.openSync(file, 'w')
    fs.writeSync(fd, block, 0, block.length, 0)
    fs.fsyncSync(fd)
    fs.closeSync(fd)
  }

  function create(): void {
    write(`${path}.new`, createGrubEnvironment())
    fs.renameSync(`${path}.new`, path)
  }

  return {
    kind: 'grub',
    create,
    read: () => parseGrubEnvironment(fs.readFileSync(path)) ?? new Map(),
    store(changes) {
      if (!fs.existsSync(path)) create()
      let block: Uint8Array | null = fs.readFileSync(path)
      for (const [name, value] of Object.entries(changes)) {
        block = value === null ? unsetGrubVariable(block, name) : setGrubVariable(block, name, value)
        if (block === null) throw new Error('grub-editenv: error: invalid environment block')
      }
      write(path, block)
    },
  }
}
