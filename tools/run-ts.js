'use strict';
/*
 * Runs a TypeScript file of this checkout as it is: `node tools/run-ts.js FILE [ARGUMENT…]`.
 * Types are not checked here; `npm run check:types` does that.
 */
const { join, resolve } = require('node:path');

exports.register = register;

if (require.main === module) {
  const [file, ...rest] = process.argv.slice(2);
  if (file === undefined) {
    process.stderr.write('usage: node tools/run-ts.js FILE [ARGUMENT…]\n');
    process.exit(2);
  }
  register(join(__dirname, '..'));
  process.argv = [process.argv[0], resolve(file), ...rest];
  require(resolve(file));
}

/** Lets `require` load .ts files: by swc (0.4 s to start) where it is installed, else by TypeScript without a type check. */
function register(root) {
  const swc = isInstalled('@swc/core');
  require('ts-node').register({ cwd: root, project: join(root, 'tsconfig.json'), swc, transpileOnly: true });
}

function isInstalled(name) {
  try {
    require(name); // Not require.resolve: its native part may be missing while the package is there.
    return true;
  } catch {
    return false;
  }
}
