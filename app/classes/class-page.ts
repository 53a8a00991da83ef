/** Who may see a page of a class. */
import { forbidden, notFound } from 'next/navigation'
import { accountFor } from '#app/person.ts'
import { KraftlabError } from '#config/errors.ts'
import { type Class, findOptionalClass } from '#data/class.ts'
import { findOptionalMember, requireTeaching } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import type { Person } from '#data/sign-in.ts'

/** For its instructors. */
export async function taughtClass(id: string, path: string): Promise<{ person: Person; class: Class }> {
  const person = await accountFor(path)
  try {
    return { person, class: await requireTeaching(database(), person, id) }
  } catch (error) {
    if (!(error instanceof KraftlabError)) throw error
    return error.code === 'NOT_FOUND' ? notFound() : forbidden()
  }
}

/** For all who are in it. */
export async function ownClass(
  id: string,
): Promise<{ person: Person; class: Class; role: 'learner' | 'instructor'; waiting: boolean }> {
  const person = await accountFor(`/classes/${id}`)
  const [found, member] = await Promise.all([
    findOptionalClass(database(), id),
    findOptionalMember(database(), { classId: id, userId: person.userId }),
  ])
  if (!found || !member) notFound()
  return { person, class: found, role: member.role as 'learner' | 'instructor', waiting: member.waiting }
}
