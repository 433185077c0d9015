/** Operations of litmus programs: `write f 4 1111; fsync f`. */
import { quoted } from '../release/input-error'
import type { DeviceStep, FileStep, Place, UnknownStep } from './litmus-test'
import { editDistance, nearest } from '../nearest'
import { Words, complain, shifted } from './words'

export const fileVerbs = [
  'creat', 'mkdir', 'symlink', 'link', 'unlink', 'rename', 'exchange', 'write', 'append', 'trunc', 'fsync', 'fdatasync', 'fsyncdir',
  'syncfs', 'freeze', 'mark',
] as const
export const deviceVerbs = ['w', 'sub', 'done', 'flush', 'fsub', 'fdone', 'fua', 'mark'] as const

export function parseFileSteps(text: string, at: Place): FileStep[] {
  return operations(text, at).map((words) => {
    const step = fileStep(words)
    if (step.verb !== 'unknown') words.end()
    return step
  })
}

export function parseDeviceSteps(text: string, at: Place): DeviceStep[] {
  return operations(text, at).map((words) => {
    const step = deviceStep(words)
    if (step.verb !== 'unknown') words.end()
    return step
  })
}

/** Splits at semicolons; an empty piece (`;;`, a last `;`) is nothing. */
function operations(text: string, at: Place): Words[] {
  const found: Words[] = []
  for (const match of text.matchAll(/[^;]+/g)) {
    const piece = match[0].trim()
    if (piece !== '') found.push(new Words(piece, shifted(at, match.index + match[0].indexOf(piece))))
  }
  return found
}

function fileStep(words: Words): FileStep {
  const { text: name, at: nameAt } = words.next('an operation')
  const { text, place: at } = words
  const verb = fileVerbs.find((each) => each === name)
  switch (verb) {
    case 'creat':
    case 'mkdir':
    case 'unlink':
    case 'fsync':
    case 'fdatasync':
    case 'fsyncdir': return { verb, path: words.path(), at, text }
    case 'symlink': return { verb, target: words.next('the target of the symlink').text, path: words.path(), at, text }
    case 'link':
    case 'rename':
    case 'exchange': return { verb, from: words.path(), to: words.path(), at, text }
    case 'write': return { verb, path: words.path(), offset: words.number('an offset in bytes'), data: words.data(), at, text }
    case 'append': return { verb, path: words.path(), data: words.data(), at, text }
    case 'trunc': return { verb, path: words.path(), sizeBytes: words.number('a length in bytes'), at, text }
    case 'syncfs':
    case 'freeze': return { verb, at, text }
    case 'mark': return { verb, label: words.label('a label'), at, text }
    case undefined: return unknownStep(name, nameAt, text, fileVerbs)
  }
}

function deviceStep(words: Words): DeviceStep {
  const { text: name, at: nameAt } = words.next('an operation')
  const { text, place: at } = words
  const verb = deviceVerbs.find((each) => each === name)
  switch (verb) {
    case 'w':
    case 'sub':
    case 'fua': return { verb, request: words.label('the name of the request'), sector: words.number('a sector'), data: words.data(), at, text }
    case 'done': return { verb, request: words.label('the name of the request'), at, text }
    case 'flush':
    case 'fsub':
    case 'fdone': return { verb, at, text }
    case 'mark': return { verb, label: words.label('a label'), at, text }
    case undefined: return unknownStep(name, nameAt, text, deviceVerbs)
  }
}

/** An operation that is not there yet is skipped by name; one letter off a known one it is a slip. */
function unknownStep(name: string, at: Place, text: string, verbs: readonly string[]): UnknownStep {
  const near = nearest(name, verbs)
  if (near !== undefined && name.length > 2 && editDistance(name, near) <= 1) complain(at, quoted(name), `an operation; did you mean "${near}"?`)
  return { verb: 'unknown', name, at, text }
}
