import { expect, test } from 'vitest'
import { type Body, bodyKey, bytesBody, parseBody } from '../../../sim/disk/content'

const bodies: readonly Body[] = [
  bytesBody(''), bytesBody('a b\n'), { kind: 'blob', blob: 'x', sizeBytes: 4 }, { kind: 'blob', blob: 'deb base files_1.deb', sizeBytes: 70_552 },
  { kind: 'pages', sizeBytes: 8192, pages: ['Rx y:0', 'N'] },
]
for (const body of bodies) test(`a printed body reads back: ${bodyKey(body)}`, () => expect(parseBody(bodyKey(body))).toEqual(body))
test('what is no body', () => expect([parseBody('absent'), parseBody('stale'), parseBody('not a file')]).toEqual([null, null, null]))
