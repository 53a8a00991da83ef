/** Answers a request of the JSON API: token, rate, scope and class first, then the route, then the audit event. */
import { KraftlabError } from '#config/errors.ts'
import { RateLimit } from '#config/rate-limit.ts'
import { findOptionalApiToken, scopesOf, useApiToken } from '#data/api-token.ts'
import { recordAuditEvent } from '#data/audit-event.ts'
import type { OpenDatabase } from '#data/database.ts'
import { openApi } from './openapi.ts'
import { API_ROUTES, type ApiRoute } from './routes.ts'

/** A program that reads a class now and then; each reading asks the database for all of it. */
const REQUESTS = { burst: 30, refillMs: 2_000 }
const TOKEN_CHARS = 200

export class Api {
  private readonly requests: RateLimit

  constructor(
    private readonly database: OpenDatabase,
    now: () => number = Date.now,
  ) {
    this.requests = new RateLimit(REQUESTS.burst, REQUESTS.refillMs, now)
  }

  /** @param path below the API's base, as `/classes` */
  async answer(path: string, authorization: string | null): Promise<Response> {
    try {
      if (path === '/openapi.json') return json(200, openApi())
      return json(200, await this.read(path, authorization))
    } catch (error) {
      if (!(error instanceof KraftlabError)) throw error
      const { code, message, status } = error
      return json(status, { code, message }, status === 429 ? { 'retry-after': String(REQUESTS.refillMs / 1_000) } : {})
    }
  }

  private async read(path: string, authorization: string | null): Promise<unknown> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    if (!token || token.length > TOKEN_CHARS) throw new KraftlabError('BAD_TOKEN')
    // Only tokens that are there are counted: what anybody may make up is not remembered.
    const known = await findOptionalApiToken(this.database, token)
    if (!known) throw new KraftlabError('BAD_TOKEN')
    if (!this.requests.take(known.id)) throw new KraftlabError('TOO_MANY_REQUESTS')
    return this.database.$transaction(async (within) => {
      const used = await useApiToken(within, token)
      const { classId, userId, name } = used
      const route = routeAt(path, classId)
      if (!scopesOf(used).includes(route.scope)) throw new KraftlabError('OUT_OF_SCOPE')
      const answer = route.answer.parse(await route.handle(within, classId))
      const details = { token: name, path: route.path }
      await recordAuditEvent(within, { userId, sessionId: null }, { action: 'read-by-token', classId, details })
      return answer
    })
  }
}

/** @throws KraftlabError NOT_FOUND for no route, and for a class that is not the token's: it tells of no other */
function routeAt(path: string, classId: string): ApiRoute {
  const route = API_ROUTES.find((one) => one.path.replace('{classId}', classId) === path)
  if (!route) throw new KraftlabError('NOT_FOUND', 'There is nothing here that this token may read.')
  return route
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
