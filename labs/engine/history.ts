/**
 * The history of one lab session: an append-only NDJSON file and the only thing the engine keeps. One writer. Entries
 * are written before anybody sees them; entries that a learner was promised (passes, answers, hints) are on the disk
 * before: one fdatasync serves all that wait.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { DRILLS } from '#labs/protocol/class.ts'
import { observation } from '#labs/protocol/observation.ts'
import { trialOutput, trialResult } from '#labs/protocol/trial.ts'

/** Raised with every change of an entry's shape; `upcast` then lifts older entries. */
export const HISTORY_VERSION = 2

const body = z.discriminatedUnion('type', [
  /** variant: which of the lab's the learner was given; null where it has none */
  z.object({
    type: z.literal('opened'),
    id: z.string(),
    lab: z.string(),
    variant: z.string().nullable(),
    learner: z.string(),
  }),
  /** What a lab does before a learner may begin has been done in the present room. */
  z.object({ type: z.literal('room-prepared') }),
  z.object({ type: z.literal('room-started'), says: z.string() }),
  z.object({ type: z.literal('room-ended'), says: z.string() }),
  /** number: the switch's own, so that it knows what has arrived */
  z.object({ type: z.literal('observed'), number: z.number().int(), observation }),
  z.object({ type: z.literal('step-opened'), step: z.string() }),
  z.object({
    type: z.literal('passed'),
    step: z.string(),
    check: z.string(),
    evidence: z.looseObject({ says: z.string() }),
  }),
  z.object({
    type: z.literal('answered'),
    step: z.string(),
    given: z.string(),
    correct: z.boolean(),
    says: z.string(),
  }),
  z.object({ type: z.literal('predicted'), step: z.string(), given: z.string() }),
  /** how that prediction came out */
  z.object({ type: z.literal('outcome'), step: z.string(), right: z.boolean(), says: z.string() }),
  z.object({ type: z.literal('hint'), check: z.string(), level: z.number().int() }),
  /** The learner goes back to the beginning of this step: a fresh room follows, in which the steps before it are solved. */
  z.object({ type: z.literal('reset'), step: z.string() }),
  /** The solution has been replayed in that room, as far as it came. */
  z.object({ type: z.literal('replayed'), how: z.enum(['done', 'failed', 'cancelled']), says: z.string() }),
  /** A check passed that is not credited: the replay passed it, or the learner had passed it before a reset. */
  z.object({
    type: z.literal('repeated'),
    step: z.string(),
    check: z.string(),
    evidence: z.looseObject({ says: z.string() }),
    by: z.enum(['replay', 'learner']),
  }),
  /** The learner was shown how the step is solved. */
  z.object({ type: z.literal('solution'), step: z.string() }),
  /** A trial of the learner's has ended. `shown` null: the program did not come to run. */
  z.object({
    type: z.literal('tried'),
    step: z.string(),
    /** at which it was asked for */
    check: z.string(),
    /** the trial's need */
    name: z.string(),
    result: trialResult,
    shown: trialOutput.nullable(),
  }),
  /** The learner asks for an instructor, or no longer. */
  z.object({ type: z.literal('help'), wanted: z.boolean() }),
  // What an instructor does; `by`: their name, as the learner reads it.
  z.object({ type: z.literal('noted'), step: z.string(), text: z.string(), by: z.string() }),
  z.object({ type: z.literal('told'), text: z.string(), by: z.string() }),
  /** with the terminals: reads along, asks to type, may, may not (any more), has gone */
  z.object({ type: z.literal('watch'), is: z.enum(['begun', 'asked', 'allowed', 'refused', 'ended']), by: z.string() }),
  /** The room stays until then (ms since 1970), whatever happens. */
  z.object({ type: z.literal('extended'), until: z.number(), by: z.string() }),
  /** A drill of the class; what it does to the clusters follows as faults. */
  z.object({ type: z.literal('drill'), id: z.string(), classId: z.string(), drill: z.enum(DRILLS), by: z.string() }),
])
export type EntryBody = z.infer<typeof body>

const entry = z.object({
  v: z.number().int(),
  seq: z.number().int(),
  /** wall clock, ms since 1970 */
  at: z.number(),
  /** monotonic, ms; comparable only between entries that one process wrote */
  mono: z.number(),
  body,
})
export type Entry = z.infer<typeof entry>

const PROMISED: ReadonlySet<EntryBody['type']> = new Set([
  'opened',
  'passed',
  'reset',
  'repeated',
  'answered',
  'predicted',
  'outcome',
  'hint',
  'solution',
  'tried',
  'help',
  'noted',
  'told',
  'extended',
])

/** Lifts an entry of an older version to this one: before version 2 no lab had variants. */
function upcast(raw: unknown): unknown {
  const { v, body } = raw as { v?: unknown; body?: { type?: unknown } }
  return v === 1 && body?.type === 'opened'
    ? { ...(raw as object), v: HISTORY_VERSION, body: { variant: null, ...body } }
    : raw
}

export type Clock = { now(): number; mono(): number }
export const systemClock: Clock = { now: () => Date.now(), mono: () => performance.now() }

/** So much is between two checkpoints of the fold, and is read together. */
const CHUNK = { entries: 1_000, bytes: 4 * 1_024 * 1_024 }

/** How entries lie in the file: in chunks, each of whole lines. */
class Extent {
  /** in bytes */
  length = 0
  private readonly starts: number[] = []
  /** numbers of the entries with which chunks begin */
  private readonly firsts = new Set<number>()
  /** entries in the newest chunk */
  private count = 0

  /** @param bytes with the end of its line */
  add(seq: number, bytes: number): void {
    const start = this.starts.at(-1)
    if (start === undefined || this.count >= CHUNK.entries || this.length - start >= CHUNK.bytes) {
      this.starts.push(this.length)
      this.firsts.add(seq)
      this.count = 0
    }
    this.count++
    this.length += bytes
  }

  begins(seq: number): boolean {
    return this.firsts.has(seq)
  }

  /** @returns where the chunk lies in the file, in bytes */
  chunk(index: number): { from: number; to: number } | null {
    const from = this.starts[index]
    return from === undefined ? null : { from, to: this.starts[index + 1] ?? this.length }
  }
}

/**
 * Reads a history as far as it is whole: a crash can leave a last line without its end.
 * @throws Error naming file and line when a line in the middle is not an entry
 */
export async function readHistory(file: string): Promise<{ entries: Entry[]; extent: Extent }> {
  const whole = await readOptionalFile(file)
  const entries: Entry[] = []
  const extent = new Extent()
  if (!whole) return { entries, extent }
  for (let end = whole.indexOf(NEWLINE); end >= 0; end = whole.indexOf(NEWLINE, extent.length)) {
    try {
      const read = parseEntry(whole.toString('utf8', extent.length, end))
      entries.push(read)
      extent.add(read.seq, end + 1 - extent.length)
    } catch (error) {
      throw new Error(`${file}:${entries.length + 1} is not an entry of a history`, { cause: error })
    }
  }
  return { entries, extent }
}
const NEWLINE = 0x0a

async function readOptionalFile(file: string): Promise<Buffer | null> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    // As long as it is now: what another process writes meanwhile is not awaited.
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
const parseEntry = (line: string): Entry => entry.parse(upcast(JSON.parse(line)))

export class History {
  private readonly waiting: Entry[] = []
  private writing: Promise<void> | null = null
  private closed = false
  private failure: unknown = null

  private constructor(
    private readonly handle: FileHandle,
    private next: number,
    private readonly extent: Extent,
    private readonly clock: Clock,
    /** called in order with entries that are in the file (and on the disk where promised) */
    private readonly stored: (entries: Entry[]) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  static async open(
    file: string,
    clock: Clock,
    stored: (entries: Entry[]) => void,
    failed: (error: unknown) => void,
  ): Promise<{ history: History; entries: Entry[] }> {
    await mkdir(dirname(file), { recursive: true })
    const { entries, extent } = await readHistory(file)
    const handle = await open(file, 'a+')
    try {
      await handle.truncate(extent.length)
    } catch (error) {
      await handle.close()
      throw error
    }
    const next = (entries.at(-1)?.seq ?? 0) + 1
    return { history: new History(handle, next, extent, clock, stored, failed), entries }
  }

  beginsChunk(seq: number): boolean {
    return this.extent.begins(seq)
  }

  /** @returns those entries of a chunk that are in the file, oldest first */
  async read(chunk: number): Promise<Entry[]> {
    const extent = this.extent.chunk(chunk)
    if (!extent) return []
    const { from, to } = extent
    const buffer = Buffer.alloc(to - from)
    await this.handle.read(buffer, 0, buffer.length, from)
    // They were checked when they came.
    const lines = buffer.toString('utf8').split('\n').slice(0, -1)
    return lines.map((line) => upcast(JSON.parse(line)) as Entry)
  }

  /** @returns the entry as it will stand in the history; it counts only once `stored` has been called with it */
  append(what: EntryBody, seen?: { at: number; mono: number }): Entry {
    const made: Entry = {
      v: HISTORY_VERSION,
      seq: this.next++,
      at: seen?.at ?? this.clock.now(),
      mono: seen?.mono ?? this.clock.mono(),
      body: what,
    }
    if (this.closed || this.failure) return made
    this.waiting.push(made)
    this.writing ??= this.write()
    return made
  }

  private async write(): Promise<void> {
    // One turn of the loop, so that all appended in this tick share a write and a flush.
    await Promise.resolve()
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting.splice(0)
        const lines = batch.map((one) => Buffer.from(`${JSON.stringify(one)}\n`))
        await this.handle.appendFile(Buffer.concat(lines))
        for (const [index, line] of lines.entries()) this.extent.add(batch[index]!.seq, line.length)
        if (batch.some((one) => PROMISED.has(one.body.type))) await this.handle.datasync()
        this.stored(batch)
      }
    } catch (error) {
      this.failure = error
      this.failed(error)
    } finally {
      this.writing = null
    }
  }

  /** Waits until everything appended is stored; rejects if the file could not be written. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing
    if (this.failure) throw this.failure
  }

  async close(): Promise<void> {
    this.closed = true
    try {
      await this.flush()
    } finally {
      await this.handle.close()
    }
  }
}
