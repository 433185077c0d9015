/**
 * `dpkg --remove` of one package, as `apt autoremove` calls it for the kernel that is no longer needed.
 *
 * Follows dpkg 1.21.22 src/main/remove.c (read, not traced). The package stays known as `config-files`: kernels have a postrm.
 */
import { kernelPartOf } from '../../sim/release/roles'
import type { PackageChange } from '../../sim/release/package-plan'
import { fsyncFolder, infoFolder } from './files'
import { forgetKernel } from './kernel-hooks'
import { infoFiles } from './plan'
import { type Run, goneFiles, writeList } from './unpack'

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
  os.tree.remove(goneFiles(plan, change), '/')
  const info = infoFiles(plan.previous, { ...change, unpacks: change.removes.flatMap((path) => plan.previous.byPath.get(path) ?? []) })
  writeList(os, info.list)
  const version = removedKernel(change)
  if (version !== null) forgetKernel(os, plan, version)
  os.tree.remove(info.members.filter(({ kind }) => kind !== 'postrm').map(({ entry }) => entry), infoFolder)
  fsyncFolder(os, infoFolder)
  database.note({ name, status: 'config-files' })
}

function removedKernel(change: PackageChange): string | null {
  for (const path of change.removes) {
    const part = kernelPartOf(path)
    if (part?.role === 'kernel') return part.version
  }
  return null
}
