/** Whether each part answers: what `/api/health` says, and what the start waits for. */
import type { Child } from './child.ts'

const ANSWER_MS = 5_000

export type Health =
  | { status: 'ok'; [detail: string]: unknown }
  | { status: 'unavailable'; part: string; message: string; [detail: string]: unknown }

/** The gateway answers for itself, the database and the rooms; it names the part that fails, and says what limits hold. */
export async function checkHealth({ gateway, site }: { gateway: Child; site: Child }): Promise<Health> {
  const [ofGateway, ofSite] = await Promise.all([askGateway(gateway), askSite(site)])
  if (ofGateway.status !== 'ok') return ofGateway
  if (ofSite.status !== 'ok') return ofSite
  return { ...ofGateway, site: 'ok', gateway: 'ok' }
}

async function askGateway(gateway: Child): Promise<Health> {
  const answer = await ask(gateway, '/gateway/health')
  if ('problem' in answer) return unavailable('gateway', answer.problem)
  const body = parse(await answer.response.text())
  if (!body) return unavailable('gateway', `answered ${answer.response.status} without JSON`)
  gateway.wasWell()
  if (answer.response.ok && body.status === 'ok') return { ...body, status: 'ok' }
  return {
    ...body,
    ...unavailable(String(body.part ?? 'gateway'), String(body.message ?? `answered ${answer.response.status}`)),
  }
}

async function askSite(site: Child): Promise<Health> {
  // a page that is always there and asks nothing of the database
  const answer = await ask(site, '/robots.txt')
  if ('problem' in answer) return unavailable('site', answer.problem)
  await answer.response.body?.cancel()
  if (answer.response.status >= 500) return unavailable('site', `answered ${answer.response.status}`)
  site.wasWell()
  return { status: 'ok' }
}

async function ask(child: Child, path: string): Promise<{ response: Response } | { problem: string }> {
  if (!child.running) return { problem: 'not running' }
  try {
    return {
      response: await fetch(child.address + path, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' }),
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const unavailable = (part: string, message: string) => ({ status: 'unavailable' as const, part, message })
