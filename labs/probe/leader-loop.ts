import type { Connection } from '#labs/kafka/client/connection.ts'
import { type Brokers, Line } from './brokers.ts'
import type { Leader, Leadership } from './leadership.ts'
import type { OutageMeter } from './outage.ts'
import { isRefusal, message, PERIOD_MS, pause, RETRY_MS, SLOW_MS } from './pace.ts'

type Parts = {
  name: string
  brokers: Brokers
  leadership: Leadership
  meter: OutageMeter
  /** One try, at the leader. @returns whether there is more to be had at once @throws where it did not succeed */
  attempt(connection: Connection, leader: Leader): Promise<boolean>
  problem(error: unknown): void
}

/** Asks the leader of the probe's partition for one thing again and again, and follows it to where it goes. */
export class LeaderLoop {
  readonly #parts: Parts
  readonly #line: Line

  constructor(parts: Parts) {
    this.#parts = parts
    this.#line = new Line(parts.brokers)
  }

  /** What was asked of an earlier leader is answered by nobody, or too late. */
  moved(leader: Leader | null): void {
    if (leader) this.#line.only(leader.node)
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await pause(await this.#turn(), signal)
  }

  /** @returns ms until the next */
  async #turn(): Promise<number> {
    const { name, leadership, meter, attempt, problem } = this.#parts
    const begun = performance.now()
    const leader = leadership.current
    if (!leader) {
      meter.failure(leadership.why)
      return RETRY_MS
    }
    const slow = setTimeout(() => leadership.doubt(name), SLOW_MS)
    try {
      const more = await attempt(await this.#line.to(leader.node), leader)
      leadership.trust(name)
      meter.success()
      return more ? 0 : PERIOD_MS - (performance.now() - begun)
    } catch (error) {
      if (!isRefusal(error)) problem(error)
      leadership.doubt(name)
      // given up by us, for the broker that leads now
      if (leadership.current !== leader) return 0
      meter.failure(`broker ${leader.node}: ${message(error)}`)
      return RETRY_MS
    } finally {
      clearTimeout(slow)
    }
  }
}
