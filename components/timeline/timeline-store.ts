/**
 * The events of a lab session, and the moment of it that the learner looks at. React reads it by
 * `useSyncExternalStore`.
 */
import { Store } from '#components/workbench/store.ts'
import type { ClusterState, ShownFact, TimelineEvent, ToBrowser } from '#labs/protocol/live.ts'
import type { Link } from '#labs/protocol/observation.ts'

export type Seen = { at: number; clusters: ClusterState[]; cuts: Link[]; facts: ShownFact[] }
export type TimelineSnapshot = {
  /** oldest first */
  events: TimelineEvent[]
  /** null: live. `seen` is the newest answer, of another moment while the one of `at` is on its way. */
  looking: { at: number; seen: Seen | null } | null
}

/** Moments already seen; one is a few kB. */
const MAX_KEPT = 400
/** A question that was answered by an error, or lost, does not hold up the next one for longer. */
const ANSWER_LIMIT_MS = 3_000

const NOTHING: TimelineSnapshot = { events: [], looking: null }

export class TimelineStore extends Store<TimelineSnapshot> {
  readonly #kept = new Map<number, Seen>()
  /** The one question that is on its way. */
  #asked: number | null = null
  #limit: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ask: (at: number) => void) {
    super(NOTHING)
  }

  /** Another lab session. */
  reset(): void {
    this.#kept.clear()
    this.#settle()
    this.set(NOTHING)
  }

  /** A new connection: what was asked on the old one is not answered. */
  reconnected(): void {
    this.#settle()
    this.#askNext()
  }

  /** @param at ms since 1970; null: back to live */
  look(at: number | null): void {
    const { events, looking } = this.snapshot
    const moment = at === null ? null : Math.round(at)
    if (moment === (looking?.at ?? null)) return
    this.set({
      events,
      looking: moment === null ? null : { at: moment, seen: this.#kept.get(moment) ?? looking?.seen ?? null },
    })
    this.#askNext()
  }

  receive(message: Extract<ToBrowser, { type: 'timeline' | 'then' }>): void {
    if (message.type === 'timeline') {
      const { events, looking } = this.snapshot
      this.set({ looking, events: message.whole ? inOrder(message.events) : join(events, message.events) })
      return
    }
    const { at, clusters, cuts, facts } = message
    const seen = { at, clusters, cuts, facts }
    // A moment that is not over yet may still get entries.
    if (at < (this.snapshot.events.at(-1)?.at ?? 0)) this.#keep(seen)
    this.#settle()
    const { events, looking } = this.snapshot
    if (looking) this.set({ events, looking: { at: looking.at, seen } })
    this.#askNext()
  }

  #askNext(): void {
    const { looking } = this.snapshot
    if (!looking || looking.seen?.at === looking.at || this.#asked !== null) return
    this.#asked = looking.at
    this.#limit = setTimeout(() => this.reconnected(), ANSWER_LIMIT_MS)
    this.ask(looking.at)
  }

  #settle(): void {
    clearTimeout(this.#limit)
    this.#asked = null
  }

  #keep(seen: Seen): void {
    this.#kept.set(seen.at, seen)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }
}

const inOrder = (events: TimelineEvent[]): TimelineEvent[] => events.toSorted((a, b) => a.at - b.at || a.seq - b.seq)

/** An event that is told again has changed: an outage that ended. Most are new and at the end. */
function join(events: TimelineEvent[], fresh: TimelineEvent[]): TimelineEvent[] {
  const told = new Map(fresh.map((event) => [event.seq, event]))
  return inOrder([...events.filter(({ seq }) => !told.has(seq)), ...told.values()])
}

/** Index of the last event that is not after `at`; -1 where all are. */
export function lastUntil(events: TimelineEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.at ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
