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
  /** The directories that were ever entered into a directory. */
  private readonly folders = new Map<Inode, { readonly name: string; readonly inode: Inode }[]>()

  /**
   * `own`: the names that this power-on touched in a directory.
   * `named` hears of each name that a directory, under each of its paths, may hold from now on.
   */
  constructor(
    private readonly store: StoreId,
    private readonly below: Names,
    readonly own: (directory: Inode) => Iterable<string>,
    private readonly named: (directory: string, name: string) => void,
  ) {}

  /** `folder`: the inode, where it is a directory; only these are found under further paths. */
  entered(directory: Inode, name: string, folder: Inode | null): void {
    const places = this.placesOf(directory)
    if (folder === null) {
      for (const place of places) this.named(place.path, name)
      return
    }
    const folders = this.folders.get(directory)
    if (folders === undefined) this.folders.set(directory, [{ name, inode: folder }])
    else if (!folders.some((each) => each.name === name && each.inode === folder)) folders.push({ name, inode: folder })
    for (const place of places.slice()) this.appears(folder, name, place)
  }

  /** Names that a directory of power-on may have held then. */
  candidates(directory: Inode): readonly string[] {
    return directory[0] === '@' ? this.below.candidates(this.store, directory.slice(1)) : []
  }

  /** Paths by which a directory may be found. */
  *pathsOf(directory: Inode): Generator<string> {
    for (const { path } of this.placesOf(directory)) yield path
  }

  /** A directory of power-on that is found where it was then, and nowhere else. */
  isWhereItWas(directory: Inode): boolean {
    return directory[0] === '@' && this.placesOf(directory).length === 1
  }

  /** Path of a directory of power-on. */
  pathOfThen(directory: Inode): string {
    return this.placesOf(directory)[0]!.path
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

  private appears(folder: Inode, name: string, at: Place): void {
    this.named(at.path, name)
    const path = join(at.path, name)
    // A directory within itself: two renames of which a cut keeps one order only.
    for (let place: Place | null = at; place !== null; place = place.above) if (place.inode === folder) return
    const places = this.placesOf(folder)
    if (places.some((place) => place.path === path)) return
    const here: Place = { path, inode: folder, above: at }
    places.push(here)
    for (const each of this.own(folder)) this.named(path, each)
    for (const each of this.folders.get(folder) ?? []) this.appears(each.inode, each.name, here)
    for (const below of this.candidates(folder)) this.appears(`@${join(folder.slice(1), below)}`, below, here)
  }
}
