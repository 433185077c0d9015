/** Which names the directories of one machine may hold, and how much its file systems, from the start on and by what each power-on has left. */
import type { StoreId } from '../disk/call'
import type { Names, StepRun } from './machine'
import type { Disk } from './question'
import type { SpaceMemory } from './space-memory'

const nobody: ReadonlySet<string> = new Set()

export class NameMemory {
  private readonly entered = new Map<string, Set<string>>()
  /** Names of which all is known already: many power-ons enter the same into the same directory. */
  private readonly learned = new WeakSet<ReadonlySet<string>>()

  /** Without `spaces` nothing runs out. */
  constructor(private readonly initial: Pick<Names, 'candidates'>, private readonly spaces: SpaceMemory | null = null) {}

  /**
   * True where somebody did not know of it who should have: a directory among `listed` (`store:path`) may hold another name, or a file system
   * more than some run counted on.
   */
  learn({ names, footprints }: Pick<StepRun, 'names' | 'footprints'>, listed = nobody): boolean {
    let isStale = this.spaces?.learn(footprints) ?? false
    for (const [directory, entered] of names) {
      if (this.learned.has(entered)) continue
      this.learned.add(entered)
      const all = this.entered.get(directory) ?? new Set<string>()
      this.entered.set(directory, all)
      const before = all.size
      for (const name of entered) all.add(name)
      isStale ||= all.size > before && listed.has(directory)
    }
    return isStale
  }

  /** All names that the directory may hold, in code-unit order. */
  namesIn(store: StoreId, directory: string): readonly string[] {
    return [...new Set([...this.initial.candidates(store, directory), ...(this.entered.get(`${store}:${directory}`) ?? [])])].sort()
  }

  over(disk: Disk): Disk & Names {
    return {
      answer: (question) => disk.answer(question),
      space: (store) => this.spaces?.space(store) ?? null,
      memberClass: (group, member, view) => disk.memberClass(group, member, view),
      candidates: (store, directory) => this.namesIn(store, directory),
    }
  }
}
