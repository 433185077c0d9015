/** `powercut list KIND`: names with a line each. */
import type { Command } from 'commander'
import { packageVersion } from '../api/data-files'
import { itemsOf, kinds, type Kind } from './catalog'
import type { CommandResult, Running } from './context'
import { exitCodes } from './exit-codes'
import { knownName } from './names'

export function describeList(program: Command): Command {
  return program.command('list')
    .summary('what there is: strategies, models, systems, …')
    .description('Names of one kind, with a line each; "powercut show NAME" tells more.')
    .argument('<kind>', kinds.join(', '))
}

export function listCommand(text: string, { global, strategies }: Running): CommandResult {
  const kind = knownName('kind', text, kinds) as Kind
  const items = itemsOf(kind, strategies)
  return {
    report: {
      schema: 'powercut/list@1', version: packageVersion(), kind,
      // A program may want it all; people ask `show` for more.
      items: global.json === true ? items : items.map(({ name, summary }) => ({ name, summary })),
    },
    exitCode: exitCodes.ok,
  }
}
