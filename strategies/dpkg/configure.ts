/**
 * `dpkg --configure --pending` (and `-a`): conffiles, postinst, the note; at the end the triggers.
 *
 * Follows dpkg 1.21.22 src/main/{configure,trigproc}.c (traced). Nothing here is fsynced but the notes.
 */
import { libraryCachePackage } from '../../sim/release/dpkg-database'
import { type Entry, sameEntry } from '../../sim/release/entry'
import type { PackageChange } from '../../sim/release/package-plan'
import type { Database } from './database'
import { dpkgNew, recipe, replaceUnsynced } from './files'
import { configureKernel } from './kernel-hooks'
import { type UpgradePlan, conffilesOf, kernelOf } from './plan'
import type { Run } from './unpack'

/** Unpacked and wanted, but not brought to work yet. */
export function isPending(database: Database, name: string): boolean {
  const { status, want, needsReinstall } = database.state(name)
  return want === 'install' && !needsReinstall && (status === 'unpacked' || status === 'half-configured' || status === 'triggers-pending')
}

export function hasPending(database: Database, plan: UpgradePlan): boolean {
  return isPending(database, libraryCachePackage) || plan.unpack.some(({ name }) => isPending(database, name))
}

export function configurePending(run: Run): void {
  const { database, plan } = run
  for (const change of plan.unpack) {
    if (isPending(database, change.name) && database.state(change.name).status !== 'triggers-pending') configure(run, change)
  }
  if (isPending(database, libraryCachePackage)) processTrigger(run)
}

function configure(run: Run, change: PackageChange): void {
  const { os, database, plan } = run
  const { name } = change
  if (database.state(name).status === 'unpacked') {
    database.note({ name })
    for (const entry of conffilesOf(change)) placeConffile(run, name, entry)
  }
  database.note({ name, status: 'half-configured' })
  const kernel = kernelOf(change)
  if (kernel !== null) configureKernel(os, plan, kernel)
  writeOutputs(run, name)
  database.note({ name, status: 'installed', configVersion: null })
}

/** The administrator changed none: the new one replaces the old one if the package brings another than before. */
function placeConffile({ os, database, plan }: Run, name: string, entry: Entry): void {
  const path = `/${entry.path}`
  if (!os.fs.existsSync(dpkgNew(path))) return // placed before an interruption
  if (sameEntry(plan.previous.byPath.get(entry.path), entry)) os.fs.unlinkSync(dpkgNew(path))
  else os.fs.renameSync(dpkgNew(path), path)
  database.note({ name })
}

/** What maintainer scripts make: caches, compiled files, links to certificates. */
function writeOutputs({ os, plan }: Run, name: string): void {
  const outputs = plan.outputs.get(name)
  if (outputs === undefined || name === libraryCachePackage) return
  os.tree.put(outputs.writes, '/', replaceUnsynced)
  os.tree.remove(outputs.removes, '/')
}

/** libc-bin's trigger: ldconfig writes the cache of shared libraries anew, and fsyncs it. */
function processTrigger({ os, database, plan }: Run): void {
  const name = libraryCachePackage
  database.note({ name, status: 'half-configured', configVersion: database.state(name).version, triggersPending: [] })
  const writes = plan.outputs.get(name)?.writes ?? []
  os.tree.put(writes, '/', recipe((path) => `${path}~`, ['write-temporary', 'fsync-temporary', 'rename-temporary']))
  database.note({ name, status: 'installed', configVersion: null })
}
