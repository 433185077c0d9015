/** Two slots with an image each, U-Boot with a redundant environment, and RAUC's boot script. */
import { assert, known } from '../assert'
import type { StartFrom } from '../boot/loader'
import { type EnvironmentPlace, copyPages, readCopy, readEnvironment, settledVariables, uBootRauc } from '../boot/u-boot-rauc'
import { canonicalFlags, chooseCopy, encodeEnvironment, planSave, readCopies } from '../boot/u-boot-environment'
import { bytesToText, nulPage, pageBytes, type Page } from '../disk/content'
import type { StoreSetup } from '../disk/lowering'
import { type Group, parseClasses } from '../explore/group'
import type { AnswerTable } from '../explore/machine'
import type { Question } from '../explore/question'
import { needsOf } from '../release/needs'
import { initialDisk, partitionOf } from './initial-disk'
import type { BootStore, RawDisks } from './os'
import type { Platform } from './platform'
import type { PowerOn } from './power-on'
import { type SlotPart, slotGroupId, slotGroups } from './slot-groups'
import type { OfferedRelease, System } from './system'
import { userGroup, userGroupId, userNodes } from './user-data'

/** @param offered the installed release, then the one offered. */
export function slotPlatform(system: System, offered: readonly OfferedRelease[]): Platform {
  const { root } = system
  assert(root.kind === 'slots', `${system.name} has slots`)
  const { environment, slots } = root
  const sectorBytesOf = (store: string): number => known(system.stores.get(store), store).unitBytes
  const groups = new Map<string, Group>()
  for (const [slot, store] of slots) {
    for (const group of slotGroups(slot, store, sectorBytesOf(store), offered)) groups.set(group.id, group)
  }
  if (system.userStore !== null) groups.set(userGroupId, userGroup(system.userStore))
  const installed = known(offered[0], 'an installed release')
  const names = [...slots.keys()]
  const attempts = 3
  const loader = uBootRauc({
    environment, slots: names, attempts,
    refillsAttempts: system.options['u-boot-rauc.refill'] !== false,
    countsAttempts: system.options['u-boot-rauc.count'] !== false,
  })
  const image = known(installed.image, 'the image of the installed release')
  const initial = initialDisk({
    trees: new Map(system.userStore === null ? [] : [[system.userStore, new Map(userNodes())]]),
    partitions: new Map([
      // Both slots come from the factory with the installed release.
      ...[...slots.values()].map((store) => [store, partitionOf({ kind: 'blob', ...image }, sectorBytesOf(store))] as const),
      [environment.store, factoryEnvironment(settledVariables(names, attempts), environment)],
    ]),
  }, groups)
  const classes = (on: PowerOn, slot: string, part: SlotPart): readonly number[] =>
    parseClasses(on.disk.answer({ kind: 'group', group: slotGroupId(slot, part), view: 'kernel' }))
  /** The release that all these parts of a slot belong to, or null. The parts matter only where the whole is none. */
  const releaseOf = (on: PowerOn, slot: string, parts: readonly SlotPart[]): OfferedRelease | null => {
    let fits = (1 << offered.length) - 1
    for (const cls of classes(on, slot, 'whole')) fits &= cls
    if (fits === 0) fits = parts.includes('whole') ? 0 : (1 << offered.length) - 1
    else return offered.find((_, at) => (fits & (1 << at)) !== 0) ?? null
    for (const part of parts) for (const cls of classes(on, slot, part)) fits &= cls
    return offered.find((_, at) => (fits & (1 << at)) !== 0) ?? null
  }
  const slotOf = (from: StartFrom): string => {
    assert(from.kind === 'slot', 'it was started from a slot')
    return from.slot
  }
  return {
    loader, groups, initial,
    canonical: canonicalEnvironment(environment, known(system.stores.get(environment.store), environment.store).loaderCache === 'off'),
    image(on, request) {
      assert(request.kind === 'slot-kernel', 'U-Boot loads a kernel from a slot')
      return releaseOf(on, request.slot, ['kernel']) === null ? 'damaged' : 'whole'
    },
    kernelOf: (on, from) => known(releaseOf(on, slotOf(from), ['kernel']), 'a kernel'),
    start(on, from) {
      const slot = slotOf(from)
      const kernelOf = known(releaseOf(on, slot, ['kernel']), 'a kernel')
      const running = releaseOf(on, slot, ['kernel', 'init'])
      if (running !== null) return { kernelOf, running, failure: null }
      return { kernelOf, running, failure: { cause: `the image in slot ${slot} is damaged, init does not start`, remedy: 'reflash' } }
    },
    outcome(on, from) {
      const release = releaseOf(on, slotOf(from), ['whole'])
      if (release === null) return { outcome: 'corrupt', why: `the image in slot ${slotOf(from)} is not whole, what was read so far is` }
      return { outcome: release === installed ? 'old' : 'new', why: `slot ${slotOf(from)} holds ${release.release.id}` }
    },
    isIntact: (on, release) => names.some((slot) => releaseOf(on, slot, ['whole']) === release),
    rawDisks: (on, from) => rawDisks(on, slots, from === null ? names[0]! : slotOf(from), (store) => known(system.stores.get(store), store), offered),
    kernelVersion: (_on, _from) => needsOf(installed.release).kernelVersion ?? '',
    bootStore: (on) => environmentTool(on, environment),
  }
}

function factoryEnvironment(variables: ReadonlyMap<string, string>, place: EnvironmentPlace): (sector: number) => Page {
  if (!place.redundant) return partitionOf(bytesOf(encodeEnvironment(variables, { sizeBytes: place.copyBytes })), place.sectorBytes)
  const copies = [1, 2].map((flag) => copyPages(encodeEnvironment(variables, { sizeBytes: place.copyBytes, flag }), place))
  const sectors = place.copyBytes / place.sectorBytes
  return (sector) => copies[Math.floor(sector / sectors)]?.[sector % sectors] ?? 'N'
}

function bytesOf(bytes: Uint8Array): { readonly kind: 'bytes'; readonly bytes: string } {
  return { kind: 'bytes', bytes: bytesToText(bytes) }
}

/**
 * Serial numbers are only compared: states that differ in these alone are one state.
 *
 * Where a loader's writes are durable (`loaderCache`), what the copy not in use holds does not matter either. Proof: it can be whole and
 * older, or torn. Whoever saves next writes all of it, with another serial and so another first sector: whatever was there before, the
 * save is in force afterwards or it is not. There is one other end: parts of a torn save meet parts of the next one, which
 * holds the same in these sectors and is torn in turn, and the earlier save, whose checksum is there, is in force after all. But that
 * next save is the loader's, which comes before all other writes of a power-on and is durable when it returns: had it not been torn,
 * nothing of the earlier one would be left. So between the two cuts nothing but this copy was written, and the state is one that
 * the first cut may leave, too: sectors survive independently of each other and of all else, and there the whole save did. (It
 * needs stores that are flushed before the next call, as fw_setenv does, and no two environments of one checksum.)
 * By the same proof all torn single copies are one.
 * Where a loader's writes may be lost, both copies can be torn by one cut; then only the serials of two whole copies are put aside.
 */
function canonicalEnvironment(place: EnvironmentPlace, isSaveDurable: boolean): (answers: AnswerTable) => void {
  const sectors = place.copyBytes / place.sectorBytes
  const questions = Array.from({ length: (place.redundant ? 2 : 1) * sectors }, (_, sector): Question => ({ kind: 'sector', store: place.store, sector }))
  // Few different pages, in many states: each gets a number.
  const numbers = new Map<Page, number>([[nulPage, 0]])
  const remembered = new Map<string, readonly Page[]>()
  return (answers) => {
    const pages: Page[] = []
    let key = ''
    for (const question of questions) {
      const page = answers.get(question)
      if (page === undefined) return
      let number = numbers.get(page)
      if (number === undefined) {
        if (pageBytes(page, place.sectorBytes) === null) return
        numbers.set(page, number = numbers.size)
      }
      pages.push(page)
      key += number === 0 ? ',' : `${number},`
    }
    let canonical = remembered.get(key)
    if (canonical === undefined) {
      canonical = canonicalCopies(pages, place, isSaveDurable)
      remembered.set(key, canonical)
    }
    for (const [at, page] of canonical.entries()) if (page !== pages[at]) answers.set(questions[at]!, page)
  }
}

function canonicalCopies(pages: readonly Page[], place: EnvironmentPlace, isSaveDurable: boolean): readonly Page[] {
  const read = (sector: number): Page => pages[sector]!
  if (!place.redundant) return isSaveDurable && readEnvironment(read, place) === null ? pages.map(() => nulPage) : pages
  const copies = [readCopy(read, place, 0), readCopy(read, place, 1)] as const
  if (!isSaveDurable) {
    const { a, b } = canonicalFlags(...copies)
    return [...copyPages(a, place), ...copyPages(b, place)]
  }
  const current = chooseCopy(...copies)
  const inUse = readCopies(...copies)
  if (current === 'none' || inUse === null) return pages
  const encoded = (flag: number): readonly Page[] => copyPages(encodeEnvironment(inUse.vars, { sizeBytes: place.copyBytes, flag }), place)
  return current === 'a' ? [...encoded(2), ...encoded(1)] : [...encoded(1), ...encoded(2)]
}

/** libubootenv's fw_setenv: one write of the copy not in use through the page cache, then fsync. */
function environmentTool(on: PowerOn, place: EnvironmentPlace): BootStore {
  const read = (sector: number): Page => on.sector(place.store, sector)
  return {
    kind: 'u-boot',
    read: () => readEnvironment(read, place) ?? new Map(),
    store(changes) {
      const now = readEnvironment(read, place)
      // Without a valid copy and without /etc/u-boot-initial-env the tool gives up (exit 243, libubootenv 0.3.2).
      if (now === null) throw new Error('fw_setenv: Cannot initialize environment')
      // The same value again is no store (strace of 0.3.2).
      if (Object.entries(changes).every(([name, value]) => (now.get(name) ?? null) === value)) return
      const variables = new Map(now)
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) variables.delete(name)
        else variables.set(name, value)
      }
      if (!place.redundant) {
        on.writeSectors(place.store, 0, copyPages(encodeEnvironment(variables, { sizeBytes: place.copyBytes, dialect: 'libubootenv' }), place), 'page-cache')
      } else {
        const { copy, flag } = planSave(readCopy(read, place, 0), readCopy(read, place, 1), 'libubootenv')
        const first = copy === 'a' ? 0 : place.copyBytes / place.sectorBytes
        on.writeSectors(place.store, first, copyPages(encodeEnvironment(variables, { sizeBytes: place.copyBytes, flag, dialect: 'libubootenv' }), place), 'page-cache')
      }
      on.flush(place.store)
    },
  }
}

function rawDisks(on: PowerOn, slots: ReadonlyMap<string, string>, booted: string, setupOf: (store: string) => StoreSetup, offered: readonly OfferedRelease[]): RawDisks {
  return {
    slots: [...slots.keys()],
    booted,
    imageOf: (release) => known(offered.find((each) => each.release === release)?.image, `an image of ${release.id}`),
    slot(name) {
      const store = known(slots.get(name), `slot ${name}`)
      const { unitBytes: sectorBytes, sizeBytes = Infinity } = setupOf(store)
      return {
        sizeBytes,
        writeImage(image, chunkBytes) {
          const sectors = Math.ceil(image.sizeBytes / sectorBytes)
          on.writeImage(store, image.blob, sectors, Math.max(1, Math.floor(chunkBytes / sectorBytes)))
        },
        flush: () => on.flush(store),
      }
    },
  }
}
