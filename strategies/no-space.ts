/** What a tool says that looks for room first, as the error of a call that found none: whoever called it has failed for lack of space. */
export function noSpace(message: string): Error {
  return Object.assign(new Error(message), { code: 'ENOSPC' })
}
