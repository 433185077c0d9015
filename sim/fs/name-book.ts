/**
 * Which names a directory may hold after any power cut of this power-on: a listing of the next power-on asks for each of them.
 *
 * A directory that was renamed may be found under its old and under its new path, with all that ever was below it; both are
 * told. What is told in vain costs a question, what is not told would be missed.
 */
import type { Inode, StoreId } from '../disk/call'
import type { Names } from '../explore/machine'
import { join, parentOf } from '../explore/question'

/** One way to a directory, with the directories on it. */
interface Place {
  readonly path: string
  readonly inode: Inode
  readonly above: Place | null
}

export class NameBook {
  private readonly places = new Map<Inode, Place[]>()
  private readonly members = new Map<Inode, Map<string, Set<Inode>>>()

  /** `named` hears of each name that a directory, under each of its paths, may hold from now on. */
  constructor(private readonly store: StoreId, private readonly below: Names, private readonly named: (directory: string, name: string) => void) {}

  entered(directory: Inode, name: string, inode: Inode, isFile: boolean): void {
    let members = this.members.get(directory)
    if (members === undefined) this.members.set(directory, members = new Map<string, Set<Inode>>())
    const inodes = members.get(name)
    if (inodes === undefined) members.set(name, new Set([inode]))
    else inodes.add(inode)
    // Only what may be a directory is found under further paths.
    if (isFile) for (const place of this.placesOf(directory)) this.named(place.path, name)
    else for (const place of this.placesOf(directory).slice()) this.appears(inode, name, place)
  }

  /** Names entered during this power-on, whether they are still there or not. */
  own(directory: Inode): readonly string[] {
    return [...this.members.get(directory)?.keys() ?? []]
  }

  /** Names that a directory of power-on may have held then. */
  candidates(directory: Inode): readonly string[] {
    return directory[0] === '@' ? this.below.candidates(this.store, directory.slice(1)) : []
  }

  /** Paths by which a directory may be found. */
  pathsOf(directory: Inode): readonly string[] {
    return this.placesOf(directory).map(({ path }) => path)
  }

  private placesOf(directory: Inode): Place[] {
    let places = this.places.get(directory)
    if (places === undefined) {
      places = []
      if (directory[0] === '@') {
        const path = directory.slice(1)
        const above = path === '/' ? null : this.placesOf(`@${parentOf(path)}`)[0] ?? null
        places.push({ path, inode: directory, above })
      }
      this.places.set(directory, places)
    }
    return places
  }

  private appears(inode: Inode, name: string, at: Place): void {
    this.named(at.path, name)
    const path = join(at.path, name)
    // A directory within itself: two renames of which a cut keeps one order only.
    for (let place: Place | null = at; place !== null; place = place.above) if (place.inode === inode) return
    const places = this.placesOf(inode)
    if (places.some((place) => place.path === path)) return
    const here: Place = { path, inode, above: at }
    places.push(here)
    for (const [below, inodes] of this.members.get(inode) ?? []) for (const each of inodes) this.appears(each, below, here)
    for (const below of this.candidates(inode)) this.appears(`@${join(inode.slice(1), below)}`, below, here)
  }
}
