/**
 * What a frame makes of a question, given which store each of its cells shows. The same code answers for one survivor
 * (`newestSurviving`) and, through `picks.ts`, for a whole world at once.
 */
import { bodyKey } from '../disk/content'
import { absent, sectorCell, toldCell } from '../disk/frame'
import type { Inode } from '../disk/call'
import { type Setting, cellContent, effectiveView } from './cells'
import { bodyOfInode } from './inodes'
import type { Answer, Question } from './question'
import { lookUp, typeOf } from './walk'

export function evaluate(setting: Setting, question: Exclude<Question, { kind: 'group' }>): Answer {
  switch (question.kind) {
    case 'told': return cellContent(setting, toldCell(question.what), () => setting.below.answer(question))
    case 'sector': return cellContent(setting, sectorCell(question.store, question.sector), () => setting.below.answer(question))
    case 'node': {
      const found = lookUp(setting, question.store, question.path, effectiveView(setting, question.store, question.view))
      return found === null ? absent : printNode(typeOf(setting, found), found.inode, question.path)
    }
    case 'bytes': {
      const view = effectiveView(setting, question.store, question.view)
      const found = lookUp(setting, question.store, question.path, view)
      if (found === null) return 'absent'
      const type = typeOf(setting, found)
      if (type !== 'f') return 'not a file'
      const body = bodyOfInode(setting, question.store, found.inode, view)
      return body === null ? 'stale' : bodyKey(body)
    }
  }
}

function printNode(type: string, inode: Inode, path: string): string {
  return type === 'f' && inode !== `@${path}` && inode !== `~${path}` ? `f=${inode}` : type
}
