import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPasses } from '#data/check-pass.ts'
import { findLabSession } from '#data/lab-session.ts'
import { rebuildLabSessions } from '#data/rebuild.ts'
import { MAX_MESSAGE_BYTES } from '#labs/gateway/live.ts'
import { readStories } from '#labs/gateway/stories.ts'
import { CLOSE } from '#labs/protocol/close.ts'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { ask, Browser, type Gateway, startGateway } from '../support/gateway.ts'
import { PASSWORD, signUp } from '../support/people.ts'

const LAB = 'quick-start'
const HOST = 'broker-1'
const FORMAT =
  './bin/kafka-storage format --config ./etc/kafka/kraft/server.properties --cluster-id $(./bin/kafka-storage random-uuid)\r'

const start = async (gateway: Gateway, cookie: string, lab = LAB): Promise<string> => {
  const { status, body } = await ask(gateway, 'POST', '/gateway/lab-sessions', { cookie, body: { lab } })
  expect(body).toEqual({ id: expect.any(String) })
  expect(status).toBe(201)
  return body.id
}
/** Rooms leave nothing in their run directory. */
const roomsLeft = (data: string): string[] => {
  const folder = roomsRunDirectory(data)
  return existsSync(folder) ? readdirSync(folder) : []
}

describe('all that is kept of a person', () => {
  test('is exported, and deleted with rooms, histories and rows after the password', async () => {
    const { data, auth, database } = await temporaryDatabase()
    const [ada, bob] = [await signUp(auth, 'Ada'), await signUp(auth, 'Bob')]
    const gateway = await startGateway(data)
    const [id, others] = [await start(gateway, ada), await start(gateway, bob)]
    const browser = await Browser.open(gateway, id, ada)
    await browser.room('ready')
    browser.send({ type: 'hint', check: 'formatted', level: 1 })
    await browser.until(() => browser.check('formatted')?.hints.length === 1, 'the hint')

    const exported = await ask(gateway, 'GET', '/gateway/account/export', { cookie: ada })
    expect(exported).toMatchObject({ status: 200, body: { person: { name: 'Ada' }, labSessions: [{ id, lab: LAB }] } })
    expect(JSON.stringify(exported.body)).toContain('"type":"hint","check":"formatted"')
    expect(JSON.stringify(exported.body)).not.toContain(others)
    expect(await ask(gateway, 'GET', '/gateway/account/export')).toMatchObject({ status: 401 })

    const remove = (options: Parameters<typeof ask>[3]) => ask(gateway, 'DELETE', '/gateway/account', options)
    expect(await remove({ body: { password: PASSWORD } })).toMatchObject({ status: 401 })
    expect(await remove({ cookie: ada, body: { password: PASSWORD }, headers: { origin: null } })).toMatchObject({
      status: 403,
      body: { code: 'WRONG_ORIGIN' },
    })
    expect(await remove({ cookie: ada, body: { password: 'wrong horse battery' } })).toMatchObject({
      status: 403,
      body: { code: 'WRONG_PASSWORD' },
    })
    expect(await database.user.count()).toBe(2)
    expect(await remove({ cookie: ada, body: { password: PASSWORD } })).toMatchObject({ status: 200 })
    await browser.room('ended')
    expect((await database.user.findMany()).map(({ name }) => name)).toEqual(['Bob'])
    expect(readdirSync(join(data, 'lab-sessions'))).toEqual([others])
    expect(roomsLeft(data)).toEqual([others])
    expect(await ask(gateway, 'DELETE', `/gateway/lab-sessions/${others}`, { cookie: bob })).toMatchObject({
      status: 200,
    })
  })
})

describe('the gateway refuses', () => {
  test('whoever is not the learner, or not on a page of this site', async () => {
    const { data, auth } = await temporaryDatabase()
    const [mine, others] = [await signInGuest(auth), await signInGuest(auth)]
    const gateway = await startGateway(data)
    const post = (options: Parameters<typeof ask>[3]) =>
      ask(gateway, 'POST', '/gateway/lab-sessions', { cookie: mine.cookie, body: { lab: LAB }, ...options })

    expect(await post({ cookie: undefined })).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } })
    expect(await post({ cookie: 'kraftlab.session_token=made.up' })).toMatchObject({ status: 401 })
    for (const origin of ['http://evil.example', 'null', null, gateway.url.replace(/\d+$/, '1')]) {
      expect(await post({ headers: { origin } })).toMatchObject({ status: 403, body: { code: 'WRONG_ORIGIN' } })
    }
    expect(await post({ body: { lab: 'no-such-lab' } })).toMatchObject({ status: 404, body: { code: 'UNKNOWN_LAB' } })
    expect(await post({ body: { lab: '../../etc' } })).toMatchObject({ status: 404 })
    expect(await post({ body: { lab: 7 } })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
    expect(await post({ raw: '{"lab":' })).toMatchObject({ status: 400 })
    expect(await post({ raw: JSON.stringify({ lab: 'x'.repeat(100_000) }) })).toMatchObject({ status: 400 })
    expect(await post({ headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 400 })
    expect(await ask(gateway, 'GET', '/gateway/nothing')).toMatchObject({ status: 404 })
    expect(await ask(gateway, 'GET', '/gateway/lab-sessions')).toMatchObject({ status: 401 })
    expect(await ask(gateway, 'GET', '/gateway/lab-sessions', { cookie: mine.cookie })).toMatchObject({ status: 400 })

    const id = await start(gateway, mine.cookie)
    const end = (which: string, options: Parameters<typeof ask>[3]) =>
      ask(gateway, 'DELETE', `/gateway/lab-sessions/${which}`, options)
    expect(await end(id, { cookie: others.cookie })).toMatchObject({ status: 403, body: { code: 'NOT_YOURS' } })
    expect(await end(id, {})).toMatchObject({ status: 401 })
    expect(await end(id, { cookie: mine.cookie, headers: { origin: null } })).toMatchObject({ status: 403 })
    expect(await end('unknown', { cookie: mine.cookie })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    // Only a server that `labs verify` started judges a whole lab session.
    const assess = await ask(gateway, 'POST', `/gateway/lab-sessions/${id}/assess`, { cookie: mine.cookie, body: {} })
    expect(assess).toMatchObject({ status: 404 })

    await expect(Browser.open(gateway, id, others.cookie)).rejects.toThrow('403')
    await expect(Browser.open(gateway, id, undefined)).rejects.toThrow('401')
    await expect(Browser.open(gateway, id, mine.cookie, { origin: 'http://evil.example' })).rejects.toThrow('403')
    await expect(Browser.open(gateway, 'unknown', mine.cookie)).rejects.toThrow('404')
    const current = (cookie: string) => ask(gateway, 'GET', `/gateway/lab-sessions?lab=${LAB}`, { cookie })
    expect((await current(mine.cookie)).body).toEqual({ current: { id }, passes: [] })
    expect((await current(others.cookie)).body).toEqual({ current: null, passes: [] })
  })

  test('what is not a message, and survives it', async () => {
    const { data, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const gateway = await startGateway(data)
    const id = await start(gateway, cookie)
    const browser = await Browser.open(gateway, id, cookie)
    await browser.room('ready')

    const refused = async (raw: string) => {
      const before = browser.messages.length
      browser.socket.send(raw)
      const error = await browser.until(() => browser.messages.slice(before).find(({ type }) => type === 'error'), raw)
      return error as { code: string }
    }
    expect(await refused('not json')).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await refused('{"type":"terminal.open"}')).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await refused('{"type":"end"}')).toMatchObject({ code: 'BAD_REQUEST' })
    const size = { cols: 80, rows: 24 }
    const unknownHost = JSON.stringify({ type: 'terminal.open', host: 'no-such-host', ...size })
    expect(await refused(unknownHost)).toMatchObject({ code: 'UNKNOWN_HOST' })
    const unknownTerminal = JSON.stringify({ type: 'terminal.input', terminal: 'nope', data: 'x' })
    expect(await refused(unknownTerminal)).toMatchObject({ code: 'UNKNOWN_TERMINAL' })
    const attach = JSON.stringify({ type: 'terminal.attach', terminal: '../x', visible: true, ...size })
    expect(await refused(attach)).toMatchObject({ code: 'UNKNOWN_TERMINAL' })

    for (let sent = 0; sent < 50; sent++) browser.socket.send('nonsense')
    expect(await browser.closed).toBe(CLOSE.badMessage)
    const large = await Browser.open(gateway, id, cookie)
    large.socket.send('x'.repeat(MAX_MESSAGE_BYTES + 1))
    // 1009: message too big (RFC 6455); 1006 where the connection was cut
    expect([1_009, 1_006]).toContain(await large.closed)
    const binary = await Browser.open(gateway, id, cookie)
    binary.socket.send(Buffer.from([1, 2, 3]))
    await binary.until(() => binary.messages.find(({ type }) => type === 'error'), 'an error')
    expect((await ask(gateway, 'GET', '/gateway/health')).status).toBe(200)
  })

  test('more rooms than the machine holds', async () => {
    const { data, auth } = await temporaryDatabase()
    const [first, second] = [await signInGuest(auth), await signInGuest(auth)]
    const gateway = await startGateway(data, { KRAFTLAB_MAX_ROOMS: '1' })
    const id = await start(gateway, first.cookie)
    const refused = await ask(gateway, 'POST', '/gateway/lab-sessions', { cookie: second.cookie, body: { lab: LAB } })
    expect(refused).toMatchObject({ status: 503, body: { code: 'TOO_MANY_ROOMS' } })
    await ask(gateway, 'DELETE', `/gateway/lab-sessions/${id}`, { cookie: first.cookie })
    await start(gateway, second.cookie)
  })
})

describe('a lab session', () => {
  test('is one for each learner and lab, however often it is started', async () => {
    const { data, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const gateway = await startGateway(data)
    const post = () => ask(gateway, 'POST', '/gateway/lab-sessions', { cookie, body: { lab: LAB } })
    const answers = await Promise.all([post(), post(), post(), post()])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
  })

  test('carries terminals to several tabs, and goes on where it was after the gateway was killed', async () => {
    const { data, auth, database } = await temporaryDatabase()
    const { cookie, userId } = await signInGuest(auth)
    const before = await startGateway(data)
    const id = await start(before, cookie)
    const tab = await Browser.open(before, id, cookie)
    await tab.room('ready')
    const terminal = await tab.openTerminal(HOST)
    await tab.until(() => tab.state?.terminals.find((one) => one.id === terminal)?.atPrompt, 'a prompt')
    tab.type(terminal, 'echo six-times-seven-is-$((6 * 7))\r')
    await tab.shows(terminal, 'six-times-seven-is-42')
    const other = await Browser.open(before, id, cookie)
    await other.until(() => other.state?.terminals.length, 'the terminals')
    other.attach(terminal)
    await other.shows(terminal, 'six-times-seven-is-42')
    expect(tab.check('formatted')).toMatchObject({ status: 'open', passedBefore: false })
    tab.send({ type: 'hint', check: 'formatted', level: 1 })
    await tab.until(() => tab.check('formatted')?.hints.length === 1, 'the hint')
    tab.send({ type: 'files.list' })
    const files = await tab.until(() => tab.messages.find((one) => one.type === 'files'), 'the files')
    expect(files.answer).toMatchObject({ state: 'listed', listing: { more: false, entries: { length: 6 } } })
    tab.send({ type: 'file.save', path: 'producer.py', content: 'eA==', was: null })
    const saved = await tab.until(() => tab.messages.find((one) => one.type === 'file.saved'), 'an answer')
    tab.send({ type: 'file.read', path: 'producer.py' })
    const read = await tab.until(() => tab.messages.find((one) => one.type === 'file'), 'the file')
    expect(read.answer).toMatchObject({ state: 'text', text: expect.stringContaining('localhost:9093') })
    expect(saved.answer).toEqual({ state: 'changed', now: read.answer.state === 'text' && read.answer.hash })

    await before.kill()
    const after = await startGateway(data)
    expect((await ask(after, 'GET', `/gateway/lab-sessions?lab=${LAB}`, { cookie })).body).toMatchObject({
      current: { id },
    })
    const again = await Browser.open(after, id, cookie)
    await again.room('ready')
    expect(again.check('formatted')?.hints).toHaveLength(1)
    await again.until(() => again.state?.terminals.length, 'the terminals')
    again.attach(terminal)
    await again.shows(terminal, 'six-times-seven-is-42')
    again.type(terminal, FORMAT)
    await again.until(
      () => again.check('formatted')?.status === 'passed',
      () => `the check to pass; it says ${again.check('formatted')?.says}; ${again.seenIn(terminal)}`,
    )
    const says = again.check('formatted')?.says

    await again.until(
      async () => (await findPasses(database, { userId, lab: LAB })).length === 1,
      'the pass in the database',
    )
    const { body } = await ask(after, 'GET', `/gateway/lab-sessions?lab=${LAB}`, { cookie })
    expect(body).toMatchObject({ passes: [{ check: 'formatted', evidence: { says }, at: expect.any(Number) }] })

    const ended = await ask(after, 'DELETE', `/gateway/lab-sessions/${id}`, { cookie })
    expect(ended.status).toBe(200)
    await again.room('ended')
    expect(again.state?.room.says).toContain('You ended this room')
    again.type(terminal, 'too late\r')
    await again.until(() => again.messages.find((one) => one.type === 'error'), 'an error')
    expect(roomsLeft(data)).toEqual([])
    expect(await findLabSession(database, id)).toMatchObject({ endedWhy: expect.stringContaining('You ended') })

    // What is over can be looked at; the next one knows what was passed.
    const later = await Browser.open(after, id, cookie)
    await later.room('ended')
    expect(later.check('formatted')).toMatchObject({ status: 'passed', says })
    const next = await Browser.open(after, await start(after, cookie), cookie)
    await next.until(() => next.state, 'a state')
    expect(next.check('formatted')).toMatchObject({ status: 'open', passedBefore: true })

    // The rows are the histories' projection: made anew they are the same.
    expect(await after.stop()).toBe(0)
    expect(roomsLeft(data)).toEqual([])
    const rows = () =>
      database.labSession.findMany({
        include: { passes: { omit: { id: true } } },
        orderBy: { id: 'asc' },
        omit: { createdAt: true },
      })
    const kept = await rows()
    const { stories, problems } = await readStories(data)
    expect(problems).toEqual([])
    await rebuildLabSessions(database, stories)
    const close = (all: typeof kept) => all.map((row) => ({ ...row, startedAt: 0, endedAt: row.endedAt !== null }))
    expect(close(await rows())).toEqual(close(kept))
  })

  test('ends when nothing is done for long, with the reason', async () => {
    const { data, auth, database } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    // three seconds
    const gateway = await startGateway(data, { KRAFTLAB_IDLE_MINUTES: '0.05' })
    const id = await start(gateway, cookie)
    const browser = await Browser.open(gateway, id, cookie)
    await browser.room('ready')
    await browser.room('ended')
    expect(browser.state?.room.says).toContain('nothing was done')
    await browser.until(async () => (await findLabSession(database, id)).endedAt, 'the row to end')
    await browser.until(() => roomsLeft(data).length === 0, 'the room to be gone')
  })

  test('waits for the next gateway when the supervisor goes without a word, and is swept when its room is lost', async () => {
    const { data, auth, database } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const before = await startGateway(data)
    const id = await start(before, cookie)
    const browser = await Browser.open(before, id, cookie)
    await browser.room('ready')
    before.process.disconnect()
    await browser.closed
    expect(roomsLeft(data)).not.toEqual([])
    await database.labSession.create({
      data: { id: 'lost', userId: (await findLabSession(database, id)).userId, lab: LAB, startedAt: new Date() },
    })
    const after = await startGateway(data)
    const again = await Browser.open(after, id, cookie)
    await again.room('ready')
    expect(await findLabSession(database, 'lost')).toMatchObject({ endedWhy: expect.stringContaining('lost') })
  })

  test('is judged as a whole for labs verify', async () => {
    const { data, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const gateway = await startGateway(data, { KRAFTLAB_VERIFY: '1' })
    const id = await start(gateway, cookie)
    const browser = await Browser.open(gateway, id, cookie)
    await browser.room('ready')
    const { status, body } = await ask(gateway, 'POST', `/gateway/lab-sessions/${id}/assess`, { cookie, body: {} })
    expect(status).toBe(200)
    const judged = body as unknown as { id: string; passed: boolean; says: string }[]
    expect(judged.length).toBeGreaterThan(5)
    expect(judged.filter(({ passed }) => passed)).toEqual([])
  })
})

describe('a cluster of several nodes', () => {
  /** Of one that only idles, a browser is told this often at most; what the panel shows moves all the time. */
  const MOST_STATES_A_SECOND = 2.5
  const WATCHED_MS = 4_000

  test('is shown as it is, broken by a button, told on the timeline and looked back at', async () => {
    const { data, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const gateway = await startGateway(data)
    const browser = await Browser.open(gateway, await start(gateway, cookie, 'controller-failover'), cookie)
    await browser.room('ready')
    const main = () => browser.state?.clusters[0]
    const nodes = () => main()?.nodes ?? []
    const seen = () => JSON.stringify(main())
    // What the lab declares is there before anything was seen of it.
    expect(nodes().map(({ host }) => host)).toEqual([
      'controller-1',
      'controller-2',
      'controller-3',
      'broker-1',
      'broker-2',
    ])
    expect(nodes()[0]).toMatchObject({ node: 101, roles: ['controller'], address: '192.0.2.11' })
    expect(browser.state?.otherHosts).toEqual([{ host: 'client', address: '192.0.2.16' }])
    await browser.until(
      () => nodes().every(({ up }) => up) && main()?.leader && main()?.highWatermark,
      () => `a cluster that runs; it shows ${seen()}`,
    )
    const before = main()!
    const old = nodes().find(({ leads }) => leads)!

    const count = browser.messages.length
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
    const states = browser.messages.slice(count).filter(({ type }) => type === 'state')
    expect(states.length / (WATCHED_MS / 1_000)).toBeLessThanOrEqual(MOST_STATES_A_SECOND)
    const then = Date.now()

    browser.send({ type: 'fault', fault: { action: 'kill', host: old.host } })
    await browser.until(
      () => main()?.leader && main()?.leader !== before.leader,
      () => `another leader than ${before.leader}; it shows ${seen()}`,
    )
    expect(main()!.epoch).toBeGreaterThan(before.epoch!)
    browser.send({ type: 'fault', fault: { action: 'kill', host: old.host } })
    const refused = await browser.until(() => browser.messages.find(({ type }) => type === 'error'), 'a refusal')
    expect(refused).toMatchObject({ code: 'ALREADY_SO' })
    const line = () => browser.messages.flatMap((one) => (one.type === 'timeline' ? one.events : []))
    const told = line().map(({ says }) => says)
    expect(told).toContain(`${old.host} was killed`)
    expect(told.some((says) => says.includes(`leads in epoch ${main()!.epoch} (before: ${old.host}`))).toBe(true)

    for (const at of [then - 2_000, then - 1_000, then]) browser.send({ type: 'look', at })
    const looked = await browser.until(
      () => browser.messages.find((one) => one.type === 'then' && one.at === then),
      'the cluster as it was',
    )
    expect(looked).toMatchObject({ clusters: [{ leader: before.leader, epoch: before.epoch }], cuts: [] })
    // A second browser gets the whole line.
    const other = await Browser.open(gateway, browser.state!.id, cookie)
    const whole = await other.until(() => other.messages.find((one) => one.type === 'timeline'), 'the timeline')
    expect(whole).toMatchObject({ whole: true })
    expect(whole.type === 'timeline' && new Set(whole.events.map(({ seq }) => seq))).toEqual(
      new Set(line().map(({ seq }) => seq)),
    )
  })
})

test('the health page names what holds', async () => {
  const { data } = await temporaryDatabase()
  const gateway = await startGateway(data, { KRAFTLAB_MAX_ROOMS: '3' })
  const { status, body } = await ask(gateway, 'GET', '/gateway/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'ok', database: 'ok', rooms: { running: 0, max: 3 } })
})
