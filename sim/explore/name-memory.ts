/** Which names the directories of one machine may hold, from the start on and by what each power-on has entered. */
import type { Names, StepRun } from './machine'
import type { Disk } from './question'

export class NameMemory {
  private readonly entered = new Map<string, Set<string>>()

  constructor(private readonly initial: Names) {}

  learn({ names }: Pick<StepRun, 'names'>): void {
    for (const [directory, entered] of names) {
      const all = this.entered.get(directory) ?? new Set<string>()
      for (const name of entered) all.add(name)
      this.entered.set(directory, all)
    }
  }

  over(disk: Disk): Disk & Names {
    return {
      answer: (question) => disk.answer(question),
      memberClass: (group, member, view) => disk.memberClass(group, member, view),
      candidates: (store, directory) => [...new Set([...this.initial.candidates(store, directory), ...(this.entered.get(`${store}:${directory}`) ?? [])])].sort(),
    }
  }
}
