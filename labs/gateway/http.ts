/** The gateway's requests: labs/protocol/live.ts says what a browser may ask. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AuditAction } from '#config/audit-actions.ts'
import { KraftlabError } from '#config/errors.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { CLOSE } from '#labs/protocol/close.ts'
import { startLabSession } from '#labs/protocol/live.ts'
import { type Accounts, accountDeletion } from './account.ts'
import type { ClassBoards } from './class-boards.ts'
import { serveBoard } from './class-live.ts'
import type { Health } from './health.ts'
import { type LabSessions, ofCourse } from './lab-sessions.ts'
import { MAX_MESSAGE_BYTES, serveBrowser } from './live.ts'
import type { LiveLabSession } from './live-lab-session.ts'
import { checkOrigin, log, readJson, sendJson, shownError } from './requests.ts'
import { owns, type Person, type SignIns } from './sign-in.ts'

/** A request is a few hundred bytes on the loopback; slower ones only hold a socket. */
const REQUEST_LIMIT_MS = 15_000
/** Tabs and devices of one learner on one lab. */
const MAX_BROWSERS_OF_ONE = 16
const TOO_MANY_WINDOWS = 'This lab is open in too many windows. Close one of them.'
const ID = '([0-9a-z]{1,32})'

type Parts = {
  sessions: LabSessions
  boards: ClassBoards
  accounts: Accounts
  signIns: SignIns
  database: DatabaseWorker
  health: () => Promise<Health>
  /** `labs verify`: whole lab sessions may be assessed */
  verify: boolean
}
type Handler = (request: IncomingMessage, response: ServerResponse, matched: string[], url: URL) => Promise<void>

export function createGatewayServer(parts: Parts): { server: Server; close: () => void } {
  const routes = createRoutes(parts)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, clientTracking: true })
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS })

  server.on('request', (request, response) => {
    answer(routes, request, response).catch((error) => {
      const { status, body } = shownError(error)
      // What is left of a body that was refused is not waited for.
      if (!request.complete) response.setHeader('connection', 'close')
      if (response.headersSent) response.destroy()
      else sendJson(response, status, body)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    upgrade(parts, sockets, request, socket, head).catch((error) => refuse(socket, error))
  })
  const close = () => {
    server.close()
    for (const socket of sockets.clients) socket.close(1_001, 'stopping')
    server.closeAllConnections()
  }
  return { server, close }
}

function createRoutes(parts: Parts): { method: string; path: RegExp; handle: Handler }[] {
  const { sessions, accounts, signIns, database } = parts
  const route = (method: string, path: string, handle: Handler) => ({ method, path: new RegExp(`^${path}$`), handle })
  const changing =
    (handle: Handler): Handler =>
    async (request, ...rest) => {
      checkOrigin(request)
      await handle(request, ...rest)
    }
  return [
    route('GET', '/gateway/health', async (_request, response) => {
      const health = await parts.health()
      sendJson(response, health.status === 'ok' ? 200 : 503, health)
    }),
    route('GET', '/gateway/lab-sessions', async (request, response, _matched, url) => {
      const learner = await signIns.require(request)
      const lab = url.searchParams.get('lab')
      if (!lab) throw new KraftlabError('BAD_REQUEST')
      const current = sessions.findOptionalCurrent(learner, lab)
      const passes = await database.findPasses({ userId: learner.userId, lab })
      sendJson(response, 200, {
        current: current && { id: current.id },
        passes: passes.map(({ check, evidence, at }) => ({ check, evidence, at: at.getTime() })),
      })
    }),
    route(
      'POST',
      '/gateway/lab-sessions',
      changing(async (request, response) => {
        const learner = await signIns.require(request)
        const { lab, variant } = await readJson(request, startLabSession)
        if (variant !== null && !parts.verify) throw new KraftlabError('NOT_ALLOWED')
        const { id, isNew } = await sessions.start(learner, lab, variant)
        sendJson(response, isNew ? 201 : 200, { id })
      }),
    ),
    route(
      'DELETE',
      `/gateway/lab-sessions/${ID}`,
      changing(async (request, response, [id]) => {
        const learner = await signIns.require(request)
        await sessions.end(learner, id!)
        sendJson(response, 200, { id })
      }),
    ),
    route('GET', '/gateway/account/export', async (request, response) => {
      await accounts.export(await signIns.require(request), response)
    }),
    route(
      'DELETE',
      '/gateway/account',
      changing(async (request, response) => {
        const person = await signIns.require(request)
        const { password } = await readJson(request, accountDeletion)
        await accounts.delete(person, { cookie: request.headers.cookie ?? '', password })
        sendJson(response, 200, {})
      }),
    ),
    ...(parts.verify
      ? [
          route(
            'POST',
            `/gateway/lab-sessions/${ID}/assess`,
            changing(async (request, response, [id]) => {
              const live = await sessions.find(await signIns.require(request), id!)
              sendJson(response, 200, await live.assess())
            }),
          ),
        ]
      : []),
  ]
}

async function answer(
  routes: ReturnType<typeof createRoutes>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = urlOf(request)
  for (const { method, path, handle } of routes) {
    const matched = method === request.method && url.pathname.match(path)
    if (matched) return handle(request, response, matched.slice(1), url)
  }
  throw new KraftlabError('NOT_FOUND')
}

/** A WebSocket that may be opened. `serve`: once it is open. `letGo`: where it did not come to that. */
type Stream = { serve: (opened: WebSocket) => void; letGo: () => void }

async function upgrade(
  parts: Parts,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { pathname, searchParams } = urlOf(request)
  const [, id] = pathname.match(LAB_SESSION_LIVE) ?? []
  const [, classId] = pathname.match(CLASS_LIVE) ?? []
  if (!id && !classId) throw new KraftlabError('NOT_FOUND')
  checkOrigin(request)
  const person = await parts.signIns.require(request)
  const { cookie } = request.headers
  const ofClass = searchParams.get('class')
  const stream = id
    ? ofClass === null
      ? await ownStream(parts, person, cookie, id)
      : await taughtStream(parts, person, cookie, ofClass, id)
    : await boardStream(parts, person, cookie, classId!, searchParams.get('lab') ?? '')
  let served = false
  sockets.handleUpgrade(request, socket, head, (opened) => {
    served = true
    stream.serve(opened)
  })
  // It calls at once, or never: a handshake that is none is answered by ws itself.
  if (!served) stream.letGo()
}
const LAB_SESSION_LIVE = new RegExp(`^/gateway/lab-sessions/${ID}/live$`)
const CLASS_LIVE = new RegExp(`^/gateway/classes/${ID}/live$`)

async function ownStream(
  { sessions, signIns, database }: Parts,
  learner: Person,
  cookie: string | undefined,
  id: string,
): Promise<Stream> {
  const live = await sessions.find(learner, id)
  const letGo = () => sessions.letGo(live)
  const allowed = async () => {
    const now = await signIns.findOptional(cookie)
    return now !== null && owns(now, live.userId) ? null : CLOSE.signedOut
  }
  if (live.browsers >= MAX_BROWSERS_OF_ONE) throw new KraftlabError('UNAVAILABLE', TOO_MANY_WINDOWS)
  const serve = (opened: WebSocket) => {
    const resetTo = (step: string) => sessions.resetTo(live, learner, step)
    serveBrowser(opened, live, { is: 'learner', resetTo }, allowed, letGo)
    if (!learner.isGuest) tellClasses(database, live, learner.userId).catch(log)
  }
  return { serve, letGo }
}

async function tellClasses(database: DatabaseWorker, live: LiveLabSession, userId: string): Promise<void> {
  const classes = await database.findClassesWith(userId, ofCourse(live.engine.lab))
  live.setHelpFrom(classes.map(({ name }) => name))
}

async function taughtStream(
  { sessions, signIns, database }: Parts,
  instructor: Person,
  cookie: string | undefined,
  classId: string,
  id: string,
): Promise<Stream> {
  const { live, learnerId } = await sessions.findTaught(instructor, classId, id)
  if (live.instructors >= MAX_BROWSERS_OF_ONE) throw new KraftlabError('UNAVAILABLE', TOO_MANY_WINDOWS)
  const { name } = instructor
  const of = { classId, startedBy: live.userId, lab: ofCourse(live.engine.lab) }
  const view = {
    is: 'instructor' as const,
    name,
    record: (action: AuditAction, details: Record<string, unknown> = {}) =>
      database.recordTeaching(instructor, {
        classId,
        action,
        learner: of,
        lab: of.lab,
        details: { labSession: live.id, lab: live.lab, ...details },
      }),
    reset: () => sessions.reset(live, learnerId, name),
  }
  const allowed = async (watches: boolean) => {
    const now = await signIns.findOptional(cookie)
    if (now?.userId !== instructor.userId) return CLOSE.signedOut
    return notAllowed(watches ? database.requireWatching(now, of) : database.requireLearner(now, of))
  }
  const letGo = () => sessions.letGo(live)
  return { serve: (opened) => serveBrowser(opened, live, view, allowed, letGo), letGo }
}

async function boardStream(
  { boards, signIns, database, sessions }: Parts,
  instructor: Person,
  cookie: string | undefined,
  classId: string,
  slug: string,
): Promise<Stream> {
  const { board, letGo } = await boards.take(instructor, classId, slug)
  const of = { classId, lab: ofCourse(sessions.requireLab(slug)) }
  const by = {
    name: instructor.name,
    record: (action: AuditAction, details: Record<string, unknown>) =>
      database.recordTeaching(instructor, { classId, action, lab: of.lab, details }),
  }
  const allowed = async () => {
    const now = await signIns.findOptional(cookie)
    return now?.userId === instructor.userId ? notAllowed(database.requireBoard(now, of)) : CLOSE.signedOut
  }
  return { serve: (opened) => serveBoard(opened, board, by, allowed, letGo), letGo }
}

/** Null where it is not refused; rejects where it could not be asked. */
async function notAllowed(asked: Promise<unknown>): Promise<typeof CLOSE.notAllowed | null> {
  try {
    await asked
    return null
  } catch (error) {
    if (error instanceof KraftlabError) return CLOSE.notAllowed
    throw error
  }
}

/** A refused upgrade is answered as a request would be. */
function refuse(socket: Duplex, error: unknown): void {
  const { status, body } = shownError(error)
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  )
}

function urlOf(request: IncomingMessage): URL {
  const url = request.url ?? '/'
  if (!URL.canParse(url, 'http://gateway')) throw new KraftlabError('BAD_REQUEST')
  return new URL(url, 'http://gateway')
}

/** @returns once it listens */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      server.on('error', log)
      resolve()
    })
  })
}
