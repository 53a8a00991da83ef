/** What an action says to the page that asked. An error that a person can meet is a value; others are the error page's. */
import { z } from 'zod'
import { ERRORS, type ErrorCode, KraftlabError } from '#config/errors.ts'
import type { Role } from '#config/roles.ts'
import { hasRole } from '#config/roles.ts'
import type { Person } from '#data/sign-in.ts'
import { optionalPerson } from './person.ts'

export type Answer = { ok: true } | { ok: false; code: ErrorCode; says: string }

/** Runs what an account of that role asked for. Arguments come from anybody: parse them inside. */
export async function answerTo(role: Role, work: (person: Person) => Promise<void>): Promise<Answer> {
  try {
    const person = await optionalPerson()
    if (!person || person.isGuest) throw new KraftlabError('NOT_SIGNED_IN')
    if (!hasRole(person.role, role)) throw new KraftlabError('NOT_ALLOWED')
    await work(person)
    return { ok: true }
  } catch (error) {
    if (error instanceof KraftlabError) return { ok: false, code: error.code, says: error.message }
    if (error instanceof z.ZodError) return { ok: false, code: 'BAD_REQUEST', says: ERRORS.BAD_REQUEST.message }
    throw error
  }
}
