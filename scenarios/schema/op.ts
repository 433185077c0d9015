/** Scripts in the short notation for persistent calls: only the form is checked here. */
import { z } from 'zod'
import { didYouMean } from '../../sim/nearest'

/** By its first word: how many operands, and what it does. */
export const ops = {
  mk: { operands: 1, does: 'make a directory' },
  rm: { operands: 1, does: 'unlink a file or remove a tree' },
  wr: { operands: 1, does: 'create a file and write it through the page cache' },
  'wr!': { operands: 1, does: 'the same, then fsync of the file' },
  wrA: { operands: 1, does: 'replace atomically: temporary file, fsync, rename, fsync of the directory' },
  wrT: { operands: 1, does: 'truncate in place, write, fsync' },
  ln: { operands: 2, does: 'hard link' },
  sl: { operands: 2, does: 'symbolic link' },
  mv: { operands: 2, does: 'rename over' },
  xch: { operands: 2, does: 'exchange two names' },
  fsync: { operands: 1, does: 'fsync of a file' },
  fsyncdir: { operands: 1, does: 'fsync of a directory' },
  syncfs: { operands: 1, does: 'flush a whole file system' },
  frz: { operands: 1, does: 'freeze and thaw: flush, and checkpoint the journal' },
  raw: { operands: 1, does: 'write to a partition' },
  rawflush: { operands: 1, does: 'fsync of a block device' },
  env: { operands: 1, does: 'one store of boot-loader state, key=value,…' },
  mark: { operands: 1, does: 'a name for this point, for expectations' },
} as const

const names = Object.keys(ops)

export const op = z.string().superRefine((line, context) => {
  const [first = '', ...operands] = line.trim().split(/\s+/)
  const fail = (message: string): void => {
    context.addIssue({ code: 'custom', message })
  }
  if (!Object.hasOwn(ops, first)) return fail(`an operation: ${names.join(' ')}${didYouMean(first, names)}`)
  const wanted = ops[first as keyof typeof ops].operands
  if (operands.length !== wanted) fail(`${first} and ${wanted === 1 ? 'one operand' : `${wanted} operands`}`)
  return undefined
})
