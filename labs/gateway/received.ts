/** What browsers send: only messages of a protocol, and what costs something not more often than a person does it. */
import type { RawData } from 'ws'
import type { ZodType } from 'zod'
import { KraftlabError } from '#config/errors.ts'
import { RateLimit } from '#config/rate-limit.ts'
import { CLOSE } from '#labs/protocol/close.ts'
import { parseOptional } from './requests.ts'
import type { Stream } from './stream.ts'

/** Of one browser. */
export class Deeds {
  private readonly limit: RateLimit

  constructor({ burst, refillMs }: { burst: number; refillMs: number }) {
    this.limit = new RateLimit(burst, refillMs)
  }

  take(): boolean {
    return this.limit.take('')
  }

  /** @throws KraftlabError UNAVAILABLE */
  require(): void {
    if (!this.take()) throw new KraftlabError('UNAVAILABLE', 'That was too much at once. Wait a few seconds.')
  }
}

/** Hands on each frame that is a message of `schema`; what comes of it is told by `showError` where it fails. */
export function receive<Message>(
  { data, isBinary }: { data: RawData; isBinary: boolean },
  schema: ZodType<Message>,
  to: {
    act: (message: Message) => Promise<void>
    showError: (error: unknown) => void
    deeds: Deeds
    stream: Stream
  },
): void {
  const parsed = isBinary ? null : schema.safeParse(parseOptional(String(data)))
  if (!parsed?.success) {
    to.showError(new KraftlabError('BAD_REQUEST'))
    // A slip of the page is told; a stream of nonsense ends.
    if (!to.deeds.take()) to.stream.drop(CLOSE.badMessage, 'not messages of the protocol')
    return
  }
  to.act(parsed.data).catch(to.showError)
}
