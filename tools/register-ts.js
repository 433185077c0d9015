'use strict';
/*
 * Lets a process or a worker thread of this checkout load .ts files, whatever its working folder:
 * `new Worker('w.ts', { execArgv: ['-r', '…/tools/register-ts.js'] })`.
 */
require('./run-ts.js').register(require('node:path').join(__dirname, '..'));
