/** Which calls stand for a tree. That they are those of the real tools is what test/strategies/traces compares. */
import { describe, expect, test } from 'vitest'
import type { Recipe } from '../../../sim/machine/os'
import { type Entry, UNOWNED } from '../../../sim/release/entry'
import { listening, emptyDisk } from '../../support/empty-disk'
import { type FakeOs, fakeOs } from '../../support/fake-os'

const plain = { mode: 0o644, uid: 0, gid: 0, deflatedBytes: 0, hardLink: null, target: null, package: UNOWNED, xattrs: '' }
const file = (path: string): Entry => ({ ...plain, path, type: 'file', sizeBytes: 1, sha256: path })
const directory = (path: string): Entry => ({ ...plain, path, type: 'directory', sizeBytes: 0, sha256: null })

/** Lines without what is written. */
function put(entries: readonly Entry[], recipe: Recipe, on: FakeOs = fakeOs()): readonly string[] {
  const from = on.lines.length
  on.os.tree.put(entries, '/', recipe)
  return on.lines.slice(from).filter((line) => !line.startsWith('write'))
}

const beside: Recipe = { temporary: (path) => `${path}.new`, phases: [['write-temporary'], ['rename-temporary']] }

describe('put', () => {
  test('all entries go through the first phase, then all through the second', () => {
    expect(put([file('a'), file('b')], beside)).toEqual(['create /a.new', 'create /b.new', 'rename /a.new /a', 'rename /b.new /b'])
  })

  test('folders that are made in between are gone into', () => {
    const recipe: Recipe = { temporary: (path) => path, phases: [['make-directory', 'write-in-place']] }
    expect(put([file('a/x'), directory('a'), file('a/y'), directory('a/b'), file('a/b/z')], recipe))
      .toEqual(['create /a/x', 'mkdir /a', 'create /a/y', 'mkdir /a/b', 'create /a/b/z'])
  })

  test('make-parents makes each folder of the list once, before what is in it', () => {
    const recipe: Recipe = { temporary: (path) => path, phases: [['make-parents', 'write-in-place']] }
    expect(put([directory('a'), directory('a/b'), file('a/b/x'), file('a/y'), file('c/z')], recipe))
      .toEqual(['mkdir /a', 'mkdir /a/b', 'create /a/b/x', 'create /a/y', 'create /c/z'])
  })

  test('the same entries by another recipe, to another place', () => {
    const on = fakeOs()
    const entries = [file('a')]
    put(entries, beside, on)
    expect(put(entries, { ...beside, temporary: () => '/tmp/t', backup: (path) => `${path}~`, phases: [['write-temporary', 'link-backup', 'rename-temporary', 'unlink-backup']] }, on))
      .toEqual(['create /tmp/t', 'link /a.new /a~', 'rename /tmp/t /a', 'unlink /a~'])
    on.os.tree.put(entries, '/d', beside)
    expect(on.lines.slice(-1)).toEqual(['rename /d/a.new /d/a'])
  })

  test('nothing is asked', () => {
    const asked: string[] = []
    put([directory('a'), file('a/x')], { ...beside, phases: [['make-directory'], ...beside.phases] }, fakeOs({ disk: listening(emptyDisk, asked) }))
    expect(asked).toEqual([])
  })
})

test('remove and link go into folders that a rename has put there', () => {
  const on = fakeOs()
  on.os.tree.put([directory('a'), file('a/x')], '/', { temporary: (path) => path, phases: [['write-in-place']] })
  on.os.fs.mkdirSync('/b')
  on.os.fs.writeFileSync('/b/x', '')
  on.os.fs.renameSync('/b', '/c')
  on.os.tree.link([file('x')], '/c', '/d')
  on.os.tree.remove([file('x')], '/c')
  // An inode is printed by the path where it was made.
  expect(on.lines.slice(-2)).toEqual(['link /b/x /d/x', 'unlink /b/x'])
})
