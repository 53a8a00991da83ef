/**
 * The metadata log of one host for as long as somebody looks at it: asks for its newest, goes on from there, and fetches
 * older parts when they are wanted. One question at a time.
 */
import { Store } from '#components/workbench/store.ts'
import type { LogItem, LogPage, LogRange } from '#labs/protocol/log.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { type GoneFile, joinPage, type LogParts, MAX_ITEMS, missFiles, nextOffset } from './log-items.ts'

/** After an answer: the leader's log comes over the wire, the others' from their files. */
const AGAIN_MS = { wire: 300, files: 1_000 }
/** There is more to be had at once. */
const MORE_MS = 30
/** A question that was lost, or answered by an error, is asked again after this. */
const ANSWER_LIMIT_MS = 4_000

export type LogSnapshot = {
  host: string | null
  source: LogPage['source'] | null
  items: LogItem[]
  earlier: boolean
  /** older ones are on their way */
  fetchingEarlier: boolean
  logStart: number | null
  logEnd: number | null
  highWatermark: number | null
  /** the high watermark stands still below the log's end since then, ms since 1970; null: it does not */
  openSince: number | null
  files: LogFile[] | null
  gone: GoneFile[]
  says: string
  /** when the last answer came, ms since 1970; null: none yet */
  answeredAt: number | null
  /** asked, and not answered in time */
  silent: boolean
}

const NOTHING: LogSnapshot = {
  host: null,
  source: null,
  items: [],
  earlier: false,
  fetchingEarlier: false,
  logStart: null,
  logEnd: null,
  highWatermark: null,
  openSince: null,
  files: null,
  gone: [],
  says: '',
  answeredAt: null,
  silent: false,
}

export class LogStore extends Store<LogSnapshot> {
  #parts: LogParts | null = null
  #looking = false
  #wantsEarlier = false
  /** The newest and older ones take turns, so that neither waits for long. */
  #lastOf: LogRange['of'] = 'end'
  #asked: LogRange | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param ask sends the question; what is asked before there is a connection is lost, and asked again */
  constructor(private readonly ask: (host: string, range: LogRange) => void) {
    super(NOTHING)
  }

  /** Another lab session. */
  reset(): void {
    this.#settle()
    this.#parts = null
    this.#wantsEarlier = false
    this.set(NOTHING)
  }

  /** A new connection: what was asked on the old one is not answered. */
  reconnected(): void {
    this.#settle()
    this.#askNext()
  }

  /** @param host null: nobody looks, or the page is hidden. What is there stays until another host is looked at. */
  look(host: string | null): void {
    this.#looking = host !== null
    if (host === null) return this.#settle()
    if (host !== this.snapshot.host) {
      this.reset()
      this.#looking = true
      this.set({ ...NOTHING, host })
    }
    if (this.#asked === null) this.#askNext()
  }

  fetchEarlier(): void {
    if (this.#wantsEarlier || !this.snapshot.earlier || this.snapshot.items.length >= MAX_ITEMS) return
    this.#wantsEarlier = true
    this.set({ ...this.snapshot, fetchingEarlier: true })
    if (this.#asked === null) this.#askNext()
  }

  receive(page: LogPage): void {
    const range = this.#asked
    if (range === null || page.host !== this.snapshot.host) return
    this.#settle()
    const same = this.#parts?.generation === page.generation
    if (!same && range.of !== 'end') {
      // Another log: what is shown stays until its newest is there.
      this.#parts = null
      this.#wantsEarlier = false
      this.#askNext()
      return
    }
    if (range.of === 'before') this.#wantsEarlier = false
    this.#lastOf = range.of
    this.#parts = joinPage(this.#parts, page, range)
    const { host, files, gone, openSince } = this.snapshot
    const { source, logStart, logEnd, highWatermark, says } = page
    const { items, earlier } = this.#parts
    const at = Date.now()
    const isOpen = highWatermark !== null && (items.at(-1)?.lastOffset ?? 0) >= highWatermark
    const stands = same && highWatermark === this.snapshot.highWatermark
    this.set({
      host,
      source,
      items,
      earlier,
      fetchingEarlier: this.#wantsEarlier,
      logStart,
      logEnd,
      highWatermark,
      openSince: isOpen ? ((stands ? openSince : null) ?? at) : null,
      files: page.files,
      gone: same ? missFiles(gone, files, page.files, at) : [],
      says,
      answeredAt: at,
      silent: false,
    })
    if (!this.#looking) return
    const again = this.#wantsEarlier || this.#parts.later ? MORE_MS : AGAIN_MS[source]
    this.#timer = setTimeout(() => this.#askNext(), again)
  }

  #askNext(): void {
    const { host } = this.snapshot
    clearTimeout(this.#timer)
    if (!this.#looking || host === null) return
    const range = this.#nextRange()
    this.#asked = range
    this.#timer = setTimeout(() => {
      this.set({ ...this.snapshot, silent: true })
      this.reconnected()
    }, ANSWER_LIMIT_MS)
    this.ask(host, range)
  }

  #nextRange(): LogRange {
    const items = this.#parts?.items ?? []
    const first = items[0]
    if (!first) return { of: 'end' }
    if (this.#wantsEarlier && this.#lastOf !== 'before') return { of: 'before', offset: first.baseOffset }
    return { of: 'from', offset: nextOffset(items, this.snapshot.highWatermark) }
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#asked = null
  }
}
