/** How often the probe tries, and what it makes of a failure. */
import { setTimeout as delay } from 'node:timers/promises'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { DecodeError } from '#labs/kafka/codec/errors.ts'

/** Resolves after `ms` ms, or at once when the signal is aborted. Never rejects. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(Math.max(0, ms), undefined, { signal }).catch(() => undefined)

/** So often each thing is tried: what an outage's start can be off by, and little enough that nobody's node gets busy. */
export const PERIOD_MS = 100
/** So soon it is tried again, so that an outage's end is seen. */
export const RETRY_MS = 50
/** A request that takes longer may be one to a broker that does not lead any more: time to ask the others. */
export const SLOW_MS = 250
/** Then it is given up. */
export const REQUEST_LIMIT_MS = 1_000

export const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Refused by a broker, or by what is in its place: anything else is a mistake of ours. */
export const isRefusal = (error: unknown): boolean =>
  [ConnectionError, KafkaError, DecodeError, Withheld].some((kind) => error instanceof kind)

/** Nothing wrong was answered, and yet what was acknowledged is not (yet) to be had. */
export class Withheld extends Error {
  override readonly name = 'Withheld'
}
