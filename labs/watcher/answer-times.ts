/** How long a broker takes to answer a question that costs it nothing: what it waits for is what stands before it there. */
import { describeCluster } from '#labs/kafka/client/cluster.ts'
import { brokersOf, type Fetched, fetched } from './ask.ts'
import type { Clock } from './clock.ts'
import type { NodeWatch } from './node-watch.ts'

/** At one a second: the last few. */
const KEPT = 5
const LIMIT_MS = 4_000

export class AnswerTimesReader {
  readonly #nodes: NodeWatch[]
  readonly #host: string
  readonly #clock: Clock
  #ms: number[] = []

  constructor(nodes: NodeWatch[], host: string, clock: Clock) {
    this.#nodes = nodes
    this.#host = host
    this.#clock = clock
  }

  /** DescribeCluster takes the way of all requests, and is answered from memory (KafkaApis.handleDescribeCluster). */
  async read(): Promise<Fetched> {
    const asked = brokersOf(this.#nodes).find(({ node }) => node.host === this.#host)
    if (!asked) return fetched({ state: 'failed', why: `${this.#host} does not answer` })
    const from = this.#clock.now()
    await describeCluster(asked.connection, 'brokers', { timeoutMs: LIMIT_MS })
    this.#ms = [...this.#ms, Math.round(this.#clock.now() - from)].slice(-KEPT)
    return fetched({ state: 'fetched', value: { answerMs: this.#ms } })
  }
}
