/** `--output FILE`: written beside it and renamed, so that there is never half a report. */
import { closeSync, fsyncSync, lstatSync, openSync, realpathSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from './exit-codes'
import type { Io } from './io'

export interface Output {
  /** The whole text, once. */
  finish(text: string): void
  /** Instead of `finish`: leaves no trace. */
  discard(): void
}

/** Opened before the work begins: whoever mistypes the path learns it at once. */
export function openOutput(io: Io, file: string | undefined): Output {
  if (file === undefined) return { finish: (text) => io.out(text), discard: () => undefined }
  try {
    return fileOutput(resolve(io.folder, file), file)
  } catch (error) {
    throw unwritable(file, error)
  }
}

/** @param file as the user wrote it, for messages */
function fileOutput(path: string, file: string): Output {
  const target = targetOf(path)
  // A device or a pipe is written as it is: renaming over /dev/null would replace it.
  if (target.isSpecial) return { finish: (text) => guarded(file, () => writeFileSync(path, text)), discard: () => undefined }
  const temporary = join(dirname(target.path), `.${basename(target.path)}.powercut-${process.pid}`)
  const descriptor = openSync(temporary, 'w')
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    finish: (text) => guarded(file, () => {
      writeAll(descriptor, Buffer.from(text))
      fsyncSync(descriptor)
      close()
      renameSync(temporary, target.path)
    }),
    discard: () => {
      close()
      rmSync(temporary, { force: true })
    },
  }
}

/** What a link points to is replaced, not the link. */
function targetOf(path: string): { path: string; isSpecial: boolean } {
  let real = path
  try {
    real = realpathSync(path)
  } catch {
    return { path, isSpecial: false }
  }
  const found = lstatSync(real)
  if (found.isDirectory()) throw new Error('it is a folder')
  return { path: real, isSpecial: !found.isFile() }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}

function guarded(file: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    throw unwritable(file, error)
  }
}

function unwritable(file: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  const reason = code === undefined ? (error instanceof Error ? error.message : String(error)) : (reasons[code] ?? code)
  return new UsageError(`cannot write ${file}: ${reason}`)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder', ENOTDIR: 'its folder is a file', EACCES: 'it may not be written', EPERM: 'it may not be written',
  EROFS: 'the file system is read-only', ENOSPC: 'no space left', EISDIR: 'it is a folder',
}
