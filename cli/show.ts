/** `powercut show NAME`: what it is, what it models, what it does not, sources. */
import type { Command } from 'commander'
import { packageVersion } from '../api/data-files'
import { didYouMean } from '../sim/nearest'
import { bundledRelease } from '../sim/release/catalog'
import { itemsOf, kinds, type Kind } from './catalog'
import type { CommandResult, Running } from './context'
import { UsageError, exitCodes } from './exit-codes'

export function describeShow(program: Command): Command {
  return program.command('show')
    .summary('what something is, what it models and what it does not')
    .description('Tells all about a name, whatever it names, or about all of one kind.')
    .argument('<name>', `any name that "powercut list" knows, or a kind: ${kinds.join(', ')}`)
}

export function showCommand(text: string, { strategies }: Running): CommandResult {
  const all = kinds.map((kind) => ({ kind, items: itemsOf(kind, strategies) }))
  const whole = all.filter(({ kind }) => kind === text)
  const name = whole.length > 0 ? text : (bundledRelease(text)?.name ?? knownText(text, all))
  const found = whole.length > 0 ? whole : all.map(({ kind, items }) => ({ kind, items: items.filter((item) => item.name === name) }))
  const shown = found.filter(({ kind, items }) => items.length > 0 || kind === text)
  return {
    report: {
      schema: 'powercut/list@1', version: packageVersion(),
      kind: shown.map(({ kind }) => kind).join(', '),
      items: shown.flatMap(({ items }) => items),
    },
    exitCode: exitCodes.ok,
  }
}

/** Without a list of all names there are: it would be longer than anybody reads. */
function knownText(text: string, all: readonly { kind: Kind; items: readonly { name: string }[] }[]): string {
  const known = [...kinds, ...all.flatMap(({ items }) => items.map((item) => item.name))]
  if (known.includes(text)) return text
  throw new UsageError(`unknown name ${JSON.stringify(text)}${didYouMean(text, known)}; "powercut list KIND" tells them, for ${kinds.join(', ')}`)
}
