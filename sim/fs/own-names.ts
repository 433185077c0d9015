/**
 * What a power-on did to names: of each directory its own, and over them what patches laid by reference, until somebody changes a name of the
 * directory or learns of an inode in it.
 */
import type { Inode } from '../disk/call'
import type { PatchFolder } from './patch'

/** What a power-on did to the names of a directory: what each leads to now, and over that what patches laid, oldest first. */
export interface OwnDirectory {
  readonly directory: Inode
  readonly own: ReadonlyMap<string, Inode>
  readonly layers: readonly PatchFolder[]
}

const noNames: ReadonlyMap<string, Inode> = new Map()
const noLayers: readonly PatchFolder[] = []

export class OwnNames {
  private readonly names = new Map<Inode, Map<string, Inode>>()
  private readonly layers = new Map<Inode, PatchFolder[]>()

  /** `made` hears of the inodes of each patch folder that becomes the power-on's own. */
  constructor(private readonly made: (inodes: PatchFolder['made']) => void) {}

  isTouched(directory: Inode): boolean {
    return this.names.has(directory) || this.layers.has(directory)
  }

  /** What the name leads to; undefined where nothing was done to it. */
  shown(directory: Inode, name: string): Inode | undefined {
    const layers = this.layers.get(directory) ?? noLayers
    for (let at = layers.length - 1; at >= 0; at--) {
      const entry = layers[at]!.names.get(name)
      if (entry !== undefined) return entry
    }
    return this.names.get(directory)?.get(name)
  }

  /** The same for somebody who may change the inode that it leads to, or give it another name: its patch is no longer as it was. */
  get(directory: Inode, name: string): Inode | undefined {
    const entry = this.shown(directory, name)
    if (entry !== undefined && (entry[0] === '#' || entry[0] === '?') && this.layers.has(directory)) this.own(directory)
    return entry
  }

  /** Returns what it led to. */
  set(directory: Inode, name: string, entry: Inode): Inode | undefined {
    const names = this.own(directory)
    const before = names.get(name)
    names.set(name, entry)
    return before
  }

  lay(directory: Inode, folder: PatchFolder): void {
    const layers = this.layers.get(directory)
    if (layers === undefined) this.layers.set(directory, [folder])
    else layers.push(folder)
  }

  in(directory: Inode): Iterable<string> {
    return (this.layers.has(directory) ? this.own(directory) : this.names.get(directory) ?? noNames).keys()
  }

  *directories(): Generator<OwnDirectory> {
    for (const [directory, own] of this.names) yield { directory, own, layers: this.layers.get(directory) ?? noLayers }
    for (const [directory, layers] of this.layers) if (!this.names.has(directory)) yield { directory, own: noNames, layers }
  }

  /** Patches worked in. */
  private own(directory: Inode): Map<string, Inode> {
    let names = this.names.get(directory)
    if (names === undefined) this.names.set(directory, names = new Map<string, Inode>())
    for (const layer of this.layers.get(directory) ?? noLayers) {
      for (const [name, entry] of layer.names) names.set(name, entry)
      this.made(layer.made)
    }
    this.layers.delete(directory)
    return names
  }
}
