/** Classes: made, joined, matched with a roster, assigned to; and who may do none of that. */
import { describe, expect, test } from 'vitest'
import { deleteAccount, exportAccount } from '#data/account.ts'
import { assign, changeAssignment, findAssignments, removeAssignment } from '#data/assignment.ts'
import { findAuditEvents } from '#data/audit-event.ts'
import type { Auth } from '#data/auth.ts'
import { findClassesOf, findOptionalClass } from '#data/class.ts'
import { findMembers, requireTeaching } from '#data/class-member.ts'
import type { OpenDatabase } from '#data/database.ts'
import { joinClass } from '#data/joining.ts'
import { findRoster, importRoster, matchRoster } from '#data/roster.ts'
import type { RosterLine } from '#data/roster-csv.ts'
import type { Person } from '#data/sign-in.ts'
import {
  addInstructor,
  admitMembers,
  archiveClass,
  changeClass,
  makeClass,
  removeMember,
  renewJoinLink,
} from '#data/teaching.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { emailOf, personOf, signUp } from '../support/people.ts'

const settings = { name: 'KRaft 101', joinOpen: true, joinUntil: null, joinApproval: false, stuckMinutes: 10 }
const lab = { kind: 'lab' as const, course: 'kraft', slug: 'quick-start', dueAt: null, points: 10 }
const line = (student: string, more: Partial<RosterLine> = {}): RosterLine => ({
  student,
  email: emailOf(student),
  canvasId: null,
  sisUserId: null,
  sisLoginId: null,
  section: null,
  ...more,
})

async function account(database: OpenDatabase, auth: Auth, name: string, role = 'learner'): Promise<Person> {
  const person = await personOf(database, auth, await signUp(auth, name))
  if (role !== 'learner') await database.user.update({ where: { id: person.userId }, data: { role } })
  return person
}

/** Two instructors with a class each, and a learner in the first. */
async function twoClasses() {
  const { database, auth } = await temporaryDatabase()
  const [ida, ian, lea] = [
    await account(database, auth, 'Ida', 'instructor'),
    await account(database, auth, 'Ian', 'instructor'),
    await account(database, auth, 'Lea'),
  ]
  const one = await makeClass(database, ida, 'KRaft 101')
  const other = await makeClass(database, ian, 'Elsewhere')
  const codeOf = async (id: string) => (await findOptionalClass(database, id))!.joinCode
  await joinClass(database, lea, await codeOf(one))
  return { database, auth, ida, ian, lea, one, other, codeOf }
}

describe('joining', () => {
  test('by the code, however it is typed; twice is once', async () => {
    const { database, auth, one, codeOf } = await twoClasses()
    const max = await account(database, auth, 'Max')
    const code = await codeOf(one)
    const typed = ` ${code.slice(0, 5).toLowerCase()}-${code.slice(5).replaceAll('0', 'o').replaceAll('1', 'l')} `
    expect(await joinClass(database, max, typed)).toEqual({ classId: one, waiting: false })
    expect(await joinClass(database, max, code)).toEqual({ classId: one, waiting: false })
    expect((await findClassesOf(database, max.userId)).map(({ name, role }) => [name, role])).toEqual([
      ['KRaft 101', 'learner'],
    ])
    expect((await findAuditEvents(database, { action: 'class-joined', personId: max.userId, limit: 9 })).length).toBe(1)
  })

  test('is refused where the link is wrong, replaced, over, closed, or the class archived', async () => {
    const { database, auth, ida, one, codeOf } = await twoClasses()
    const code = await codeOf(one)
    const refused = async (which: string, name: string) =>
      expect(joinClass(database, await account(database, auth, name), which)).rejects.toMatchObject({
        code: 'JOIN_CLOSED',
      })
    await refused('0000000000', 'A1')
    await refused('', 'A2')
    await changeClass(database, ida, one, { ...settings, joinUntil: new Date(Date.now() - 1) })
    await refused(code, 'A3')
    await changeClass(database, ida, one, { ...settings, joinOpen: false })
    await refused(code, 'A4')
    await changeClass(database, ida, one, settings)
    await renewJoinLink(database, ida, one)
    await refused(code, 'A5')
    await archiveClass(database, ida, one, true)
    await refused(await codeOf(one), 'A6')
  })

  test('guessing codes is slowed, and no guest joins', async () => {
    const { database, auth, one, codeOf } = await twoClasses()
    const guest = await personOf(database, auth, (await signInGuest(auth)).cookie)
    await expect(joinClass(database, guest, await codeOf(one))).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })
    const max = await account(database, auth, 'Max')
    for (let at = 0; at < 10; at++)
      await expect(joinClass(database, max, `GUESS${at}`)).rejects.toMatchObject({ code: 'JOIN_CLOSED' })
    await expect(joinClass(database, max, await codeOf(one))).rejects.toMatchObject({ code: 'TOO_MANY_TRIES' })
  })

  test('waits for an instructor where the class asks for that', async () => {
    const { database, auth, ida, ian, one, other, codeOf } = await twoClasses()
    await changeClass(database, ida, one, { ...settings, joinApproval: true })
    const max = await account(database, auth, 'Max')
    expect(await joinClass(database, max, await codeOf(one))).toEqual({ classId: one, waiting: true })
    await expect(requireTeaching(database, max, one)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // Another class's instructor lets nobody in here, nor by way of their own class.
    await expect(admitMembers(database, ian, one, [max.userId])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await admitMembers(database, ian, other, [max.userId])
    expect((await findClassesOf(database, max.userId))[0]?.waiting).toBe(true)
    await admitMembers(database, ida, one, [max.userId])
    expect((await findClassesOf(database, max.userId))[0]?.waiting).toBe(false)
  })
})

describe('a class is its instructors’ alone', () => {
  test('nobody else changes anything of it, and strangers do not learn that it is there', async () => {
    const { database, ian, lea, one, other } = await twoClasses()
    await assign(database, ian, other, lab)
    const [own] = await findAssignments(database, other)
    const deeds: ((by: Person) => Promise<unknown>)[] = [
      (by) => changeClass(database, by, one, settings),
      (by) => renewJoinLink(database, by, one),
      (by) => archiveClass(database, by, one, true),
      (by) => addInstructor(database, by, one, emailOf('Ian')),
      (by) => admitMembers(database, by, one, [lea.userId]),
      (by) => removeMember(database, by, one, lea.userId),
      (by) => importRoster(database, by, one, [line('Lea')]),
      (by) => matchRoster(database, by, one, []),
      (by) => assign(database, by, one, lab),
      (by) => changeAssignment(database, by, one, { id: own!.id, dueAt: null, points: 1 }),
      (by) => removeAssignment(database, by, one, own!.id),
    ]
    const events = await database.auditEvent.count()
    for (const deed of deeds) {
      await expect(deed(ian)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(deed(lea)).rejects.toMatchObject({ code: 'NOT_YOUR_CLASS' })
    }
    expect(await database.auditEvent.count()).toBe(events)
    expect(await findRoster(database, one)).toEqual([])
    expect(await findAssignments(database, one)).toEqual([])
  })

  test('what is of another class cannot be reached through one’s own', async () => {
    const { database, ida, ian, lea, one, other } = await twoClasses()
    await assign(database, ida, one, lab)
    await importRoster(database, ida, one, [line('Lea')])
    const [assignment] = await findAssignments(database, one)
    const [entry] = await findRoster(database, one)
    const change = { id: assignment!.id, dueAt: null, points: 1 }
    await expect(changeAssignment(database, ian, other, change)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(removeAssignment(database, ian, other, assignment!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(removeMember(database, ian, other, lea.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const match = { entryId: entry!.id, userId: lea.userId }
    await expect(matchRoster(database, ian, other, [match])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await findAssignments(database, one)).toEqual([assignment])
  })

  test('one who is no instructor any more teaches nothing', async () => {
    const { database, ida, one } = await twoClasses()
    await database.user.update({ where: { id: ida.userId }, data: { role: 'learner' } })
    await expect(changeClass(database, ida, one, settings)).rejects.toMatchObject({ code: 'NOT_YOUR_CLASS' })
    await expect(makeClass(database, ida, 'Another')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })

  test('there is always one; a second is added by their address', async () => {
    const { database, ida, ian, lea, one } = await twoClasses()
    await expect(removeMember(database, ida, one, ida.userId)).rejects.toMatchObject({ code: 'LAST_INSTRUCTOR' })
    await expect(deleteAccount(database, ida)).rejects.toMatchObject({ code: 'LAST_INSTRUCTOR' })
    await expect(addInstructor(database, ida, one, emailOf('Lea'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await addInstructor(database, ida, one, ` ${emailOf('Ian').toUpperCase()} `)
    await expect(addInstructor(database, ida, one, emailOf('Ian'))).rejects.toMatchObject({ code: 'ALREADY_MEMBER' })
    await removeMember(database, ian, one, ida.userId)
    await expect(changeClass(database, ida, one, settings)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await removeMember(database, ian, one, lea.userId)
    expect((await findMembers(database, one)).map(({ user }) => user.name)).toEqual(['Ian'])
  })

  test('archived it stays as it is, until it is brought back', async () => {
    const { database, ida, one } = await twoClasses()
    await archiveClass(database, ida, one, true)
    await expect(assign(database, ida, one, lab)).rejects.toMatchObject({ code: 'CLASS_ARCHIVED' })
    await archiveClass(database, ida, one, false)
    await assign(database, ida, one, lab)
  })
})

describe('a roster', () => {
  test('is imported again without doubles, and keeps who its lines are', async () => {
    const { database, ida, lea, one } = await twoClasses()
    const first = [line('Lea', { canvasId: '7' }), line('Max', { email: null, canvasId: '8' })]
    expect(await importRoster(database, ida, one, first)).toEqual({ added: 2, replaced: 0 })
    const [entry] = await findRoster(database, one)
    await matchRoster(database, ida, one, [{ entryId: entry!.id, userId: lea.userId }])
    const again = [line('Lea', { canvasId: '7', section: 'B' }), line('Nic', { canvasId: '9' })]
    expect(await importRoster(database, ida, one, again)).toEqual({ added: 1, replaced: 1 })
    const [matched] = await findMembers(database, one).then((all) => all.filter(({ userId }) => userId === lea.userId))
    expect(matched?.roster).toMatchObject({ student: 'Lea', section: 'B' })
  })

  test('a learner is one line at most, and may be none again; nobody who waits or teaches is one', async () => {
    const { database, auth, ida, lea, one, codeOf } = await twoClasses()
    await importRoster(database, ida, one, [line('Lea'), line('Max')])
    const [first, second] = await findRoster(database, one)
    await matchRoster(database, ida, one, [{ entryId: first!.id, userId: lea.userId }])
    await matchRoster(database, ida, one, [{ entryId: second!.id, userId: lea.userId }])
    expect((await findRoster(database, one)).map(({ memberId }) => memberId !== null)).toEqual([false, true])
    await matchRoster(database, ida, one, [{ entryId: second!.id, userId: null }])
    expect((await findRoster(database, one)).every(({ memberId }) => memberId === null)).toBe(true)
    const stranger = await account(database, auth, 'Max')
    for (const userId of [stranger.userId, ida.userId])
      await expect(matchRoster(database, ida, one, [{ entryId: first!.id, userId }])).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    // One wrong match undoes all that came with it.
    await joinClass(database, stranger, await codeOf(one))
    const both = [
      { entryId: second!.id, userId: stranger.userId },
      { entryId: 'nowhere', userId: lea.userId },
    ]
    await expect(matchRoster(database, ida, one, both)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await findRoster(database, one)).every(({ memberId }) => memberId === null)).toBe(true)
  })
})

test('what a class knows of a person is in their copy, and goes with them', async () => {
  const { database, ida, lea, one } = await twoClasses()
  await importRoster(database, ida, one, [line('Lea', { sisUserId: 'S7' })])
  const [entry] = await findRoster(database, one)
  await matchRoster(database, ida, one, [{ entryId: entry!.id, userId: lea.userId }])
  expect((await exportAccount(database, lea)).classes).toMatchObject([
    { role: 'learner', class: { name: 'KRaft 101' }, roster: { sisUserId: 'S7' } },
  ])
  await deleteAccount(database, lea)
  expect((await findMembers(database, one)).map(({ role }) => role)).toEqual(['instructor'])
  expect((await findRoster(database, one)).map(({ memberId }) => memberId)).toEqual([null])
})

test('assignments come in the order in which they are due', async () => {
  const { database, ida, one } = await twoClasses()
  await assign(database, ida, one, lab)
  await assign(database, ida, one, { ...lab, kind: 'module', slug: 'snapshots' })
  await assign(database, ida, one, { ...lab, slug: 'late', dueAt: new Date(2_000) })
  await assign(database, ida, one, { ...lab, slug: 'early', dueAt: new Date(1_000) })
  expect((await findAssignments(database, one)).map(({ slug }) => slug)).toEqual([
    'early',
    'late',
    'quick-start',
    'snapshots',
  ])
  await assign(database, ida, one, { ...lab, points: 99 })
  expect((await findAssignments(database, one)).map(({ points }) => points)).toEqual([10, 10, 99, 10])
})
