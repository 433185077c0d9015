/** Stories as short text: `n` a power-on that ends by itself, `c57` a cut while call 57 is in flight, `-a.1f` what it loses. */
import type { StoryStep } from './replay'

export function printStory(story: readonly StoryStep[]): string {
  return story.map((step) => {
    const lost = step.kind === 'cut' ? step.loss.lost : step.lost
    const losses = lost.length === 0 ? '' : `-${lost.map((effect) => effect.toString(36)).join('.')}`
    return step.kind === 'cut' ? `c${step.loss.cutPoint}${losses}` : `n${losses}`
  }).join('+')
}

/** Null: not what `printStory` prints. */
export function parseStory(text: string): readonly StoryStep[] | null {
  const story: StoryStep[] = []
  for (const part of text.split('+')) {
    const match = /^(?:n|c(\d{1,9}))(?:-([0-9a-z]+(?:\.[0-9a-z]+)*))?$/.exec(part)
    if (match === null) return null
    const lost = match[2] === undefined ? [] : match[2].split('.').map((effect) => Number.parseInt(effect, 36))
    story.push(match[1] === undefined ? { kind: 'natural', lost } : { kind: 'cut', loss: { cutPoint: Number(match[1]), lost } })
  }
  return story
}
