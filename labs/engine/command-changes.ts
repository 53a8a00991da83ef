/**
 * What the metadata log got while a command ran: the records that were appended between its start and its end. All of a
 * room is on one machine, so that the controller's clock and the terminal's are one; an answer reaches a tool after its
 * records were committed, so that they lie inside.
 */
import { compareTrees } from '#labs/kafka/metadata/compare.ts'
import { MetadataImage } from '#labs/kafka/metadata/image.ts'
import type { CommandChange } from '#labs/protocol/log.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { inWords } from './in-words.ts'
import type { LoggedRecord, RecordLog } from './record-log.ts'

/** As many as a page of the workbench may show. */
const MAX_RECORDS = 500
const MAX_CHANGES = 500
/** Records reach the gateway a moment after a command's end: older ones have theirs. */
const MAX_LOOKED_BACK = 100
const MAX_COMMANDS = 5_000

/** `seq`: of its event on the timeline. Times are ms since 1970. */
export type Command = { seq: number; cluster: string; from: number; to: number; says: string; records: number }

export class CommandChanges {
  /** of the present room, in the order in which they ended */
  private commands: Command[] = []

  /** A command has ended. @returns how many records there are of it so far */
  add(command: Omit<Command, 'records'>, log: RecordLog): number {
    const records = log.within(command.from, command.to).length
    this.commands.push({ ...command, records })
    if (this.commands.length > MAX_COMMANDS) this.commands = this.commands.slice(MAX_COMMANDS / 10)
    return records
  }

  /** A fresh room has a fresh log. */
  clear(): void {
    this.commands = []
  }

  /** Records came. @returns those commands of which there are more now, or fewer */
  recount(cluster: string, records: readonly MetadataRecord[], log: RecordLog): Command[] {
    const from = records.reduce((least, { timestamp }) => Math.min(least, timestamp), Number.POSITIVE_INFINITY)
    return this.commands.slice(-MAX_LOOKED_BACK).filter((command) => {
      if (command.cluster !== cluster || command.to < from) return false
      const before = command.records
      command.records = log.within(command.from, command.to).length
      return command.records !== before
    })
  }

  find(seq: number): Command | null {
    return this.commands.find((one) => one.seq === seq) ?? null
  }

  /** @param nameOf a node's host */
  changeOf(command: Command, log: RecordLog, nameOf: (node: number) => string | null): CommandChange {
    const records = log.within(command.from, command.to)
    const [first, last] = [records[0], records.at(-1)]
    const overlaps = this.commands
      .filter((one) => one.seq !== command.seq && one.from <= command.to && one.to >= command.from)
      .slice(-MAX_LOOKED_BACK)
      .map(({ seq, says }) => ({ seq, says }))
    const told = { seq: command.seq, first: first?.offset ?? null, last: last?.offset ?? null, overlaps }
    if (!first || !last) return { ...told, says: [], records: [], left: 0, changes: [] }
    const before = log.imageAt(first.offset)
    const after = log.imageAt(last.offset + 1)
    const changes = before && after ? compareTrees(before.tree(), after.tree()) : []
    return {
      ...told,
      says: inWords(records, before ?? new MetadataImage(), nameOf),
      records: records.slice(0, MAX_RECORDS).map(plain),
      left: Math.max(0, records.length - MAX_RECORDS),
      changes: changes.slice(0, MAX_CHANGES),
    }
  }
}

const plain = ({ seq: _, ...record }: LoggedRecord): MetadataRecord => record
