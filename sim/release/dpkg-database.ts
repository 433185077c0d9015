/**
 * dpkg's database as text: `/var/lib/dpkg/status`, and the notes in `updates/` that have not been merged into it yet.
 *
 * Follows dpkg 1.21.22 lib/dpkg/{parse,dump,dbmodify}.c. Abbreviated: the fields that decide what dpkg does next, and only
 * the packages that an update touches; the real file has all 400 and all their fields.
 */
import { packagePlan } from './package-plan'
import type { Release } from './release'

/** In dpkg's order: what comes later is more complete. */
export const packageStatuses = [
  'not-installed', 'config-files', 'half-installed', 'unpacked', 'half-configured', 'triggers-awaited', 'triggers-pending', 'installed',
] as const

export type PackageStatus = (typeof packageStatuses)[number]

export interface PackageState {
  readonly name: string
  readonly want: 'install' | 'deinstall'
  readonly status: PackageStatus
  /** `reinstreq`: broken, only unpacking it again helps. */
  readonly needsReinstall: boolean
  /** Unpacked now; null before the first time. */
  readonly version: string | null
  /** Configured last, where that is not what is unpacked now. */
  readonly configVersion: string | null
  readonly triggersPending: readonly string[]
}

export type PackageStates = ReadonlyMap<string, PackageState>

/** The package whose trigger rebuilds the cache of shared libraries. */
export const libraryCachePackage = 'libc-bin'

export function absentPackage(name: string): PackageState {
  return { name, want: 'install', status: 'not-installed', needsReinstall: false, version: null, configVersion: null, triggersPending: [] }
}

/** One paragraph, as a note holds it. */
export function printPackage(state: PackageState): string {
  const flag = state.needsReinstall ? 'reinstreq' : 'ok'
  return [
    `Package: ${state.name}`,
    `Status: ${state.want} ${flag} ${state.status}`,
    ...(state.version === null ? [] : [`Version: ${state.version}`]),
    ...(state.configVersion === null ? [] : [`Config-Version: ${state.configVersion}`]),
    ...(state.triggersPending.length === 0 ? [] : [`Triggers-Pending: ${state.triggersPending.join(' ')}`]),
    '',
  ].join('\n')
}

/** The whole file; dpkg drops packages of which nothing is left. */
export function printDatabase(states: PackageStates): string {
  return [...states.values()].filter((state) => state.status !== 'not-installed').map(printPackage).join('\n')
}

/** @throws Error as dpkg gives up, at a file that is no database. */
export function parseDatabase(text: string, file: string): Map<string, PackageState> {
  const states = new Map<string, PackageState>()
  for (const paragraph of text.split(/\n{2,}/)) {
    if (paragraph.trim() === '') continue
    const state = parsed(paragraph)
    if (state === null) throw new Error(`dpkg: error: parsing file '${file}': no package paragraph`)
    states.set(state.name, state)
  }
  return states
}

/** What is true once all these notes, oldest first, are taken in. */
export function applyNotes(states: PackageStates, notes: readonly PackageStates[]): Map<string, PackageState> {
  const merged = new Map(states)
  for (const note of notes) for (const [name, state] of note) merged.set(name, state)
  return merged
}

/** Before the update: all that it will touch is installed as `previous` has it. */
export function initialDatabase(previous: Release, release: Release): string {
  const plan = packagePlan(previous, release)
  const versions = new Map([...plan.upgrade, ...plan.remove].map(({ name, oldVersion }) => [name, oldVersion ?? previous.id]))
  const libraryCache = previous.packages.get(libraryCachePackage)
  if (libraryCache !== undefined) versions.set(libraryCache.name, libraryCache.version)
  const states = [...versions].map(([name, version]) => ({ ...absentPackage(name), status: 'installed', version }) as const)
  return printDatabase(new Map(states.map((state) => [state.name, state])))
}

/** A search reads the same few paragraphs a thousand times. */
const paragraphs = new Map<string, PackageState | null>()
const paragraphsMax = 20_000

function parsed(paragraph: string): PackageState | null {
  let state = paragraphs.get(paragraph)
  if (state === undefined) {
    if (paragraphs.size === paragraphsMax) paragraphs.clear()
    paragraphs.set(paragraph, state = parsePackage(paragraph))
  }
  return state
}

function parsePackage(paragraph: string): PackageState | null {
  const fields = new Map(paragraph.split('\n').map((line) => {
    const colon = line.indexOf(': ')
    return [line.slice(0, Math.max(0, colon)), line.slice(colon + 2)]
  }))
  const name = fields.get('Package')
  const [want, flag, status] = (fields.get('Status') ?? '').split(' ')
  const known = packageStatuses.find((each) => each === status)
  if (name === undefined || known === undefined || (want !== 'install' && want !== 'deinstall')) return null
  return {
    name, want, status: known, needsReinstall: flag === 'reinstreq',
    version: fields.get('Version') ?? null,
    configVersion: fields.get('Config-Version') ?? null,
    triggersPending: fields.get('Triggers-Pending')?.split(' ') ?? [],
  }
}
