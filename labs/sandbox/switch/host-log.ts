/**
 * The metadata log of one host as it lies in its files, kept for as long as somebody looks: only what is new is read.
 * Whoever writes the files may shorten or rewrite them at any time, as Kafka does with what was never committed.
 */
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { HEADER_BYTES } from '#labs/kafka/log/batch.ts'
import { readPieces } from '#labs/kafka/metadata/segment.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { damage, type Kept, KeptLog, kept, type LogView, MAX_KEPT_BYTES, newestFirst } from '#labs/watcher/kept-log.ts'
import { Slices } from '#labs/watcher/slices.ts'
import type { Looked, Part, Want } from './log-directory.ts'

/** Somebody who looks on asks once a second. */
const FRESH_MS = 800
/** After the last who looked. */
const KEEP_MS = 30_000
/** Of the time: what a hostile file costs to read is then no more than that. */
const MAX_SHARE = 0.1
const CHUNK_BYTES = 64 << 10
const MB = 1 << 20

/** How far a segment was read. */
type Read = {
  name: string
  offset: number
  bytes: number
  modified: number
  /** what lies before was read */
  end: number
  /** where the last batch begins, and how: as long as that is so, nothing before it has changed */
  last: { position: number; header: Buffer }
}

/** @param wants bytes to be read @throws KraftlabError HOST_UNAVAILABLE */
export type Look = (wants: Want[]) => Promise<Looked | null>

export class HostLog {
  readonly #log = new KeptLog()
  #reads: Read[] = []
  #path: string | null = null
  /** undefined: not listed yet */
  #files: LogFile[] | null | undefined
  #says = ''
  #listed = { at: Number.NEGATIVE_INFINITY }
  #readAt = Number.NEGATIVE_INFINITY
  #pauseMs = FRESH_MS
  #turn: Promise<void> = Promise.resolve()
  #forgetting: NodeJS.Timeout | undefined

  constructor(
    private readonly schemas: Schemas,
    private readonly look: Look,
  ) {}

  /** In order of offset; null where there is no metadata log. @throws KraftlabError HOST_UNAVAILABLE */
  async files(): Promise<LogFile[] | null> {
    await this.#inTurn(async () => {
      if (performance.now() - this.#listed.at < FRESH_MS) return
      this.#note(await this.look([]))
    })
    return this.#files ?? null
  }

  /** The same, or as they were last: a host that does not answer keeps nobody waiting who has the rest. */
  async lastFiles(): Promise<LogFile[] | null> {
    const listing = this.files().catch(() => null)
    return this.#files === undefined ? listing : this.#files
  }

  /**
   * All that is there, as of now or of less than a second ago.
   * @param committed what of it is: that may be gone only where it is another log
   * @throws KraftlabError HOST_UNAVAILABLE
   */
  async read(committed: (log: readonly Kept[]) => number | null): Promise<{ view: LogView; files: LogFile[] | null }> {
    clearTimeout(this.#forgetting)
    this.#forgetting = setTimeout(() => this.#forget(), KEEP_MS).unref()
    await this.#inTurn(async () => {
      if (performance.now() - this.#readAt < this.#pauseMs) return
      const began = performance.now()
      try {
        await this.#refresh(committed)
      } catch (error) {
        // what was dropped by then may have been changed
        this.#log.renew()
        throw error
      } finally {
        this.#readAt = performance.now()
        this.#pauseMs = Math.max(FRESH_MS, (this.#readAt - began) / MAX_SHARE - (this.#readAt - began))
      }
    })
    return { view: this.#view(), files: this.#files ?? null }
  }

  /** One after the other: each begins where the one before it ended. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  #view(): LogView {
    const { kept: all, generation } = this.#log
    const empty = this.#files?.findLast(({ kind }) => kind === 'segment')?.offset ?? null
    const cut = this.#log.isCut ? `Only the newest ${MAX_KEPT_BYTES / MB} MB of the log are shown.` : ''
    return {
      kept: all,
      generation,
      logStart: all[0]?.baseOffset ?? empty,
      logEnd: this.#log.end ?? empty,
      says: this.#says || cut,
    }
  }

  #note(looked: Looked | null): void {
    this.#listed = { at: performance.now() }
    this.#files = looked?.files ?? null
  }

  #forget(): void {
    this.#reads = []
    this.#log.clear()
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  async #refresh(committed: (log: readonly Kept[]) => number | null): Promise<void> {
    const active = this.#reads.at(-1)
    const first = await this.look(active ? [wantOf(active, MAX_KEPT_BYTES)] : [])
    this.#note(first)
    const path = first?.path ?? null
    if (path !== this.#path) {
      this.#reads = []
      this.#log.clear()
    }
    this.#path = path
    this.#says = first ? '' : 'There is no metadata log.'
    if (!first) return
    const { segments, says } = newest(first)
    this.#says = says
    const committedEnd = committed(this.#log.kept)
    const before = this.#dropGone(segments)
    // what was asked for on a guess serves where that segment is still the one to go on with
    const given = this.#reads.at(-1) === active ? first.parts : []
    const dropped = await this.#readOn(segments, given)
    const changedAt = firstChange([...dropped, ...before], this.#log.kept)
    if (changedAt !== null && (committedEnd === null || changedAt < committedEnd)) this.#log.renew()
  }

  /** Segments that are deleted, or cut off. @returns what was in those that were cut off */
  #dropGone(segments: LogFile[]): Kept[] {
    const start = segments[0]?.offset ?? -1
    // Kafka deletes the oldest; where another is gone what is behind it is read again
    const older = new Set(this.#reads.filter(({ offset }) => offset < start).map(({ name }) => name))
    const rest = this.#reads.filter(({ name }) => !older.has(name))
    const odd = rest.findIndex(({ name }, at) => name !== segments[at]?.name)
    this.#reads = odd < 0 ? rest : rest.slice(0, odd)
    return this.#keepRead().filter(({ file }) => file !== null && !older.has(file))
  }

  /** @returns what was dropped because it is not there any more as it was */
  async #readOn(segments: LogFile[], given: Part[]): Promise<Kept[]> {
    const dropped: Kept[] = []
    let parts = given
    for (let asked = false; ; asked = true) {
      const stale = this.#reads.find((read) => !isStill(read, segments, parts))
      if (stale) {
        parts = parts.filter(({ name }) => name !== stale.name)
        dropped.push(...this.#dropFrom(stale))
      }
      const wants = this.#wants(segments, parts)
      if (wants.length > 0 && !asked) {
        const looked = await this.look(wants)
        if (!looked || looked.path !== this.#path) return dropped
        parts = [...parts, ...looked.parts]
        // what was rewritten meanwhile is found out by the second round
        continue
      }
      await this.#take(segments, parts)
      return dropped
    }
  }

  #dropFrom(stale: Read): Kept[] {
    const from = this.#reads.indexOf(stale)
    this.#reads = this.#reads.slice(0, from)
    return this.#keepRead()
  }

  #keepRead(): Kept[] {
    return this.#log.keepFiles((file) => this.#reads.some(({ name }) => name === file))
  }

  /** What has to be read, and was not given. */
  #wants(segments: LogFile[], parts: Part[]): Want[] {
    return segments.flatMap((segment) => {
      const read = this.#reads.find(({ name }) => name === segment.name)
      if (read && isUnchanged(read, segment)) return []
      const want = read ? wantOf(read, MAX_KEPT_BYTES) : { name: segment.name, from: 0, max: MAX_KEPT_BYTES }
      const isGiven = segment.bytes === 0 || parts.some(({ name, from }) => name === want.name && from === want.from)
      return isGiven ? [] : [{ ...want, max: Math.min(want.max, Math.max(1, segment.bytes - want.from + CHUNK_BYTES)) }]
    })
  }

  async #take(segments: LogFile[], parts: Part[]): Promise<void> {
    for (const segment of segments) {
      const own = parts.filter(({ name }) => name === segment.name)
      const [first] = own
      const read = this.#reads.find(({ name }) => name === segment.name)
      if (read && isUnchanged(read, segment)) continue
      const isNext = read ? first?.from === read.last.position : first?.from === 0
      if (!isNext && segment.bytes > 0) {
        this.#says = `${segment.name} could not be read.`
        return
      }
      if (isNext) await this.#takeSegment(segment, read, own)
    }
  }

  async #takeSegment(segment: LogFile, read: Read | undefined, parts: Part[]): Promise<void> {
    const { name, offset, bytes, modified } = segment
    const now: Read = read ?? { name, offset, bytes, modified, end: 0, last: { position: 0, header: Buffer.alloc(0) } }
    const from = parts[0]!.from
    for await (const piece of readPieces(chunksOf(parts), from)) {
      if (piece.kind === 'tail' || piece.position < now.end) continue
      const place = { file: name, position: piece.position }
      if (piece.kind === 'damage') {
        const due = this.#log.end ?? offset
        this.#log.add(damage(due, due, place, piece.bytes, `It is not a batch: ${piece.reason}.`))
        now.end = piece.position + piece.bytes
        continue
      }
      this.#log.add(kept(this.schemas, piece.batch, place, true))
      now.end = piece.position + piece.batch.bytes
      now.last = { position: piece.position, header: headerAt(parts, piece.position) }
    }
    if (!read) this.#reads.push(now)
    now.bytes = bytes
    now.modified = modified
  }
}

/** The newest that may be kept together, in order. */
function newest({ files, isCut, path }: Looked): { segments: LogFile[]; says: string } {
  const all = files.filter(({ kind }) => kind === 'segment')
  let bytes = 0
  const from = all.findLastIndex((file) => {
    bytes += file.bytes
    return bytes > MAX_KEPT_BYTES
  })
  // one alone that is too large is read as far as it may be
  const segments = all.slice(from === all.length - 1 ? Math.max(0, from) : from + 1)
  const tooLarge = segments.find((segment) => segment.bytes > MAX_KEPT_BYTES)
  const says = tooLarge
    ? `${tooLarge.name} has ${tooLarge.bytes} bytes: the first ${MAX_KEPT_BYTES / MB} MB of it are shown.`
    : segments.length < all.length
      ? `Only the newest ${MAX_KEPT_BYTES / MB} MB of the log are shown.`
      : isCut
        ? `${path} has too many files: the newest are shown.`
        : ''
  return { segments, says }
}

const wantOf = ({ name, last }: Read, max: number): Want => ({ name, from: last.position, max })

const isUnchanged = (read: Read, segment: LogFile): boolean =>
  read.bytes === segment.bytes && read.modified === segment.modified

/** As far as is known: where its last batch was read again, it is the same. */
function isStill(read: Read, segments: LogFile[], parts: Part[]): boolean {
  const segment = segments.find(({ name }) => name === read.name)
  if (!segment || segment.bytes < read.end) return false
  const again = parts.find(({ name, from }) => name === read.name && from === read.last.position)
  return !again || again.bytes.subarray(0, read.last.header.length).equals(read.last.header)
}

function headerAt(parts: Part[], position: number): Buffer {
  const header = parts.flatMap(({ from, bytes }) => {
    const start = Math.max(0, position - from)
    const end = position + HEADER_BYTES - from
    return end > 0 && start < bytes.length ? [bytes.subarray(start, Math.min(end, bytes.length))] : []
  })
  return Buffer.concat(header)
}

/** Between two of them others have their turn. */
async function* chunksOf(parts: Part[]): AsyncGenerator<Buffer> {
  const slices = new Slices()
  for (const { bytes } of parts) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      if (slices.isOver) await slices.rest()
      yield bytes.subarray(at, at + CHUNK_BYTES)
    }
  }
}

/** @returns the lowest offset at which `now` has not what was there; null where it has all of it */
function firstChange(before: Kept[], now: readonly Kept[]): number | null {
  if (before.length === 0) return null
  const there = new Map([...newestFirst(now)].map((mark) => [mark.baseOffset, mark]))
  let first: number | null = null
  for (const mark of newestFirst(before)) {
    const same = there.get(mark.baseOffset)
    const isSame =
      same?.lastOffset === mark.lastOffset && same.epoch === mark.epoch && same.timestamp === mark.timestamp
    if (!isSame) first = Math.min(first ?? mark.baseOffset, mark.baseOffset)
  }
  return first
}
