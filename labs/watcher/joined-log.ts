/** The leader's log as one: what came over the wire, and before it what its files have. */
import { damage, type Kept, type LogView, newGeneration } from './kept-log.ts'

/**
 * Kafka answers the first fetch with its newest snapshot where it has one (KIP-630), so that the reading over the wire
 * may begin far behind the log's start; and the oldest of what was read had to go.
 */
export class JoinedLog {
  #generation = 0
  #of: readonly [files: number, wire: number] | undefined

  /** Whether its files have something to add. */
  static lacks(wire: LogView): boolean {
    return wire.logStart !== null && (firstOf(wire) ?? wire.logStart) > wire.logStart
  }

  /** @param files of the same host: it led when what is before `wire` was committed, or has it from who did */
  view(files: LogView, wire: LogView): LogView {
    const from = firstOf(wire)
    const before = from === null ? [] : files.kept.flatMap((one) => upTo(one, from))
    const [first] = before
    const last = before.at(-1)
    if (from === null || !first || !last) return wire
    const isWhole = wire.logStart !== null && first.baseOffset <= wire.logStart
    return {
      ...wire,
      kept: [...before, ...hole(last, from), ...wire.kept],
      generation: this.#generationOf(files.generation, wire.generation),
      logStart: files.logStart,
      says: isWhole ? '' : files.says || wire.says,
    }
  }

  #generationOf(files: number, wire: number): number {
    if (this.#of?.[0] !== files || this.#of[1] !== wire) {
      this.#of = [files, wire]
      this.#generation = newGeneration()
    }
    return this.#generation
  }
}

const firstOf = ({ kept, logEnd }: LogView): number | null => kept[0]?.baseOffset ?? logEnd

/** What of it lies before an offset: a snapshot ends between two batches. */
function upTo(one: Kept, end: number): Kept[] {
  if (one.lastOffset < end) return [one]
  if (one.kind !== 'no-ops') return []
  const length = one.noOps.slice(0, one.length).filter(({ lastOffset }) => lastOffset < end).length
  const last = one.noOps[length - 1]
  return last ? [{ ...one, length, lastOffset: last.lastOffset }] : []
}

function hole(last: Kept, from: number): Kept[] {
  const due = last.lastOffset + 1
  return due < from ? [damage(due, from - 1, null, 0, `Offsets ${due} to ${from - 1} are not there.`)] : []
}
