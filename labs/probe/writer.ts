import type { Connection } from '#labs/kafka/client/connection.ts'
import { produce } from '#labs/kafka/client/produce.ts'
import { encodeBatch } from '#labs/kafka/log/batch-writer.ts'
import type { Leader } from './leadership.ts'
import type { Ledger } from './ledger.ts'
import { REQUEST_LIMIT_MS } from './pace.ts'

/** The leader says by then that the others did not follow, so that the connection can be used on. */
const ACK_LIMIT_MS = 800

/** Writes one record with acks=all. One that was not acknowledged is not written again: the next is another. */
export class Writer {
  readonly #ledger: Ledger
  #sequence = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** @returns false: there is nothing more to be had at once @throws ConnectionError, KafkaError */
  async write(connection: Connection, leader: Leader): Promise<false> {
    const sequence = ++this.#sequence
    const batch = encodeBatch([{ key: null, value: this.#ledger.value(sequence) }], { timestamp: Date.now() })
    const offset = await produce(connection, leader, batch, { ackMs: ACK_LIMIT_MS, timeoutMs: REQUEST_LIMIT_MS })
    this.#ledger.acknowledged(offset, sequence)
    return false
  }
}
