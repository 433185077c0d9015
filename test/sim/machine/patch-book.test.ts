/**
 * Scripts laid by reference against the same scripts call by call. Each program runs three times with the same scripts and one
 * book: the first time the book has only seen them, from the second time on it lays what they come to. All three must leave
 * the same disk, in the same time, by as many calls, and must have asked the same.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Defect } from '../../../sim/assert'
import { readHardware } from '../../../api/data-files'
import { hardwareOf } from '../../../scenarios/hardware'
import type { Group, PathMember } from '../../../sim/explore/group'
import type { Answer, Question } from '../../../sim/explore/question'
import { join } from '../../../sim/explore/question'
import { createNodeFs } from '../../../sim/fs/node-fs'
import { type InitialNode, initialDisk } from '../../../sim/machine/initial-disk'
import type { Fs, Recipe, RecipeStep, TreeScript } from '../../../sim/machine/os'
import { PatchBook } from '../../../sim/machine/patch-book'
import { PictureShelf } from '../../../sim/machine/picture'
import { PowerOn } from '../../../sim/machine/power-on'
import { treesOn } from '../../../sim/machine/trees'
import { type Entry, UNOWNED } from '../../../sim/release/entry'
import { listening, testStore } from '../../support/empty-disk'

const hardware = hardwareOf(readHardware('emmc-board'))
const folders = ['/', '/d', '/d/e', '/g']
const names = ['a', 'b', 'a.new', 'a~', 'b~']
const paths = [...folders.slice(1), ...folders.flatMap((folder) => names.map((name) => join(folder, name)))]
const stores = new Map([['root', { ...testStore('root'), model: { ...testStore('root').model, persistent: true } }]])

const plain = { mode: 0o644, uid: 0, gid: 0, deflatedBytes: 0, hardLink: null, package: UNOWNED, xattrs: '' }
const file = fc.record({ path: fc.constantFrom(...folders.flatMap((folder) => ['a', 'b'].map((name) => join(folder, name).slice(1)))), blob: fc.constantFrom('P', 'Q') })
    .map(({ path, blob }): Entry => ({ ...plain, path, type: 'file', sizeBytes: 5000, sha256: blob, target: null }))
const entry = fc.oneof(
  { weight: 5, arbitrary: file },
  { weight: 1, arbitrary: fc.constantFrom('a', 'd/b').map((path): Entry => ({ ...plain, path, type: 'symlink', sizeBytes: 0, sha256: null, target: 'd' })) },
  { weight: 2, arbitrary: fc.constantFrom('d', 'd/e', 'g').map((path): Entry => ({ ...plain, path, type: 'directory', sizeBytes: 0, sha256: null, target: null })) },
)
const recipes: readonly Recipe[] = ([
  [['make-directory', 'clear-temporary', 'write-temporary', 'link-backup'], ['fsync-temporary', 'rename-temporary'], ['unlink-backup']],
  [['make-parents', 'write-temporary', 'rename-temporary', 'fsync-parent']],
  [['write-in-place', 'fsync']],
  [['make-directory', 'write-in-place']],
] satisfies RecipeStep[][][]).map((phases) => ({ phases, temporary: (path) => `${path}.new`, backup: (path) => `${path}~` }))

/** What a counterexample shows of a script. */
function told(what: string, script: TreeScript): TreeScript {
  return Object.assign(script, { [fc.toStringMethod]: () => what })
}

const treeCall: fc.Arbitrary<TreeScript> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.uniqueArray(entry, { minLength: 1, maxLength: 4, selector: ({ path }) => path }), fc.constantFrom(...recipes), fc.constantFrom('always' as const, 'always' as const, 'missing' as const))
    .map(([entries, recipe, when]) => told(`put ${recipe.phases.join('; ')} ${when} ${entries.map(({ type, path }) => `${type} ${path}`).join()}`, (tree) => tree.put(entries, '/', recipe, when))) },
  { weight: 2, arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) => told(`remove ${entries.map(({ path }) => path).join()}`, (tree) => tree.remove(entries, '/'))) },
  { weight: 1, arbitrary: fc.array(file, { minLength: 1, maxLength: 2 }).map((entries) => told(`link ${entries.map(({ path }) => path).join()}`, (tree) => tree.link(entries, '/', '/g'))) },
)
const script = fc.array(treeCall, { minLength: 1, maxLength: 3 }).map((calls) => told(calls.map((call) => fc.stringify(call)).join(' then '), (tree) => { for (const call of calls) call(tree) }))

type Act = (fs: Fs, scripts: readonly TreeScript[], run: (script: TreeScript) => void) => void
const path = fc.constantFrom(...paths)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(2).map((at): Act => (_fs, scripts, run) => run(scripts[at]!)) },
  path.map((at): Act => (fs) => fs.writeFileSync(at, 'text')),
  path.map((at): Act => (fs) => fs.appendFileSync(at, 'more')),
  fc.tuple(path, path).map(([from, to]): Act => (fs) => fs.renameSync(from, to)),
  fc.tuple(path, path).map(([from, to]): Act => (fs) => fs.linkSync(from, to)),
  path.map((at): Act => (fs) => fs.unlinkSync(at)),
  path.map((at): Act => (fs) => fs.mkdirSync(at)),
  path.map((at): Act => (fs) => fs.rmSync(at, { recursive: true })),
  path.map((at): Act => (fs) => fs.readdirSync(at)),
  path.map((at): Act => (fs) => {
    const fd = fs.openSync(at, 'r+')
    fs.fsyncSync(fd)
    fs.closeSync(fd)
  }),
)

const node: fc.Arbitrary<InitialNode> = fc.oneof(
  fc.constantFrom('P', 'old').map((blob): InitialNode => ({ type: 'file', body: { kind: 'blob', blob, sizeBytes: 5000 } })),
  fc.constant<InitialNode>({ type: 'file', body: { kind: 'bytes', bytes: 'short' } }),
  fc.constant<InitialNode>({ type: 'symlink', target: 'd' }),
)
const tree = fc.dictionary(fc.constantFrom(...paths.filter((each) => !folders.includes(each))), node, { maxKeys: 8 })
  .map((nodes): ReadonlyMap<string, InitialNode> => new Map<string, InitialNode>([...folders.slice(1, 3).map((folder) => [folder, { type: 'directory' }] as const), ...Object.entries(nodes)]))

const members: readonly PathMember[] = paths.map((each) => ({
  path: each, expected: [{ type: 'file', blob: 'P', sizeBytes: 5000 }, { type: 'file', blob: 'Q', sizeBytes: 5000 }],
}))
const groups = new Map<string, Group>([members.slice(0, 9), members.slice(9)].map((each, at) => [`g${at}`, { id: `g${at}`, store: 'root', title: 'files', releases: 2, of: 'paths', members: each }]))
const questions: readonly Question[] = [
  ...paths.flatMap((each): Question[] => [{ kind: 'node', store: 'root', path: each, view: 'kernel' }, { kind: 'bytes', store: 'root', path: each, view: 'kernel' }]),
  ...[...groups.keys()].map((group): Question => ({ kind: 'group', group, view: 'kernel' })),
]

interface Ran { readonly left: readonly Answer[]; readonly asked: readonly string[]; readonly calls: number; readonly seconds: number; readonly names: readonly string[]; readonly laid: number }

function run(nodes: ReadonlyMap<string, InitialNode>, acts: readonly Act[], scripts: readonly TreeScript[], book: PatchBook | null, shelf: PictureShelf): Ran {
  const disk = initialDisk({ trees: new Map([['root', nodes]]), partitions: new Map() }, groups)
  const asked: string[] = []
  const on = new PowerOn(listening(disk, asked), stores, groups, hardware, 10_000, shelf, book ?? undefined, false)
  const volume = on.volume('root')
  const fs = createNodeFs(new Map([['/', volume]]))
  let laid = 0
  const trees = treesOn(volume, (each) => {
    const isLaid = book !== null && on.runAtOnce(volume, each)
    if (isLaid) laid++
    return isLaid
  })
  for (const each of acts) {
    try {
      each(fs, scripts, (work) => trees.run(work))
    } catch (error) {
      if (!(error instanceof Error && 'errno' in error)) throw error
      on.say(error.message)
    }
  }
  const end = on.end('clean', '')
  const left = end.final(disk)
  return {
    left: [...numbered(questions.map((question) => left.answer(question))), ...on.console], asked: [...new Set(asked)].sort(), calls: on.callCount, seconds: end.seconds, laid,
    names: [...new Set([...end.names].flatMap(([directory, own]) => [...own].map((name) => `${directory} ${name}`)))].sort(),
  }
}

/** Null where a blind call found no folder where it took one for granted. */
function sensible(act: () => Ran): Ran | null {
  try {
    return act()
  } catch (error) {
    if (error instanceof Defect) return null
    throw error
  }
}

/** Inodes by number, as they are met first. */
function numbered(answers: readonly Answer[]): readonly Answer[] {
  const inodes = new Map<string, number>()
  return answers.map((answer) => {
    if (!answer.startsWith('f=')) return answer
    inodes.set(answer, inodes.get(answer) ?? inodes.size)
    return `f=${inodes.get(answer)}`
  })
}

test('a script laid by reference leaves what its calls leave', () => {
  let laid = 0
  fc.assert(fc.property(tree, fc.array(act, { minLength: 1, maxLength: 8 }), fc.tuple(script, script, script), (nodes, acts, scripts) => {
    const shelf = new PictureShelf()
    const book = new PatchBook(hardware)
    const byCalls = sensible(() => run(nodes, acts, scripts, null, shelf))
    fc.pre(byCalls !== null)
    run(nodes, acts, scripts, book, shelf)
    for (let time = 0; time < 2; time++) {
      const byReference = run(nodes, acts, scripts, book, shelf)
      laid += byReference.laid
      expect({ ...byReference, laid: 0 }).toEqual({ ...byCalls, laid: 0 })
    }
  }), { numRuns: 1500 })
  expect(laid).toBeGreaterThan(1000)
})
