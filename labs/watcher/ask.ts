/** Questions to several nodes at once: what one of them does not answer is left out, and said so. */
import type { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import type { NeedResult } from '#labs/protocol/observation.ts'
import { within } from './clock.ts'
import type { NodeWatch } from './node-watch.ts'

/** A node that is well answers in some ms. */
const ANSWER_MS = 1_500

/** `passing`: one of the nodes is likely to answer otherwise a moment later */
export type Fetched = { result: NeedResult; passing: boolean }
export const fetched = (result: NeedResult): Fetched => ({ result, passing: false })

/** @param unknown what the value leaves out, and why */
export const partly = (
  value: Extract<NeedResult, { state: 'fetched' }>['value'],
  unknown: string[],
  passing: boolean,
): Fetched => ({
  result: { state: 'fetched', value, ...(unknown.length > 0 && { unknown: unknown.join('; ') }) },
  passing,
})

/** Nodes whose broker can be asked now. */
export const brokersOf = (nodes: NodeWatch[]): { node: NodeWatch; connection: Connection }[] =>
  nodes.flatMap((node) => (node.broker ? [{ node, connection: node.broker }] : []))

export type Answer<T> = { value: T } | { why: string; passing: boolean }

/** An error on the wire, or of whoever dials, which is no mistake of ours. */
export const isOutside = (error: unknown): error is Error =>
  error instanceof ConnectionError ||
  error instanceof KafkaError ||
  error instanceof DecodeError ||
  (error instanceof Error && (error.constructor === Error || (error as NodeJS.ErrnoException).code !== undefined))

/** What it says, or why it does not. @throws only mistakes of ours */
export async function answer<T>(who: string, work: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await within(ANSWER_MS, `an answer of ${who}`, work) }
  } catch (error) {
    if (!isOutside(error)) throw error
    return { why: error.message, passing: error instanceof KafkaError && error.passing }
  }
}
