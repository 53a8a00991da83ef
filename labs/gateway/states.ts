/**
 * The cluster's metadata at some moment, as browsers ask for it: in a snapshot's file, or as it follows from what was seen;
 * two of them compared; and a snapshot with the log behind it held against what was seen.
 */
import { KraftlabError } from '#config/errors.ts'
import type { LabSession } from '#labs/engine/lab-session.ts'
import { compareTrees } from '#labs/kafka/metadata/compare.ts'
import { MetadataImage } from '#labs/kafka/metadata/image.ts'
import type { CommandChange, StateProof, StateSource, StateView, TreeChange } from '#labs/protocol/log.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'

/** More than anybody reads. */
const MAX_CHANGES = 1_000
/** Of a log behind a snapshot that runs ahead of what was seen; that comes a moment later. */
const MAX_AHEAD = 10_000
/** org.apache.kafka.snapshot.Snapshots: where it ends, and the epoch of the last record in it. */
const SNAPSHOT = /^(\d{20})-(\d{10})\.checkpoint$/

/** `from` snapshot: offsets count within the file. `says`: what could not be read; empty where all was. */
export type SnapshotPart = { from: 'snapshot' | 'log'; records: MetadataRecord[]; says: string }
/**
 * Reads a snapshot's file on a host and, where `after`, the committed log behind it; `take` is called with the parts in order.
 * Rejects with a KraftlabError.
 */
export type SnapshotReader = (
  host: string,
  file: string,
  after: boolean,
  take: (part: SnapshotPart) => void,
) => Promise<void>

export class States {
  constructor(
    private readonly engine: Pick<LabSession, 'recordLog' | 'commandChange'>,
    private readonly readSnapshot: SnapshotReader,
  ) {}

  /** @throws KraftlabError UNKNOWN_SNAPSHOT, and as the room's calls */
  async view(source: StateSource): Promise<StateView> {
    const { image, says } = await this.imageOf(source)
    const { endOffset, epoch, timestamp, records } = image
    return { source, endOffset, epoch, timestamp, records, tree: image.tree(), says: sentences(says, image.says) }
  }

  /** @throws as `view` */
  async compare(before: StateSource, after: StateSource): Promise<{ changes: TreeChange[]; left: number }> {
    const was = await this.imageOf(before)
    const is = await this.imageOf(after)
    const changes = compareTrees(was.image.tree(), is.image.tree())
    return { changes: changes.slice(0, MAX_CHANGES), left: Math.max(0, changes.length - MAX_CHANGES) }
  }

  /**
   * Whether a snapshot and the log behind it on a host make the state that was seen over the wire, as far as both go.
   * @throws as `view`
   */
  async prove(host: string, file: string): Promise<StateProof> {
    const log = this.engine.recordLog(host)
    const reading = new Reading(file)
    await this.readSnapshot(host, file, true, (part) => reading.take(part, log.endOffset))
    reading.takeAhead(log.endOffset)
    const { image, snapshotEnd, applied } = reading
    const { endOffset } = image
    const told = { host, file, snapshotEnd, applied, endOffset }
    const missing = sentences(reading.says, image.says)
    // Behind the last record that was seen there are NoOps only, as far as the files were read.
    const seen = log.imageAt(Math.min(endOffset, log.endOffset))
    if (!seen) {
      const says = `What Kraftlab saw of the log does not reach to offset ${endOffset}.`
      return { ...told, equal: false, changes: [], says: sentences(says, missing) }
    }
    const changes = compareTrees(image.tree(), seen.tree())
    const equal = changes.length === 0 && missing === ''
    const says = equal
      ? `The snapshot and the ${applied.toLocaleString('en')} ${applied === 1 ? 'record' : 'records'} behind it make the state that was seen at offset ${endOffset}.`
      : sentences(changes.length === 0 ? 'No difference was found.' : '', missing, seen.says)
    return { ...told, equal, changes: changes.slice(0, MAX_CHANGES), says }
  }

  /** @throws KraftlabError UNKNOWN_COMMAND */
  change(seq: number): CommandChange {
    const change = this.engine.commandChange(seq)
    if (!change) throw new KraftlabError('UNKNOWN_COMMAND')
    return change
  }

  private async imageOf(source: StateSource): Promise<{ image: MetadataImage; says: string }> {
    if (source.of === 'live') {
      const image = this.engine.recordLog().imageAt()
      if (!image) throw new Error('the newest state is always known')
      return { image, says: '' }
    }
    const { host, file } = source
    const reading = new Reading(file)
    await this.readSnapshot(host, file, false, (part) => reading.take(part, 0))
    return reading
  }
}

/** A snapshot's file, and the log behind it, while it comes. */
class Reading {
  readonly image = new MetadataImage()
  readonly snapshotEnd: number
  /** records of the log, NoOps among them */
  applied = 0
  says = ''
  private readonly epoch: number
  private ahead: MetadataRecord[] = []

  /** @throws KraftlabError UNKNOWN_SNAPSHOT */
  constructor(file: string) {
    const named = SNAPSHOT.exec(file)
    if (!named) throw new KraftlabError('UNKNOWN_SNAPSHOT')
    this.snapshotEnd = Number(named[1])
    this.epoch = Number(named[2])
  }

  /** @param seenEnd the log's end as it was seen over the wire: what is behind it is not applied yet */
  take({ from, records, says }: SnapshotPart, seenEnd: number): void {
    this.says = sentences(this.says, says)
    for (const record of records) {
      // In the log a snapshot stands for all up to its end.
      if (from === 'snapshot') this.image.apply({ ...record, offset: this.snapshotEnd - 1, epoch: this.epoch })
      else if (record.offset >= this.snapshotEnd) this.takeBehind(record, seenEnd)
    }
  }

  /** What ran ahead of what was seen when it came. */
  takeAhead(seenEnd: number): void {
    const ahead = this.ahead
    this.ahead = []
    for (const record of ahead) if (this.ahead.length === 0) this.takeBehind(record, seenEnd)
  }

  private takeBehind(record: MetadataRecord, seenEnd: number): void {
    const isSeen = record.offset < seenEnd || record.type === 'NO_OP_RECORD'
    if (isSeen && this.ahead.length === 0) {
      this.image.apply(record)
      this.applied++
    } else if (this.ahead.length < MAX_AHEAD) this.ahead.push(record)
  }
}

const sentences = (...parts: string[]): string => [...new Set(parts.filter((part) => part !== ''))].join(' ')
