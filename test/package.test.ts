/**
 * The package as a stranger gets it: packed, installed into an empty project, run, required and type-checked.
 * It builds and asks the package registry, so it runs only in CI or with POWERCUT_PACK_TEST=1.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(__dirname, '..');
const wanted = Boolean(process.env['CI'] ?? process.env['POWERCUT_PACK_TEST']);
const minutes = 60_000;

describe.skipIf(!wanted)('package (only in CI or with POWERCUT_PACK_TEST=1)', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  let temporary = '';
  let project = '';
  let packed: readonly string[] = [];

  beforeAll(() => {
    temporary = mkdtempSync(join(tmpdir(), 'powercut-package-'));
    project = join(temporary, 'project');
    mkdirSync(project);
    // npm pack runs prepack, which builds dist/; what prepack prints goes to stderr with --foreground-scripts=false.
    const answer = run(root, 'npm', 'pack', '--json', '--foreground-scripts=false', '--pack-destination', temporary);
    const [tarball] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[];
    if (tarball === undefined) throw new Error(`npm pack made no tarball: ${answer}`);
    packed = tarball.files.map((file) => file.path);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', version: '1.0.0', private: true }));
    run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(temporary, tarball.filename));
  }, 8 * minutes);

  afterAll(() => {
    if (temporary !== '') rmSync(temporary, { recursive: true, force: true });
  });

  test('package: holds the compiled rooms, the launcher and the legal texts, and no sources', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'cli/bin.js', 'dist/cli/main.js', 'dist/api/index.d.ts']),
    );
    expect(packed.filter((path) => /(?<!\.d)\.[cm]?ts$|^(test|bench|tools|dist\/test|dist\/bench)\//.test(path))).toEqual([]);
  });

  test('package: npx powercut --version prints the version', () => {
    expect(run(project, 'npx', '--no-install', 'powercut', '--version').trim()).toBe(version);
  });

  test("package: require('powercut') gives the typed API", () => {
    const names = run(project, process.execPath, '-p', "JSON.stringify(Object.keys(require('powercut')))");
    expect(JSON.parse(names)).not.toEqual([]);
  });

  test('package: its types hold in a strict TypeScript project', () => {
    const lines = [
      "import * as powercut from 'powercut';",
      'type Api = typeof powercut;',
      'const names: readonly (keyof Api)[] = Object.keys(powercut) as (keyof Api)[];',
      '// @ts-expect-error -- no such export: the types are really there, not `any`',
      'void [names, powercut.thereIsNoSuchExport];',
    ];
    writeFileSync(join(project, 'use.ts'), `${lines.join('\n')}\n`);
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'ES2023', strict: true, noEmit: true, types: [] }, files: ['use.ts'] }),
    );
    run(project, process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project);
  });
}, 5 * minutes);

test('docs/dependencies.md names every dependency with its licence, and no other', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const licences = Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
    const { license } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { license: string };
    return `${name}: ${license}`;
  });
  const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
  const told = [...page.matchAll(/^\| (\S+) \| (\S+) \| \S/gm)].map(([, name, licence]) => `${name}: ${licence}`);
  expect(told.filter((line) => line !== 'package: licence').toSorted()).toEqual(licences.toSorted());
});

/** The command's stdout; if it fails, the error tells all that it printed. */
function run(folder: string, command: string, ...args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', env: cleanEnvironment(), shell: process.platform === 'win32' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
  }
}

/** Without the settings that an outer `npm test` hands down, which would point the inner npm at this checkout. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package_|lifecycle_|config_(local_prefix|prefix$|allow_scripts))|^INIT_CWD$|^NODE_OPTIONS$/i.test(name)),
  );
}
