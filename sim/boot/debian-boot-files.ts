/** Where Debian keeps what GRUB loads, and the `grub.cfg` that its grub-mkconfig would write for these kernels. */
import { renderGrubConfig } from './grub-config'

/** Any will do: one machine, one root. */
const rootUuid = '5b5c3f5e-0d6c-4a3e-9a55-1f6f0c6d9c2a'

export function vmlinuzPath(version: string): string {
  return `/boot/vmlinuz-${version}`
}

export function initrdPath(version: string): string {
  return `/boot/initrd.img-${version}`
}

/** @param withoutInitrd kernels whose initrd was not there when grub-mkconfig looked. */
export function grubConfigFor(versions: readonly string[], withoutInitrd: ReadonlySet<string> = new Set()): string {
  return renderGrubConfig({
    rootUuid,
    entries: versions.map((version) => ({
      kernelVersion: version,
      linuxPath: vmlinuzPath(version),
      initrdPath: withoutInitrd.has(version) ? null : initrdPath(version),
      // grub-mkconfig names the device where no initramfs could look for a UUID.
      rootArgument: withoutInitrd.has(version) ? '/dev/sda2' : `UUID=${rootUuid}`,
    })),
  })
}

export const debianBootFiles = {
  configPath: '/boot/grub/grub.cfg',
  config: grubConfigFor,
  vmlinuz: vmlinuzPath,
  initrd: initrdPath,
} as const
