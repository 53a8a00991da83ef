'use server'
/** What instructors and learners do with classes. Who may is checked in data/, in the transaction of what is done. */
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { type Answer, type Answered, answerTo, answerWith } from '#app/answers.ts'
import { API_SCOPES } from '#config/api-scopes.ts'
import { makeApiToken, revokeApiToken } from '#data/api-token.ts'
import { assign, changeAssignment, removeAssignment } from '#data/assignment.ts'
import { database } from '#data/connection.ts'
import { joinClass } from '#data/joining.ts'
import { importRoster, matchRoster } from '#data/roster.ts'
import { type Roster, RosterError, readRoster } from '#data/roster-csv.ts'
import {
  addInstructor,
  admitMembers,
  archiveClass,
  changeClass,
  makeClass,
  removeMember,
  renewJoinLink,
} from '#data/teaching.ts'
import { assignable, findIn } from '#lessons/assignable.ts'

const id = z.string().min(1).max(100)
const name = z.string().trim().min(1).max(100)
/** ms since 1970 */
const time = z.number().int().positive().max(8.64e15).nullable()
const date = (at: number | null) => (at === null ? null : new Date(at))
const points = z.number().min(0).max(10_000)

export async function newClass(given: string): Promise<Answer> {
  let made = ''
  const answer = await answerTo('instructor', async (person) => {
    made = await makeClass(database(), person, name.parse(given))
  })
  return answer.ok ? redirect(`/classes/${made}/settings`) : answer
}

const settings = z.object({
  name,
  joinOpen: z.boolean(),
  joinUntil: time,
  joinApproval: z.boolean(),
  stuckMinutes: z.number().int().min(1).max(240),
})

export async function keepSettings(classId: string, given: z.input<typeof settings>): Promise<Answer> {
  return ofClass(classId, async (person, on) => {
    const { joinUntil, ...rest } = settings.parse(given)
    await changeClass(database(), person, on, { ...rest, joinUntil: date(joinUntil) })
  })
}

export async function newJoinLink(classId: string): Promise<Answer> {
  return ofClass(classId, (person, on) => renewJoinLink(database(), person, on))
}

export async function setArchived(classId: string, archived: boolean): Promise<Answer> {
  return ofClass(classId, (person, on) => archiveClass(database(), person, on, z.boolean().parse(archived)))
}

export async function addCoInstructor(classId: string, email: string): Promise<Answer> {
  return ofClass(classId, (person, on) => addInstructor(database(), person, on, z.string().max(200).parse(email)))
}

export async function letIn(classId: string, userIds: string[]): Promise<Answer> {
  return ofClass(classId, (person, on) => admitMembers(database(), person, on, z.array(id).max(5_000).parse(userIds)))
}

export async function takeOut(classId: string, userId: string): Promise<Answer> {
  return ofClass(classId, (person, on) => removeMember(database(), person, on, id.parse(userId)))
}

export type RosterAnswer = Answered<{ roster: Roster; imported: { added: number; replaced: number } | null }>

/** Reads a roster and says what is wrong with it; imports its good lines only when that was seen and `confirmed`. */
export async function giveRoster(classId: string, form: FormData): Promise<RosterAnswer> {
  return answerWith('instructor', async (person) => {
    const file = form.get('file')
    if (!(file instanceof File)) throw new RosterError('Choose a file.')
    const roster = readRoster(new Uint8Array(await file.arrayBuffer()))
    const imported =
      form.get('confirmed') === 'yes' ? await importRoster(database(), person, id.parse(classId), roster.lines) : null
    if (imported) revalidatePath(`/classes/${classId}`, 'layout')
    return { roster, imported }
  })
}

const matches = z.array(z.object({ entryId: id, userId: id.nullable() })).max(5_000)

export async function setMatches(classId: string, given: z.input<typeof matches>): Promise<Answer> {
  return ofClass(classId, (person, on) => matchRoster(database(), person, on, matches.parse(given)))
}

const assignment = z.object({ kind: z.enum(['lab', 'module']), course: id, slug: id, dueAt: time, points })

export async function addAssignment(classId: string, given: z.input<typeof assignment>): Promise<Answer> {
  return ofClass(classId, async (person, on) => {
    const { dueAt, ...what } = assignment.parse(given)
    if (!findIn(await assignable(), what)) throw new z.ZodError([])
    await assign(database(), person, on, { ...what, dueAt: date(dueAt) })
  })
}

const change = z.object({ id, dueAt: time, points })

export async function keepAssignment(classId: string, given: z.input<typeof change>): Promise<Answer> {
  return ofClass(classId, async (person, on) => {
    const { dueAt, ...rest } = change.parse(given)
    await changeAssignment(database(), person, on, { ...rest, dueAt: date(dueAt) })
  })
}

export async function dropAssignment(classId: string, assignmentId: string): Promise<Answer> {
  return ofClass(classId, (person, on) => removeAssignment(database(), person, on, id.parse(assignmentId)))
}

const token = z.object({
  name,
  scopes: z.array(z.enum(API_SCOPES)).min(1),
  days: z.number().int().min(1).max(366),
})
const DAY_MS = 86_400_000

/** The token is in this answer, and nowhere else. */
export async function newToken(classId: string, given: z.input<typeof token>): Promise<Answered<{ token: string }>> {
  return answerWith('instructor', async (person) => {
    const { days, ...of } = token.parse(given)
    const expiresAt = new Date(Date.now() + days * DAY_MS)
    const made = await makeApiToken(database(), person, id.parse(classId), { ...of, expiresAt })
    revalidatePath(`/classes/${classId}`, 'layout')
    return { token: made }
  })
}

export async function endToken(classId: string, tokenId: string): Promise<Answer> {
  return ofClass(classId, (person, on) => revokeApiToken(database(), person, on, id.parse(tokenId)))
}

export async function join(code: string): Promise<Answer> {
  let joined = ''
  const answer = await answerTo('learner', async (person) => {
    joined = (await joinClass(database(), person, z.string().max(100).parse(code))).classId
  })
  return answer.ok ? redirect(`/classes/${joined}`) : answer
}

type Deed = Parameters<typeof answerTo>[1]

async function ofClass(
  classId: string,
  work: (person: Parameters<Deed>[0], classId: string) => Promise<void>,
): Promise<Answer> {
  const answer = await answerTo('learner', (person) => work(person, id.parse(classId)))
  if (answer.ok) revalidatePath(`/classes/${classId}`, 'layout')
  return answer
}
