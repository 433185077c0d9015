/** apt's cache of .deb files: fetched beside, renamed, never synced; dropped when all is installed. */
import type { Os } from '../../sim/machine/os'
import type { Entry } from '../../sim/release/entry'
import type { PackageChange } from '../../sim/release/package-plan'
import { noSpace } from '../no-space'
import { folderEntry, madeUpFile, onlyMakeFolders, recipe } from './files'

const cacheFolder = '/var/cache/apt'

/** apt looks for room before it fetches anything (apt 2.6 apt-private/private-download.cc, CheckFreeSpaceBeforeDownload). */
export function fetchArchives(os: Os, changes: readonly PackageChange[]): void {
  const sizeBytes = changes.reduce((sum, { debBytes }) => sum + debBytes, 0)
  if (!os.tree.fits(cacheFolder, sizeBytes)) throw noSpace(`You don't have enough free space in ${cacheFolder}/archives/.`)
  os.tree.put([folderEntry('archives'), folderEntry('archives/partial')], cacheFolder, onlyMakeFolders)
  for (const change of changes) {
    os.net.fetch(`${change.name}.deb`, change.debBytes)
    os.tree.put([archive(change)], `${cacheFolder}/archives`, recipe((path) => path.replace('/archives/', '/archives/partial/'), ['write-temporary', 'rename-temporary']))
  }
}

/** Also those that an interrupted run has fetched. */
export function dropArchives(os: Os, changes: readonly PackageChange[]): void {
  os.tree.remove(changes.map(archive), `${cacheFolder}/archives`)
}

function archive({ name, newVersion, debBytes }: PackageChange): Entry {
  const file = `${name}_${newVersion ?? 'new'}.deb`
  return madeUpFile(file, `deb ${file}`, debBytes)
}
