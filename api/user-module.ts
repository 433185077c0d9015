/**
 * Loads a module of the user's with all that it requires by relative paths, TypeScript or JavaScript, whatever the folder's own
 * tsconfig or package type says: types away, CommonJS out. Only ever called in a worker.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import type * as TsNode from 'ts-node'

const extensions = ['.ts', '.mts', '.cts', '.js', '.cjs', '.mjs'] as const

export interface LoadedModule {
  readonly exports: unknown
  /** Of the texts of all files that were loaded by path; not of packages, nor of what is required only later, while it runs. */
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
  let isLoading = true
  const read = (path: string): string => {
    const text = readFileSync(path, 'utf8')
    // The length keeps apart what stands at the end of one file from what stands at the beginning of the next.
    if (isLoading) hash.update(`${text.length}\n${text}`)
    return text
  }
  const load = (path: string): unknown => {
    const known = modules.get(path)
    if (known !== undefined) return known.exports
    const source = read(path)
    // As .cts: "type": "module" in a package.json above would have ts-node emit an ES module.
    const code = service.compile(source, path.replace(/\.[cm]?[jt]s$/, '.cts'))
    const module = { exports: {} as unknown }
    modules.set(path, module)
    const run = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: path }) as (...of: readonly unknown[]) => void
    run(module.exports, requireFrom(path, load, read), module, path, dirname(path))
    return module.exports
  }
  const exports = load(file)
  isLoading = false
  return { exports, digest: hash.digest('hex') }
}

function requireFrom(path: string, load: (file: string) => unknown, read: (file: string) => string): (name: string) => unknown {
  const require = createRequire(path)
  return (name) => {
    if (name === 'powercut') return createRequire(__filename)('./index') as unknown
    const isPath = isAbsolute(name) || /^\.{1,2}\//.test(name)
    const source = isPath ? sourceAt(resolve(dirname(path), name)) : undefined
    if (source !== undefined) return load(source)
    // Data, as a .json: Node loads it, and it decides what happens as much as code does.
    if (isPath) read(require.resolve(name))
    return require(name) as unknown
  }
}

/** `./helper`, `./helper.js` that is a helper.ts, `./folder`. */
function sourceAt(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js$/, '')
  const candidates = [path, ...extensions.map((extension) => bare + extension), ...extensions.map((extension) => path + extension), ...extensions.map((extension) => join(path, `index${extension}`))]
  return candidates.find((each) => isSource(each) && existsSync(each) && statSync(each).isFile())
}
