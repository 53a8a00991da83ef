/** Who sent a request: the same sign-in as the site's, asked of the database worker. */
import type { IncomingMessage } from 'node:http'
import { KraftlabError } from '#config/errors.ts'
import type { Person } from '#data/sign-in.ts'

export type { Person }

/** A page load makes several requests at once; a sign-out takes effect within this time. */
const REMEMBER_MS = 3_000
/** Oldest are forgotten beyond this: cookies come from anybody. */
const MAX_REMEMBERED = 2_000

type Ask = (cookie: string | null) => Promise<Person | null>

export class SignIns {
  private readonly remembered = new Map<string, { learner: Promise<Person | null>; until: number }>()

  constructor(
    private readonly ask: Ask,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws KraftlabError NOT_SIGNED_IN */
  async require(request: IncomingMessage): Promise<Person> {
    const learner = await this.findOptional(request.headers.cookie)
    if (!learner) throw new KraftlabError('NOT_SIGNED_IN')
    return learner
  }

  findOptional(cookie: string | undefined): Promise<Person | null> {
    if (!cookie) return Promise.resolve(null)
    const known = this.remembered.get(cookie)
    if (known && known.until > this.now()) return known.learner
    const learner = this.ask(cookie)
    this.remembered.delete(cookie)
    this.remembered.set(cookie, { learner, until: this.now() + REMEMBER_MS })
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= MAX_REMEMBERED) break
      this.remembered.delete(oldest)
    }
    // A failure is not an answer to remember.
    learner.catch(() => this.remembered.delete(cookie))
    return learner
  }
}

export const owns = (learner: Pick<Person, 'userId' | 'formerly'>, userId: string): boolean =>
  learner.userId === userId || learner.formerly.includes(userId)
