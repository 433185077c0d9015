/**
 * Runs a device test on a volatile write-back cache (DWC): sectors are atomic, a flush covers the requests that had
 * completed when it was sent, forced unit access its own data only.
 *
 * Requests have an end here, which calls on a partition do not: so the program is lowered in this file, not by the model.
 */
import { known } from '../assert'
import type { Call, Operation } from '../disk/call'
import { literalPage, pageBytes } from '../disk/content'
import { toldCell } from '../disk/frame'
import { Lowering, type PersistenceModel } from '../disk/lowering'
import type { EffectId } from '../disk/order'
import { partitionModel } from '../disk/partition-model'
import { evaluate } from '../explore/evaluate'
import type { Disk } from '../explore/question'
import { quoted } from '../release/input-error'
import type { DeviceStep, DeviceTest } from './litmus-test'
import type { Predicate, Reader } from './predicate'
import type { Searched } from './search'
import { emptyDisk } from './settled-disk'
import { complain } from './words'

export const deviceModels: readonly PersistenceModel[] = [partitionModel]

const store = 'device'
const zeros: Disk = { ...emptyDisk, answer: (question) => (question.kind === 'sector' ? literalPage('0') : emptyDisk.answer(question)) }

export function searchedDevice(test: DeviceTest): Searched {
  const lowering = new Lowering(new Map())
  const device = new Device(lowering)
  const calls: Call[] = test.run.map((step) => {
    lowering.order.nextCall()
    return { issuer: 'updater', store, does: device.perform(step), tookSeconds: 0 }
  })
  const frame = lowering.finish(calls, new Map())
  const stores = new Map()
  return {
    frame,
    sizeMax: 0,
    reader: (pick): Reader => {
      const setting = { frame, stores, below: zeros, pick }
      return {
        told: (what) => evaluate(setting, { kind: 'told', what }) !== '',
        find: () => null,
        sector: (sector) => known(pageBytes(evaluate(setting, { kind: 'sector', store, sector }), 1), 'a literal byte'),
      }
    },
    state(reader, predicate) {
      const written = test.run.flatMap((step) => ('data' in step ? sectorsFrom(step.sector, step.data) : []))
      const sectors = [...new Set([...written, ...sectorsOf(predicate)])].sort((a, b) => a - b)
      return Object.fromEntries(sectors.map((sector) => [`s${sector}`, `"${reader.sector(sector)}"`]))
    },
  }
}

class Device {
  private readonly requests = new Map<string, { readonly effects: readonly EffectId[]; completed: boolean }>()
  private completed: EffectId[] = []
  private flushing: EffectId[] | null = null

  constructor(private readonly lowering: Lowering) {}

  perform(step: DeviceStep): Operation {
    const { order } = this.lowering
    switch (step.verb) {
      case 'w':
      case 'sub':
      case 'fua': {
        if (this.requests.has(step.request)) complain(step.at, `a second request ${step.request}`, 'each name once')
        const effects = Array.from(step.data, (character, at) => this.write(step.sector + at, character))
        this.requests.set(step.request, { effects, completed: step.verb !== 'sub' })
        if (step.verb === 'w') this.accept(effects)
        if (step.verb === 'fua') order.forces(effects, 'durable')
        return { kind: 'sectors', first: step.sector, pages: Array.from(step.data, literalPage), through: 'device' }
      }
      case 'done': {
        const request = this.requests.get(step.request)
        if (request === undefined || request.completed) complain(step.at, quoted(step.text), 'the name of a request that was submitted and is not done')
        request.completed = true
        this.accept(request.effects)
        return { kind: 'mark', what: step.text }
      }
      case 'flush':
        order.forces(this.completed, 'durable')
        this.completed = []
        return { kind: 'flush' }
      case 'fsub':
        if (this.flushing !== null) complain(step.at, 'a second flush under way', 'fdone before it')
        this.flushing = this.completed
        this.completed = []
        return { kind: 'mark', what: 'send a flush' }
      case 'fdone':
        if (this.flushing === null) complain(step.at, 'fdone', 'fsub before it')
        order.forces(this.flushing, 'durable')
        this.flushing = null
        return { kind: 'flush' }
      case 'mark':
        this.tell(step.label)
        return { kind: 'mark', what: step.label }
      case 'unknown': return complain(step.at, quoted(step.name), 'an operation that is known')
    }
  }

  /** As `lowerHistory` does: known as soon as the mark has returned, and for good. */
  private tell(what: string): void {
    const effect = this.lowering.order.effect()
    this.lowering.order.forces([effect], 'durable')
    this.lowering.write(effect, toldCell(what), 'told')
  }

  private accept(effects: readonly EffectId[]): void {
    this.lowering.order.forces(effects, 'accepted')
    this.completed.push(...effects)
  }

  private write(sector: number, character: string): EffectId {
    const effect = this.lowering.order.effect()
    this.lowering.writeSector(effect, store, sector, literalPage(character))
    this.lowering.detail(effect, `sector ${sector}`)
    return effect
  }
}

function sectorsOf(predicate: Predicate): readonly number[] {
  switch (predicate.kind) {
    case 'not': return sectorsOf(predicate.of)
    case 'and':
    case 'or': return predicate.of.flatMap(sectorsOf)
    case 'sectors': return sectorsFrom(predicate.first, predicate.text)
    default: return []
  }
}

function sectorsFrom(first: number, text: string): readonly number[] {
  return Array.from(text, (_, at) => first + at)
}
