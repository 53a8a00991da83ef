/** What an action says to the page that asked. An error that a person can meet is a value; others are the error page's. */
import { z } from 'zod'
import { ERRORS, type ErrorCode, KraftlabError } from '#config/errors.ts'
import { hasRole, type Role } from '#config/roles.ts'
import { RosterError } from '#data/roster-csv.ts'
import type { Person } from '#data/sign-in.ts'
import { requireAccount } from './person.ts'

type Refused = { ok: false; code: ErrorCode; says: string }
export type Answer = { ok: true } | Refused
export type Answered<Value> = ({ ok: true } & Value) | Refused

/** Runs what an account of that role asked for. Arguments come from anybody: parse them inside. */
export async function answerWith<Value extends object>(
  role: Role,
  work: (person: Person) => Promise<Value>,
): Promise<Answered<Value>> {
  try {
    const person = await requireAccount()
    if (!hasRole(person.role, role)) throw new KraftlabError('NOT_ALLOWED')
    return { ok: true, ...(await work(person)) }
  } catch (error) {
    if (error instanceof KraftlabError) return { ok: false, code: error.code, says: error.message }
    if (error instanceof RosterError) return { ok: false, code: 'BAD_REQUEST', says: error.message }
    if (error instanceof z.ZodError) return { ok: false, code: 'BAD_REQUEST', says: ERRORS.BAD_REQUEST.message }
    throw error
  }
}

export function answerTo(role: Role, work: (person: Person) => Promise<void>): Promise<Answer> {
  return answerWith(role, async (person) => {
    await work(person)
    return {}
  })
}
