/**
 * `dpkg --unpack` of one archive: control part, extraction beside the old files, renames, the list of files, the note.
 *
 * Follows dpkg 1.21.22 src/main/{unpack,archives}.c (traced). The one place where the old release ends and the new one begins
 * is thousands of renames; folders are not fsynced, so which of them survive a power cut is up to the journal.
 */
import { known } from '../../sim/assert'
import type { Os, Recipe, RecipeStep, TreeScript } from '../../sim/machine/os'
import { type Entry, byCodeUnit } from '../../sim/release/entry'
import { libraryCachePackage } from '../../sim/release/dpkg-database'
import type { PackageChange } from '../../sim/release/package-plan'
import type { Database } from './database'
import { dpkgFolder, dpkgNew, dpkgTmp, emptyFile, folderEntry, fsyncFolder, infoFolder, madeUpFile, moved, onlyMakeFolders, recipe, writeInPlace } from './files'
import { type InfoFile, type UpgradePlan, infoFiles, isConffile, kernelOf } from './plan'

export interface Run {
  readonly os: Os
  readonly database: Database
  readonly plan: UpgradePlan
  /** False: dpkg --force-unsafe-io. */
  readonly syncsFiles: boolean
}

const controlFolder = `${dpkgFolder}/tmp.ci`

/** `dpkg --unpack` of all these archives. */
export function unpackAll(run: Run, changes: readonly PackageChange[]): void {
  // Before each archive dpkg removes what lies in its folder for control parts. Only an interrupted run leaves anything there.
  const kinds = new Set(['control', ...run.plan.unpack.flatMap((change) => infoFiles(run.plan.release, change).members.map(({ kind }) => kind))])
  run.os.tree.remove([...kinds].toSorted(byCodeUnit).map(emptyFile), controlFolder)
  for (const change of changes) unpack(run, change)
}

function unpack(run: Run, change: PackageChange): void {
  const { os, database, plan } = run
  const { name } = change
  const { status, needsReinstall } = database.state(name)
  const newVersion = change.newVersion ?? plan.release.id
  const isNew = status === 'not-installed' || status === 'config-files'
  // What an interrupted attempt may have left lies in the way. dpkg looks each time; without one there is nothing.
  const isAgain = needsReinstall || status === 'half-installed'
  const info = infoFiles(plan.release, change)
  extractControl(run, info.members)
  activateTriggers(run, info.members)
  if (!isNew && status !== 'half-installed' && status !== 'unpacked') {
    database.note({ name, want: 'install', needsReinstall: true, status: 'half-configured' })
    database.note({ name, configVersion: database.state(name).version, status: 'unpacked' })
  }
  const wasUnpacked = { name, want: 'install', needsReinstall: true, status: 'half-installed' } as const
  database.note(isNew ? { ...wasUnpacked, version: newVersion } : wasUnpacked)
  const kernel = kernelOf(change)
  if (kernel !== null && isNew) runKernelPreinst(os, kernel)
  // The preinst of a new kernel has made the folder of its modules.
  const contents = contentsOf(plan, change, isNew && kernel !== null ? modulesFolder(kernel) : null)
  os.tree.run(contents.extract(run.syncsFiles, isAgain))
  if (!isNew) database.note(wasUnpacked)
  os.tree.run(removeGone(plan, change))
  installInfo(run, info)
  database.note({ name, version: newVersion, status: 'unpacked' })
  os.tree.run(isAgain ? contents.removeAllBackups : contents.removeBackups)
  database.note({ name, needsReinstall: false })
  os.tree.remove([emptyFile('control')], controlFolder)
  os.tree.remove([folderEntry('tmp.ci')], dpkgFolder)
}

function extractControl({ os }: Run, members: readonly InfoFile[]): void {
  os.tree.put([folderEntry('tmp.ci')], dpkgFolder, onlyMakeFolders)
  const control = madeUpFile('control', 'control', 600)
  const files = [control, ...members.map(({ kind, entry }) => moved(entry, kind))].toSorted((one, other) => byCodeUnit(one.path, other.path))
  os.tree.put(files, controlFolder, { ...writeInPlace, phases: [['write-in-place'], ['fsync']] })
  fsyncFolder(os, controlFolder)
}

/** A new shared library asks libc-bin to rebuild the cache of libraries later. */
function activateTriggers({ database }: Run, members: readonly InfoFile[]): void {
  const hasLibrary = members.some(({ kind }) => kind === 'shlibs') && members.some(({ kind }) => kind === 'triggers')
  if (hasLibrary && database.state(libraryCachePackage).status === 'installed') {
    database.note({ name: libraryCachePackage, status: 'triggers-pending', triggersPending: ['ldconfig'] })
  }
}

function modulesFolder(version: string): string {
  return `usr/lib/modules/${version}`
}

/** Marks that this kernel was never configured: its links in / are to be set. */
function runKernelPreinst(os: Os, version: string): void {
  const folder = modulesFolder(version)
  os.tree.put([folderEntry(folder)], '/', onlyMakeFolders)
  os.tree.put([emptyFile('.fresh-install')], `/${folder}`, writeInPlace)
}

/** In the order of dpkg-deb's tar: by name, symbolic links last; and the folders above that are new, whoever's they are. */
function archiveMembers(plan: UpgradePlan, change: PackageChange): readonly Entry[] {
  let members = archives.get(change)
  if (members === undefined) archives.set(change, members = listArchive(plan, change))
  return members
}

/** A plan is made once, and so are its changes. */
const archives = new WeakMap<PackageChange, readonly Entry[]>()

function listArchive({ previous, release }: UpgradePlan, change: PackageChange): readonly Entry[] {
  const isMade = new Set<string>()
  const folders: Entry[] = []
  for (const { path } of change.unpacks) {
    for (let at = path; at !== '' && !isMade.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      isMade.add(at)
      const entry = release.byPath.get(at)
      if (entry?.type === 'directory' && !previous.byPath.has(at)) folders.push(entry)
    }
  }
  const others = change.unpacks.filter((entry) => entry.type !== 'directory')
  const links = others.filter((entry) => entry.type === 'symlink')
  return [...[...folders, ...others.filter((entry) => entry.type === 'file')].toSorted(byWalk), ...links.toSorted(byWalk)]
}

/** A walk of the tree: a folder, all in it, then the next name. */
function byWalk(one: Entry, other: Entry): number {
  return byCodeUnit(one.path.replaceAll('/', '\0'), other.path.replaceAll('/', '\0'))
}

/** What an archive puts in place, and how. */
interface Contents {
  readonly extract: (syncsFiles: boolean, isAgain: boolean) => TreeScript
  /** Of what was there before; and of all that an interrupted attempt may have left. */
  readonly removeBackups: TreeScript
  readonly removeAllBackups: TreeScript
}

/** Files and folders in order, cut where having an old file to back up begins or ends. */
interface Stretch { readonly entries: readonly Entry[]; readonly hasBackup: boolean }

/** `without`: a folder that is there already. */
function contentsOf(plan: UpgradePlan, change: PackageChange, without: string | null): Contents {
  const remembered = without === null ? contents : contentsOfKernels
  let found = remembered.get(change)
  if (found === undefined) remembered.set(change, found = listContents(plan, archiveMembers(plan, change).filter(({ path }) => path !== without)))
  return found
}

const contents = new WeakMap<PackageChange, Contents>()
const contentsOfKernels = new WeakMap<PackageChange, Contents>()

function listContents(plan: UpgradePlan, members: readonly Entry[]): Contents {
  const placed = members.filter((entry) => entry.type !== 'directory' && !isConffile(entry))
  const backupOf = (entry: Entry): Entry => moved(entry, dpkgTmp(entry.path))
  const removing = (entries: readonly Entry[]): TreeScript => (tree) => tree.remove(entries, '/')
  const extractions = new Map<string, TreeScript>()
  return {
    extract(syncsFiles, isAgain) {
      const key = `${syncsFiles} ${isAgain}`
      const script = extractions.get(key) ?? extraction(plan, members, placed, syncsFiles, isAgain)
      extractions.set(key, script)
      return script
    },
    removeBackups: removing(placed.filter(({ path }) => plan.previous.byPath.has(path)).map(backupOf)),
    removeAllBackups: removing(placed.map(backupOf)),
  }
}

function extraction(plan: UpgradePlan, members: readonly Entry[], placed: readonly Entry[], syncsFiles: boolean, isAgain: boolean): TreeScript {
  const clear: readonly RecipeStep[] = isAgain ? ['clear-temporary'] : []
  const unpackBeside: Recipe = { ...recipe(dpkgNew, ['make-directory', ...clear, 'write-temporary']), backup: dpkgTmp }
  const unpackBesideOld: Recipe = { ...recipe(dpkgNew, [...clear, 'write-temporary', 'link-backup']), backup: dpkgTmp }
  const all = stretches(plan, members)
  const links = members.filter(({ type }) => type === 'symlink')
  return (tree) => {
    for (const { entries, hasBackup } of all) tree.put(entries, '/', hasBackup ? unpackBesideOld : unpackBeside)
    // A symbolic link's backup is another one to where the old one leads.
    for (const link of links) {
      const old = plan.previous.byPath.get(link.path)
      tree.put([link], '/', old?.type === 'file' ? unpackBesideOld : unpackBeside)
      if (old?.type === 'symlink') tree.put([old], '/', recipe(dpkgTmp, ['write-temporary']))
    }
    tree.put(placed, '/', recipe(dpkgNew, syncsFiles ? ['fsync-temporary', 'rename-temporary'] : ['rename-temporary']))
  }
}

function stretches({ previous }: UpgradePlan, members: readonly Entry[]): readonly Stretch[] {
  const all: { entries: Entry[]; hasBackup: boolean }[] = []
  for (const entry of members) {
    if (entry.type === 'symlink') continue
    const hasBackup = entry.type === 'file' && !isConffile(entry) && previous.byPath.has(entry.path)
    const last = all[all.length - 1]
    if (last?.hasBackup === hasBackup) last.entries.push(entry)
    else all.push({ entries: [entry], hasBackup })
  }
  return all
}

/** Removes the old version's files that the new one lacks. */
export function removeGone(plan: UpgradePlan, change: PackageChange): TreeScript {
  let script = removals.get(change)
  if (script === undefined) {
    const files = goneFiles(plan, change)
    removals.set(change, script = (tree) => tree.remove(files, '/'))
  }
  return script
}

/** A change is of one plan. */
const removals = new WeakMap<PackageChange, TreeScript>()

/** Of the old version and not in the new release, conffiles excepted; folders only where all in them goes. */
function goneFiles({ previous, release }: UpgradePlan, change: PackageChange): readonly Entry[] {
  const removed = new Set(change.removes)
  const kept = new Set<string>()
  if (change.removes.some((path) => previous.byPath.get(path)?.type === 'directory')) {
    for (const { path } of [...previous.paths, ...release.paths]) {
      if (removed.has(path)) continue
      for (let at = path; at !== '' && !kept.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) kept.add(at)
    }
  }
  return change.removes.flatMap((path) => {
    const entry = previous.byPath.get(path)
    return entry === undefined || isConffile(entry) || kept.has(path) ? [] : [entry]
  })
}

function installInfo({ os }: Run, { list, members }: { readonly list: InfoFile; readonly members: readonly InfoFile[] }): void {
  writeList(os, list)
  const inControl = new Map(members.map(({ kind, entry }) => [`${infoFolder}/${entry.path}`, `${controlFolder}/${kind}`]))
  os.tree.put(members.map(({ entry }) => entry), infoFolder, recipe((path) => known(inControl.get(path), path), ['rename-temporary']))
  fsyncFolder(os, infoFolder)
}

export function writeList(os: Os, list: InfoFile): void {
  os.tree.put([list.entry], infoFolder, recipe((path) => `${path}-new`, ['write-temporary', 'fsync-temporary', 'rename-temporary', 'fsync-parent']))
}
