/** One power-on in progress: all that it reads and writes, recorded call by call. */
import { assert, known } from '../assert'
import type { Call, FileSystemOperation, Inode, Issuer, Operation, Seconds, StoreId } from '../disk/call'
import { type Page } from '../disk/content'
import type { NewNode } from '../disk/frame'
import type { StoreSetup } from '../disk/lowering'
import type { Flag, Names, Remedy, StepEnd, StepRun, UpOutcome } from '../explore/machine'
import type { Group } from '../explore/group'
import type { Disk } from '../explore/question'
import { type Recorder, Volume } from '../fs/volume'
import { type Left, finalDisk } from './final-disk'
import { type Hardware, type Nanoseconds, Stopwatch, nanoseconds } from './hardware'
import { imageWrites } from './image-writes'
import type { TreeScript } from './os'
import { PatchBook } from './patch-book'
import { Picture, PictureShelf } from './picture'
import { Sectors } from './sectors'
import { touchedGroups } from './touched-groups'

/** An updater that issues more calls than any real one would. */
export class OutOfCalls extends Error {
  override readonly name = 'OutOfCalls'
}

/** The same in each power-on. */
const inodeNames: Inode[] = []

export class PowerOn implements Recorder {
  readonly calls: Call[] = []
  callCount = 0
  readonly nodes = new Map<Inode, NewNode>()
  readonly console: string[] = []
  readonly fetched: { readonly what: string; readonly bytes: number; readonly requests: number }[] = []
  readonly flags = new Set<Flag>()
  issuer: Issuer = 'loader'
  up: { outcome: UpOutcome; why: string; afterSeconds: Seconds } | null = null
  /** When it stopped to serve: it began to shut down, or froze. */
  shutdownAtSeconds: Seconds | null = null
  private readonly volumes = new Map<StoreId, Volume>()
  private readonly sectors = new Map<StoreId, Sectors>()
  private readonly told = new Set<string>()
  private readonly entered = new Map<string, Set<string>>()
  /** The same, of patches. */
  private readonly enteredByPatches: ReadonlyMap<string, ReadonlySet<string>>[] = []
  /** Names come in runs of one directory. */
  private namedLast = { store: '', directory: '', names: new Set<string>() }
  private readonly stopwatch: Stopwatch
  private readonly fresh = new Set<string>()
  private inodes = 0
  /** Until the last call had returned, and waited since then. */
  private returned: Nanoseconds = 0
  private waited: Nanoseconds = 0

  constructor(
    readonly disk: Disk & Names,
    private readonly stores: ReadonlyMap<StoreId, StoreSetup>,
    private readonly groups: ReadonlyMap<string, Group>,
    readonly hardware: Hardware,
    private readonly callsMax: number,
    private readonly shelf = new PictureShelf(),
    private readonly patches = new PatchBook(hardware),
    /** False: calls are counted and timed, and not kept. */
    readonly keepsHistory = true,
    private readonly freshMark = '',
  ) {
    this.stopwatch = new Stopwatch(hardware, (store) => known(stores.get(store), store).unitBytes)
  }

  inode(): Inode {
    return inodeNames[++this.inodes] ??= `#${this.inodes}`
  }

  record(store: StoreId, operation: FileSystemOperation): void {
    this.add(store, operation)
  }

  isFresh(name: string): boolean {
    return this.fresh.has(name)
  }

  /** `prefix.1`, `prefix.2`…: names that no earlier power-on can have left behind. */
  freshName(prefix: string): string {
    const name = `${prefix}.${this.freshMark}${this.fresh.size + 1}`
    this.fresh.add(name)
    return name
  }

  named(store: StoreId, directory: string, name: string): void {
    if (store !== this.namedLast.store || directory !== this.namedLast.directory) {
      const key = `${store}:${directory}`
      const names = this.entered.get(key) ?? new Set<string>()
      this.entered.set(key, names)
      this.namedLast = { store, directory, names }
    }
    this.namedLast.names.add(name)
  }

  namedAll(names: ReadonlyMap<string, ReadonlySet<string>>): void {
    this.enteredByPatches.push(names)
  }

  volume(store: StoreId): Volume {
    let volume = this.volumes.get(store)
    if (volume === undefined) {
      volume = new Volume(known(this.stores.get(store), store), this.disk, this)
      this.volumes.set(store, volume)
    }
    return volume
  }

  /** How full the file systems are that have run full, as one text; null where none has. */
  useNow(): string | null {
    const uses = [...this.volumes].flatMap(([store, volume]) => {
      const use = volume.useNow()
      return use === null ? [] : [`${store} ${use.blocks} ${use.inodes}`]
    })
    return uses.length === 0 ? null : uses.sort().join()
  }

  sector(store: StoreId, sector: number): Page {
    return this.sectors.get(store)?.get(sector) ?? this.disk.answer({ kind: 'sector', store, sector })
  }

  writeSectors(store: StoreId, first: number, pages: readonly Page[], through: 'page-cache' | 'device'): void {
    this.sectorsOf(store).write(first, pages)
    this.add(store, { kind: 'sectors', first, pages, through })
  }

  /** An image from sector 0 on, through the page cache, so many sectors a call. */
  writeImage(store: StoreId, blob: string, sectors: number, sectorsPerCall: number): void {
    this.sectorsOf(store).writeRun({ first: 0, count: sectors, blob, block: 0 })
    for (const does of imageWrites(blob, sectors, sectorsPerCall)) this.add(store, does)
  }

  private sectorsOf(store: StoreId): Sectors {
    let own = this.sectors.get(store)
    if (own === undefined) this.sectors.set(store, own = new Sectors())
    return own
  }

  flush(store: StoreId): void {
    this.add(store, { kind: 'flush' })
  }

  /** People are told; they remember it over every power cut. */
  tell(what: string): void {
    this.told.add(what)
    this.add('people', { kind: 'mark', what })
  }

  isTold(what: string): boolean {
    return this.told.has(what) || this.disk.answer({ kind: 'told', what }) !== ''
  }

  get seconds(): Seconds {
    return (this.returned + this.waited) / 1e9
  }

  /** Time passes after the last call has returned: it counts for the next call, or for the end where none follows. */
  wait(seconds: Seconds): void {
    this.waited += nanoseconds(seconds)
  }

  say(line: string): void {
    this.console.push(line)
  }

  private add(store: StoreId, does: Operation): void {
    if (this.callCount >= this.callsMax) throw new OutOfCalls(`more than ${this.callsMax} calls in one power-on`)
    const took = this.waited + this.stopwatch.took(store, does)
    this.pass(took, 1)
    if (this.keepsHistory) this.calls.push({ issuer: this.issuer, store, does, tookSeconds: took / 1e9 })
  }

  private pass(took: Nanoseconds, calls: number): void {
    this.returned += took
    this.waited = 0
    this.callCount += calls
  }

  /** Does at once all that a script comes to, where nobody will want its calls and it is known what they come to here. */
  runAtOnce(volume: Volume, script: TreeScript): boolean {
    if (this.keepsHistory) return false
    const { setup } = volume
    const known = this.patches.find(setup, script)
    if (known === null || this.callCount + known.calls > this.callsMax || !volume.lay(known.patch)) return false
    for (const [file, bytes] of known.dirty) this.stopwatch.dirty(setup.id, file, bytes)
    this.pass(this.waited + known.took, known.calls)
    return true
  }

  end(end: StepEnd, cause: string, remedy: Remedy = 'nothing'): StepRun {
    assert(end !== 'halt' || remedy !== 'nothing', 'somebody must help a machine that halts')
    return {
      calls: this.calls, nodes: this.nodes, end, up: this.up, flags: [...this.flags].sort(), remedy, cause, console: this.console,
      names: [...this.entered, ...this.enteredByPatches.flatMap((each) => [...each])], freshNames: this.fresh, seconds: this.seconds, fetched: this.fetched,
      footprints: [...this.volumes.values()].flatMap((volume) => (volume.setup.model.persistent ? volume.footprint() ?? [] : [])),
      ...(this.shutdownAtSeconds === null ? {} : { shutdownAtSeconds: this.shutdownAtSeconds }),
      final: finalOf(this.volumes, { sectors: this.sectors, told: this.told, groups: this.groups }, this.shelf),
    }
  }
}

/** Holds nothing of the power-on but what it left, and of its volumes only pictures once they were looked at. */
function finalOf(volumes: Map<StoreId, Volume>, rest: Pick<Left, 'sectors' | 'told' | 'groups'>, shelf: PictureShelf): StepRun['final'] {
  let left: Left | null = null
  return (below) => {
    if (left === null) {
      const pictures = new Map([...volumes].map(([store, volume]) => [store, new Picture(volume, shelf)] as const))
      const touched = new Map([...pictures].map(([store, picture]) => [store, touchedGroups(picture, known(volumes.get(store), store), rest.groups)] as const))
      left = { ...rest, pictures, touched }
      volumes.clear()
    }
    return finalDisk(left, below)
  }
}
