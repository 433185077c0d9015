/** What an upgrade comes to, package by package: what is in each archive, what its scripts make, which kernels there are. */
import { type Entry, GENERATED, UNOWNED, byCodeUnit } from '../../sim/release/entry'
import { libraryCachePackage } from '../../sim/release/dpkg-database'
import { type PackageChange, packagePlan } from '../../sim/release/package-plan'
import type { Release } from '../../sim/release/release'
import { kernelPartOf } from '../../sim/release/roles'
import { madeUpFile } from './files'
import { onceFor, oncePerText } from './once'

export interface UpgradePlan {
  readonly previous: Release
  readonly release: Release
  /** Upgrades, then new packages, in the order of unpacking. */
  readonly unpack: readonly PackageChange[]
  readonly remove: readonly PackageChange[]
  /** Made by a package's scripts when it is configured; by package. */
  readonly outputs: ReadonlyMap<string, { readonly writes: readonly Entry[]; readonly removes: readonly Entry[] }>
}

const plans = new WeakMap<Release, WeakMap<Release, UpgradePlan>>()

export function upgradePlan(previous: Release, release: Release): UpgradePlan {
  let ofPrevious = plans.get(previous)
  if (ofPrevious === undefined) plans.set(previous, ofPrevious = new WeakMap())
  let plan = ofPrevious.get(release)
  if (plan === undefined) ofPrevious.set(release, plan = makePlan(previous, release))
  return plan
}

function makePlan(previous: Release, release: Release): UpgradePlan {
  const { upgrade, install, remove, unowned } = packagePlan(previous, release)
  const outputs = new Map<string, { writes: Entry[]; removes: Entry[] }>()
  const of = (name: string): { writes: Entry[]; removes: Entry[] } => {
    const known = outputs.get(name) ?? { writes: [], removes: [] }
    outputs.set(name, known)
    return known
  }
  for (const entry of unowned.writes) {
    const maker = makerOf(entry.path, release)
    if (maker !== null && entry.type !== 'directory') of(maker).writes.push(entry)
  }
  for (const path of unowned.removes) {
    const maker = makerOf(path, previous)
    const entry = previous.byPath.get(path)
    if (maker !== null && entry !== undefined && entry.type !== 'directory') of(maker).removes.push(entry)
  }
  return { previous, release, unpack: [...upgrade, ...install], remove, outputs }
}

/** No run of dpkg in this upgrade writes more notes. A package: six to unpack it, three and one a conffile to configure it; one and two for the trigger. */
export function notesMax({ unpack, remove }: UpgradePlan): number {
  const conffiles = unpack.reduce((sum, change) => sum + conffilesOf(change).length, 0)
  return Math.max(6 * unpack.length + 1, 3 * unpack.length + conffiles + 2, 3 * remove.length)
}

/** Whose script makes a file that no package ships; null: nobody's here. */
function makerOf(path: string, release: Release): string | null {
  if (path === 'etc/ld.so.cache') return libraryCachePackage
  if (path.startsWith('etc/ssl/certs/') || path === 'etc/ca-certificates.conf') return 'ca-certificates'
  const compiled = /^(.*)\/__pycache__\/(.+)\.cpython-\d+\.pyc$/.exec(path)
  return compiled === null ? null : release.byPath.get(`${compiled[1]}/${compiled[2]}.py`)?.package ?? null
}

/** The kernel version that a package brings; null for any other package. */
export const kernelOf = onceFor((change: PackageChange): string | null => kernelIn(change.unpacks.map(({ path }) => path)))

/** The kernel version that is removed with a package. */
export const removedKernelOf = onceFor((change: PackageChange): string | null => kernelIn(change.removes))

function kernelIn(paths: readonly string[]): string | null {
  for (const path of paths) {
    const part = kernelPartOf(path)
    if (part?.role === 'kernel') return part.version
  }
  return null
}

/** Kernels of a release, by its files in /boot. */
export const kernelsOf = onceFor((release: Release): readonly string[] => release.paths.flatMap(({ path }) => {
  const part = kernelPartOf(path)
  return part?.role === 'kernel' ? [part.version] : []
}))

/** Files that depmod makes for a kernel, in its order. */
export function depmodFiles(release: Release, version: string): readonly Entry[] {
  return depmodFilesOf(release)(version)
}

const depmodFilesOf = onceFor((release: Release) => oncePerText((version): readonly Entry[] => {
  const files = release.paths.filter((entry) => {
    const part = entry.package === GENERATED ? kernelPartOf(entry.path) : null
    return part?.role === 'modules' && part.version === version
  })
  const rank = (entry: Entry): number => depmodOrder.findIndex((name) => entry.path.endsWith(`/modules.${name}`))
  return files.toSorted((one, other) => rank(one) - rank(other) || byCodeUnit(one.path, other.path))
}))

const depmodOrder = [
  'dep', 'dep.bin', 'alias', 'alias.bin', 'softdep', 'symbols', 'symbols.bin', 'builtin.bin', 'builtin.alias.bin', 'devname',
]

/** A file under /etc that dpkg leaves to the administrator. */
export function isConffile(entry: Entry): boolean {
  return entry.type === 'file' && entry.path.startsWith('etc/')
}

export const conffilesOf = onceFor((change: PackageChange): readonly Entry[] => change.unpacks.filter(isConffile))

/** A file of dpkg's info folder: the package's file list, or a member of the archive's control part. */
export interface InfoFile {
  /** `md5sums` */
  readonly kind: string
  /** Its name in the info folder. */
  readonly entry: Entry
}

/**
 * What dpkg keeps of a package's control part, the file list apart, sorted. From the release's own info folder where it has
 * one; else what such packages usually have.
 */
export function infoFiles(release: Release, change: PackageChange): Info {
  const remembered = infoOf(release)
  let info = remembered.get(change)
  if (info === undefined) remembered.set(change, info = listInfo(release, change))
  return info
}

export interface Info { readonly list: InfoFile; readonly members: readonly InfoFile[] }

const infoOf = onceFor((_release: Release) => new WeakMap<PackageChange, Info>())

function listInfo(release: Release, change: PackageChange): Info {
  const shipped = infoIndex(release).get(change.name) ?? []
  const files = shipped.length > 0 ? shipped : usualKinds(change).map((kind) => (
    { kind, entry: madeUpFile(`${change.name}.${kind}`, `${change.name} ${change.newVersion ?? release.id} ${kind}`, 64 * (1 + change.unpacks.length)) }))
  const list = files.find((file) => file.kind === 'list')
    ?? { kind: 'list', entry: madeUpFile(`${change.name}.list`, `${change.name} ${release.id} list`, 64 * (1 + change.unpacks.length)) }
  return { list, members: files.filter((file) => file.kind !== 'list') }
}

function usualKinds(change: PackageChange): readonly string[] {
  if (kernelOf(change) !== null) return ['list', 'md5sums', 'postinst', 'postrm', 'preinst', 'prerm']
  const hasLibrary = change.name.startsWith('lib') && change.unpacks.some(({ path }) => /\.so(\.|$)/.test(path))
  return ['conffiles', 'list', 'md5sums', 'shlibs', 'symbols', 'triggers'].filter((kind) =>
    kind === 'list' || kind === 'md5sums' || (kind === 'conffiles' ? change.unpacks.some(isConffile) : hasLibrary))
}

const indexes = new WeakMap<Release, ReadonlyMap<string, readonly InfoFile[]>>()
const infoPrefix = 'var/lib/dpkg/info/'

function infoIndex(release: Release): ReadonlyMap<string, readonly InfoFile[]> {
  let index = indexes.get(release)
  if (index !== undefined) return index
  const made = new Map<string, InfoFile[]>()
  for (const entry of release.paths) {
    if (!entry.path.startsWith(infoPrefix) || entry.type !== 'file' || entry.package !== UNOWNED) continue
    const name = entry.path.slice(infoPrefix.length)
    const dot = name.lastIndexOf('.')
    const owner = name.slice(0, dot).replace(/:[a-z0-9]+$/, '')
    const files = made.get(owner) ?? []
    files.push({ kind: name.slice(dot + 1), entry: { ...entry, path: name } })
    made.set(owner, files)
  }
  indexes.set(release, index = made)
  return index
}
