/** The published tests, read once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseLitmus } from '../../sim/litmus/notation'

export const publishedFile = join(__dirname, 'published.md')
export const publishedText = readFileSync(publishedFile, 'utf8')
export const publishedTests = parseLitmus(publishedText, 'published.md')
