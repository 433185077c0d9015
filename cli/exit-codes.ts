/** What the process tells whoever started it. */
export const exitCodes = {
  /** Done; all holds. */
  ok: 0,
  /** A failed expectation or invariant, or another outcome than the token's. */
  failed: 1,
  /** Bad usage or input. */
  badInput: 2,
  /** The question was not decided: neither pass nor fail. */
  incomplete: 3,
  /** A defect of powercut itself. */
  defect: 70,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Bad usage of the command line: the message is for the user, the exit code is 2. (Bad files are an InputError.) */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
