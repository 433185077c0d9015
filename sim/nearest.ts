/** The known name that somebody most likely meant. */

/**
 * By edits (insert, delete, replace, swap of neighbours), at most a third of the name's length; case does not count. What
 * begins or ends alike wins a tie, then the order of `known`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestEdits = Math.max(2, Math.ceil(name.length / 3)) + 1
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (edits < bestEdits && edits < Math.max(name.length, candidate.length)) {
      best = candidate
      bestEdits = edits
    }
  }
  return best ?? known.find((candidate) => name.length >= 3 && (candidate.startsWith(name) || candidate.endsWith(name)))
}

/** `"rauk-slots"` → ` (did you mean "rauc-slots"?)`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const found = nearest(name, known)
  return found === undefined ? '' : ` (did you mean ${JSON.stringify(found)}?)`
}

/** Optimal string alignment: one swap of neighbours is one edit. */
export function editDistance(one: string, other: string): number {
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      let edits = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1))
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        edits = Math.min(edits, (before[column - 2] ?? 0) + 1)
      }
      current.push(edits)
    }
    before = last
    last = current
  }
  return last[other.length] ?? 0
}
