/** Random litmus programs and predicates; what POSIX would refuse is left out. */
import fc from 'fast-check'
import { sequentialModel } from '../../sim/fs/sequential-model'
import type { FileSystemTest } from '../../sim/litmus/litmus-test'
import { parseLitmus } from '../../sim/litmus/notation'
import { searchedFileSystem } from '../../sim/litmus/run-file-system'
import { InputError } from '../../sim/release/input-error'

const path = fc.constantFrom('f', 'g', 'd', 'd/f', 'e', 'e/f')
const data = fc.constantFrom('a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffffff')
const small = fc.nat({ max: 9 })

export const operation = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('creat', 'mkdir', 'unlink', 'fsync', 'fdatasync'), path).map(([verb, at]) => `${verb} ${at}`) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('rename', 'link', 'exchange'), path, path).map(([verb, from, to]) => `${verb} ${from} ${to}`) },
  { weight: 4, arbitrary: fc.tuple(path, data).map(([at, text]) => `append ${at} ${text}`) },
  { weight: 2, arbitrary: fc.tuple(path, small, data).map(([at, offset, text]) => `write ${at} ${offset} ${text}`) },
  { weight: 2, arbitrary: fc.tuple(path, small).map(([at, length]) => `trunc ${at} ${length}`) },
  { weight: 1, arbitrary: fc.tuple(path, path).map(([target, at]) => `symlink ${target} ${at}`) },
  { weight: 1, arbitrary: fc.constantFrom('fsyncdir .', 'fsyncdir d', 'syncfs', 'freeze') },
)

const atom = fc.oneof(
  fc.tuple(path, fc.constantFrom('absent', 'exists', '= ""', '= "a"', '!= "dddd"', 'has "."', 'has "#"', 'has "c"')).map(([at, rest]) => `${at} ${rest}`),
  fc.tuple(path, fc.constantFrom('dddd', 'eeeee', 'aeeeee', 'ffffffff')).map(([at, text]) => `prefix(${at},"${text}")`),
  fc.tuple(path, path).map(([a, b]) => `same(${a},${b})`),
  fc.tuple(path, small).map(([at, bytes]) => `size(${at})=${bytes}`),
  fc.constant('mark(m)'),
)

export const predicate: fc.Arbitrary<string> = fc.letrec<{ predicate: string }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    tie('predicate').map((inner) => `!(${inner})`),
    fc.tuple(tie('predicate'), fc.constantFrom('&', '|'), tie('predicate')).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
  ),
})).predicate

export interface Program { readonly init: readonly string[]; readonly run: readonly string[] }

/** The operations of a list that can be done one after the other. */
export function possible(init: readonly string[], wished: readonly string[]): readonly string[] {
  const done: string[] = []
  for (const each of wished) {
    try {
      searchedFileSystem(testOf({ init, run: [...done, each] }, 'mark(m)'), sequentialModel)
      done.push(each)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
  }
  return done
}

/** `run` never does nothing: it ends with a mark. */
export function program(runLength: number): fc.Arbitrary<Program> {
  return fc.tuple(fc.array(operation, { maxLength: 6 }), fc.array(operation, { maxLength: runLength })).map(([wishedInit, wishedRun]) => {
    const init = possible([], wishedInit)
    return { init, run: [...possible(init, wishedRun), 'mark m'] }
  })
}

export function testOf({ init, run }: Program, end: string, header: readonly string[] = []): FileSystemTest {
  const text = ['```litmus', 'test T random', ...header, `init ${init.join('; ')}`, `run ${run.join('; ')}`, `E1 ${end}`, '  contested *', '```'].join('\n')
  const [test] = parseLitmus(text, 'random.md')
  if (test?.kind !== 'file-system') throw new Error('a file-system test')
  return test
}
