/** Transactions of all coordinators, and the producers that the leaders of a topic's partitions know. */
import { producersAt, transactionsAt } from '#labs/kafka/client/transactions.ts'
import { answer, brokersOf, type Fetched, fetched, partly } from './ask.ts'
import type { NodeWatch } from './node-watch.ts'
import { sourcesOf, topicOf } from './topic-sources.ts'

const MAX_TRANSACTIONS = 200
const MAX_PRODUCERS = 500

/** @param topic whose partitions' producers are told too; null: none */
export async function transactionsOf(nodes: NodeWatch[], topic: string | null): Promise<Fetched> {
  const asked = brokersOf(nodes)
  if (asked.length === 0) return fetched({ state: 'failed', why: 'no broker answers' })
  const found = topic === null ? null : topicOf(nodes, topic)
  const led = found === null || typeof found === 'string' ? { sources: [], unknown: [] } : sourcesOf(nodes, found)
  const leaders = led.sources.filter(({ leads }) => leads)
  const [coordinated, known] = await Promise.all([
    Promise.all(asked.map(({ node, connection }) => answer(node.host, transactionsAt(connection, MAX_TRANSACTIONS)))),
    Promise.all(
      leaders.map(({ node, connection, partitions }) =>
        answer(node.host, producersAt(connection, topic ?? '', partitions)),
      ),
    ),
  ])
  const answers = [...coordinated, ...known]
  const failed = answers.flatMap((said) => ('value' in said ? [] : [said]))
  const passing = failed.some((said) => said.passing)
  if (coordinated.every((said) => !('value' in said)))
    return { result: { state: 'failed', why: failed.map(({ why }) => why).join('; ') }, passing }
  const unknown = [...led.unknown, ...failed.map(({ why }) => why)]
  const value = {
    transactions: coordinated
      .flatMap((said) => ('value' in said ? said.value : []))
      .sort((a, b) => a.transactionalId.localeCompare(b.transactionalId))
      .slice(0, MAX_TRANSACTIONS),
    producers: known
      .flatMap((said) => ('value' in said ? said.value : []))
      .sort((a, b) => a.partition - b.partition || a.producerId - b.producerId)
      .slice(0, MAX_PRODUCERS),
  }
  return partly(value, unknown, passing)
}
