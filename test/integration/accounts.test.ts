/** Accounts: signing up and in, roles, the first administrator, what is audited, deletion. */
import { describe, expect, test } from 'vitest'
import { checkDeletion, deleteAccount, exportAccount } from '#data/account.ts'
import {
  changeRole,
  findOptionalFirstAdministratorPath,
  isFirstAdministratorLink,
  makeFirstAdministrator,
} from '#data/administration.ts'
import { findAuditEvents } from '#data/audit-event.ts'
import { findPasses, recordPass } from '#data/check-pass.ts'
import type { OpenDatabase } from '#data/database.ts'
import { createLabSession } from '#data/lab-session.ts'
import { readSecrets, type Secrets } from '#data/secrets.ts'
import { findOptionalPerson } from '#data/sign-in.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { authRequest, emailOf, PASSWORD, personOf, signUp } from '../support/people.ts'

const LAB = 'quick-start'

const tokenOf = async (database: OpenDatabase, secrets: Secrets) =>
  (await findOptionalFirstAdministratorPath(database, secrets))!.split('/').at(-1)!

async function withAdministrator() {
  const all = await temporaryDatabase()
  const { database, auth, data } = all
  const secrets = readSecrets(data)
  const token = await tokenOf(database, secrets)
  const cookie = await signUp(auth, 'Ada')
  await makeFirstAdministrator(database, secrets, await personOf(database, auth, cookie), token)
  return { ...all, secrets, token, ada: await personOf(database, auth, cookie), cookie }
}

describe('a guest who signs up', () => {
  test('keeps what they have passed; the guest is no more', async () => {
    const { database, auth } = await temporaryDatabase()
    const guest = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId: guest.userId, lab: LAB, startedAt: new Date(1) })
    await recordPass(database, 'one', { step: 's', check: 'c', evidence: { says: 'seen' }, at: new Date(2) })
    const ada = await personOf(database, auth, await signUp(auth, 'Ada', guest.cookie))
    expect(ada).toMatchObject({ name: 'Ada', isGuest: false, role: 'learner', formerly: [guest.userId] })
    expect((await findPasses(database, { userId: ada.userId, lab: LAB })).map(({ check }) => check)).toEqual(['c'])
    expect(await findOptionalPerson(database, auth, guest.cookie)).toBeNull()
  })

  test('and the same where they sign in to an account that they have', async () => {
    const { database, auth } = await temporaryDatabase()
    await signUp(auth, 'Ada')
    const guest = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId: guest.userId, lab: LAB, startedAt: new Date(1) })
    const answer = await authRequest(
      auth,
      '/sign-in/email',
      { email: emailOf('Ada'), password: PASSWORD },
      guest.cookie,
    )
    const ada = await personOf(database, auth, answer.cookie)
    expect((await database.labSession.findMany()).map(({ userId }) => userId)).toEqual([ada.userId])
  })
})

describe('signing in', () => {
  test('is audited with its way, by the sign-in itself; a guest is not', async () => {
    const { database, auth } = await temporaryDatabase()
    await signInGuest(auth)
    const ada = await personOf(database, auth, await signUp(auth, 'Ada'))
    await authRequest(auth, '/sign-in/email', { email: emailOf('Ada'), password: PASSWORD })
    const events = await findAuditEvents(database, { limit: 10 })
    expect(events.map(({ actorId, action, details }) => [actorId, action, details])).toEqual([
      [ada.userId, 'signed-in', { method: 'password' }],
      [ada.userId, 'signed-in', { method: 'sign-up' }],
    ])
    expect(events[1]?.sessionId).toBe(ada.sessionId)
  })

  test('that cannot be audited does not happen', async () => {
    const { database, auth } = await temporaryDatabase()
    await signUp(auth, 'Ada')
    await database.$executeRawUnsafe('DROP TABLE AuditEvent')
    const answer = await authRequest(auth, '/sign-in/email', { email: emailOf('Ada'), password: PASSWORD })
    expect(answer.status).toBe(500)
    expect(answer.cookie).toBe('')
    expect(await database.session.count()).toBe(1)
  })

  test('with a wrong password, a short one, a taken address: refused, and no wiser for it', async () => {
    const { auth } = await temporaryDatabase()
    await signUp(auth, 'Ada')
    const wrong = await authRequest(auth, '/sign-in/email', { email: emailOf('Ada'), password: 'wrong horse battery' })
    const nobody = await authRequest(auth, '/sign-in/email', { email: emailOf('Bob'), password: PASSWORD })
    expect([wrong.status, wrong.body]).toEqual([nobody.status, nobody.body])
    expect(wrong.status).toBe(401)
    const short = await authRequest(auth, '/sign-up/email', { name: 'B', email: emailOf('Bob'), password: 'short' })
    expect([short.status, short.body.code]).toEqual([400, 'PASSWORD_TOO_SHORT'])
    const taken = await authRequest(auth, '/sign-up/email', { name: 'A', email: 'ADA@example.com', password: PASSWORD })
    expect(taken.status).toBe(422)
  })

  test('guessing a password is slowed, address by address', async () => {
    const { auth } = await temporaryDatabase()
    await signUp(auth, 'Ada')
    await signUp(auth, 'Bob')
    const guess = (password: string, email = emailOf('Ada')) => authRequest(auth, '/sign-in/email', { email, password })
    const seen: number[] = []
    for (let at = 0; at < 12; at++) seen.push((await guess(`wrong guess ${at}`)).status)
    expect(seen.slice(0, 9)).toEqual(Array(9).fill(401))
    expect(seen.at(-1)).toBe(429)
    expect((await guess(PASSWORD)).body).toMatchObject({ code: 'TOO_MANY_TRIES' })
    expect((await guess(PASSWORD, 'Ada@Example.com')).status).toBe(429)
    expect((await guess(PASSWORD, emailOf('Bob'))).status).toBe(200)
  })

  test('nobody gives themselves a role', async () => {
    const { database, auth } = await temporaryDatabase()
    const body = { name: 'Eve', email: emailOf('Eve'), password: PASSWORD, role: 'administrator' }
    const answer = await authRequest(auth, '/sign-up/email', body)
    expect(await database.user.count({ where: { role: { not: 'learner' } } })).toBe(0)
    const cookie = answer.status === 200 ? answer.cookie : await signUp(auth, 'Eve')
    await authRequest(auth, '/update-user', { role: 'administrator' }, cookie)
    expect((await personOf(database, auth, cookie)).role).toBe('learner')
  })

  test('a name is short, and there; a picture is not taken', async () => {
    const { database, auth } = await temporaryDatabase()
    const of = { email: emailOf('Eve'), password: PASSWORD }
    for (const name of ['', '  ', 'x'.repeat(101), 7])
      expect([name, (await authRequest(auth, '/sign-up/email', { ...of, name })).status]).toEqual([name, 400])
    const cookie = await signUp(auth, 'Eve')
    for (const change of [{ name: 'x'.repeat(1_000_000) }, { name: ' ' }, { image: 'https://evil.example/x.png' }])
      expect((await authRequest(auth, '/update-user', change, cookie)).status).toBe(400)
    expect((await authRequest(auth, '/update-user', { name: 'Eva' }, cookie)).status).toBe(200)
    expect(await database.user.findMany({ select: { name: true, image: true } })).toEqual([
      { name: 'Eva', image: null },
    ])
  })

  test('a cookie is no way to find out the password', async () => {
    const { auth } = await temporaryDatabase()
    const cookie = await signUp(auth, 'Ada')
    const change = { currentPassword: 'wrong horse battery', newPassword: 'another horse entirely' }
    const seen: number[] = []
    for (let at = 0; at < 12; at++) seen.push((await authRequest(auth, '/change-password', change, cookie)).status)
    expect([seen[0], seen.at(-1)]).toEqual([400, 429])
  })

  test('a guest does not delete themselves past the gateway', async () => {
    const { database, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    expect((await authRequest(auth, '/delete-anonymous-user', {}, cookie)).status).toBe(404)
    expect(await database.user.count()).toBe(1)
  })

  test('a changed password ends every other sign-in', async () => {
    const { database, auth } = await temporaryDatabase()
    const here = await signUp(auth, 'Ada')
    const elsewhere = await authRequest(auth, '/sign-in/email', { email: emailOf('Ada'), password: PASSWORD })
    const change = { currentPassword: PASSWORD, newPassword: 'another horse entirely', revokeOtherSessions: true }
    const changed = await authRequest(auth, '/change-password', change, here)
    expect(changed.status).toBe(200)
    expect(await findOptionalPerson(database, auth, elsewhere.cookie)).toBeNull()
    expect((await personOf(database, auth, changed.cookie)).name).toBe('Ada')
    expect((await findAuditEvents(database, { limit: 1 }))[0]?.details).toEqual({ method: 'password-change' })
  })
})

describe('roles', () => {
  test('the first administrator is made by the link of the start, once', async () => {
    const { database, auth, secrets, token, ada } = await withAdministrator()
    expect(ada.role).toBe('administrator')
    expect(await findOptionalFirstAdministratorPath(database, secrets)).toBeNull()
    const bob = await personOf(database, auth, await signUp(auth, 'Bob'))
    await expect(makeFirstAdministrator(database, secrets, bob, token)).rejects.toMatchObject({ code: 'LINK_USED' })
    expect((await findAuditEvents(database, { action: 'administrator-made', limit: 9 })).length).toBe(1)
  })

  test('not by another link, nor for a guest', async () => {
    const { database, auth, data } = await temporaryDatabase()
    const secrets = readSecrets(data)
    const token = await tokenOf(database, secrets)
    const bob = await personOf(database, auth, await signUp(auth, 'Bob'))
    expect(await isFirstAdministratorLink(database, secrets, token)).toBe(true)
    for (const wrong of ['', token.slice(1), `${token}x`, token.toUpperCase()]) {
      expect(await isFirstAdministratorLink(database, secrets, wrong)).toBe(false)
      await expect(makeFirstAdministrator(database, secrets, bob, wrong)).rejects.toMatchObject({ code: 'LINK_USED' })
    }
    const guest = await personOf(database, auth, (await signInGuest(auth)).cookie)
    await expect(makeFirstAdministrator(database, secrets, guest, token)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })

  test('two who open it at once: one gets it', async () => {
    const { database, auth, data } = await temporaryDatabase()
    const secrets = readSecrets(data)
    const token = await tokenOf(database, secrets)
    const people = await Promise.all(
      ['Ada', 'Bob'].map(async (name) => personOf(database, auth, await signUp(auth, name))),
    )
    const made = await Promise.allSettled(
      people.map((person) => makeFirstAdministrator(database, secrets, person, token)),
    )
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await database.user.count({ where: { role: 'administrator' } })).toBe(1)
  })

  test('are given by administrators alone, and the last one stays', async () => {
    const { database, auth, ada } = await withAdministrator()
    const bob = await personOf(database, auth, await signUp(auth, 'Bob'))
    await expect(changeRole(database, bob, bob.userId, 'instructor')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    // What their sign-in says of them does not count.
    const boastful = { ...bob, role: 'administrator' as const }
    await expect(changeRole(database, boastful, bob.userId, 'instructor')).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await expect(changeRole(database, ada, ada.userId, 'learner')).rejects.toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    })
    await changeRole(database, ada, bob.userId, 'administrator')
    await changeRole(database, ada, ada.userId, 'learner')
    await expect(changeRole(database, ada, bob.userId, 'learner')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    const events = await findAuditEvents(database, { action: 'role-changed', limit: 9 })
    expect(events.map(({ subjectId, details }) => [subjectId, details])).toEqual([
      [ada.userId, { from: 'administrator', to: 'learner' }],
      [bob.userId, { from: 'learner', to: 'administrator' }],
    ])
  })
})

describe('all that is kept of a person', () => {
  test('is exported without secrets', async () => {
    const { database, auth } = await temporaryDatabase()
    const guest = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId: guest.userId, lab: LAB, startedAt: new Date(1) })
    await recordPass(database, 'one', { step: 's', check: 'c', evidence: { says: 'seen' }, at: new Date(2) })
    const ada = await personOf(database, auth, await signUp(auth, 'Ada', guest.cookie))
    const exported = await exportAccount(database, ada)
    expect(exported).toMatchObject({
      person: { name: 'Ada', email: emailOf('Ada'), role: 'learner' },
      labSessions: [{ id: 'one', lab: LAB, passes: [{ check: 'c', evidence: { says: 'seen' } }] }],
      auditEvents: [{ action: 'signed-in' }, { action: 'account-exported' }],
    })
    const { token } = await database.session.findFirstOrThrow()
    const { password } = await database.account.findFirstOrThrow()
    for (const secret of [token, password!, '"password"', '"token"'])
      expect(JSON.stringify(exported)).not.toContain(secret)
  })

  test('goes with the account, after its password', async () => {
    const { database, auth } = await temporaryDatabase()
    const cookie = await signUp(auth, 'Ada')
    const ada = await personOf(database, auth, cookie)
    await createLabSession(database, { id: 'one', userId: ada.userId, lab: LAB, startedAt: new Date(1) })
    const wrong = { cookie, password: 'wrong horse battery' }
    await expect(checkDeletion(database, auth, ada, wrong)).rejects.toMatchObject({ code: 'WRONG_PASSWORD' })
    await checkDeletion(database, auth, ada, { cookie, password: PASSWORD })
    await deleteAccount(database, ada)
    expect(await Promise.all([database.user.count(), database.session.count(), database.labSession.count()])).toEqual([
      0, 0, 0,
    ])
    const [event] = await findAuditEvents(database, { limit: 1 })
    expect(event).toMatchObject({ actorId: ada.userId, action: 'account-deleted', sessionId: null })
    expect(JSON.stringify(await findAuditEvents(database, { limit: 9 }))).not.toMatch(/Ada|ada@/)
  })

  test('but not the last administrator', async () => {
    const { database, auth, ada, cookie } = await withAdministrator()
    const given = { cookie, password: PASSWORD }
    await expect(checkDeletion(database, auth, ada, given)).rejects.toMatchObject({ code: 'LAST_ADMINISTRATOR' })
    await expect(deleteAccount(database, ada)).rejects.toMatchObject({ code: 'LAST_ADMINISTRATOR' })
  })
})
