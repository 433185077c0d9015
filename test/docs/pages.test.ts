/** What the docs say is so: links lead somewhere, tables are those of the code, output is what commands print. */
import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ReplayReport } from '../../reports/run-report'
import { flags, outcomes, remedies } from '../../sim/judge/outcome'
import { loaders } from '../../scenarios/schema/system'
import { generated, loaderFacts, partsOf, regenerated } from './generated'
import { pageText, pages, powercut, root } from './run'
import { firstDifference, shownIn } from './shown-output'

describe.each(pages)('%s', (page) => {
  const text = pageText(page)
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')

  test('links lead somewhere', () => {
    const broken = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !leadsSomewhere(page, target))
    expect(broken).toEqual([])
  })

  test('files that it names are there', () => {
    const named = [...text.matchAll(/`((?:sim|strategies|scenarios|reports|cli|api|test|tools|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('generated parts are up to date (else: npm run docs)', () => {
    expect(text).toBe(regenerated(text))
  })
})

test('every generated part is shown somewhere', () => {
  expect(pages.flatMap((page) => partsOf(pageText(page))).toSorted()).toEqual(Object.keys(generated).toSorted())
})

test('every loader tells what it does not model', () => {
  expect(loaderFacts.map(({ name }) => name).toSorted()).toEqual(Object.keys(loaders).toSorted())
})

test('the glossary and the measures explain every outcome, flag and remedy', () => {
  const text = pageText('docs/glossary.md') + pageText('docs/measures.md')
  expect([...outcomes, ...flags, ...remedies].filter((word) => !text.includes(`\`${word}\``))).toEqual([])
})

describe('README', () => {
  const text = pageText('README.md')

  test.each(shownIn(text))('shows what powercut $command.0 prints (else: npm run docs)', ({ command, lines }) => {
    expect(firstDifference(lines, powercut(command).stdout.split('\n'))).toBeNull()
  })

  test('shows a finding that replays', () => {
    const [, token = ''] = /powercut replay (pc1:\S+)/.exec(text) ?? []
    const { code, stdout } = powercut(['replay', token, '--json'])
    expect([code, (JSON.parse(stdout) as ReplayReport).reproduced]).toEqual([0, true])
  })
})

function leadsSomewhere(page: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : posix.join(dirname(page), path)
  if (!existsSync(join(root, file))) return false
  return anchor === undefined || anchorsOf(pageText(file)).includes(anchor)
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}
