/** What was found when a lesson was followed, in lines for a person. */
import type { Difference } from '#lessons/output.ts'
import type { Found, LessonPlay } from './lesson.ts'

export function printPlay({ lesson, commands, outputs, skipped, found, ms }: LessonPlay): string {
  const left = skipped.map(({ line, what, reason }) => `  line ${line}: ${what} left out: ${reason}\n`).join('')
  const head = `${lesson}: ${commands} commands, ${outputs} outputs, ${skipped.length} left out, ${(ms / 1000).toFixed(1)} s`
  const result = found.length === 0 ? 'as written' : `${found.length} found`
  return `${head}: ${result}\n${left}${found.map(printFound).join('')}`
}

/** @public for tests, which compare with '' so that a failure says what it is */
export function printFound(found: Found): string {
  const place = `\n${found.file}:${found.line}: `
  switch (found.kind) {
    case 'output':
      return `${place}${found.title ?? 'output'} of: ${found.command}\n${found.differences.map(printDifference).join('')}`
    case 'status':
      return `${place}exit status ${found.status}${found.fails ? ', where it is said to fail' : ''}: ${found.command}\n`
    default:
      return `${place}${found.says}\n`
  }
}

function printDifference(difference: Difference): string {
  if (difference.kind === 'not-shown') return `+ ${difference.real}\n`
  return `- ${difference.shown}\n${difference.nearest === null ? '' : `+ ${difference.nearest}\n`}`
}
