/** Findings about disks, remembered by what was asked for them and heard: of disks that answer alike only one is looked at. */
import type { Disk, Answer, Question } from './question'
import { questionKey } from './question'

type Node<T> = { readonly kind: 'asks'; readonly question: Question; readonly next: Map<Answer, Node<T>> } | { readonly kind: 'found'; readonly value: T }

export class Remembered<T> {
  private root: Node<T> | undefined

  /** `look` learns of the disk by its answers only. */
  of(disk: Disk, look: (disk: Disk) => T): T {
    let node = this.root
    let place: { readonly at: Map<Answer, Node<T>>; readonly answer: Answer } | undefined
    const heard = new Map<string, Answer>()
    while (node?.kind === 'asks') {
      const answer = disk.answer(node.question)
      heard.set(questionKey(node.question), answer)
      place = { at: node.next, answer }
      node = node.next.get(answer)
    }
    if (node !== undefined) return node.value
    const fresh: { readonly question: Question; readonly answer: Answer }[] = []
    const value = look({
      answer(question) {
        const key = questionKey(question)
        let answer = heard.get(key)
        if (answer === undefined) {
          heard.set(key, answer = disk.answer(question))
          fresh.push({ question, answer })
        }
        return answer
      },
      memberClass: () => null,
    })
    let leaf: Node<T> = { kind: 'found', value }
    for (const { question, answer } of fresh.reverse()) leaf = { kind: 'asks', question, next: new Map([[answer, leaf]]) }
    if (place === undefined) this.root = leaf
    else place.at.set(place.answer, leaf)
    return value
  }
}
