/** The part of Node's fs that opens, reads, writes and syncs files. */
import type * as fs from 'node:fs'
import { textToBytes } from '../disk/content'
import { bytesOf, checkDescriptor, checkRange, contentText, modeBits, optionsOf, pathText, positionOf } from './arguments'
import { type OpenFile, readFrom, syncFile, truncateTo, writeTo } from './descriptors'
import { openFlags } from './flags'
import { systemCall } from './fs-errors'
import type { Kernel } from './kernel'

export type FileCalls = Pick<typeof fs,
  | 'openSync' | 'closeSync' | 'readSync' | 'writeSync' | 'readFileSync' | 'writeFileSync' | 'appendFileSync'
  | 'truncateSync' | 'ftruncateSync' | 'fsyncSync' | 'fdatasyncSync'>

const usualFileMode = 0o666

export function fileCalls({ descriptors }: Kernel): FileCalls {
  function onDescriptor<T>(syscall: string, fd: number, act: (file: OpenFile) => T): T {
    checkDescriptor(fd)
    return systemCall(syscall, [], () => act(descriptors.get(fd)))
  }

  function openSync(path: fs.PathLike, flags: fs.OpenMode | undefined, mode?: fs.Mode | null): number {
    const text = pathText(path)
    const bits = openFlags(flags)
    const wanted = modeBits(mode, usualFileMode)
    return systemCall('open', [text], () => descriptors.openPath(text, bits, wanted))
  }

  function closeSync(fd: number): void {
    checkDescriptor(fd)
    systemCall('close', [], () => descriptors.close(fd))
  }

  /** A descriptor is used as it is and stays open; a path is opened for as long as `act` takes. */
  function withFile<T>(path: fs.PathOrFileDescriptor, flags: fs.OpenMode, mode: fs.Mode | undefined, act: (fd: number) => T): T {
    if (typeof path === 'number') return act(path)
    const fd = openSync(path, flags, mode)
    try {
      return act(fd)
    } finally {
      closeSync(fd)
    }
  }

  function readSync(fd: number, buffer: NodeJS.ArrayBufferView, third?: number | fs.ReadOptions | null, lengthGiven?: number, positionGiven?: fs.ReadPosition | null): number {
    checkDescriptor(fd)
    const options = typeof third === 'object' && third !== null ? third : {}
    const offset = (typeof third === 'number' ? third : options.offset) ?? 0
    const length = Math.trunc(lengthGiven ?? options.length ?? (typeof third === 'number' ? 0 : buffer.byteLength - offset))
    if (length === 0) return 0
    checkRange(offset, length, buffer.byteLength)
    const bytes = onDescriptor('read', fd, (file) => readFrom(file, length, positionOf(positionGiven ?? options.position)))
    bytesOf(buffer).set(textToBytes(bytes), offset)
    return bytes.length
  }

  function writeSync(fd: number, data: string | NodeJS.ArrayBufferView, third?: number | fs.WriteOptions | null, fourth?: number | string | null, fifth?: number | null): number {
    checkDescriptor(fd)
    if (typeof data === 'string') {
      const text = contentText(data, typeof fourth === 'string' ? (fourth as BufferEncoding) : 'utf8')
      return onDescriptor('write', fd, (file) => writeTo(file, text, positionOf(typeof third === 'number' ? third : null)))
    }
    const options = typeof third === 'object' && third !== null ? third : {}
    const offset = (typeof third === 'number' ? third : options.offset) ?? 0
    const length = (typeof fourth === 'number' ? fourth : options.length) ?? data.byteLength - offset
    checkRange(offset, length, data.byteLength)
    const text = contentText(bytesOf(data).subarray(offset, offset + length), null)
    return onDescriptor('write', fd, (file) => writeTo(file, text, positionOf(fifth ?? options.position)))
  }

  function readFileSync(path: fs.PathOrFileDescriptor, options?: { encoding?: BufferEncoding | null; flag?: string } | BufferEncoding | null): string | Buffer {
    const { encoding, flag } = optionsOf(options)
    return withFile(path, flag ?? 'r', usualFileMode, (fd) => {
      onDescriptor('fstat', fd, () => {})
      const bytes = textToBytes(onDescriptor('read', fd, (file) => readFrom(file, Number.MAX_SAFE_INTEGER, null)))
      return encoding === null || encoding === undefined ? bytes : bytes.toString(encoding)
    })
  }

  /** `flush` is honoured. Node 20.20 forgets it where text comes with an explicit encoding of utf8. */
  function writeFileSync(path: fs.PathOrFileDescriptor, data: string | NodeJS.ArrayBufferView, given?: fs.WriteFileOptions): void {
    const options = optionsOf(given)
    const text = contentText(data, options.encoding)
    withFile(path, options.flag ?? 'w', options.mode, (fd) => {
      // Node goes on after a short write, and hears then why it was short.
      for (let at = 0; at < text.length;) at += onDescriptor('write', fd, (file) => writeTo(file, text.slice(at), null))
      if (options.flush === true) fsyncSync(fd)
    })
  }

  function appendFileSync(path: fs.PathOrFileDescriptor, data: string | Uint8Array, given?: fs.WriteFileOptions): void {
    const options = optionsOf(given)
    writeFileSync(path, data, { ...options, flag: options.flag ?? 'a' })
  }

  function ftruncateSync(fd: number, sizeBytes: number | null = 0): void {
    onDescriptor('ftruncate', fd, (file) => truncateTo(file, Math.max(0, sizeBytes ?? 0)))
  }

  function fsyncSync(fd: number): void {
    onDescriptor('fsync', fd, (file) => syncFile(file, 'fsync'))
  }

  return {
    openSync,
    closeSync,
    readSync,
    writeSync,
    readFileSync: readFileSync as FileCalls['readFileSync'],
    writeFileSync,
    appendFileSync,
    truncateSync: (path, sizeBytes) => withFile(path, 'r+', undefined, (fd) => ftruncateSync(fd, sizeBytes)),
    ftruncateSync,
    fsyncSync,
    fdatasyncSync: (fd) => onDescriptor('fdatasync', fd, (file) => syncFile(file, 'fdatasync')),
  }
}
