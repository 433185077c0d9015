/** The known name that a misspelt one most likely meant. */

/** Letters to insert, drop, replace or swap with their neighbour. */
export function editDistance(a: string, b: string): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(previous[j - 1]! + (same ? 0 : 1), previous[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2]! + 1)
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}

/** The first of the nearest names, case aside. */
export function nearest(name: string, known: readonly string[]): { readonly name: string; readonly distance: number } | null {
  let found: { name: string; distance: number } | null = null
  for (const each of known) {
    const distance = editDistance(name.toLowerCase(), each.toLowerCase())
    if (found === null || distance < found.distance) found = { name: each, distance }
  }
  return found
}
