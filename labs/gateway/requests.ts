/** What every request of a browser goes through: same origin, bounded body, JSON errors. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import { ERRORS, KraftlabError } from '#config/errors.ts'

/** The largest body that a browser sends here names a lab. */
const MAX_BODY_BYTES = 16_384

/**
 * The front door keeps Host, so a page of this site has an Origin of that host. Browsers always send Origin with what
 * changes state and with WebSockets; a request without one is not a page of ours.
 * @throws KraftlabError WRONG_ORIGIN
 */
export function checkOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers
  if (!origin || !host || !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()) {
    throw new KraftlabError('WRONG_ORIGIN')
  }
}

/** @throws KraftlabError BAD_REQUEST for a body that is too large, not JSON, or not of that shape */
export async function readJson<Shape>(request: IncomingMessage, shape: z.ZodType<Shape>): Promise<Shape> {
  if (!request.headers['content-type']?.startsWith('application/json')) throw new KraftlabError('BAD_REQUEST')
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new KraftlabError('BAD_REQUEST', 'The request is too large.')
  }
  const parsed = shape.safeParse(parseOptional(text))
  if (!parsed.success) throw new KraftlabError('BAD_REQUEST')
  return parsed.data
}

/** @returns undefined where it is not JSON */
export function parseOptional(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

/** What a person is told of an error; what is not ours is logged, not shown. */
export function shownError(error: unknown): { status: number; body: { code: string; message: string } } {
  if (error instanceof KraftlabError) {
    return { status: error.status, body: { code: error.code, message: error.message } }
  }
  log(error)
  const { status, message } = ERRORS.UNAVAILABLE
  return { status, body: { code: 'UNAVAILABLE', message } }
}

export function log(problem: unknown): void {
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
  process.stderr.write(`gateway: ${text}\n`)
}
