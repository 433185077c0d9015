/** Lowers a history, call by call, to a frame: each store's persistence model says which effects a call has. */
import { assert, known } from '../assert'
import type { Call, Inode, Operation, StoreId } from './call'
import { type CellId, type CellStore, type Frame, type NewNode, type StoreContent, sectorCell, toldCell } from './frame'
import type { Page } from './content'
import type { Space } from '../fs/space'
import { describe } from './describe'
import { type ChainId, type EffectId, OrderBuilder } from './order'
import { type WrittenRun, effectAt, isInRun, joinedWritten, pageOfRun } from './sector-run'

/** Where a rule of a model comes from: measured, read in source, documented, reported in an issue, our reasoning. */
export type Evidence = 'M' | 'S' | 'D' | 'I' | 'R'

export interface Rule {
  readonly name: string
  readonly says: string
  readonly evidence: Evidence
  readonly source: string
  readonly contested: boolean
}

export interface PersistenceModel {
  /** As in the litmus notation: E4Z, SCC, WEAK… */
  readonly key: string
  readonly title: string
  readonly rules: readonly Rule[]
  readonly notModelled: readonly string[]
  /** True: a reader that replays no journal sees something else than the kernel. */
  readonly homeLags: boolean
  /** What survives a power cut of it at all; a tmpfs keeps nothing. */
  readonly persistent: boolean
  /** Lowers the calls on one store, in issue order. */
  readonly begin: (store: StoreSetup, lowering: Lowering) => (operation: Operation) => void
}

/** A store of a system as its model needs to know it. */
export interface StoreSetup {
  readonly id: StoreId
  readonly device: string
  readonly model: PersistenceModel
  /** Bytes of a page cell (what a device writes whole or not at all) and of a block that is allocated. */
  readonly unitBytes: number
  readonly blockBytes: number
  /** Of a partition. */
  readonly sizeBytes?: number
  /** Of a file system: blocks and inodes for files. Without it nothing runs out. */
  readonly capacity?: Space
  /** Paths below which a loader reads this store: home cells are kept for these only. */
  readonly loaderReads: readonly string[]
  /** `off`: the device's cache is off until a kernel turns it on, so what a loader writes is durable when the call returns. */
  readonly loaderCache?: 'off'
}

export class Lowering {
  readonly order = new OrderBuilder()
  private readonly cells = new Map<CellId, CellStore[]>()
  private readonly runs = new Map<StoreId, WrittenRun[]>()
  private readonly sectors = new Map<StoreId, Set<number>>()
  private readonly rewritten = new Set<string>()
  private readonly paged = new Set<string>()
  private readonly replays = new Map<StoreId, EffectId>()
  /** Per device, what it accepted and no flush has covered yet. */
  private readonly inCache = new Map<string, EffectId[]>()
  private readonly details = new Map<EffectId, string>()

  constructor(readonly stores: ReadonlyMap<StoreId, StoreSetup>) {}

  /** The effect, should it survive, makes the cell show this. */
  write(effect: EffectId, cell: CellId, content: StoreContent): void {
    if (cell[0] === 'p') this.paged.add(cell.slice(2, cell.lastIndexOf('|')))
    if (cell[0] === 'p' || cell[0] === 'w') this.rewritten.add(cell.slice(2, cell.indexOf('|', cell.indexOf('|', 2) + 1)))
    const stores = this.cells.get(cell)
    if (stores === undefined) this.cells.set(cell, [{ effect, content }])
    else {
      assert(stores[stores.length - 1]!.effect <= effect, `stores of ${cell} come in issue order`)
      stores.push({ effect, content })
    }
  }

  writeSector(effect: EffectId, store: StoreId, sector: number, page: Page): void {
    const written = this.sectors.get(store)
    if (written === undefined) this.sectors.set(store, new Set([sector]))
    else written.add(sector)
    this.write(effect, sectorCell(store, sector), page)
  }

  writeRun(run: WrittenRun): void {
    const runs = this.runs.get(run.store)
    const last = runs?.at(-1)
    const both = last === undefined ? null : joinedWritten(last, run)
    if (runs === undefined) this.runs.set(run.store, [run])
    else if (both === null) runs.push(run)
    else runs[runs.length - 1] = both
  }

  /** What of its call an effect is, for stories: "data", "length". */
  detail(effect: EffectId, words: string): void {
    this.details.set(effect, words)
  }

  replayed(store: StoreId, effect: EffectId): void {
    this.replays.set(store, effect)
  }

  chain(): ChainId {
    return this.order.newChain()
  }

  /** The device took these: they survive a panic, and a power cut once a flush has covered them. */
  accepted(device: string, effects: readonly EffectId[]): void {
    this.order.forces(effects, 'accepted')
    const list = this.inCache.get(device)
    if (list === undefined) this.inCache.set(device, [...effects])
    else list.push(...effects)
  }

  /** A cache flush covers all writes that the device had completed, whoever made them, and no other device's. */
  flush(device: string): void {
    this.order.forces(this.inCache.get(device) ?? [], 'durable')
    this.inCache.delete(device)
  }

  finish(calls: readonly Call[], nodes: ReadonlyMap<Inode, NewNode>): Frame {
    const order = this.order.finish()
    const { details } = this
    for (const [store, runs] of this.runs) if (!this.areApart(store, runs)) this.unfold(store, runs)
    return {
      calls, order, nodes, cells: this.cells, runs: this.runs, sectors: this.sectors, replays: this.replays, rewritten: this.rewritten, paged: this.paged,
      says(effect) {
        const call = known(calls[order.issued[effect]!], `the call of effect ${effect}`)
        const detail = details.get(effect)
        const words = call.does.kind === 'sectors' ? `${describe(call.does, nodes)} of ${call.store}` : describe(call.does, nodes)
        return detail === undefined ? words : `${words} (${detail})`
      },
    }
  }

  /** No sector of the store was written twice. */
  private areApart(store: StoreId, runs: readonly WrittenRun[]): boolean {
    const sorted = runs.toSorted((one, other) => one.first - other.first)
    if (sorted.some((run, at) => at > 0 && run.first < sorted[at - 1]!.first + sorted[at - 1]!.count)) return false
    return ![...this.sectors.get(store) ?? []].some((sector) => runs.some((run) => isInRun(run, sector)))
  }

  private unfold(store: StoreId, runs: readonly WrittenRun[]): void {
    this.runs.delete(store)
    for (const run of runs) {
      for (let sector = run.first; sector < run.first + run.count; sector++) {
        const cell = sectorCell(store, sector)
        const stores = [...this.cells.get(cell) ?? [], { effect: effectAt(run, sector), content: pageOfRun(run, sector) }]
        this.cells.set(cell, stores.sort((one, other) => one.effect - other.effect))
        this.sectors.set(store, (this.sectors.get(store) ?? new Set()).add(sector))
      }
    }
  }
}

export function lowerHistory(calls: readonly Call[], nodes: ReadonlyMap<Inode, NewNode>, stores: ReadonlyMap<StoreId, StoreSetup>): Frame {
  const lowering = new Lowering(stores)
  const begun = new Map<StoreId, (operation: Operation) => void>()
  for (const call of calls) {
    lowering.order.nextCall()
    if (call.does.kind === 'mark') {
      // People know it as soon as the call has returned, and no power cut makes them forget it.
      const effect = lowering.order.effect()
      lowering.order.forces([effect], 'durable')
      lowering.write(effect, toldCell(call.does.what), 'told')
      continue
    }
    let lower = begun.get(call.store)
    if (lower === undefined) {
      const setup = known(stores.get(call.store), `store ${call.store}`)
      lower = setup.model.begin(setup, lowering)
      begun.set(call.store, lower)
    }
    lower(call.does)
  }
  return lowering.finish(calls, nodes)
}
