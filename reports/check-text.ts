/** Expectations of scenarios: a line for each variant, more where one failed. */
import { findingText } from './findings-text'
import { paintOf, type Look } from './look'
import type { CheckReport, CheckedVariant } from './run-report'

export function checkText(report: CheckReport, look: Look): string {
  const parts = report.scenarios.map((scenario) => [
    `${paintOf(look).heading(scenario.name)} (${scenario.file})`,
    ...scenario.variants.map((variant) => variantText(variant, look)),
  ].join('\n'))
  const { ok, failed, incomplete } = report.summary
  return `${[...parts, `${ok} ok, ${failed} failed, ${incomplete} not judged`].join('\n\n')}\n`
}

function variantText(variant: CheckedVariant, look: Look): string {
  const paint = paintOf(look)
  if (!variant.complete) return `  ${paint.bad('not judged')} ${variant.name}: ${variant.expected.join('; ')}`
  if (variant.ok) return `  ${paint.good('ok')} ${variant.name}: ${variant.expected.join('; ')}`
  return [
    `  ${paint.bad('FAILED')} ${variant.name}`,
    `    expected: ${variant.expected.join('; ')}`,
    ...(variant.got === null ? [] : [`    got: ${variant.got.join('; ')}`]),
    ...variant.findings.map((finding, index) => findingText(finding, index + 1, look)),
  ].join('\n')
}
