/** The command line. A placeholder: it knows its version and nothing else yet. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Command, CommanderError } from 'commander';

/** Runs one command line (without node and script) and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('powercut').version(packageVersion()).exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

/** `package.json` lies one folder up in a checkout and two in the installed package. */
function packageVersion(): string {
  let folder = dirname(__dirname);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
