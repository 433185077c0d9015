/** Loads a strategy from a file of the user's, TypeScript or JavaScript. Only ever called in a worker. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import type { Strategy } from '../sim/machine/os'
import { InputError } from '../sim/release/input-error'

/** @throws InputError when it cannot be loaded or has another shape */
export function loadStrategy(file: string): Strategy {
  const refuse = (found: string, expected: string): never => {
    throw new InputError({ file, line: 1, column: 1, found, expected })
  }
  if (!existsSync(file)) return refuse('no such file', 'a module that exports a strategy')
  let module: unknown
  try {
    module = required(file)
  } catch (error) {
    return refuse(`an error while it was loaded: ${error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)}`, 'a module that loads')
  }
  const candidates = module !== null && typeof module === 'object' ? [module, ...Object.values(module)] : [module]
  const strategies = candidates.filter(isStrategy)
  if (strategies[0] === undefined) {
    return refuse(module !== null && typeof module === 'object' ? `exports ${Object.keys(module).join(', ') || 'nothing'}` : typeof module,
      'an export { facts: { name, title, follows, sources, needs, options, vows, notModelled }, program(options) }')
  }
  return strategies[0]
}

function required(file: string): unknown {
  const require = createRequire(file)
  if (extname(file) === '.ts' || extname(file) === '.cts' || extname(file) === '.mts') {
    // By ts-node, whatever the folder's own tsconfig or package type says: types away, CommonJS out.
    const tsNode = createRequire(__filename)('ts-node') as typeof import('ts-node')
    const service = tsNode.create({
      transpileOnly: true, skipProject: true,
      compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    })
    const source = (createRequire(__filename)('node:fs') as typeof import('node:fs')).readFileSync(file, 'utf8')
    const code = service.compile(source, file)
    const module = { exports: {} as unknown }
    const load = new Function('exports', 'require', 'module', '__filename', code) as (exports: unknown, require_: (name: string) => unknown, module_: typeof module, name: string) => void
    load(module.exports, (request_: string) => (request_ === 'powercut' ? createRequire(__filename)('./index') : require(request_)) as unknown, module, file)
    return module.exports
  }
  return require(file) as unknown
}

function isStrategy(value: unknown): value is Strategy {
  if (value === null || typeof value !== 'object') return false
  const { facts, program } = value as Partial<Strategy>
  return typeof program === 'function' && facts !== null && typeof facts === 'object' && typeof facts.name === 'string'
    && typeof facts.options === 'object' && Array.isArray(facts.vows) && Array.isArray(facts.needs)
}
