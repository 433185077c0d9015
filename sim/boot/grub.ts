/**
 * GRUB 2.06 with a `grub.cfg` on the file system that it reads: the first menu entry, loaded without journal replay.
 *
 * An empty or unreadable configuration ends at the `grub>` prompt. An entry whose kernel or initrd is not there or not whole
 * fails to load; the menu stays on the screen and somebody must pick another entry.
 */
import type { BootChoice, BootLoader, PreBoot } from './loader'
import { type GrubEntry, parseGrubConfig } from './grub-config'

export interface GrubOptions {
  readonly store: string
  readonly configPath: string
}

export function grub(options: GrubOptions): BootLoader {
  return {
    facts: {
      name: 'grub',
      title: 'GRUB 2 with a generated grub.cfg, first entry',
      follows: 'Debian grub 2.06-13+deb12u2',
      sources: ['grub util/grub-mkconfig.in', 'grub grub-core/fs/ext2.c (journal ignored)', 'grub grub-core/normal/main.c'],
      notModelled: ['saved_entry and next_entry', 'damage to GRUB itself, its modules or fonts'],
    },
    boot: (machine) => boot(machine, options),
  }
}

function boot(machine: PreBoot, { store, configPath }: GrubOptions): BootChoice {
  const text = machine.readFile(store, configPath)
  const entries = text === null ? [] : parseGrubConfig(text).entries
  const first = entries[0]
  if (first === undefined) {
    machine.say('grub>')
    return { kind: 'halt', cause: `GRUB finds no menu entry in ${configPath}`, remedy: 'console' }
  }
  machine.say(`Loading ${first.title} ...`)
  const failure = loadFailure(machine, store, first)
  if (failure === null) return { kind: 'start', from: { kind: 'kernel', version: versionOf(first) } }
  machine.say(`error: ${failure}. Press any key to continue...`)
  const other = entries.some((entry) => entry.linux !== first.linux && loadFailure(machine, store, entry) === null)
  return { kind: 'halt', cause: `GRUB: ${failure}`, remedy: other ? 'menu' : 'console' }
}

function loadFailure(machine: PreBoot, store: string, entry: GrubEntry): string | null {
  for (const path of [entry.linux, ...(entry.initrd ?? [])]) {
    const image = machine.image({ kind: 'file', store, path })
    if (image === 'absent') return `file \`${path}' not found`
    if (image === 'damaged') return path === entry.linux ? `${path} has an invalid magic number` : `${path} is damaged`
  }
  return entry.initrd === undefined || entry.initrd.length === 0 ? `${entry.linux} has no initrd, cannot mount root` : null
}

function versionOf(entry: GrubEntry): string {
  return entry.linux.slice(entry.linux.lastIndexOf('/') + 1).replace(/^vmlinuz-/, '')
}
