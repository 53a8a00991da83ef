/** A mistake in content/: shown in place of the page it breaks; the other pages still work. */
import type { z } from 'zod'

export type ContentProblem = {
  /** path from the root of the clone */
  file: string
  field: string
  reason: string
}

export class ContentError extends Error {
  override readonly name = 'ContentError'
  constructor(readonly problem: ContentProblem) {
    super(`${problem.file}: ${problem.field}: ${problem.reason}`)
  }
}

export function problemOf(file: string, error: z.ZodError): ContentProblem {
  const issue = error.issues[0]
  return { file, field: issue?.path.join('.') || '(whole)', reason: issue?.message ?? 'not valid' }
}
