/** What instructors may do to the lab sessions of their learners, and nobody else: every message, from everybody. */
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { AuditAction } from '#config/audit-actions.ts'
import type { OpenDatabase } from '#data/database.ts'
import { MAY } from '#labs/gateway/may.ts'
import { type FromBoard, fromBoard, type ToBoard } from '#labs/protocol/class.ts'
import type { ToGateway } from '#labs/protocol/live.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { ask, Browser, type Gateway, startGateway } from '../support/gateway.ts'
import { personOf, signUp } from '../support/people.ts'

const LAB = 'quick-start'
const HOST = 'broker-1'
const SIZE = { cols: 80, rows: 24 }

/** One of each kind, as sensible as it can be: only who sends it is wrong. */
const MESSAGES: { [Type in ToGateway['type']]: Extract<ToGateway, { type: Type }> } = {
  'terminal.open': { type: 'terminal.open', host: HOST, ...SIZE },
  'terminal.close': { type: 'terminal.close', terminal: 't1' },
  'terminal.attach': { type: 'terminal.attach', terminal: 't1', visible: true, ...SIZE },
  'terminal.detach': { type: 'terminal.detach', terminal: 't1' },
  'terminal.input': { type: 'terminal.input', terminal: 't1', data: 'touch /tmp/was-here\r' },
  'terminal.resize': { type: 'terminal.resize', terminal: 't1', ...SIZE },
  'terminal.acknowledge': { type: 'terminal.acknowledge', terminal: 't1', chars: 1 },
  'terminal.visible': { type: 'terminal.visible', terminal: 't1', visible: true },
  'terminal.run': { type: 'terminal.run', host: HOST, preferred: null, command: 'touch /tmp/was-here', ...SIZE },
  answer: { type: 'answer', step: 'format', given: 'x' },
  hint: { type: 'hint', check: 'formatted', level: 1 },
  solution: { type: 'solution', step: 'format' },
  'step.reset': { type: 'step.reset', step: 'format' },
  'step.reset.cancel': { type: 'step.reset.cancel' },
  fault: { type: 'fault', fault: { action: 'kill', host: HOST } },
  try: { type: 'try', check: 'formatted' },
  look: { type: 'look', at: 1 },
  predict: { type: 'predict', step: 'format', given: 'x' },
  'log.read': { type: 'log.read', host: HOST, range: { of: 'end' } },
  'state.read': { type: 'state.read', source: { of: 'live' } },
  'state.compare': { type: 'state.compare', before: { of: 'live' }, after: { of: 'live' } },
  'state.prove': { type: 'state.prove', host: HOST, file: '00000000000000000001-0000000001.checkpoint' },
  change: { type: 'change', seq: 1 },
  'facts.look': { type: 'facts.look', on: true },
  'files.list': { type: 'files.list' },
  'file.read': { type: 'file.read', path: 'producer.py' },
  'file.save': { type: 'file.save', path: 'producer.py', content: 'eA==', was: null },
  active: { type: 'active' },
  help: { type: 'help', wanted: true },
  'watcher.allow': { type: 'watcher.allow', watcher: 'x', allowed: true },
  watch: { type: 'watch', on: true },
  'watch.ask': { type: 'watch.ask' },
  note: { type: 'note', step: 'format', text: 'x' },
  extend: { type: 'extend', minutes: 30 },
  reset: { type: 'reset' },
}

class BoardBrowser {
  readonly messages: FromBoard[] = []
  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => {})
    socket.on('message', (data) => this.messages.push(fromBoard.parse(JSON.parse(String(data)))))
    onTestFinished(() => socket.terminate())
  }
  /** @throws Error `Unexpected server response: 403` where the gateway refuses */
  static async open(gateway: Gateway, classId: string, cookie: string | undefined, lab = LAB): Promise<BoardBrowser> {
    const url = `${gateway.url.replace('http', 'ws')}/gateway/classes/${classId}/live?lab=${lab}`
    const socket = new WebSocket(url, { headers: { origin: gateway.url, ...(cookie ? { cookie } : {}) } })
    const browser = new BoardBrowser(socket)
    await once(socket, 'open')
    return browser
  }
  send(message: ToBoard): void {
    this.socket.send(JSON.stringify(message))
  }
  row(userId: string) {
    const rows = this.messages.flatMap((one) =>
      one.type === 'rows' ? one.rows : one.type === 'board' ? one.board.rows : [],
    )
    return rows.findLast((one) => one.userId === userId)
  }
}

/** Ida teaches Ada (a class that has the lab to do), Ian teaches Bob in another; Bob and the guest are nobody to Ida. */
async function school() {
  const { data, auth, database } = await temporaryDatabase()
  const cookies = { ida: '', ian: '', ada: '', bob: '', guest: (await signInGuest(auth)).cookie }
  for (const name of ['ida', 'ian', 'ada', 'bob'] as const) cookies[name] = await signUp(auth, name)
  const ids = { ida: '', ian: '', ada: '', bob: '' }
  for (const name of ['ida', 'ian', 'ada', 'bob'] as const)
    ids[name] = (await personOf(database, auth, cookies[name])).userId
  await database.user.updateMany({ where: { id: { in: [ids.ida, ids.ian] } }, data: { role: 'instructor' } })
  const classOf = (name: string, instructor: string, learner: string) =>
    database.class.create({
      data: {
        name,
        joinCode: name,
        members: {
          create: [
            { userId: instructor, role: 'instructor' },
            { userId: learner, role: 'learner' },
          ],
        },
        assignments: { create: { kind: 'module', course: 'kraft', slug: 'quick-start', points: 10 } },
      },
    })
  const [one, two] = [await classOf('ONE', ids.ida, ids.ada), await classOf('TWO', ids.ian, ids.bob)]
  const gateway = await startGateway(data)
  return { database, cookies, ids, one: one.id, two: two.id, gateway }
}

async function startLab(gateway: Gateway, cookie: string): Promise<string> {
  return (await ask(gateway, 'POST', '/gateway/lab-sessions', { cookie, body: { lab: LAB } })).body.id
}

const audited = async (database: OpenDatabase, action: AuditAction) =>
  (await database.auditEvent.findMany({ where: { action } })).map(({ actorId, subjectId, classId }) => ({
    actorId,
    subjectId,
    classId,
  }))

describe('who is let in', () => {
  test('to a lab session: its learner, and who teaches them where the lab is assigned', async () => {
    const { gateway, cookies, ids, one, two, database } = await school()
    const id = await startLab(gateway, cookies.ada)
    const open = (cookie: string | undefined, of: string | null = null) => Browser.open(gateway, id, cookie, {}, of)
    await open(cookies.ida, one)
    for (const [cookie, of, status] of [
      [undefined, one, 401],
      [cookies.guest, one, 404],
      [cookies.bob, one, 404],
      [cookies.bob, two, 403],
      [cookies.ian, one, 404],
      [cookies.ian, two, 403],
      [cookies.ada, one, 403],
      [cookies.ida, two, 404],
      [cookies.ida, 'nothere', 404],
      [cookies.ida, null, 403],
      [cookies.ian, null, 403],
      [cookies.guest, null, 403],
    ] as const)
      await expect(open(cookie, of), `${cookie?.slice(0, 30)} ${of}`).rejects.toThrow(String(status))
    await database.assignment.deleteMany({ where: { classId: one } })
    await expect(open(cookies.ida, one)).rejects.toThrow('404')
    await database.assignment.create({ data: { classId: one, kind: 'lab', course: 'kraft', slug: LAB, points: 1 } })
    await open(cookies.ida, one)
    await database.classMember.deleteMany({ where: { classId: one, userId: ids.ada } })
    await expect(open(cookies.ida, one)).rejects.toThrow('403')
  })

  test('to a board: who teaches the class, with labs that are assigned', async () => {
    const { gateway, cookies, ids, one, two } = await school()
    const board = await BoardBrowser.open(gateway, one, cookies.ida)
    await expect.poll(() => board.row(ids.ada)).toMatchObject({ name: 'ada', standing: { is: 'away' }, session: null })
    expect(JSON.stringify(board.messages)).not.toContain('bob')
    for (const [cookie, of, status] of [
      [undefined, one, 401],
      [cookies.guest, one, 404],
      [cookies.ada, one, 403],
      [cookies.bob, one, 404],
      [cookies.ian, one, 404],
      [cookies.ida, two, 404],
    ] as const)
      await expect(BoardBrowser.open(gateway, of, cookie)).rejects.toThrow(String(status))
    await expect(BoardBrowser.open(gateway, one, cookies.ida, 'controller-failover')).rejects.toThrow('404')
    await expect(BoardBrowser.open(gateway, one, cookies.ida, '../../x')).rejects.toThrow('404')
  })
})

test('every message of the protocol is refused to whoever it is not for, and nothing comes of it', async () => {
  const { gateway, cookies, one, database } = await school()
  const id = await startLab(gateway, cookies.ada)
  const ada = await Browser.open(gateway, id, cookies.ada)
  await ada.room('ready')
  expect(await ada.openTerminal(HOST)).toBe('t1')
  await ada.shows('t1', 'learner@')
  const ida = await Browser.open(gateway, id, cookies.ida, {}, one)
  await ida.room('ready')

  const refusal = async (browser: Browser, message: ToGateway) => {
    const before = browser.messages.length
    // What runs out is the deeds of a second, not the right.
    await new Promise((resolve) => setTimeout(resolve, 260))
    browser.send(message)
    const error = await browser.until(
      () => browser.messages.slice(before).find(({ type }) => type === 'error'),
      `a refusal of ${message.type}`,
    )
    expect(error, message.type).toMatchObject({ code: 'NOT_ALLOWED' })
  }
  for (const [type, who] of Object.entries(MAY) as [ToGateway['type'], (typeof MAY)[ToGateway['type']]][]) {
    if (who !== 'both' && who !== 'instructor') await refusal(ida, MESSAGES[type])
    if (who === 'instructor') await refusal(ada, MESSAGES[type])
  }
  expect(ida.messages.some(({ type }) => type === 'terminal.screen' || type === 'terminal.output')).toBe(false)
  expect(ada.state).toMatchObject({ help: { since: null }, watchers: [], notes: [], messages: [], kept: null })
  expect(ada.state?.room.status).toBe('ready')
  expect(ada.check('formatted')?.hints).toEqual([])
  expect(await database.auditEvent.count({ where: { classId: one } })).toBe(0)
  ada.type('t1', 'ls /tmp\r')
  ada.type('t1', 'echo lis$((1 + 1))ted\r')
  await ada.shows('t1', 'lis2ted')
  expect(ada.seenIn('t1')).not.toContain('was-here')
})

test('help, watching, typing, notes, extension and reset, with the learner’s knowledge and in the audit log', async () => {
  const { gateway, cookies, ids, one, database } = await school()
  const board = await BoardBrowser.open(gateway, one, cookies.ida)
  const id = await startLab(gateway, cookies.ada)
  const ada = await Browser.open(gateway, id, cookies.ada)
  await ada.room('ready')
  await ada.openTerminal(HOST)
  expect(ada.state?.help).toEqual({ from: ['ONE'], since: null })
  ada.send({ type: 'help', wanted: true })
  await expect
    .poll(() => board.row(ids.ada), { timeout: 5_000 })
    .toMatchObject({
      session: id,
      live: true,
      standing: { is: 'working' },
      helpSince: expect.any(Number),
    })

  const ida = await Browser.open(gateway, id, cookies.ida, {}, one)
  await ida.room('ready')
  ida.send({ type: 'watch', on: true })
  await ada.until(() => ada.state?.watchers[0]?.name === 'ida', 'the learner to be told')
  ida.attach('t1')
  await ida.shows('t1', 'learner@')
  const size = (browser: Browser) => browser.messages.findLast(({ type }) => type === 'terminal.screen')
  expect(size(ida)).toMatchObject({ cols: 100, rows: 30 })
  ida.send({ type: 'terminal.attach', terminal: 't1', visible: true, cols: 40, rows: 10 })
  ida.send({ type: 'watch.ask' })
  const asked = await ada.until(() => ada.state?.watchers.find(({ typing }) => typing === 'asked'), 'the question')
  expect(ada.messages.some(({ type }) => type === 'terminal.resized')).toBe(false)
  ada.send({ type: 'watcher.allow', watcher: asked.id, allowed: true })
  await ida.until(() => ida.state?.watchers[0]?.typing === 'allowed', 'the answer')
  ida.type('t1', 'echo by-$((20 + 1))-ida\r')
  await ada.shows('t1', 'by-21-ida')
  ada.send({ type: 'watcher.allow', watcher: asked.id, allowed: false })
  await ida.until(() => ida.state?.watchers[0]?.typing === 'no', 'the end of typing')
  ida.type('t1', 'echo again\r')
  await ida.until(() => ida.messages.find(({ type }) => type === 'error'), 'a refusal')

  ida.send({ type: 'note', step: 'format', text: '  Look at node.id.  ' })
  await ada.until(() => ada.state?.notes[0], 'the note')
  expect(ada.state?.notes[0]).toMatchObject({ step: 'format', text: 'Look at node.id.', by: 'ida' })
  ida.send({ type: 'extend', minutes: 30 })
  await ada.until(() => ada.state?.kept, 'the extension')
  board.send({ type: 'tell', text: 'Five more minutes.' })
  await ada.until(() => ada.state?.messages[0], 'the message')
  board.send({ type: 'drill', drill: 'kill-active-controller' })
  await expect
    .poll(() => board.row(ids.ada)?.drill?.outcome, { timeout: 5_000 })
    .toMatchObject({ is: 'nothing', hosts: [] })
  ida.send({ type: 'watch', on: false })
  await ada.until(() => ada.state?.watchers.length === 0, 'nobody to watch')

  ida.send({ type: 'reset' })
  const next = await ada.until(() => ada.state?.room.next, 'a fresh room')
  expect(ada.state?.room).toMatchObject({ status: 'ended', says: expect.stringContaining('ida reset this lab') })
  const again = await Browser.open(gateway, next, cookies.ada)
  await again.room('ready')
  await expect(Browser.open(gateway, next, cookies.bob)).rejects.toThrow('403')

  const by = { actorId: ids.ida, classId: one }
  for (const action of ['terminal-watched', 'typing-asked', 'note-left', 'lab-session-extended', 'lab-reset'] as const)
    expect(await audited(database, action), action).toEqual([{ ...by, subjectId: ids.ada }])
  for (const action of ['class-told', 'drill-run'] as const)
    expect(await audited(database, action), action).toEqual([{ ...by, subjectId: null }])
  // What cannot be audited is not done.
  const followed = await Browser.open(gateway, next, cookies.ida, {}, one)
  await database.class.update({ where: { id: one }, data: { archivedAt: new Date() } })
  followed.send({ type: 'watch', on: true })
  const refused = await followed.until(() => followed.messages.find(({ type }) => type === 'error'), 'a refusal')
  expect(refused).toMatchObject({ code: 'CLASS_ARCHIVED' })
  expect(again.state?.watchers).toEqual([])
})
