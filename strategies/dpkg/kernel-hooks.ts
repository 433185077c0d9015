/**
 * What a kernel package's scripts and the hooks in /etc/kernel do: depmod, the links in /, the initrd, grub.cfg.
 *
 * Follows linux-image 6.1 postinst/postrm, kmod 30 depmod, linux-base 4.9 linux-update-symlinks, initramfs-tools 0.142
 * update-initramfs (all traced) and GRUB 2.06 grub-mkconfig with Debian's patches (read). Between the truncation of grub.cfg
 * and the next write-back no kernel of the machine can be booted.
 */
import { debianBootFiles } from '../../sim/boot/debian-boot-files'
import { compareKernelVersions } from '../../sim/boot/debian-version'
import type { Os } from '../../sim/machine/os'
import { emptyFile, madeUpFile, recipe } from './files'
import { type UpgradePlan, depmodFiles, kernelsOf } from './plan'

export function configureKernel(os: Os, plan: UpgradePlan, version: string): void {
  const temporary = new Map<string, string>()
  os.tree.put(depmodFiles(plan.release, version), '/', recipe((path) => {
    const known = temporary.get(path) ?? `${path.slice(0, path.lastIndexOf('/') + 1)}${os.names.temp(path.slice(path.lastIndexOf('/') + 1))}`
    temporary.set(path, known)
    return known
  }, ['write-temporary', 'rename-temporary']))
  updateLinks(os, plan)
  os.tree.remove([emptyFile('.fresh-install')], `/usr/lib/modules/${version}`)
  makeInitrd(os, plan, version)
  makeGrubConfig(os, plan)
}

/** After the files of a kernel are gone. Files of depmod stay until the package is purged. */
export function forgetKernel(os: Os, plan: UpgradePlan, version: string): void {
  updateLinks(os, plan)
  os.tree.remove([emptyFile(debianBootFiles.initrd(version).slice(1))], '/')
  makeGrubConfig(os, plan)
}

/** The real ones look for names in /boot; here they ask only for those that this update knows of. Newest first. */
function kernelsInBoot(os: Os, plan: UpgradePlan): readonly string[] {
  const candidates = [...new Set([...kernelsOf(plan.previous), ...kernelsOf(plan.release)])]
  return candidates.filter((version) => os.fs.existsSync(debianBootFiles.vmlinuz(version))).toSorted((one, other) => compareKernelVersions(other, one))
}

/** /vmlinuz and /initrd.img lead to the newest kernel, the .old ones to the one before, or to the same if there is no other. */
function updateLinks(os: Os, plan: UpgradePlan): void {
  const [newest, second = newest] = kernelsInBoot(os, plan)
  if (newest === undefined || second === undefined) return
  for (const stem of ['vmlinuz', 'initrd.img']) {
    for (const [name, version] of [[stem, newest], [`${stem}.old`, second]] as const) {
      const target = `boot/${stem}-${version}`
      if (linkTarget(os, `/${name}`) === target) continue
      const temporary = `/${os.names.temp(name)}`
      os.fs.symlinkSync(target, temporary)
      os.fs.renameSync(temporary, `/${name}`)
    }
  }
}

function linkTarget(os: Os, path: string): string | null {
  try {
    return os.fs.readlinkSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Written beside, renamed, then all of the file system synced. */
function makeInitrd(os: Os, plan: UpgradePlan, version: string): void {
  const path = debianBootFiles.initrd(version)
  const entry = plan.release.byPath.get(path.slice(1)) ?? madeUpFile(path.slice(1), `initrd ${version}`, 32 * 1024 * 1024)
  os.tree.put([entry], '/', recipe((at) => `${at}.new`, ['write-temporary', 'rename-temporary']))
  os.fs.syncfsSync(path)
}

/** `cat grub.cfg.new > grub.cfg`: truncated in place, written, not synced. */
function makeGrubConfig(os: Os, plan: UpgradePlan): void {
  const path = debianBootFiles.configPath
  const fresh = `${path}.new`
  const folder = path.slice(0, path.lastIndexOf('/'))
  const freshName = fresh.slice(fresh.lastIndexOf('/') + 1)
  os.tree.remove([emptyFile(freshName)], folder)
  const versions = kernelsInBoot(os, plan)
  const withoutInitrd = new Set(versions.filter((version) => !os.fs.existsSync(debianBootFiles.initrd(version))))
  const text = debianBootFiles.config(versions, withoutInitrd)
  os.fs.writeFileSync(fresh, text)
  os.fs.chmodSync(fresh, 0o444)
  os.fs.writeFileSync(path, text)
  os.fs.unlinkSync(fresh)
}
