/** What a lab asked for beyond the cluster view, kept up to date while it asks. */
import type { LogFile, Need, NeedResult } from '#labs/protocol/observation.ts'
import { AnswerTimesReader } from './answer-times.ts'
import { type Fetched, fetched, isOutside } from './ask.ts'
import { batchesOf } from './batches.ts'
import { Bell, within } from './clock.ts'
import { groupsOf } from './groups.ts'
import { endOfLog, LogEndNews } from './log-end.ts'
import type { NodeWatch } from './node-watch.ts'
import { RecordsReader } from './records.ts'
import { replicasOf } from './replicas.ts'
import { RequestMetricsReader } from './request-metrics.ts'
import type { Surroundings } from './room.ts'
import { transactionsOf } from './transactions.ts'

const CADENCE_MS = 1_000
/** However often something happens. */
const LEAST_PAUSE_MS = 50
/** A failure that is likely to pass is told only when it did not. */
const PASSING_PAUSE_MS = 100
const PASSING_TIMES = 20
const FILE_TIMEOUT_MS = 3_000
/** Each kind has limits of its own; together they could still be more than anybody looks at. */
const MAX_RESULT_CHARS = 4 << 20
/** After a large one there is a pause: 1 MB a second is more than anybody looks at. */
const CHARS_PER_MS = 1_000

type Fetch = () => Promise<Fetched>

class NeedWatch {
  readonly #need: Need
  readonly #room: Surroundings
  readonly #fetch: Fetch
  readonly #bell: Bell
  readonly #stop = new AbortController()
  #sent: string | undefined

  constructor(need: Need, room: Surroundings, fetch: Fetch) {
    this.#need = need
    this.#room = room
    this.#fetch = fetch
    this.#bell = new Bell(room.clock)
  }

  get need(): Need {
    return this.#need
  }

  ring(): void {
    this.#bell.ring()
  }

  stop(): void {
    this.#stop.abort()
  }

  async run(): Promise<void> {
    const { signal } = this.#stop
    const { everyMs = CADENCE_MS } = { everyMs: undefined, ...this.#need }
    const stop = (): void => this.stop()
    this.#room.signal.addEventListener('abort', stop, { once: true })
    for (let passed = 0; !signal.aborted; ) {
      const { result, passing } = await this.#fetched()
      if (passing && ++passed < PASSING_TIMES) {
        await this.#room.clock.delay(PASSING_PAUSE_MS, signal)
        continue
      }
      if (!passing) passed = 0
      if (signal.aborted) break
      const chars = this.#send(result)
      await this.#room.clock.delay(Math.max(LEAST_PAUSE_MS, chars / CHARS_PER_MS), signal)
      await this.#bell.wait(everyMs, signal)
    }
    this.#room.signal.removeEventListener('abort', stop)
  }

  async #fetched(): Promise<Fetched> {
    try {
      return await this.#fetch()
    } catch (error) {
      if (!isOutside(error)) this.#room.problem(error)
      return fetched({ state: 'failed', why: error instanceof Error ? error.message : String(error) })
    }
  }

  /** @returns how many characters, 0 where that was told before */
  #send(result: NeedResult): number {
    let text = JSON.stringify(result)
    let told = result
    if (text.length > MAX_RESULT_CHARS) {
      told = { state: 'failed', why: `a result of ${text.length} characters, more than ${MAX_RESULT_CHARS}` }
      text = JSON.stringify(told)
    }
    if (text === this.#sent) return 0
    const begins = this.#sent === undefined ? { begins: true } : {}
    this.#sent = text
    this.#room.emit({ type: 'need', name: this.#need.name, result: told, ...begins })
    return text.length
  }
}

export class Needs {
  readonly #room: Surroundings
  readonly #nodes: NodeWatch[]
  #watches = new Map<string, NeedWatch>()

  constructor(room: Surroundings, nodes: NodeWatch[]) {
    this.#room = room
    this.#nodes = nodes
  }

  /** Those that stay the same go on undisturbed, the others stop and start at once. */
  set(needs: Need[]): void {
    const kept = new Map<string, NeedWatch>()
    for (const need of needs) {
      const running = this.#watches.get(need.name)
      if (running && JSON.stringify(running.need) === JSON.stringify(need)) kept.set(need.name, running)
    }
    for (const [name, watch] of this.#watches) if (kept.get(name) !== watch) watch.stop()
    for (const need of needs) {
      if (kept.has(need.name)) continue
      const watch = new NeedWatch(need, this.#room, this.#fetcher(need))
      kept.set(need.name, watch)
      watch.run().catch(this.#room.problem)
    }
    this.#watches = kept
  }

  /** Something happened that may change results: look now, not at the next tick. */
  ring(): void {
    for (const watch of this.#watches.values()) if (!isByTurn(watch.need)) watch.ring()
  }

  #fetcher(need: Need): Fetch {
    const { hosts } = { hosts: undefined, ...need }
    const nodes = hosts ? this.#nodes.filter(({ host }) => hosts.includes(host)) : this.#nodes
    switch (need.kind) {
      case 'records': {
        const reader = new RecordsReader(need.topic, need.max, nodes)
        return () => reader.read()
      }
      case 'groups':
        return () => groupsOf(nodes, this.#room.schemas)
      case 'replicas':
        return () => replicasOf(nodes, need.topic)
      case 'batches':
        return () => batchesOf(nodes, need.topic, need.max)
      case 'transactions':
        return () => transactionsOf(nodes, need.topic)
      case 'file':
        return this.#fileFetcher(need)
      case 'partition-files':
        return () => this.#partitionFiles(need)
      case 'request-metrics': {
        const reader = new RequestMetricsReader(this.#room, need)
        return () => reader.read()
      }
      case 'answer-times': {
        const reader = new AnswerTimesReader(nodes, need.host, this.#room.clock)
        return () => reader.read()
      }
      case 'log-files':
        return this.#logFilesFetcher(need.host)
      case 'log-end':
        return this.#logEndFetcher(need.host)
    }
  }

  #logEndFetcher(host: string): Fetch {
    const news = new LogEndNews()
    return async () => {
      const page = await within(FILE_TIMEOUT_MS, `reading the metadata log of ${host}`, this.#room.newestOfLog(host))
      return fetched({ state: 'fetched', value: news.of(endOfLog(page)) })
    }
  }

  async #partitionFiles({ host, topic, partition }: Extract<Need, { kind: 'partition-files' }>): Promise<Fetched> {
    const reading = this.#room.partitionFiles(host, topic, partition)
    const value = await within(FILE_TIMEOUT_MS, `listing ${topic}-${partition} of ${host}`, reading)
    return fetched({ state: 'fetched', value })
  }

  #logFilesFetcher(host: string): Fetch {
    let told: LogFile[] | null | undefined
    return async () => {
      const listing = this.#room.logFiles(host)
      const files = await within(FILE_TIMEOUT_MS, `listing the metadata log of ${host}`, listing)
      if (told === undefined || settled(files) !== settled(told)) told = files
      return fetched({ state: 'fetched', value: told })
    }
  }

  #fileFetcher(need: Extract<Need, { kind: 'file' }>): Fetch {
    const { host, path, maxBytes } = need
    let reading: Promise<NeedResult> | undefined
    return async () => {
      // one that does not answer is not asked a second time while it may still
      reading ??= this.#room
        .files(host, [{ path, maxBytes }])
        .then(([file]): NeedResult => {
          if (file === undefined) return { state: 'failed', why: `no answer about ${path}` }
          if (file !== null && 'failed' in file) return { state: 'failed', why: file.failed }
          return { state: 'fetched', value: file }
        })
        .finally(() => {
          reading = undefined
        })
      return fetched(await within(FILE_TIMEOUT_MS, `reading ${path} on ${host}`, reading))
    }
  }
}

/** What happens in the cluster says nothing of them: they are looked at in turn. */
const BY_TURN: ReadonlySet<Need['kind']> = new Set([
  ...(['file', 'log-files', 'log-end', 'partition-files', 'request-metrics', 'answer-times'] as const),
])
const isByTurn = ({ kind }: Need): boolean => BY_TURN.has(kind)

/** Each NoOp makes the newest segment larger: that alone is no news. */
function settled(files: LogFile[] | null): string {
  const newest = files?.findLast(({ kind }) => kind === 'segment')
  return JSON.stringify(files?.map((file) => (file === newest ? file.name : file)) ?? null)
}
