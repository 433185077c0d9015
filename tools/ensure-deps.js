'use strict';
/*
 * Runs before `npm start`, `npm test` and the like: installs the dependencies with `npm ci` when node_modules is absent
 * or is not what package-lock.json asks for. Everything goes to stderr, so that stdout belongs to the command itself.
 * It compares lists of packages and versions, not the files inside a package.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const say = (text) => process.stderr.write(`powercut: ${text}\n`);

const wrong = firstMismatch();
if (wrong !== undefined) {
  say(`installing dependencies (${wrong})`);
  const failure = install();
  if (failure !== undefined) {
    say(`the dependencies could not be installed: ${failure}`);
    say('see the messages of npm above; when network and registry are reachable again, run: npm ci');
    process.exitCode = 2;
  }
}

/** The first reason why node_modules does not fit package-lock.json, or undefined if it does. */
function firstMismatch() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (wanted === undefined) return 'package-lock.json cannot be read';
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 'node_modules is absent';
  const installed = packagesOf(join(modules, '.package-lock.json'));
  if (installed === undefined) return 'node_modules was not completely installed';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || !belongsHere(entry)) continue;
    const found = installed[path];
    if (found === undefined) return `${path} is absent`;
    if (found.version !== entry.version || found.integrity !== entry.integrity)
      return `${path} is ${found.version}, not ${entry.version}`;
    if (!existsSync(join(root, path, 'package.json'))) return `${path} is empty`;
  }
  return undefined;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Native parts for other platforms stand in the lock file too, and are rightly absent here. */
function belongsHere(entry) {
  if (!entry.optional) return true;
  // Optional without a platform may be left out for reasons of npm's own; the native parts name theirs.
  if (entry.os === undefined || entry.cpu === undefined) return false;
  return (
    entry.os.includes(process.platform) &&
    entry.cpu.includes(process.arch) &&
    (entry.libc === undefined || entry.libc.includes(libc()))
  );
}

/** Asked of the files, as the report that Node.js offers takes 50 ms. */
function libc() {
  return readdirSync('/lib').some((name) => name.startsWith('ld-musl-')) ? 'musl' : 'glibc';
}

/** Returns what went wrong, or undefined. */
function install() {
  const { spawnSync } = require('node:child_process');
  // Inside an npm script, the very npm that runs it; by hand, the one in PATH.
  const npmCli = process.env.npm_execpath;
  const ownNpm = npmCli !== undefined && /npm-cli\.c?js$/.test(npmCli);
  const options = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const [command, args] = ownNpm ? [process.execPath, [npmCli, ...options]] : ['npm', options];
  const shell = !ownNpm && process.platform === 'win32';
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (error !== undefined) return error.message;
  if (status !== 0) return `npm ci ended with ${signal ?? `exit code ${status}`}`;
  return undefined;
}
