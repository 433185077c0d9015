/** Which names the directories of one machine may hold, and how much its file systems, from the start on and by what each power-on has left. */
import type { Names, StepRun } from './machine'
import type { Disk } from './question'
import type { SpaceMemory } from './space-memory'

export class NameMemory {
  private readonly entered = new Map<string, Set<string>>()

  /** Without `spaces` nothing runs out. */
  constructor(private readonly initial: Names, private readonly spaces: SpaceMemory | null = null) {}

  learn({ names, footprints }: Pick<StepRun, 'names' | 'footprints'>): void {
    this.spaces?.learn(footprints)
    for (const [directory, entered] of names) {
      const all = this.entered.get(directory) ?? new Set<string>()
      for (const name of entered) all.add(name)
      this.entered.set(directory, all)
    }
  }

  over(disk: Disk): Disk & Names {
    return {
      answer: (question) => disk.answer(question),
      space: (store) => this.spaces?.space(store) ?? null,
      memberClass: (group, member, view) => disk.memberClass(group, member, view),
      candidates: (store, directory) => [...new Set([...this.initial.candidates(store, directory), ...(this.entered.get(`${store}:${directory}`) ?? [])])].sort(),
    }
  }
}
