/**
 * Loads a module of the user's with all that it requires by relative paths, TypeScript or JavaScript, whatever the folder's own
 * tsconfig or package type says: types away, CommonJS out. Only ever called in a worker.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import type * as TsNode from 'ts-node'

const extensions = ['.ts', '.mts', '.cts', '.js', '.cjs', '.mjs'] as const

export interface LoadedModule {
  readonly exports: unknown
  /** Of all files that were loaded. */
  readonly digest: string
}

export function isSource(file: string): boolean {
  return (extensions as readonly string[]).includes(extname(file))
}

export function loadModule(file: string): LoadedModule {
  const tsNode = createRequire(__filename)('ts-node') as typeof TsNode
  const service = tsNode.create({
    transpileOnly: true, skipProject: true,
    compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, moduleResolution: 'node10', ignoreDeprecations: '6.0', allowJs: true },
  })
  const modules = new Map<string, { exports: unknown }>()
  const hash = createHash('sha256')
  const load = (path: string): unknown => {
    const known = modules.get(path)
    if (known !== undefined) return known.exports
    const source = readFileSync(path, 'utf8')
    hash.update(source)
    // As .cts: "type": "module" in a package.json above would have ts-node emit an ES module.
    const code = service.compile(source, path.replace(/\.[cm]?[jt]s$/, '.cts'))
    const module = { exports: {} as unknown }
    modules.set(path, module)
    const run = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: path }) as (...of: readonly unknown[]) => void
    run(module.exports, requireFrom(path, load), module, path, dirname(path))
    return module.exports
  }
  const exports = load(file)
  return { exports, digest: hash.digest('hex') }
}

function requireFrom(path: string, load: (file: string) => unknown): (name: string) => unknown {
  const require = createRequire(path)
  return (name) => {
    if (name === 'powercut') return createRequire(__filename)('./index') as unknown
    const source = /^\.{1,2}\//.test(name) ? sourceAt(join(dirname(path), name)) : undefined
    return source === undefined ? (require(name) as unknown) : load(source)
  }
}

/** `./helper`, `./helper.js` that is a helper.ts, `./folder`. */
function sourceAt(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js$/, '')
  const candidates = [path, ...extensions.map((extension) => bare + extension), ...extensions.map((extension) => path + extension), ...extensions.map((extension) => join(path, `index${extension}`))]
  return candidates.find((each) => isSource(each) && existsSync(each) && statSync(each).isFile())
}
