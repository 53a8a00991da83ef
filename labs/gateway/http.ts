/** The gateway's requests: labs/protocol/live.ts says what a browser may ask. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { KraftlabError } from '#config/errors.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { startLabSession } from '#labs/protocol/live.ts'
import { type Accounts, accountDeletion } from './account.ts'
import type { Health } from './health.ts'
import type { LabSessions } from './lab-sessions.ts'
import { MAX_MESSAGE_BYTES, serveBrowser } from './live.ts'
import { checkOrigin, log, readJson, sendJson, shownError } from './requests.ts'
import { owns, type SignIns } from './sign-in.ts'

/** A request is a few hundred bytes on the loopback; slower ones only hold a socket. */
const REQUEST_LIMIT_MS = 15_000
/** Tabs and devices of one learner on one lab. */
const MAX_BROWSERS_OF_ONE = 16
const ID = '([0-9a-z]{1,32})'

type Parts = {
  sessions: LabSessions
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
        const { lab } = await readJson(request, startLabSession)
        const { id, isNew } = await sessions.start(learner, lab)
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

const LIVE = new RegExp(`^/gateway/lab-sessions/${ID}/live$`)

async function upgrade(
  { sessions, signIns }: Parts,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const [, id] = urlOf(request).pathname.match(LIVE) ?? []
  if (!id) throw new KraftlabError('NOT_FOUND')
  checkOrigin(request)
  const learner = await signIns.require(request)
  const live = await sessions.find(learner, id)
  if (live.browsers >= MAX_BROWSERS_OF_ONE) {
    throw new KraftlabError('UNAVAILABLE', 'This lab is open in too many windows. Close one of them.')
  }
  const { cookie } = request.headers
  const stillSignedIn = async () => {
    const now = await signIns.findOptional(cookie)
    return now !== null && owns(now, live.userId)
  }
  sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
    serveBrowser(opened, live, stillSignedIn, () => sessions.letGo(live))
  })
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
