/**
 * Order of version strings as dpkg sees it, and of kernels as Debian's grub-mkconfig sees it.
 *
 * Follows guillemj/dpkg lib/dpkg/version.c (c5efef9, 2026; unchanged since 1.16) and GRUB's
 * util/grub-mkconfig_lib as in Debian 2.06-13+deb12u2, which asks `dpkg --compare-versions`.
 * Not modelled: dpkg's complaints about odd characters; it compares such versions all the same.
 * linux-base sorts by a rule of its own (DebianLinux.pm), not by this one.
 */

/** -1, 0 or 1. `epoch:upstream-revision`: epoch as a number, then each part digits against digits and text against text. */
export function compareDebianVersions(a: string, b: string): -1 | 0 | 1 {
  const left = split(a)
  const right = split(b)
  if (left.epoch !== right.epoch) return left.epoch < right.epoch ? -1 : 1
  return sign(comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision))
}

/**
 * The same after grub-mkconfig's rewriting: a `pre`, `rc`, `test`, `git`, `old` or `trunk` behind `.`, `_` or `-` comes
 * before the plain version. Takes the part of the file name behind the first dash: `6.1.0-18-amd64`.
 */
export function compareKernelVersions(a: string, b: string): -1 | 0 | 1 {
  return compareDebianVersions(asPreRelease(a), asPreRelease(b))
}

function asPreRelease(version: string): string {
  return version.replace(/[._-](pre|rc|test|git|old|trunk)/g, '~$1')
}

function split(version: string): { epoch: bigint; upstream: string; revision: string } {
  const epoch = /^\d+(?=:)/.exec(version)?.[0]
  const rest = epoch === undefined ? version : version.slice(epoch.length + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: BigInt(epoch ?? 0),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? '' : rest.slice(dash + 1),
  }
}

function comparePart(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    // Text up to the next number, character by character; the end weighs as much as a digit, and `~` less.
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const difference = weight(a[i]) - weight(b[j])
      if (difference !== 0) return difference
      i++
      j++
    }
    const left = digitsAt(a, i)
    const right = digitsAt(b, j)
    i += left.length
    j += right.length
    const difference = compareDigits(left, right)
    if (difference !== 0) return difference
  }
  return 0
}

function digitsAt(text: string, from: number): string {
  let end = from
  while (isDigit(text[end])) end++
  return text.slice(from, end)
}

function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}

function weight(character: string | undefined): number {
  if (character === undefined || isDigit(character)) return 0
  if (character === '~') return -1
  const code = character.charCodeAt(0)
  return /[A-Za-z]/.test(character) ? code : code + 256
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

function sign(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0
}
