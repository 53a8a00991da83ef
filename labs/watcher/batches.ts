/** The record batches of a topic as they lie in its log now: markers of transactions among them, and holes where some went. */
import { isUtf8 } from 'node:buffer'
import { DEBUGGING_REPLICA, EARLIEST, fetchRecords, listOffsets } from '#labs/kafka/client/topics.ts'
import { type Batch, readBatches, recordsIn } from '#labs/kafka/log/batch.ts'
import type { TopicBatch } from '#labs/protocol/observation.ts'
import { answer, type Fetched, fetched, partly } from './ask.ts'
import { ready } from './cluster-log.ts'
import type { NodeWatch } from './node-watch.ts'
import { type Source, sourcesOf, topicOf } from './topic-sources.ts'

/** A cleaner, a truncation, a deletion change what was there: each time all is read, so there must not be much. */
const FETCH_BYTES = 1 << 20
const MAX_ROUNDS = 4
const MAX_DECOMPRESSED_BYTES = 8 << 20
const MAX_KEYS = 200
const MAX_KEY_BYTES = 64
/** org.apache.kafka.common.record.internal.ControlRecordType */
const CONTROLS = ['abort', 'commit'] as const

/** From each partition's beginning, at most `max` a partition; where the leader does not answer, as a follower has them. */
export async function batchesOf(nodes: NodeWatch[], name: string, max: number): Promise<Fetched> {
  const found = topicOf(nodes, name)
  if (typeof found === 'string') return fetched({ state: 'failed', why: found })
  const { sources, unknown } = sourcesOf(nodes, found)
  const answers = await Promise.all(
    sources.map(async (source) => ({ source, said: await answer(source.node.host, readAll(source, name, max)) })),
  )
  let complete = unknown.length === 0
  const batches: TopicBatch[] = []
  for (const { source, said } of answers) {
    if ('value' in said) {
      batches.push(...said.value.batches)
      complete &&= said.value.complete
      continue
    }
    complete = false
    unknown.push(`${source.partitions.map((index) => `${name}-${index}`).join(', ')}: ${said.why}`)
  }
  const passing = answers.some(({ said }) => !('value' in said) && said.passing)
  if (batches.length === 0 && unknown.length > 0)
    return { result: { state: 'failed', why: unknown.join('; ') }, passing }
  batches.sort((a, b) => a.partition - b.partition || a.baseOffset - b.baseOffset)
  return partly({ batches, complete }, unknown, passing)
}

type Read = { batches: TopicBatch[]; complete: boolean }

async function readAll({ connection, topicId, partitions, leads }: Source, name: string, max: number): Promise<Read> {
  const wanted = partitions.map((partition) => ({ topic: name, partition }))
  const starts = await listOffsets(connection, wanted, EARLIEST, DEBUGGING_REPLICA)
  const next = new Map(starts.filter(({ error }) => error === 0).map(({ partition, offset }) => [partition, offset]))
  const found = new Map<number, TopicBatch[]>()
  const open = new Set(next.keys())
  const budget = { left: MAX_DECOMPRESSED_BYTES }
  let full = false
  for (let round = 0; round < MAX_ROUNDS && open.size > 0; round++) {
    const from = [...open].map((partition) => ({ partition, offset: next.get(partition)! }))
    for (const one of await fetchRecords(connection, topicId, from, { maxBytes: FETCH_BYTES })) {
      const before = next.get(one.partition)!
      const list = found.get(one.partition) ?? []
      found.set(one.partition, list)
      for (const batch of one.error === 0 ? await ready(readBatches(one.records)) : []) {
        if (batch.lastOffset < next.get(one.partition)!) continue
        if (list.length >= max) {
          full = true
          break
        }
        list.push(shown(one.partition, batch, budget))
        next.set(one.partition, batch.lastOffset + 1)
      }
      const at = next.get(one.partition)!
      if (one.error !== 0 || at === before || at >= one.highWatermark || list.length >= max) open.delete(one.partition)
    }
  }
  const batches = [...found.values()].flat()
  return { batches, complete: leads && !full && open.size === 0 && next.size === partitions.length }
}

function shown(partition: number, batch: Batch, budget: { left: number }): TopicBatch {
  const { baseOffset, lastOffset, count, bytes, leaderEpoch, compression, maxTimestamp, transactional, control } = batch
  const { producerEpoch, baseSequence } = batch
  const records = control ? [] : [...recordsIn(batch, budget)].slice(0, MAX_KEYS)
  return {
    partition,
    baseOffset,
    lastOffset,
    count,
    bytes,
    leaderEpoch,
    compression,
    maxTimestamp,
    transactional,
    control: control ? controlOf(batch) : null,
    producerId: Number(batch.producerId),
    producerEpoch,
    baseSequence,
    records: records.map(({ offset, key, value }) => ({ offset, key: keyText(key), tombstone: value === null })),
  }
}

function controlOf(batch: Batch): TopicBatch['control'] {
  const key = recordsIn(batch).next().value?.key
  return (key && key.length >= 4 && CONTROLS[key.readInt16BE(2)]) || 'other'
}

const keyText = (key: Buffer | null): string | null => {
  if (key === null) return null
  const part = key.subarray(0, MAX_KEY_BYTES)
  return isUtf8(part) ? part.toString('utf8') : part.toString('base64')
}
