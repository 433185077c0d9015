/** `npm run docs`: rewrites what the docs take from the code, and the output that the README shows. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { regenerated } from './generated'
import { pageText, pages, powercut, root } from './run'
import { refreshed } from './shown-output'

for (const page of pages) {
  const before = pageText(page)
  const after = refreshed(regenerated(before), (command) => powercut(command).stdout.split('\n'))
  if (after === before) continue
  writeFileSync(join(root, page), after)
  process.stderr.write(`${page} is up to date again\n`)
}
