/**
 * A system: a strategy put onto disks and a boot loader, as plain data. Strategies name no file system and no loader;
 * here is where they meet.
 */
import { z } from 'zod'
import { bytes, name, options, path, record, text, word } from './parts'

export const SYSTEM_FORMAT = 'powercut/system@1'

/** Boot loaders by the name that systems use, and the state they keep. */
export const loaders = {
  'u-boot-rauc': 'U-Boot with the boot script that RAUC contributes: order of slots and attempts in a redundant environment',
  grub: 'GRUB 2 as Debian sets it up: a menu in grub.cfg, read from the file system without replaying its journal',
} as const

/** What a device promises when the power goes. */
export const deviceClasses = {
  'volatile-cache': 'a cache that the power empties; flushes are honoured, sectors are atomic',
} as const

/** Persistence models by the key that litmus tests use, too. */
export const fileSystemModels = {
  E4Z: 'ext4 as by default since Linux 5.6',
  SCC: 'durable in order and at once: the yardstick',
  WEAK: 'hostile: small independent effects',
  TMPFS: 'memory: nothing survives a reset',
} as const

const roles = ['slot', 'loader-env', 'data', 'root', 'boot', 'memory'] as const

const partition = record({
  id: name,
  kind: z.literal('partition'),
  device: name,
  role: word(roles),
  slot: word(['A', 'B']).optional().describe('Which slot it is; only for role slot.'),
  sizeBytes: bytes,
  sectorBytes: bytes.describe('What the device writes whole or not at all.'),
  copyOffsets: z.array(z.int().min(0)).min(1).optional().describe('Where the copies of a loader environment begin; only for role loader-env.'),
  copyBytes: bytes.optional().describe('How long each copy is; only for role loader-env.'),
})

const fileSystem = record({
  id: name,
  kind: z.literal('file-system'),
  device: name.optional().describe('None for a file system in memory.'),
  role: word(roles),
  sizeBytes: bytes,
  model: word(keysOf(fileSystemModels)),
  mount: path,
  loaderReads: z.array(path).optional().describe('Paths below which a boot loader reads this file system, without replaying its journal.'),
})

const store = z.discriminatedUnion('kind', [partition, fileSystem], 'partition or file-system')

export type StoreDocument = z.infer<typeof store>

export const systemSchema = record({
  schema: z.literal(SYSTEM_FORMAT),
  name,
  title: text,
  strategy: name,
  options: options.default({}).describe('Options of the strategy, and of the loader where it has some.'),
  loader: word(keysOf(loaders)),
  hardware: name.describe('A profile of speeds and times.'),
  devices: z.record(name, record({
    class: word(keysOf(deviceClasses)),
    loaderCache: z.literal('off').optional().describe('The cache is off until the kernel turns it on, as on an eMMC: what the boot loader writes is durable when it returns.'),
  }), 'devices by name'),
  stores: z.array(store).min(1, 'at least one store'),
  watchdog: word(['none', 'hardware']).describe('Whether the hardware watchdog runs from the loader on; how long it waits is in the hardware profile.'),
  notModelled: z.array(text),
}).superRefine((system, context) => {
  const fail = (at: readonly (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path: [...at], message })
  }
  const ids = new Set<string>()
  const mounts = new Set<string>()
  const slots = new Set<string>()
  const devices = Object.keys(system.devices)
  system.stores.forEach((each, index) => {
    const at = (key: keyof typeof partition.shape | keyof typeof fileSystem.shape): (string | number)[] => ['stores', index, key]
    if (ids.has(each.id)) fail(at('id'), 'each id once')
    ids.add(each.id)
    if (each.device !== undefined && !devices.includes(each.device)) fail(at('device'), `a device of this system: ${devices.join(', ')}`)
    if (each.kind === 'partition') {
      if (each.sizeBytes % each.sectorBytes !== 0) fail(at('sizeBytes'), `whole sectors of ${each.sectorBytes} bytes`)
      if ((each.role === 'slot') !== (each.slot !== undefined)) fail(at('role'), 'slot exactly when the store has a slot')
      if (each.slot !== undefined && slots.has(each.slot)) fail(at('slot'), 'each slot once')
      if (each.slot !== undefined) slots.add(each.slot)
      const { copyBytes, copyOffsets = [] } = each
      if ((each.role === 'loader-env') !== (copyBytes !== undefined && copyOffsets.length > 0)) {
        fail(at('role'), 'loader-env exactly when the store has copyOffsets and copyBytes')
      }
      copyOffsets.forEach((offset, copy) => {
        if (offset + (copyBytes ?? 0) > each.sizeBytes) fail([...at('copyOffsets'), copy], `room for ${copyBytes ?? 0} bytes within the partition`)
      })
      return
    }
    if (mounts.has(each.mount)) fail(at('mount'), 'each mount point once')
    mounts.add(each.mount)
    const inMemory = each.model === 'TMPFS'
    if (inMemory !== (each.role === 'memory')) fail(at('role'), 'memory exactly when the model is TMPFS')
    if (!inMemory && each.device === undefined) fail(['stores', index], 'a device')
    if (inMemory && each.device !== undefined) fail(at('device'), 'no device for a file system in memory')
  })
})

export type SystemDocument = z.infer<typeof systemSchema>

function keysOf<K extends string>(record_: Readonly<Record<K, string>>): [K, ...K[]] {
  return Object.keys(record_) as [K, ...K[]]
}
