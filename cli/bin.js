#!/usr/bin/env node
'use strict';
/*
 * The launcher, plain JavaScript so that it runs before anything is compiled.
 * In a checkout (main.ts lies beside this file) it always runs the TypeScript sources as they are, never a stale
 * dist/; in the installed package there are no sources, and it runs dist/.
 */

// A defect of powercut until proven otherwise: the true exit code is set last.
process.exitCode = 70;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`powercut needs Node.js 20.19 or newer, found ${process.versions.node}\n`);
  process.exit(2);
}

process.on('uncaughtException', defect);
process.on('unhandledRejection', defect);
// `powercut … | head`: the reader has gone; finish silently, with the exit code of the work itself.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') defect(error);
});

loadMain()(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
}, defect);

function loadMain() {
  const { existsSync } = require('node:fs');
  const { join } = require('node:path');
  const root = join(__dirname, '..');
  if (!existsSync(join(__dirname, 'main.ts'))) return require('../dist/cli/main.js').main;
  require('../tools/run-ts.js').register(root);
  return require('./main.ts').main;
}

function defect(error) {
  process.stderr.write(`powercut: a defect of powercut itself\n${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(70);
}
