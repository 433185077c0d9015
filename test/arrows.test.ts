/**
 * Holds the arrows between the rooms, and keeps clock, chance, environment and real I/O out of the pure ones.
 * It reads syntax, not types: an alias (`const now = Date; now.now()`) gets past it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';

import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(__dirname, '..');

type Room = 'sim' | 'strategies' | 'scenarios' | 'reports' | 'cli' | 'api';

/** Which rooms a room may import besides itself. */
const arrows: Record<Room, readonly Room[]> = {
  sim: [],
  strategies: ['sim'],
  scenarios: ['sim'],
  reports: ['sim'],
  api: ['sim', 'strategies', 'scenarios', 'reports'],
  cli: ['sim', 'strategies', 'scenarios', 'reports', 'api'],
};
const rooms = Object.keys(arrows) as Room[];
const roomsWithIo: readonly Room[] = ['cli', 'api'];
const deterministicRooms: readonly Room[] = ['sim', 'strategies', 'scenarios'];

/** The built-in modules that compute and nothing else; of all others a pure room may import types only. */
const pureBuiltins = new Set(['assert', 'assert/strict', 'buffer', 'crypto', 'path', 'path/posix', 'string_decoder', 'util', 'zlib']);
const builtins = new Set(builtinModules);

/** Written as one reads them; `new Date` also stands for `new Date(0)`: time is counted, never told. */
const ambient = new Set([
  'Math.random',
  'Date.now',
  'new Date',
  'performance.now',
  'process.env',
  'process.hrtime',
  'crypto.getRandomValues',
  'crypto.randomUUID',
]);
const ambientImports = new Set(['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'getRandomValues', 'webcrypto']);

/** Every breach in one source text, as `file:line what`. `file` is relative to the root, with slashes. */
function breaches(file: string, text: string): string[] {
  const room = roomOf(file);
  if (room === undefined) throw new Error(`${file} is in no room`);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1} ${what}`);
  };

  const checkImport = (node: ts.Node, specifier: string, typesOnly: boolean): void => {
    if (specifier.startsWith('.')) {
      const target = roomOf(posix.join(posix.dirname(file), specifier));
      if (target === undefined) report(node, `${room} imports "${specifier}", which is in no room`);
      else if (target !== room && !arrows[room].includes(target)) report(node, `${room} imports ${target} ("${specifier}")`);
      return;
    }
    if (specifier === 'powercut' || specifier.startsWith('powercut/')) report(node, `${room} imports the package itself`);
    const bare = specifier.replace(/^node:/, '');
    const isBuiltin = specifier.startsWith('node:') || builtins.has(bare);
    if (isBuiltin && !typesOnly && !pureBuiltins.has(bare) && !roomsWithIo.includes(room))
      report(node, `${room} imports "${specifier}": real I/O belongs to ${roomsWithIo.join(' and ')}`);
  };
  const checkAmbient = (node: ts.Node, name: string): void => {
    if (ambient.has(name) && deterministicRooms.includes(room)) report(node, `${room} uses ${name}`);
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier))
        checkImport(node, node.moduleSpecifier.text, isTypesOnly(node));
      for (const name of importedNames(node))
        if (ambientImports.has(name) && deterministicRooms.includes(room)) report(node, `${room} imports ${name}`);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      const { expression } = node.moduleReference;
      if (ts.isStringLiteral(expression)) checkImport(node, expression.text, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      checkImport(node, node.argument.literal.text, true);
    } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
      const [specifier] = node.arguments;
      if (specifier !== undefined && ts.isStringLiteralLike(specifier)) checkImport(node, specifier.text, false);
      else if (!roomsWithIo.includes(room)) report(node, `${room} loads a module whose name is computed`);
    } else if (ts.isPropertyAccessExpression(node)) {
      // The last two names, so that globalThis.process.env is seen too.
      const owner = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      checkAmbient(node, `${owner.getText(source)}.${node.name.text}`);
    } else if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      checkAmbient(node, `${node.expression.getText(source)}.${node.argumentExpression.text}`);
    } else if (ts.isNewExpression(node)) {
      checkAmbient(node, `new ${node.expression.getText(source)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function roomOf(path: string): Room | undefined {
  const first = posix.normalize(path).split('/')[0];
  return rooms.find((room) => room === first);
}

function isTypesOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function importedNames(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause;
  if (bindings === undefined || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return [];
  if (node.moduleSpecifier === undefined) return [];
  if (!/^['"](node:)?crypto['"]$/.test(node.moduleSpecifier.getText())) return [];
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

function isLoader(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(callee) && callee.text === 'require';
}

function sourcesOf(room: Room): string[] {
  if (!existsSync(join(root, room))) return [];
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
    .filter((file) => /\.[cm]?ts$/.test(file))
    .toSorted();
}

for (const room of rooms)
  test(`arrows: ${room} imports nothing that it may not`, () => {
    const found = sourcesOf(room).flatMap((file) => breaches(file, readFileSync(join(root, file), 'utf8')));
    expect(found.join('\n')).toBe('');
  });

test('arrows: the walk finds the sources at all', () => {
  expect(sourcesOf('cli')).toContain('cli/main.ts');
});

const planted: readonly { name: string; file: string; text: string; found: readonly string[] }[] = [
  {
    name: 'a room above',
    file: 'sim/disk/store.ts',
    text: "\nimport { a } from '../../strategies/ab';\nexport * from '../../cli/main';\nimport type { R } from '../../reports';",
    found: [
      'sim/disk/store.ts:2 sim imports strategies ("../../strategies/ab")',
      'sim/disk/store.ts:3 sim imports cli ("../../cli/main")',
      'sim/disk/store.ts:4 sim imports reports ("../../reports")',
    ],
  },
  {
    name: 'a neighbour, by require and by import()',
    file: 'reports/a.ts',
    text: "const a = require('../scenarios/x');\nvoid import('../strategies');\ntype T = import('../api/x').T;",
    found: [
      'reports/a.ts:1 reports imports scenarios ("../scenarios/x")',
      'reports/a.ts:2 reports imports strategies ("../strategies")',
      'reports/a.ts:3 reports imports api ("../api/x")',
    ],
  },
  {
    name: 'api importing cli, anything importing a test or package.json',
    file: 'api/index.ts',
    text: "import '../cli/main';\nimport p from '../package.json';\nimport '../test/x';",
    found: [
      'api/index.ts:1 api imports cli ("../cli/main")',
      'api/index.ts:2 api imports "../package.json", which is in no room',
      'api/index.ts:3 api imports "../test/x", which is in no room',
    ],
  },
  {
    name: 'real I/O',
    file: 'scenarios/load.ts',
    text: "import { readFileSync } from 'fs';\nimport { setTimeout } from 'node:timers/promises';\nimport { Worker, type X } from 'node:worker_threads';",
    found: ["fs", "node:timers/promises", "node:worker_threads"].map(
      (module, index) => `scenarios/load.ts:${index + 1} scenarios imports "${module}": real I/O belongs to cli and api`,
    ),
  },
  {
    name: 'clock, chance and environment',
    file: 'strategies/a.ts',
    text: [
      "import { randomUUID as id } from 'node:crypto';",
      'Math.random();',
      'Date.now(); // twice',
      'new Date(0);',
      'performance.now();',
      "const { HOME } = process.env; process['hrtime']();",
      'globalThis.process.env.HOME;',
    ].join('\n'),
    found: [
      'strategies/a.ts:1 strategies imports randomUUID',
      'strategies/a.ts:2 strategies uses Math.random',
      'strategies/a.ts:3 strategies uses Date.now',
      'strategies/a.ts:4 strategies uses new Date',
      'strategies/a.ts:5 strategies uses performance.now',
      'strategies/a.ts:6 strategies uses process.env',
      'strategies/a.ts:6 strategies uses process.hrtime',
      'strategies/a.ts:7 strategies uses process.env',
    ],
  },
];
for (const { name, file, text, found } of planted)
  test(`arrows: a planted breach is caught: ${name}`, () => {
    expect(breaches(file, text)).toEqual(found);
  });

const harmless: readonly { name: string; file: string; text: string }[] = [
  { name: 'its own room', file: 'sim/fs/a.ts', text: "import '../disk/store'; import './b';" },
  { name: 'sim from anywhere', file: 'strategies/ab/a.ts', text: "import '../../sim/fs';" },
  { name: 'pure built-ins and packages', file: 'sim/release/a.ts', text: "import { gunzipSync } from 'node:zlib'; import { createHash } from 'node:crypto'; import { z } from 'zod';" },
  { name: 'types of a built-in', file: 'sim/fs/a.ts', text: "import type * as fs from 'node:fs'; import { type Stats } from 'node:fs'; let a: import('node:fs').Stats;" },
  { name: 'words in comments and strings', file: 'sim/a.ts', text: "// Math.random\nconst a = 'Date.now()'; /* import '../cli' */" },
  { name: 'I/O and clock in cli', file: 'cli/a.ts', text: "import 'node:fs'; import '../api'; Date.now();" },
];
for (const { name, file, text } of harmless)
  test(`arrows: no false alarm: ${name}`, () => {
    expect(breaches(file, text)).toEqual([]);
  });
