import { describe, expect, test } from 'vitest'
import { bytesBody } from '../../../sim/disk/content'
import type { Names } from '../../../sim/explore/machine'
import type { Disk } from '../../../sim/explore/question'
import { type NodeFs, createNodeFs } from '../../../sim/fs/node-fs'
import { Volume } from '../../../sim/fs/volume'
import { type Given, TestRecorder, diskWith, listening, testStore } from '../../support/empty-disk'

function volumeOn(disk: Disk & Names): { readonly volume: Volume; readonly recorder: TestRecorder; readonly fs: NodeFs } {
  const recorder = new TestRecorder()
  const volume = new Volume(testStore('root'), disk, recorder)
  return { volume, recorder, fs: createNodeFs(new Map([['/', volume]])) }
}

describe('a file whose inode never reached the disk', () => {
  const nodes = diskWith(new Map<string, Given>([['/', { node: 'd' }], ['/f', { node: 'f' }]]))
  const damaged: Disk & Names = { ...nodes, answer: (question) => (question.kind === 'bytes' ? 'stale' : nodes.answer(question)) }

  test('can be neither read nor measured nor added to', () => {
    const { fs, recorder } = volumeOn(damaged)
    const refused = (act: () => unknown): unknown => {
      try {
        return act()
      } catch (error) {
        const { code, errno, syscall } = error as NodeJS.ErrnoException
        return [code, errno, syscall]
      }
    }
    expect([
      refused(() => fs.readFileSync('/f')), refused(() => fs.statSync('/f').size), refused(() => fs.appendFileSync('/f', 'x')),
      refused(() => fs.copyFileSync('/f', '/g')), refused(() => fs.truncateSync('/f', 4096)),
    ]).toEqual([
      ['EUCLEAN', -117, 'read'], ['EUCLEAN', -117, 'stat'], ['EUCLEAN', -117, 'write'], ['EUCLEAN', -117, 'copyfile'], ['EUCLEAN', -117, 'ftruncate'],
    ])
    expect(recorder.calls).toEqual([])
  })

  test('is written anew without a question about its content', () => {
    const asked: string[] = []
    const { fs } = volumeOn(listening(damaged, asked))
    fs.writeFileSync('/f', 'new')
    fs.truncateSync('/f')
    fs.appendFileSync('/f', 'newer')
    expect([fs.readFileSync('/f', 'utf8'), fs.statSync('/f').size, asked.filter((question) => question.startsWith('bytes'))]).toEqual(['newer', 5, []])
  })
})

describe('what a power-on knows at its end', () => {
  const disk = diskWith(new Map<string, Given>([
    ['/', { node: 'd' }], ['/d', { node: 'd' }], ['/d/old', { node: 'f', body: bytesBody('old') }], ['/d/kept', { node: 'f', body: bytesBody('kept') }],
  ]))

  test('by directory each name that it touched: led to, gone, or made blindly', () => {
    const { volume } = volumeOn(disk)
    volume.create('@/d', 'new', 'file')
    volume.unlink('@/d', 'old')
    volume.create('@/d', 'blind', 'file', { onlyIfMissing: true })
    volume.create('@/', 'e', 'directory')
    expect([...volume.ownDirectories()].map(({ directory, own }) => [directory, [...own]])).toEqual([
      ['@/d', [['new', '#1'], ['old', ''], ['blind', '?#2']]], ['@/', [['e', '#3']]],
    ])
  })

  test('a folder that it made and moved is known by both paths, one of power-on counts as moved', () => {
    const { volume, fs } = volumeOn(disk)
    fs.writeFileSync('/d/kept', 'other')
    fs.mkdirSync('/e')
    fs.writeFileSync('/e/f', '')
    fs.renameSync('/e', '/d/e')
    expect([...volume.ownDirectories()].map(({ directory }) => [directory, [...volume.pathsOf(directory)]])).toEqual([['@/', ['/']], ['#1', ['/e', '/d/e']], ['@/d', ['/d']]])
    expect([...volume.rewrittenInodes()]).toEqual(['@/d/kept'])
    expect(volume.hasMovedFolders).toBe(false)
    fs.renameSync('/d', '/g')
    expect(volume.hasMovedFolders).toBe(true)
  })

  test('a moved folder may hold under its new path all that it ever held', () => {
    const { fs, recorder } = volumeOn(disk)
    fs.mkdirSync('/d/sub')
    fs.writeFileSync('/d/sub/f', '')
    fs.unlinkSync('/d/sub/f')
    fs.renameSync('/d', '/g')
    expect([...recorder.entered].filter((path) => path.startsWith('/g')).sort()).toEqual(['/g', '/g/kept', '/g/old', '/g/sub', '/g/sub/f'])
  })
})

test('an empty file written to in part keeps no page of zeros', () => {
  const { fs, recorder } = volumeOn(diskWith(new Map<string, Given>([['/', { node: 'd' }]])))
  fs.writeFileSync('/f', 'abc')
  fs.appendFileSync('/f', 'def')
  expect(recorder.calls.flatMap((call) => (call.kind === 'write' ? [call.pages] : []))).toEqual([['Labc'], ['Labcdef']])
})
