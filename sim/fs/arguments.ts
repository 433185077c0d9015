/** Node's own look at arguments, before the kernel hears of a call. */
import { inspect } from 'node:util'
import type { Mode, PathLike } from 'node:fs'
import { bytesToText } from '../disk/content'
import { argumentError } from './fs-errors'

export function pathText(path: PathLike, name = 'path'): string {
  const text = typeof path === 'string' ? path : path instanceof Uint8Array ? Buffer.from(path).toString() : urlPath(path, name)
  if (text.includes('\0')) {
    throw argumentError('ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a string, Uint8Array, or URL without null bytes. Received ${inspect(text)}`)
  }
  return text
}

function urlPath(url: unknown, name: string): string {
  if (!(url instanceof URL) || url.protocol !== 'file:') {
    throw argumentError('ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type string or an instance of Buffer or URL. Received ${inspect(url)}`)
  }
  return decodeURIComponent(url.pathname)
}

export function checkDescriptor(fd: number): number {
  if (typeof fd !== 'number') throw argumentError('ERR_INVALID_ARG_TYPE', `The "fd" argument must be of type number. Received ${inspect(fd)}`)
  if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) {
    throw argumentError('ERR_OUT_OF_RANGE', `The value of "fd" is out of range. It must be >= 0 && <= 2147483647. Received ${fd}`)
  }
  return fd
}

export function modeBits(mode: Mode | null | undefined, usual: number): number {
  if (mode === null || mode === undefined) return usual
  if (typeof mode === 'number') return mode
  if (!/^[0-7]+$/.test(mode)) {
    throw argumentError('ERR_INVALID_ARG_VALUE', `The argument 'mode' must be a 32-bit unsigned integer or an octal string. Received ${inspect(mode)}`)
  }
  return Number.parseInt(mode, 8)
}

export function bytesOf(view: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** Content as the simulator keeps it. */
export function contentText(data: string | NodeJS.ArrayBufferView, encoding: BufferEncoding | 'buffer' | null | undefined): string {
  if (typeof data === 'string') return bytesToText(Buffer.from(data, encoding === 'buffer' ? 'utf8' : encoding ?? 'utf8'))
  if (!ArrayBuffer.isView(data)) {
    throw argumentError('ERR_INVALID_ARG_TYPE', `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${inspect(data)}`)
  }
  return bytesToText(bytesOf(data))
}

/** Part of a buffer to read into or to write from. */
export function checkRange(offset: number, length: number, byteLength: number): void {
  if (offset < 0 || offset > byteLength) throw argumentError('ERR_OUT_OF_RANGE', `The value of "offset" is out of range. It must be <= ${byteLength}. Received ${offset}`)
  if (length < 0 || length > byteLength - offset) {
    throw argumentError('ERR_OUT_OF_RANGE', `The value of "length" is out of range. It must be <= ${byteLength - offset}. Received ${length}`)
  }
}

/** null: where the descriptor stands. */
export function positionOf(position: number | bigint | null | undefined): number | null {
  return position === null || position === undefined || Number(position) < 0 ? null : Number(position)
}

/** Options given as an encoding, or as an object. */
export function optionsOf<T extends object>(options: T | string | null | undefined): Partial<T> & { readonly encoding?: BufferEncoding | 'buffer' | null } {
  return (typeof options === 'string' ? { encoding: options } : options ?? {}) as Partial<T> & { encoding?: BufferEncoding | 'buffer' | null }
}
