/**
 * What cells hold, as short immutable strings: equal content is equal text, and a 4 GB image costs a digest.
 *
 * A page (a block of a file, a sector of a partition) is one of
 *   L<bytes>        literal bytes, one character (code 0…255) a byte, at most a block long; the rest of the block is NUL
 *   R<blob>:<n>     block n of a blob known by digest only
 *   N               NUL bytes: allocated but never written, or a hole
 *   S               stale bytes of whoever owned the block before
 */
export type Page = string

export const nulPage: Page = 'N'
export const stalePage: Page = 'S'

/** Printed for a stale byte where bytes are shown; no byte of a file has this code. */
export const staleCharacter = '\uffff'

export function literalPage(bytes: string): Page {
  if (bytes.length > 0 && bytes.charCodeAt(bytes.length - 1) !== 0) return `L${bytes}`
  return /^\0*$/.test(bytes) ? nulPage : `L${bytes.replace(/\0+$/, '')}`
}

export function blobPage(blob: string, block: number): Page {
  return `R${blob}:${block}`
}

/** The bytes of a page, `length` characters; null for a block of a blob, whose bytes nobody here has. */
export function pageBytes(page: Page, length: number): string | null {
  switch (page[0]) {
    case 'L': return page.slice(1, 1 + length).padEnd(length, '\0')
    case 'N': return '\0'.repeat(length)
    case 'S': return staleCharacter.repeat(length)
    default: return null
  }
}

/** Content of a whole file: literal bytes, a blob, or a patchwork of pages that is neither. */
export type Body =
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'blob'; readonly blob: string; readonly sizeBytes: number }
  | { readonly kind: 'pages'; readonly sizeBytes: number; readonly pages: readonly Page[] }

export function bytesBody(bytes: string): Body {
  return { kind: 'bytes', bytes }
}

export function bodySize(body: Body): number {
  return body.kind === 'bytes' ? body.bytes.length : body.sizeBytes
}

export function bodyPage(body: Body, block: number, blockBytes: number): Page {
  if (block * blockBytes >= bodySize(body)) return nulPage
  switch (body.kind) {
    case 'bytes': return literalPage(body.bytes.slice(block * blockBytes, (block + 1) * blockBytes))
    case 'blob': return blobPage(body.blob, block)
    case 'pages': return body.pages[block] ?? nulPage
  }
}

/** The simplest body with these pages. */
export function bodyOf(pages: readonly Page[], sizeBytes: number, blockBytes: number): Body {
  const first = pages[0]
  if (first?.[0] === 'R') {
    const blob = first.slice(1, first.lastIndexOf(':'))
    if (pages.every((page, block) => page === blobPage(blob, block))) return { kind: 'blob', blob, sizeBytes }
  }
  let bytes = ''
  for (const [block, page] of pages.entries()) {
    const part = pageBytes(page, Math.min(blockBytes, sizeBytes - block * blockBytes))
    if (part === null) return { kind: 'pages', sizeBytes, pages }
    bytes += part
  }
  return bytesBody(bytes)
}

/** One text a body; equal text is equal content. */
export function bodyKey(body: Body): string {
  switch (body.kind) {
    case 'bytes': return `bytes ${body.bytes}`
    case 'blob': return `blob ${body.blob} ${body.sizeBytes}`
    case 'pages': return `pages ${body.sizeBytes} ${body.pages.join('\u0001')}`
  }
}

/** The body that `bodyKey` printed; null for anything else ('absent', 'stale'). */
export function parseBody(key: string): Body | null {
  if (key.startsWith('bytes ')) return bytesBody(key.slice(6))
  // The name of a blob may have spaces.
  const last = key.lastIndexOf(' ')
  if (key.startsWith('blob ')) return { kind: 'blob', blob: key.slice(5, last), sizeBytes: Number(key.slice(last + 1)) }
  const [kind, first] = key.split(' ', 2)
  if (kind === 'pages') return { kind, sizeBytes: Number(first), pages: key.slice(kind.length + first!.length + 2).split('\u0001') }
  return null
}

export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Stale characters become 0xFF. */
export function textToBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(staleCharacter, '\xff'), 'latin1')
}
