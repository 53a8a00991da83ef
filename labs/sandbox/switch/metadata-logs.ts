/**
 * The hosts' metadata logs, for whoever looks into one: the leader's as it came over the wire, and before that from its
 * files; any other from its files.
 */
import { KraftlabError } from '#config/errors.ts'
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import type { Batch } from '#labs/kafka/log/batch.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { metadataRecordsIn } from '#labs/kafka/metadata/records.ts'
import { readPieces } from '#labs/kafka/metadata/segment.ts'
import type { LogPage, LogRange } from '#labs/protocol/log.ts'
import type { LogFile, MetadataRecord } from '#labs/protocol/observation.ts'
import type { FromSwitch, RoomNode } from '#labs/protocol/room.ts'
import type { ClusterLog } from '#labs/watcher/cluster-log.ts'
import { JoinedLog } from '#labs/watcher/joined-log.ts'
import { jsonSafe, MAX_VALUE_BYTES } from '#labs/watcher/json-safe.ts'
import { readPage } from '#labs/watcher/log-page.ts'
import { Slices } from '#labs/watcher/slices.ts'
import type { Host } from './host.ts'
import { HostLog } from './host-log.ts'
import { logDirectoriesOf, lookInto, SNAPSHOT_NAME } from './log-directory.ts'

/** A lab's snapshots have some KB. */
const MAX_SNAPSHOT_BYTES = 16 << 20
/** Of all records that are told of one snapshot and the log behind it, as JSON. */
const MAX_TOLD_CHARS = 8 << 20
/** What could not be read is named; beyond so many the rest is left. */
const MAX_PROBLEMS = 20
/** Of a part's records as JSON; a line of the switch may have 64 times as many. */
const PART_CHARS = 256 << 10
const CHARS_AROUND_RECORD = 120
const MAX_DECOMPRESSED_BYTES = 2 << 20
const MB = 1 << 20

/** Records of a snapshot, or of the log behind it. */
type Part = Pick<Extract<FromSwitch, { type: 'log.records' }>, 'from' | 'records' | 'says'>

export class MetadataLogs {
  readonly #logs: Map<string, HostLog>
  readonly #joined = new Map<string, JoinedLog>()
  readonly #looks: Map<string, (wants: Parameters<typeof lookInto>[2]) => ReturnType<typeof lookInto>>

  /** @param logOf the cluster's log as the watcher reads it over the wire */
  constructor(
    hosts: Iterable<Host>,
    nodes: RoomNode[],
    private readonly schemas: Schemas,
    private readonly logOf: (host: string) => ClusterLog | undefined,
  ) {
    this.#looks = new Map(
      [...hosts].map((host) => {
        const declared = logDirectoriesOf(nodes, host.name)
        return [host.name, (wants) => lookInto(host, declared, wants)]
      }),
    )
    this.#logs = new Map([...this.#looks].map(([name, look]) => [name, new HostLog(schemas, look)]))
  }

  /** @throws KraftlabError UNKNOWN_HOST, HOST_UNAVAILABLE */
  async files(host: string): Promise<LogFile[] | null> {
    return this.#logOf(host).files()
  }

  /** @throws KraftlabError UNKNOWN_HOST, HOST_UNAVAILABLE */
  async page(host: string, range: LogRange): Promise<LogPage> {
    const files = this.#logOf(host)
    const log = this.logOf(host)
    const read = () => files.read((kept) => log?.committedOf(kept) ?? null)
    if (log?.isLedBy(host)) {
      // what came while its files were read is shown, too
      const lacking = JoinedLog.lacks(log.view()) ? (await read()).view : null
      const about = { host, source: 'wire' as const, files: await files.lastFiles() }
      const view = lacking ? this.#joinedOf(host).view(lacking, log.view()) : log.view()
      return readPage(this.schemas, range, { ...about, highWatermark: log.highWatermark, view })
    }
    const fromFiles = await read()
    const highWatermark = log?.committedOf(fromFiles.view.kept) ?? null
    return readPage(this.schemas, range, { host, source: 'files', highWatermark, ...fromFiles })
  }

  /**
   * The records of a snapshot's file and, where `after`, of what is committed of the host's log behind it.
   * @throws KraftlabError UNKNOWN_HOST, UNKNOWN_SNAPSHOT, HOST_UNAVAILABLE
   */
  async *snapshot(host: string, file: string, after: boolean): AsyncGenerator<Part> {
    const look = this.#looks.get(host)
    if (!look) throw new KraftlabError('UNKNOWN_HOST')
    if (!SNAPSHOT_NAME.test(file)) throw new KraftlabError('UNKNOWN_SNAPSHOT')
    const looked = await look([{ name: file, from: 0, max: MAX_SNAPSHOT_BYTES }])
    const told = looked?.files.find(({ name }) => name === file)
    const bytes = looked?.parts.filter(({ name }) => name === file) ?? []
    if (!told || bytes.length === 0) throw new KraftlabError('UNKNOWN_SNAPSHOT')
    const left = { chars: MAX_TOLD_CHARS, problems: MAX_PROBLEMS }
    yield* this.#parts('snapshot', batchesIn(bytes.map((part) => part.bytes)), left)
    if (told.bytes > MAX_SNAPSHOT_BYTES)
      yield {
        from: 'snapshot',
        records: [],
        says: `Only the first ${MAX_SNAPSHOT_BYTES / MB} MB of ${file} were read.`,
      }
    if (after) yield* this.#parts('log', this.#behind(host, told.offset), left)
  }

  /** What is committed of a host's log from an offset on. */
  async *#behind(host: string, from: number): AsyncGenerator<Batch | string> {
    const log = this.logOf(host)
    const { view } = await this.#logOf(host).read((kept) => log?.committedOf(kept) ?? null)
    const end = log?.committedOf(view.kept) ?? view.logEnd ?? from
    const first = view.kept[0]?.baseOffset
    if (first !== undefined && first > from) yield `The log of ${host} begins at offset ${first}.`
    // what is kept goes on while this is read
    for (const one of [...view.kept]) {
      if (one.lastOffset < from || one.lastOffset >= end) continue
      if (one.kind === 'batch') yield one.batch
      // the state does not depend on NoOps
      if (one.kind === 'damage') yield one.item.says
    }
  }

  async *#parts(
    from: Part['from'],
    batches: AsyncIterable<Batch | string>,
    left: { chars: number; problems: number },
  ): AsyncGenerator<Part> {
    const slices = new Slices()
    let records: MetadataRecord[] = []
    let chars = 0
    const part = (says = ''): Part => {
      const told = { from, records, says }
      left.chars -= chars
      if (says !== '') left.problems--
      records = []
      chars = 0
      return told
    }
    for await (const batch of batches) {
      if (left.chars <= 0 || left.problems <= 0) {
        yield { from, records: [], says: 'There is more than can be shown.' }
        return
      }
      if (typeof batch === 'string') {
        yield part(batch)
        continue
      }
      try {
        if (batch.compression === 'zstd') await prepareZstd()
        const budget = { left: MAX_DECOMPRESSED_BYTES }
        for (const record of metadataRecordsIn(this.schemas, batch, budget, MAX_VALUE_BYTES)) {
          const safe = jsonSafe(record.data)
          records.push({ ...record, data: safe.data })
          chars += safe.chars + CHARS_AROUND_RECORD
          if (chars > PART_CHARS) yield part()
          if (slices.isOver) await slices.rest()
        }
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        yield part(`A batch at offset ${batch.baseOffset} cannot be decoded: ${error.reason}.`)
      }
    }
    if (records.length > 0) yield part()
  }

  #joinedOf(host: string): JoinedLog {
    const joined = this.#joined.get(host) ?? new JoinedLog()
    this.#joined.set(host, joined)
    return joined
  }

  #logOf(host: string): HostLog {
    const log = this.#logs.get(host)
    if (!log) throw new KraftlabError('UNKNOWN_HOST')
    return log
  }
}

async function* batchesIn(bytes: Buffer[]): AsyncGenerator<Batch | string> {
  for await (const piece of readPieces(bytes)) {
    if (piece.kind === 'batch') yield piece.batch
    else if (piece.kind === 'damage') yield `${piece.bytes} bytes at ${piece.position} are no batch: ${piece.reason}.`
    else yield `The last ${piece.bytes} bytes are the beginning of a batch.`
  }
}
