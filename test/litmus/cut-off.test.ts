/**
 * A file cut off in the middle: what was behind the cut is gone, and does not come back when the file grows again. Nor does
 * what stood in a block before.
 */
import { expect, test } from 'vitest'
import { parseLitmus } from '../../sim/litmus/notation'
import { runLitmus } from '../../sim/litmus/run-litmus'

const program = `
\`\`\`litmus
test CUT1 cut off and grown again
init creat f; append f aaaabbbb
run  trunc f 4; trunc f 8; syncfs; mark m
E1   mark(m) & f != "aaaa...."
  forbidden *
E2   f has "b" & mark(m)
  forbidden *
\`\`\`

\`\`\`litmus
test CUT2 cut off and appended to
init creat f; append f aaaabbbb
run  trunc f 4; append f cc
E1   f = "aaaabb"
  forbidden SCC E4Z
E2   f has "c" & size(f)=8
  forbidden SCC E4Z
E3   f = "aaaa.."
  allowed   E4Z
  forbidden SCC
\`\`\`

\`\`\`litmus
test CUT3 a file grown by truncate has a hole, and no block to put an append in
init creat f; append f aaaa
run  trunc f 6; append f bb; creat g
E1   g exists & size(f)=6
  allowed   E4Z
  forbidden SCC
\`\`\`

\`\`\`litmus
test CUT4 what stands around new bytes in their block is NUL, not foreign
tear sector
init creat f
run  write f 6 a; append f b; trunc f 12; syncfs; mark m
E1   mark(m) & f != "......ab...."
  forbidden *
E2   f has "#"
  allowed WEAK
  forbidden SCC E4Z
\`\`\`
`

test('a file cut off', () => {
  const { results, summary } = runLitmus(parseLitmus(program, 'cut-off.md'))
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect(summary).toMatchObject({ ok: 20, failed: 0, skipped: 0 })
})
