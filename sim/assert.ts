/** A defect of powercut itself, never of its input. Stays on everywhere. */
export class Defect extends Error {
  override readonly name = 'Defect'
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Defect(message)
}

export function assertNever(value: never, where: string): never {
  throw new Defect(`${where}: unexpected ${JSON.stringify(value)}`)
}

/** `value`, or a Defect that says what was missing. */
export function known<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Defect(`missing: ${what}`)
  return value
}
