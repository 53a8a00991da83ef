/** What a person may do with all that is kept of them: take a copy, or have it deleted. */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import { KraftlabError } from '#config/errors.ts'
import { RateLimit } from '#config/rate-limit.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { type Entry, readHistory } from '#labs/engine/history.ts'
import type { LabSessions } from './lab-sessions.ts'
import type { Person } from './sign-in.ts'
import { historyFile } from './stories.ts'

/** `DELETE /gateway/account`. `password` '' where the account has none. */
export const accountDeletion = z.object({ password: z.string().max(1_000) })

/** Passwords tried, and copies made of some megabytes. */
const TRIES = { burst: 5, refillMs: 30_000 }

export class Accounts {
  private readonly tries = new RateLimit(TRIES.burst, TRIES.refillMs)

  constructor(
    private readonly data: string,
    private readonly database: DatabaseWorker,
    private readonly sessions: LabSessions,
  ) {}

  /** @throws KraftlabError WRONG_PASSWORD, LAST_ADMINISTRATOR, TOO_MANY_TRIES; nothing was deleted then */
  async delete(person: Person, given: { cookie: string; password: string }): Promise<void> {
    this.takeTry(person)
    await this.database.checkDeletion(person, given)
    await this.sessions.forget(person, () => this.database.deleteAccount(person))
  }

  /**
   * Sends one JSON object: what the database has, and what the person did in each lab session, without what was seen of
   * the cluster. One history at a time is in memory.
   * @throws KraftlabError TOO_MANY_TRIES
   */
  async export(person: Person, response: ServerResponse): Promise<void> {
    this.takeTry(person)
    const { labSessions, ...rest } = await this.database.exportAccount(person)
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="kraftlab-account.json"',
      'cache-control': 'no-store',
    })
    response.write(`${JSON.stringify(rest).slice(0, -1)},"labSessions":[`)
    for (const [at, one] of labSessions.entries()) {
      const { entries } = await readHistory(historyFile(this.data, one.id))
      const deeds = entries.flatMap(deedOf)
      response.write(`${at > 0 ? ',' : ''}${JSON.stringify({ ...one, deeds })}`)
    }
    response.end(']}')
  }

  private takeTry({ userId }: Person): void {
    if (!this.tries.take(userId)) throw new KraftlabError('TOO_MANY_TRIES', 'Wait a minute and try again.')
  }
}

/** What a person did; what was seen of the cluster is not about them. */
function deedOf({ at, body }: Entry): Record<string, unknown>[] {
  if (body.type !== 'observed') return [{ at, ...body }]
  return body.observation.type === 'command' ? [{ at, ...body.observation }] : []
}
