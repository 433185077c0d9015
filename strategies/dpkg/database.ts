/**
 * dpkg's database on the disk: `status`, and a journal of notes in `updates/` that are merged into it later.
 *
 * Follows dpkg 1.21.22 lib/dpkg/dbmodify.c and atomic-file.c (traced). A note is a file of its own: written over padding
 * that already has its blocks, cut to length, fsynced, renamed, its folder fsynced. 251 notes at most, then a merge.
 */
import { assert, known } from '../../sim/assert'
import {
  type PackageState, absentPackage, applyNotes, parseDatabase, printDatabase, printPackage,
} from '../../sim/release/dpkg-database'
import type { Os } from '../../sim/machine/os'
import { dpkgFolder, emptyFile, folderEntry, fsyncFolder, onlyMakeFolders, writeInPlace } from './files'

const statusFile = `${dpkgFolder}/status`
const updatesFolder = `${dpkgFolder}/updates`
const scratchFile = `${updatesFolder}/tmp.i`
/** MAXUPDATES: the note after this number merges first. */
const lastNote = 250
/** What stdio makes of 512 lines and a buffer of 4,096 bytes. */
const padding = [0, 4096].map((from) => ({ from, text: '#padding\n'.repeat(512).slice(from, from + 4096) }))

export class Database {
  private next = 0
  private scratch: number | null = null

  private constructor(private readonly os: Os, private readonly states: Map<string, PackageState>, private notes: readonly string[]) {}

  /**
   * Reads all of it, as every program does that wants to know; changes nothing.
   *
   * The real one lists the folder and takes the names made of digits. A listing would also ask for the scratch file; names
   * beyond `notesMax`, the most that one run can write, are not there.
   */
  static look(os: Os, notesMax = lastNote + 1): Database {
    const notes = Array.from({ length: Math.min(notesMax, lastNote + 1) }, (_, at) => noteFile(at)).filter((path) => os.fs.existsSync(path))
    const read = (path: string): Map<string, PackageState> => parseDatabase(os.fs.readFileSync(path, 'latin1'), path)
    return new Database(os, applyNotes(read(statusFile), notes.map(read)), notes)
  }

  /** Somebody's run of dpkg never came to its end. */
  get isInterrupted(): boolean {
    return this.notes.length > 0
  }

  state(name: string): PackageState {
    return this.states.get(name) ?? absentPackage(name)
  }

  has(name: string): boolean {
    return this.states.has(name)
  }

  /** One run of dpkg: merges what an earlier run has left, does its work, merges its own notes. */
  run(work: () => void): void {
    for (const name of ['updates', 'info']) if (!this.os.fs.existsSync(`${dpkgFolder}/${name}`)) this.os.tree.put([folderEntry(name)], dpkgFolder, onlyMakeFolders)
    if (this.isInterrupted) this.merge(this.notes)
    this.openScratch()
    work()
    this.merge(this.ownNotes())
    this.os.fs.closeSync(known(this.scratch, 'the scratch file'))
    this.scratch = null
    this.os.fs.unlinkSync(scratchFile)
  }

  /** modstatdb_note: this is true of the package from now on. */
  note(change: Partial<PackageState> & Pick<PackageState, 'name'>): void {
    const state = { ...this.state(change.name), ...change }
    this.states.set(state.name, state)
    const fd = known(this.scratch, 'the scratch file')
    const text = printPackage(state)
    const { fs } = this.os
    fs.writeSync(fd, text, 0)
    fs.ftruncateSync(fd, text.length)
    fs.fsyncSync(fd)
    fs.closeSync(fd)
    fs.renameSync(scratchFile, noteFile(this.next))
    fsyncFolder(this.os, updatesFolder)
    this.next++
    if (this.next > lastNote) this.merge(this.ownNotes())
    this.openScratch()
  }

  private ownNotes(): readonly string[] {
    return Array.from({ length: this.next }, (_, at) => noteFile(at))
  }

  /** Always a new file here: whether an old one lies there makes no difference to anybody, so nobody asks. */
  private openScratch(): void {
    this.os.tree.put([emptyFile('tmp.i')], updatesFolder, writeInPlace)
    this.scratch = this.os.fs.openSync(scratchFile, 'r+')
    for (const { from, text } of padding) this.os.fs.writeSync(this.scratch, text, from)
  }

  private merge(notes: readonly string[]): void {
    const { fs, tree } = this.os
    assert(notes.length <= lastNote + 1, 'no more notes than a folder may hold')
    tree.put([emptyFile('status-new')], dpkgFolder, writeInPlace)
    const fd = fs.openSync(`${statusFile}-new`, 'r+')
    fs.writeSync(fd, printDatabase(this.states), 0)
    fs.fsyncSync(fd)
    fs.closeSync(fd)
    tree.remove([emptyFile('status-old')], dpkgFolder)
    fs.linkSync(statusFile, `${statusFile}-old`)
    fs.renameSync(`${statusFile}-new`, statusFile)
    fsyncFolder(this.os, dpkgFolder)
    for (const note of notes) fs.unlinkSync(note)
    fsyncFolder(this.os, updatesFolder)
    this.notes = []
    this.next = 0
  }
}

function noteFile(at: number): string {
  return `${updatesFolder}/${String(at).padStart(4, '0')}`
}
