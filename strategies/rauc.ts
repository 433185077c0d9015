/**
 * RAUC: an image into the slot that is not running, then the boot loader's variables.
 *
 * Follows rauc 1.15 src/{install,mark,update_handler}.c and src/bootloaders/uboot.c (3991031a), and 1.8 as traced. Each variable is
 * a run of fw_setenv, so marking a slot is two stores, and the order of the two decides what a cut between them leaves.
 */
import type { Os, Program, Strategy } from '../sim/machine/os'
import { noSpace } from './no-space'
import { slotStatus } from './rauc-status'

export type RaucOptions = {
  readonly version: '1.8' | '1.15'
  readonly imageFlush: boolean
  readonly statusFile: string
}

const sources = {
  install: { title: 'launch_and_wait_default_handler, pre_install_checks, handle_slot_install_plan', where: 'rauc/rauc src/install.c' },
  uboot: { title: 'r_uboot_set_state, r_uboot_set_primary', where: 'rauc/rauc src/bootloaders/uboot.c' },
  handler: { title: 'check_image_size: a slot that is too small; copy_raw_image: one fsync at the end', where: 'rauc/rauc src/update_handler.c' },
  status: { title: 'r_slot_status_save: g_file_set_contents of the central status file', where: 'rauc/rauc src/slot.c, glib/gfileutils.c' },
  trace: { title: 'strace of rauc 1.8 on Debian 12', where: 'test/strategies/traces/rauc-install.calls' },
} as const

export const rauc: Strategy<RaucOptions> = {
  facts: {
    name: 'rauc',
    title: 'RAUC, two slots',
    follows: 'rauc 1.15',
    sources: Object.values(sources),
    needs: ['slot', 'loader-env', 'data'],
    options: {
      version: { default: '1.15', means: "'1.8': the status file says nothing while a slot is written, as in the trace", source: sources.trace },
      imageFlush: { default: true, means: 'false: the slot is not fsynced after it was written; a canary, no version did that', source: sources.handler },
      statusFile: { default: '/data/central.raucs', means: 'the status file of all slots', source: sources.status },
    },
    // No 'no-leak': a temporary status file that a power cut leaves is nobody's (g_file_set_contents).
    vows: ['no-brick', 'fallback-until-confirmed', 'retry-completes'],
    notModelled: [
      'skipping a slot that holds the image already: by default (install-same=true) RAUC writes it again',
      'times, counts and transaction ids in the status file: nothing is decided by them; times are all the same here',
      'bundle formats, signatures, streaming, adaptive updates; hooks and handlers; artifacts; slots with a parent',
      'prevent-late-fallback',
    ],
  },
  program: (options) => program(options),
}

/** What a plain bundle of our trace holds besides the image: a block with the manifest, the signature and its length. */
const bundleOverheadBytes = 4096 + 1329
/** copy_raw_image splices through a buffer of this size (traced). */
const chunkBytes = 8192
const attempts = 3

function program({ version, imageFlush, statusFile }: RaucOptions): Program {
  return {
    update(os, release) {
      if (os.running === release) return 'done'
      const image = os.disk.imageOf(release)
      os.net.fetch('bundle', image.sizeBytes + bundleOverheadBytes, 1)
      const target = os.disk.slots.find((slot) => slot !== os.disk.booted)
      if (target === undefined) throw new Error('rauc: no slot to install to')
      const status = slotStatus(os, statusFile, `rootfs.${os.disk.slots.indexOf(target)}`)
      markBad(os, target)
      if (version !== '1.8') status.write({ bundle: release.id, status: 'pending' })
      const slot = os.disk.slot(target)
      if (image.sizeBytes > slot.sizeBytes) throw noSpace(`Slot (${slot.sizeBytes} bytes) is too small for image (${image.sizeBytes} bytes).`)
      slot.writeImage(image, chunkBytes)
      if (imageFlush) slot.flush()
      const installed = { bundle: release.id, status: 'ok', sha256: image.blob, sizeBytes: image.sizeBytes } as const
      status.write(installed)
      setPrimary(os, target)
      onlyLogged(() => status.write({ ...installed, isActivated: true }))
      os.report('installed', release)
      return 'reboot'
    },

    /** `rauc status mark-good`, run by a service at each boot. */
    confirm(os) {
      os.boot.store({ [leftOf(os.disk.booted)]: printAttempts(attempts) })
    },
  }
}

/** Out of the order first: a cut between the two leaves a slot that is not listed. */
function markBad(os: Os, slot: string): void {
  const order = bootOrder(os)
  if (order !== null) os.boot.store({ BOOT_ORDER: order.filter((each) => each !== slot).join(' ') })
  os.boot.store({ [leftOf(slot)]: printAttempts(0) })
}

/** Into the order last. Without an order the slots as they are configured. */
function setPrimary(os: Os, slot: string): void {
  const order = bootOrder(os) ?? os.disk.slots
  os.boot.store({ [leftOf(slot)]: printAttempts(attempts) })
  os.boot.store({ BOOT_ORDER: [slot, ...order.filter((each) => each !== slot)].join(' ') })
}

function bootOrder(os: Os): readonly string[] | null {
  return os.boot.read().get('BOOT_ORDER')?.split(' ').filter((slot) => slot !== '') ?? null
}

function leftOf(slot: string): string {
  return `BOOT_${slot}_LEFT`
}

/** Hexadecimal since 1.9, decimal before; the same for what is stored here. */
function printAttempts(count: number): string {
  return count.toString(16)
}

/** A full or failing status file does not undo an installation. */
function onlyLogged(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}
