/** Each cause with its shortest story, what the claim relies on, and the line that replays it. */
import { paintOf, wrapped, type Look } from './look'
import type { Finding, Relied } from './run-report'
import { count } from './units'
import { remedyWords } from './words'

const evidenceWords: Readonly<Record<Relied['evidence'], string>> = {
  M: 'measured', S: 'read in source', D: 'documented', I: 'reported', R: 'our reasoning',
}

export function findingText(finding: Finding, number: number, look: Look): string {
  const paint = paintOf(look)
  const words = [finding.verdict, ...finding.flags].join(', ')
  const head = `${number}. ${paint.outcome(finding.verdict, paint.heading(words))}: ${finding.class}`
  const stories = finding.count === 1 ? 'the story:' : `the shortest of ${count(finding.count)} stories:`
  const vow = finding.invariant === null ? '' : `; breaks the vow ${finding.invariant}`
  return [
    head,
    `   ${paint.dim(stories)}`,
    ...storyLines(finding.story, look.columns),
    wrapped('   ', `remedy: ${finding.remedy} (${remedyWords[finding.remedy]})${vow}`, look.columns, '     '),
    ...relied(finding.reliesOn, look),
    `   replay: ${finding.replay}`,
  ].join('\n')
}

/** The steps of a story, one a line, broken between words. */
export function storyLines(story: readonly string[], columns: number): readonly string[] {
  return story.map((step) => wrapped('     - ', step, columns, '       '))
}

/** Rules under which it happens; contested ones are named as such, since then the finding is, too. */
function relied(rules: readonly Relied[], look: Look): readonly string[] {
  if (rules.length === 0) return []
  const words = rules.map((each) => `${each.rule} (${evidenceWords[each.evidence]}${each.contested ? ', contested' : ''})`)
  return [wrapped('   relies on: ', words.join(', '), look.columns, '     ')]
}
