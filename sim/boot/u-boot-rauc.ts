/**
 * U-Boot with a redundant environment on a raw partition and RAUC's contributed boot script.
 *
 * The script takes the first slot of BOOT_ORDER that has attempts left, spends one, saves the environment and boots. When none
 * has any left it gives each slot three again, saves and resets. Saving writes the copy not in use in one go and flushes
 * nothing. What is saved is the whole environment, with the kernel arguments of the slot that the script has set just before.
 * No copy with a good checksum: the script runs on the built-in default, which knows no order and no attempts, and saves that.
 * `refillsAttempts: false` is the integrator's script of rauc/rauc#683, which stops there: innocent power cuts then
 * drain both slots.
 */
import { bytesToText, literalPage, pageBytes, staleCharacter, textToBytes, type Page } from '../disk/content'
import type { BootLoader, PreBoot, StartReason } from './loader'
import { boardVariables, slotVariables } from './u-boot-board'
import { decodeEnvironment, encodeEnvironment, planSave, readCopies } from './u-boot-environment'

export interface UBootRaucOptions {
  readonly environment: EnvironmentPlace
  readonly slots: readonly string[]
  readonly refillsAttempts: boolean
  /** false: a canary that reads the counters and never spends them. */
  readonly countsAttempts: boolean
  readonly attempts: number
}

/** Two copies on one partition, at sector 0 and right after the first. */
export interface EnvironmentPlace {
  readonly store: string
  readonly sectorBytes: number
  readonly copyBytes: number
  /** false: one copy only, rewritten in place; a torn write leaves the built-in default. */
  readonly redundant: boolean
}

export function uBootRauc(options: UBootRaucOptions): BootLoader {
  return {
    facts: {
      name: 'u-boot-rauc',
      title: 'U-Boot, redundant environment, BOOT_ORDER and BOOT_x_LEFT',
      follows: 'U-Boot 2023.01, rauc contrib/uboot.sh',
      sources: ['u-boot env/mmc.c, env/common.c, drivers/mmc/mmc_write.c', 'rauc contrib/uboot.sh', 'rauc/rauc#683'],
      notModelled: ['a console that interrupts autoboot', 'damaged bad blocks under the environment'],
    },
    boot: (machine) => boot(machine, options),
  }
}

function boot(machine: PreBoot, options: UBootRaucOptions): ReturnType<BootLoader['boot']> {
  const read = (sector: number): Page => machine.sector(options.environment.store, sector)
  const state = readEnvironment(read, options.environment)
  if (state === null) machine.say('*** Warning - bad CRC, using default environment')
  const variables = new Map(state ?? boardVariables)
  const order = variables.get('BOOT_ORDER') ?? ''
  const slots = order === '' ? [...options.slots] : order.split(' ')
  for (const slot of options.slots) if ((variables.get(left(slot)) ?? '') === '') variables.set(left(slot), options.attempts.toString(16))
  variables.set('BOOT_ORDER', slots.join(' '))
  variables.delete('bootargs')
  for (const slot of slots) {
    const attempts = Number.parseInt(variables.get(left(slot)) ?? '0', 16)
    if (!(attempts > 0)) continue
    machine.say(`Found valid slot ${slot}, ${attempts} attempts remaining`)
    if (options.countsAttempts) variables.set(left(slot), (attempts - 1).toString(16))
    for (const [name, value] of slotVariables(slot, options.slots.indexOf(slot))) variables.set(name, value)
    saveEnvironment(machine, variables, options.environment)
    const kernel = machine.image({ kind: 'slot-kernel', slot })
    if (kernel === 'whole') return { kind: 'start', from: { kind: 'slot', slot }, why: whyStarted(state !== null, slot, slots) }
    machine.say(kernel === 'absent' ? 'Failed to load kernel' : 'Bad Linux image')
    return { kind: 'halt', cause: `U-Boot cannot load the kernel of slot ${slot}`, remedy: 'console' }
  }
  if (!options.refillsAttempts) {
    machine.say('No valid slot found')
    return { kind: 'halt', cause: 'no slot has attempts left', remedy: 'console' }
  }
  machine.say('No valid slot found, resetting tries to 3')
  for (const slot of options.slots) variables.set(left(slot), options.attempts.toString(16))
  saveEnvironment(machine, variables, options.environment)
  return { kind: 'reset', cause: 'no slot has attempts left' }
}

function whyStarted(isStateRead: boolean, slot: string, order: readonly string[]): StartReason {
  if (!isStateRead) return { kind: 'lost', says: 'U-Boot took its default environment (bad CRC)' }
  return slot === order[0] ? { kind: 'stored', says: `U-Boot's environment puts slot ${slot} first` } : { kind: 'gave-up' }
}

/** The environment of a board that has started its first slot, which was then confirmed. */
export function settledVariables(slots: readonly string[], attempts: number): ReadonlyMap<string, string> {
  return new Map([
    ...boardVariables, ...slotVariables(slots[0] ?? '', 0),
    ['BOOT_ORDER', slots.join(' ')], ...slots.map((slot) => [left(slot), attempts.toString(16)] as const),
  ])
}

function left(slot: string): string {
  return `BOOT_${slot}_LEFT`
}

type ReadSector = (sector: number) => Page

/** The variables as U-Boot takes them; null: no copy has a good checksum. */
export function readEnvironment(read: ReadSector, place: EnvironmentPlace): ReadonlyMap<string, string> | null {
  const first = readCopy(read, place, 0)
  const found = place.redundant ? readCopies(first, readCopy(read, place, 1)) : decodeEnvironment(first, { redundant: false })
  return found?.vars ?? null
}

export function readCopy(read: ReadSector, place: EnvironmentPlace, copy: 0 | 1): Uint8Array {
  const sectors = place.copyBytes / place.sectorBytes
  let text = ''
  for (let at = 0; at < sectors; at++) text += pageBytes(read(copy * sectors + at), place.sectorBytes) ?? staleCharacter.repeat(place.sectorBytes)
  return textToBytes(text)
}

/** Sectors of one copy. */
export function copyPages(bytes: Uint8Array, place: EnvironmentPlace): readonly Page[] {
  const text = bytesToText(bytes)
  return Array.from({ length: place.copyBytes / place.sectorBytes }, (_, at) => literalPage(text.slice(at * place.sectorBytes, (at + 1) * place.sectorBytes)))
}

function saveEnvironment(machine: PreBoot, variables: ReadonlyMap<string, string>, place: EnvironmentPlace): void {
  const read = (sector: number): Page => machine.sector(place.store, sector)
  const sectors = place.copyBytes / place.sectorBytes
  if (!place.redundant) {
    machine.writeSectors(place.store, 0, copyPages(encodeEnvironment(variables, { sizeBytes: place.copyBytes }), place))
    return
  }
  const { copy, flag } = planSave(readCopy(read, place, 0), readCopy(read, place, 1))
  machine.writeSectors(place.store, copy === 'a' ? 0 : sectors, copyPages(encodeEnvironment(variables, { sizeBytes: place.copyBytes, flag }), place))
}
