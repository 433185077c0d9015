/**
 * `dpkg --remove` of one package, as `apt autoremove` calls it for the kernel that is no longer needed.
 *
 * Follows dpkg 1.21.22 src/main/remove.c (read, not traced). The package stays known as `config-files`: kernels have a postrm.
 */
import type { PackageChange } from '../../sim/release/package-plan'
import { fsyncFolder, infoFolder } from './files'
import { forgetKernel } from './kernel-hooks'
import { type UpgradePlan, infoFiles, removedKernelOf } from './plan'
import { type Run, removeGone, writeList } from './unpack'

export function isRemoved(run: Pick<Run, 'database'>, { name }: PackageChange): boolean {
  const { status } = run.database.state(name)
  return status === 'not-installed' || status === 'config-files'
}

export function removePackage(run: Run, change: PackageChange): void {
  const { os, database, plan } = run
  const { name } = change
  const { status } = database.state(name)
  if (status !== 'half-installed' && status !== 'unpacked') database.note({ name, want: 'deinstall', status: 'half-configured' })
  database.note({ name, want: 'deinstall', status: 'half-installed' })
  os.tree.run(removeGone(plan, change))
  const info = infoFiles(plan.previous, asInstalled(plan, change))
  writeList(os, info.list)
  const version = removedKernelOf(change)
  if (version !== null) forgetKernel(os, plan, version)
  os.tree.remove(info.members.filter(({ kind }) => kind !== 'postrm').map(({ entry }) => entry), infoFolder)
  fsyncFolder(os, infoFolder)
  database.note({ name, status: 'config-files' })
}

/** The package with what it has installed, as if that were unpacked. */
function asInstalled({ previous }: UpgradePlan, change: PackageChange): PackageChange {
  let installed = remembered.get(change)
  if (installed === undefined) remembered.set(change, installed = { ...change, unpacks: change.removes.flatMap((path) => previous.byPath.get(path) ?? []) })
  return installed
}

/** A change is of one plan. */
const remembered = new WeakMap<PackageChange, PackageChange>()
