/** An `<Edit>` of a lesson: lines of a program that go and come, written as a diff (docs/WRITING-A-LESSON.md). */
import type { LineChange } from '#labs/protocol/edit.ts'

export type EditLine = { kind: 'stays' | 'goes' | 'comes'; text: string }

const KINDS: Record<string, EditLine['kind']> = { ' ': 'stays', '-': 'goes', '+': 'comes' }
const LANGUAGES: Record<string, string> = { java: 'java', mjs: 'javascript', py: 'python', properties: 'properties' }

/** @throws Error that names the first line that begins with none of + - and a space */
export function readEdit(diff: string): EditLine[] {
  const lines = diff.replace(/^\n+|\s+$/g, '').split('\n')
  return lines.map((line) => {
    const kind = line === '' ? 'stays' : KINDS[line[0]!]
    if (!kind) throw new Error(`a line of a change begins with +, - or a space: ${line}`)
    return { kind, text: line.slice(1) }
  })
}

export function changeOf(lines: EditLine[]): LineChange {
  const without = (kind: EditLine['kind']) =>
    lines
      .filter((line) => line.kind !== kind)
      .map(({ text }) => text)
      .join('\n')
  return { from: without('comes'), to: without('goes') }
}

/** For highlighting; by the name of the file. */
export const languageOf = (path: string): string => LANGUAGES[path.split('.').at(-1) ?? ''] ?? 'text'
