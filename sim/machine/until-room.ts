/**
 * An updater that lacks space is called again, like by a timer of its own: what one attempt has cleared away may be what the next one needs.
 *
 * `no-space`: an attempt has left the file systems as full as some attempt before it, so the next one has no more room than that one had. An
 * updater of which each attempt leaves something else is given up after eight. Where it went by other figures than free
 * blocks (an image larger than its slot), another attempt is none.
 */
import { isNoSpace } from '../fs/fs-errors'
import type { PowerOn } from './power-on'

const attemptsMax = 8

export function untilRoom<T>(on: PowerOn, attempt: () => T): T | 'no-space' {
  const left = new Set<string>()
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isNoSpace(error)) throw error
      on.say(`updater: ${error.message}`)
    }
    const use = on.useNow()
    if (use === null || left.has(use) || left.size >= attemptsMax - 1) {
      on.flags.add('no-space')
      return 'no-space'
    }
    left.add(use)
  }
}
