/**
 * One instance of each text. A search remembers the calls of a thousand power-ons, and nearly all names and pages in them are the
 * same: without this each power-on would keep texts of its own, several megabytes where an upgrade writes ten thousand files.
 */

const texts = new Map<string, string>()

/** More than the names of two releases of a distribution. Beginning anew costs memory and changes nothing else. */
const textsMax = 500_000

/** An equal text. */
export function oneText(text: string): string {
  const first = texts.get(text)
  if (first !== undefined) return first
  if (texts.size === textsMax) texts.clear()
  texts.set(text, text)
  return text
}
