/**
 * The package as a stranger gets it: packed, installed into an empty project, run, required and type-checked.
 * It builds and asks the package registry, so it runs only in CI or with POWERCUT_PACK_TEST=1.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CompareReport } from '../reports/run-report';

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
    expect(packed.filter((path) => /^(?!docs\/examples\/).*(?<!\.d)\.[cm]?ts$|^(test|bench|tools|dist\/test|dist\/bench)\//.test(path))).toEqual([]);
  });

  test('package: npx powercut --version prints the version', () => {
    expect(run(project, 'npx', '--no-install', 'powercut', '--version').trim()).toBe(version);
  });

  test('package: npx powercut compare finds its releases, its systems and its worker', () => {
    const { stdout, status } = spawnSync('npx', ['--no-install', 'powercut', 'compare', '--releases', 'small/a..small/b', '--json'], {
      cwd: project, encoding: 'utf8', maxBuffer: 1 << 26, env: cleanEnvironment(), shell: process.platform === 'win32',
    });
    const report = JSON.parse(stdout) as CompareReport;
    expect(report.systems.map(({ system }) => system)).toEqual(['debian-classic', 'rauc-slots']);
    // 3 where a system is undecided, as the report says itself.
    expect(status).toBe(report.systems.every(({ complete }) => complete) ? 0 : 3);
  });

  test.each([{ type: 'commonjs' }, { type: 'module' }])('package: npx powercut sweep runs a strategy from a project of type $type', ({ type }) => {
    const own = join(temporary, type);
    mkdirSync(own);
    writeFileSync(join(own, 'package.json'), JSON.stringify({ name: type, version: '1.0.0', private: true, type }));
    copyFileSync(join(project, 'node_modules', 'powercut', 'docs', 'examples', 'my-strategy.ts'), join(own, 'mine.ts'));
    // As npx finds it from the folder of the user's own project, which has no tsconfig.
    symlinkSync(join(project, 'node_modules'), join(own, 'node_modules'), 'junction');
    const sweep = ['sweep', '--system', 'rauc-slots', '--releases', 'small/a..small/b', '--cuts', '1', '--strategy', './mine.ts', '--json'];
    expect(JSON.parse(run(own, 'npx', '--no-install', 'powercut', ...sweep))).toMatchObject({ strategy: 'my-slots', complete: true, findings: [] });
  });

  test('package: the API answers from CommonJS and from an ES module', () => {
    const ask = "sweep({ system: 'rauc-slots', releases: ['small/a', 'small/b'], cuts: 1, workers: 1 }).then((report) => console.log(report.system, report.findings.length, report.complete))";
    writeFileSync(join(project, 'ask.cjs'), `const { sweep } = require('powercut');\n${ask};\n`);
    writeFileSync(join(project, 'ask.mjs'), `import { sweep } from 'powercut';\n${ask};\n`);
    expect([run(project, process.execPath, 'ask.cjs'), run(project, process.execPath, 'ask.mjs')]).toEqual(['rauc-slots 0 true\n', 'rauc-slots 0 true\n']);
  });

  test('package: its types hold in a strict TypeScript project', () => {
    const lines = [
      "import * as powercut from 'powercut';",
      "import type { Finding, Os, SweepReport } from 'powercut';",
      'type Api = typeof powercut;',
      'const names: readonly (keyof Api)[] = Object.keys(powercut) as (keyof Api)[];',
      '// @ts-expect-error -- no such export: the types are really there, not `any`',
      'void [names, powercut.thereIsNoSuchExport];',
      'export const causes = (report: SweepReport): readonly Finding[] => report.findings;',
      "export const readable = (os: Os): boolean => os.fs.existsSync('/etc/os-release');",
    ];
    writeFileSync(join(project, 'use.ts'), `${lines.join('\n')}\n`);
    copyFileSync(join(root, 'docs', 'examples', 'my-strategy.ts'), join(project, 'mine.ts'));
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'ES2023', strict: true, noEmit: true, types: ['node'], typeRoots: [join(root, 'node_modules', '@types')] }, files: ['use.ts', 'mine.ts'] }),
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
