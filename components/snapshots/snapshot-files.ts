/**
 * Which snapshots there are on each host, for as long as somebody chooses among them: one host is asked after another, since
 * of questions about logs the gateway answers the newest only.
 */
import { Store } from '#components/workbench/store.ts'
import type { LogPage, LogRange } from '#labs/protocol/log.ts'
import type { LogFile } from '#labs/protocol/observation.ts'

/** Snapshots come every 20 s at the most often. */
const ROUND_MS = 3_000
/** Between two hosts of the first round: the list is waited for. */
const NEXT_MS = 20
const ANSWER_LIMIT_MS = 4_000
/** Behind every end: the files are wanted, and no records. */
const NO_RECORDS: LogRange = { of: 'from', offset: Number.MAX_SAFE_INTEGER }

export type HostSnapshots = { host: string; files: LogFile[] }
/** `whole`: each host was asked once, whether it answered or not. */
export type SnapshotFilesState = { hosts: HostSnapshots[]; whole: boolean }

const NOTHING: SnapshotFilesState = { hosts: [], whole: false }

export class SnapshotFiles extends Store<SnapshotFilesState> {
  #hosts: string[] = []
  #next = 0
  #asked: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ask: (host: string, range: LogRange) => void) {
    super(NOTHING)
  }

  /** Another lab session. */
  reset(): void {
    this.#stop()
    this.#hosts = []
    this.set(NOTHING)
  }

  /** A new connection: what was asked on the old one is not answered. */
  reconnected(): void {
    if (this.#hosts.length > 0) this.#askNext()
  }

  /** @param hosts those with a node; none: nobody looks */
  look(hosts: string[]): void {
    this.#stop()
    this.#hosts = hosts
    this.#next = 0
    if (hosts.length > 0) this.#askNext()
  }

  receive({ host, files }: LogPage): void {
    if (host !== this.#asked) return
    const snapshots = (files ?? []).filter(({ kind }) => kind === 'snapshot').toSorted((a, b) => b.offset - a.offset)
    const known = this.snapshot.hosts.find((one) => one.host === host)
    // The same list for as long as nothing came or went.
    if (!known || known.files.map(({ name }) => name).join() !== snapshots.map(({ name }) => name).join()) {
      const hosts = [...this.snapshot.hosts.filter((one) => one.host !== host), { host, files: snapshots }]
      const order = (one: HostSnapshots) => this.#hosts.indexOf(one.host)
      this.set({ ...this.snapshot, hosts: hosts.toSorted((a, b) => order(a) - order(b)) })
    }
    this.#goOn()
  }

  #askNext(): void {
    clearTimeout(this.#timer)
    const host = this.#hosts[this.#next]
    if (host === undefined) return
    this.#asked = host
    this.#timer = setTimeout(() => this.#goOn(), ANSWER_LIMIT_MS)
    this.ask(host, NO_RECORDS)
  }

  #goOn(): void {
    clearTimeout(this.#timer)
    this.#asked = null
    this.#next = (this.#next + 1) % this.#hosts.length
    if (this.#next === 0 && !this.snapshot.whole) this.set({ ...this.snapshot, whole: true })
    const wait = this.snapshot.whole ? ROUND_MS / this.#hosts.length : NEXT_MS
    this.#timer = setTimeout(() => this.#askNext(), wait)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#asked = null
  }
}
