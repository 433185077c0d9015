/** A small file system against an independent sum of blocks and inodes: it takes what fits, refuses what does not, and has room again for what is freed. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesBody } from '../../../sim/disk/content'
import { SpaceMemory } from '../../../sim/explore/space-memory'
import { createNodeFs } from '../../../sim/fs/node-fs'
import { Volume } from '../../../sim/fs/volume'
import { type Given, TestRecorder, diskWith, testStore } from '../../support/empty-disk'

const blockBytes = 4096
const paths = ['/c', '/n1', '/n2', '/d/a', '/d/b', '/d/n3'] as const
const lengths = [1, 100, 4096, 5000, 9000, 20_000] as const

/** `/d/b` is another name of `/d/a`; the link's target does not fit into its inode. */
const base = diskWith(new Map<string, Given>([
  ['/', { node: 'd' }], ['/d', { node: 'd' }], ['/d/a', { node: 'f', body: bytesBody('x'.repeat(5000)) }], ['/d/b', { node: 'f=/d/a' }],
  ['/c', { node: 'f', body: bytesBody('y') }], ['/l', { node: `l${'z'.repeat(70)}` }],
]))
const contents = [
  { path: '/', type: 'directory', sizeBytes: 0, inode: '/' }, { path: '/d', type: 'directory', sizeBytes: 0, inode: '/d' },
  { path: '/d/a', type: 'file', sizeBytes: 5000, inode: '/d/a' }, { path: '/d/b', type: 'file', sizeBytes: 5000, inode: '/d/a' },
  { path: '/c', type: 'file', sizeBytes: 1, inode: '/c' }, { path: '/l', type: 'symlink', sizeBytes: 70, inode: '/l' },
] as const
/** The two folders and the link. */
const others = { blocks: 3, inodes: 3 }

interface File { sizeBytes: number }

const kinds = ['write', 'write', 'append', 'unlink', 'unlink', 'rename', 'link', 'truncate', 'pwrite', 'open', 'close'] as const
const act = fc.record({ kind: fc.constantFrom(...kinds), path: fc.constantFrom(...paths), to: fc.constantFrom(...paths), length: fc.constantFrom(...lengths), offset: fc.constantFrom(8192, 30_000, 60_000) })
const capacity = fc.record({ blocks: fc.integer({ min: 6, max: 13 }), inodes: fc.integer({ min: 7, max: 12 }) })

test('random programs on a file system that is nearly full', () => {
  let refused = 0
  fc.assert(fc.property(capacity, fc.array(act, { minLength: 5, maxLength: 40 }), (limit, acts) => {
    const setup = { ...testStore('root'), capacity: limit }
    const memory = new SpaceMemory({ ...base, contents: () => contents }, new Map([['root', setup]]))
    const volume = new Volume(setup, { ...base, space: (store) => memory.space(store) }, new TestRecorder())
    const fs = createNodeFs(new Map([['/', volume]]))
    const linked: File = { sizeBytes: 5000 }
    const files = new Map<string, File>([['/d/a', linked], ['/d/b', linked], ['/c', { sizeBytes: 1 }]])
    const open = new Map<number, File>()
    const free = (): { blocks: number; inodes: number } => {
      const all = new Set([...files.values(), ...open.values()])
      const blocks = [...all].reduce((sum, { sizeBytes }) => sum + Math.ceil(sizeBytes / blockBytes), others.blocks)
      return { blocks: limit.blocks - blocks, inodes: limit.inodes - others.inodes - all.size }
    }
    const call = (does: () => void, expected: boolean, what: string): void => {
      let code = 'done'
      try {
        does()
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error
        code = String(error.code)
      }
      if (!expected) refused++
      expect(`${what}: ${code}`).toBe(`${what}: ${expected ? 'done' : 'ENOSPC'}`)
    }
    /** As far as the file can grow. */
    const most = (file: File): number => (Math.ceil(file.sizeBytes / blockBytes) + free().blocks) * blockBytes
    const grow = (file: File, wanted: number): void => { file.sizeBytes = Math.max(file.sizeBytes, Math.min(wanted, most(file))) }

    for (const { kind, path, to, length, offset } of acts) {
      const file = files.get(path)
      switch (kind) {
        case 'write': {
          const hasInode = file !== undefined || free().inodes > 0
          const fresh = file ?? { sizeBytes: 0 }
          fresh.sizeBytes = 0
          if (hasInode) files.set(path, fresh)
          const fits = hasInode && length <= most(fresh)
          call(() => fs.writeFileSync(path, 'w'.repeat(length)), fits, `write ${path}`)
          if (hasInode) grow(fresh, length)
          break
        }
        case 'append':
          if (file === undefined) break
          call(() => fs.appendFileSync(path, 'w'.repeat(length)), file.sizeBytes + length <= most(file), `append ${path}`)
          grow(file, file.sizeBytes + length)
          break
        case 'truncate':
          if (file === undefined) break
          call(() => fs.truncateSync(path, length), length <= Math.max(most(file), file.sizeBytes), `truncate ${path}`)
          if (length <= most(file)) file.sizeBytes = length
          break
        case 'pwrite': {
          if (file === undefined) break
          const end = Math.min(offset + length, Math.max(most(file), file.sizeBytes))
          const fd = fs.openSync(path, 'r+')
          call(() => expect(fs.writeSync(fd, 'h'.repeat(length), offset)).toBe(end - offset), end > offset, `pwrite ${path}`)
          fs.closeSync(fd)
          if (end > offset) file.sizeBytes = Math.max(file.sizeBytes, end)
          break
        }
        case 'unlink':
          if (file === undefined) break
          fs.unlinkSync(path)
          files.delete(path)
          break
        case 'rename':
          if (file === undefined) break
          fs.renameSync(path, to)
          if (files.get(to) === file) break
          files.delete(path)
          files.set(to, file)
          break
        case 'link':
          if (file === undefined || files.has(to)) break
          fs.linkSync(path, to)
          files.set(to, file)
          break
        case 'open':
          if (file !== undefined) open.set(fs.openSync(path, 'r'), file)
          break
        case 'close':
          for (const fd of open.keys()) {
            fs.closeSync(fd)
            open.delete(fd)
            break
          }
      }
      const { blocks, inodes } = free()
      expect([blocks, inodes].every((each) => each >= 0)).toBe(true)
      if (length !== 100) continue // counting each time would hide what is left uncounted
      expect([volume.fits(blocks * blockBytes, inodes), volume.fits((blocks + 1) * blockBytes, 0), volume.fits(0, inodes + 1)]).toEqual([true, false, false])
    }
  }), { numRuns: 600 })
  expect(refused).toBeGreaterThan(300)
})
