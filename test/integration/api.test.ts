/** The JSON API: held against its own description, and against tokens that may not. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import type { ApiScope } from '#config/api-scopes.ts'
import { makeApiToken, revokeApiToken } from '#data/api-token.ts'
import { assign } from '#data/assignment.ts'
import { findAuditEvents } from '#data/audit-event.ts'
import { findOptionalClass } from '#data/class.ts'
import { joinClass } from '#data/joining.ts'
import { completeLesson } from '#data/lesson-completion.ts'
import { importRoster } from '#data/roster.ts'
import { archiveClass, makeClass } from '#data/teaching.ts'
import { Api } from '#lessons/api/answer.ts'
import { temporaryDatabase } from '../support/database.ts'
import { emailOf, personOf, signUp } from '../support/people.ts'

const ALL: ApiScope[] = ['classes', 'learners', 'results']
type Responses = Record<string, { content: Record<string, { schema: object }> }>

const soon = () => new Date(Date.now() + 60_000)

async function classWithToken(scopes = ALL, expiresAt = soon()) {
  const { database, auth } = await temporaryDatabase()
  const person = async (name: string, role: string) => {
    const one = await personOf(database, auth, await signUp(auth, name))
    await database.user.update({ where: { id: one.userId }, data: { role } })
    return one
  }
  const [ida, ian, lea] = [
    await person('Ida', 'instructor'),
    await person('Ian', 'instructor'),
    await person('Lea', 'learner'),
  ]
  const classId = await makeClass(database, ida, 'KRaft 101')
  const other = await makeClass(database, ian, 'Elsewhere')
  await joinClass(database, lea, (await findOptionalClass(database, classId))!.joinCode)
  const due = { kind: 'module' as const, course: 'kraft', slug: 'quick-start', dueAt: new Date(1), points: 20 }
  await assign(database, ida, classId, due)
  await completeLesson(database, { userId: lea.userId, course: 'kraft', lesson: 'what-runs' })
  const line = { student: 'Max', email: null, canvasId: '7', sisUserId: null, sisLoginId: null, section: 'B' }
  await importRoster(database, ida, classId, [line])
  const token = await makeApiToken(database, ida, classId, { name: 'gradebook', scopes, expiresAt })
  let now = 0
  const api = new Api(database, () => now)
  const get = async (path: string, bearer: string | null = token) => {
    const response = await api.answer(path, bearer === null ? null : `Bearer ${bearer}`)
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const wait = (ms: number) => {
    now += ms
  }
  return { database, ida, ian, lea, classId, other, token, get, wait }
}

describe('each route', () => {
  test('answers as the description says, and the description has each', async () => {
    const { get, classId, lea } = await classWithToken()
    const { body: description } = await get('/openapi.json', null)
    expect(description.openapi).toBe('3.1.0')
    const ajv = addFormats.default(new Ajv2020({ strict: false }))
    const bodies: Record<string, unknown> = {}
    for (const [path, { get: operation }] of Object.entries<{ get: { responses: Responses } }>(description.paths)) {
      const { status, body } = await get(path.replace('{classId}', classId))
      expect([path, status]).toEqual([path, 200])
      const holds = ajv.compile(operation.responses['200']!.content['application/json']!.schema)
      expect([path, holds(body), holds.errors]).toEqual([path, true, null])
      bodies[path] = body
    }
    expect(bodies).toMatchObject({
      '/classes': { classes: [{ id: classId, name: 'KRaft 101', archived: false }] },
      '/classes/{classId}': { id: classId },
      '/classes/{classId}/learners': {
        learners: [
          { id: lea.userId, name: 'Lea', email: emailOf('Lea'), canvasId: null },
          { id: null, name: 'Max', canvasId: '7', section: 'B' },
        ],
      },
      '/classes/{classId}/results': {
        assignments: [{ kind: 'module', slug: 'quick-start', pointsPossible: 20, parts: 20 }],
        results: [{ learner: lea.userId, points: 1, done: 1, late: 1 }],
      },
    })
  })

  test('refuses with what the description says of refusals', async () => {
    const { get } = await classWithToken()
    const { body: description } = await get('/openapi.json', null)
    const holds = new Ajv2020({ strict: false }).compile(description.components.schemas.Error)
    for (const [path, bearer] of [
      ['/classes', null],
      ['/nowhere', undefined],
    ] as const) {
      const { status, body } = await get(path, bearer)
      expect([status, holds(body)]).toEqual([bearer === null ? 401 : 404, true])
    }
  })
})

describe('a token', () => {
  test('reads what it was made for, and no more', async () => {
    const { get, classId } = await classWithToken(['results'])
    expect((await get(`/classes/${classId}/results`)).status).toBe(200)
    for (const path of ['/classes', `/classes/${classId}`, `/classes/${classId}/learners`])
      expect(await get(path)).toMatchObject({ status: 403, body: { code: 'OUT_OF_SCOPE' } })
  })

  test('of another class reads nothing of this one, nor that it is there', async () => {
    const { database, get, ian, other, classId } = await classWithToken()
    const theirs = await makeApiToken(database, ian, other, { name: 'x', scopes: ALL, expiresAt: soon() })
    for (const part of ['', '/learners', '/results']) {
      expect(await get(`/classes/${classId}${part}`, theirs)).toEqual(
        expect.objectContaining({ status: 404, body: (await get(`/classes/none${part}`, theirs)).body }),
      )
    }
    expect((await get('/classes', theirs)).body.classes).toMatchObject([{ id: other }])
  })

  test('that is wrong, over, revoked, or of somebody who no longer teaches, is worth nothing', async () => {
    const { database, get, ida, classId, token } = await classWithToken()
    for (const wrong of ['', 'x', `${token}x`, token.slice(0, -1), token.toUpperCase(), 'y'.repeat(5_000)])
      expect([wrong, (await get('/classes', wrong)).status]).toEqual([wrong, 401])
    const over = await makeApiToken(database, ida, classId, { name: 'o', scopes: ALL, expiresAt: new Date(1) })
    expect((await get('/classes', over)).status).toBe(401)
    await database.user.update({ where: { id: ida.userId }, data: { role: 'learner' } })
    expect((await get('/classes')).status).toBe(401)
    await database.user.update({ where: { id: ida.userId }, data: { role: 'instructor' } })
    expect((await get('/classes')).status).toBe(200)
    const [row] = await database.apiToken.findMany({ where: { name: 'gradebook' } })
    await revokeApiToken(database, ida, classId, row!.id)
    expect((await get('/classes')).status).toBe(401)
  })

  test('is made and revoked by instructors of its class alone, also of an archived one', async () => {
    const { database, ida, ian, lea, classId, other } = await classWithToken()
    const of = { name: 'x', scopes: ALL, expiresAt: soon() }
    await expect(makeApiToken(database, ian, classId, of)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(makeApiToken(database, lea, classId, of)).rejects.toMatchObject({ code: 'NOT_YOUR_CLASS' })
    const [row] = await database.apiToken.findMany()
    await expect(revokeApiToken(database, ian, classId, row!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(revokeApiToken(database, ian, other, row!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await archiveClass(database, ida, classId, true)
    await expect(makeApiToken(database, ida, classId, of)).rejects.toMatchObject({ code: 'CLASS_ARCHIVED' })
    await revokeApiToken(database, ida, classId, row!.id)
  })

  test('is kept as a hash, and what it read is in the audit log', async () => {
    const { database, get, token, classId } = await classWithToken()
    await get(`/classes/${classId}/results`)
    expect(JSON.stringify(await database.apiToken.findMany())).not.toContain(token)
    const [event] = await findAuditEvents(database, { action: 'read-by-token', limit: 1 })
    expect(event).toMatchObject({ classId, details: { token: 'gradebook', path: '/classes/{classId}/results' } })
    expect(JSON.stringify(await database.auditEvent.findMany())).not.toContain(token)
  })

  test('that asks too often is told when to ask again', async () => {
    const { get, wait } = await classWithToken()
    const statuses: number[] = []
    for (let at = 0; at < 31; at++) statuses.push((await get('/classes')).status)
    expect(statuses).toEqual([...Array(30).fill(200), 429])
    const refused = await get('/classes')
    expect([refused.headers.get('retry-after'), refused.body.code]).toEqual(['2', 'TOO_MANY_REQUESTS'])
    wait(2_000)
    expect((await get('/classes')).status).toBe(200)
  })
})
