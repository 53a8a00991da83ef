import { askController } from '#labs/kafka/client/create-topic.ts'
import { type Broker, type Brokers, Line } from './brokers.ts'
import { TOPIC } from './leadership.ts'
import type { OutageMeter } from './outage.ts'
import { isRefusal, message, pause, RETRY_MS } from './pace.ts'

const PERIOD_MS = 200
/** Silence after which the other brokers are asked too. */
const PATIENCE_MS = 300
/** A broker passes it on as soon as it knows an active controller: one question waits for that at each broker. */
const ASK_LIMIT_MS = 5_000

type Parts = { brokers: Brokers; meter: OutageMeter; problem(error: unknown): void }

/** Has the active controller asked again and again, by one broker, and by all while that one is silent. */
export class ControllerLoop {
  readonly #parts: Parts
  #answered: number | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#parts.brokers.all.map((broker) => this.#ask(broker, signal)))
  }

  async #ask(broker: Broker, signal: AbortSignal): Promise<void> {
    const { brokers, meter, problem } = this.#parts
    const line = new Line(brokers)
    while (!signal.aborted) {
      const isWanted = this.#answered === undefined || this.#answered === broker.id || meter.silentMs > PATIENCE_MS
      let next = PERIOD_MS / 2
      if (isWanted)
        try {
          await askController(await line.to(broker.id), TOPIC, ASK_LIMIT_MS)
          this.#answered = broker.id
          meter.success()
          next = PERIOD_MS
        } catch (error) {
          if (!isRefusal(error)) problem(error)
          meter.failure(`broker ${broker.id}: ${message(error)}`)
          next = RETRY_MS
        }
      await pause(next, signal)
    }
  }
}
