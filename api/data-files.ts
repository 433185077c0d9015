/** The files that come with the package: found by walking up to its package.json, from the sources and from dist/ alike. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadHardware, loadScenario, loadSystem } from '../scenarios/load'
import type { HardwareDocument } from '../scenarios/schema/hardware'
import type { ScenarioDocument } from '../scenarios/schema/scenario'
import type { SystemDocument } from '../scenarios/schema/system'
import { assert } from '../sim/assert'
import { InputError } from '../sim/release/input-error'

export const SYSTEMS_FOLDER = 'scenarios/systems'
export const HARDWARE_FOLDER = 'scenarios/hardware'
export const CASES_FOLDER = 'scenarios/cases'

let root: string | undefined

export function packageRoot(): string {
  if (root !== undefined) return root
  let folder = dirname(__dirname)
  while (!existsSync(join(folder, 'package.json'))) {
    assert(dirname(folder) !== folder, `no package.json above ${__dirname}`)
    folder = dirname(folder)
  }
  root = folder
  return root
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }
  return version
}

/** @param path relative to the package, with slashes */
export function readBundled(path: string): Uint8Array {
  return readFileSync(join(packageRoot(), path))
}

export function bundledSystems(): readonly string[] {
  return namesIn(SYSTEMS_FOLDER)
}

export function bundledHardware(): readonly string[] {
  return namesIn(HARDWARE_FOLDER)
}

export function bundledScenarios(): readonly string[] {
  return namesIn(CASES_FOLDER)
}

export function readSystem(name: string): SystemDocument {
  return loadSystem(...textOf(SYSTEMS_FOLDER, name))
}

export function readHardware(name: string): HardwareDocument {
  return loadHardware(...textOf(HARDWARE_FOLDER, name))
}

/** A bundled scenario by name, or any file by path. */
export function readScenario(nameOrFile: string, shownAs = nameOrFile): ScenarioDocument {
  if (bundledScenarios().includes(nameOrFile)) return loadScenario(...textOf(CASES_FOLDER, nameOrFile))
  return loadScenario(decoded(readInput(nameOrFile, 'a scenario file', shownAs), shownAs), shownAs)
}

/** A file that somebody named. @throws InputError when it cannot be read */
export function readInput(file: string, expected: string, shownAs = file): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw new InputError({ file: shownAs, line: 1, column: 1, found: reasons[code] ?? `nothing that can be read (${code})`, expected })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'a file that may not be read', ENOTDIR: 'a path through something that is no folder',
}

function namesIn(folder: string): readonly string[] {
  const path = join(packageRoot(), folder)
  if (!existsSync(path)) return []
  return readdirSync(path).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length)).toSorted()
}

function textOf(folder: string, name: string): [text: string, file: string] {
  const file = `${folder}/${name}.yaml`
  return [decoded(readBundled(file), file), file]
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes).split('\uFFFD')[0]?.split('\n') ?? []
    throw new InputError({
      file, line: Math.max(1, before.length), column: (before.at(-1)?.length ?? 0) + 1, found: 'a byte that is not UTF-8', expected: 'UTF-8 text',
    })
  }
}
