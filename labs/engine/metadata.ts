/**
 * What the metadata log's records say, folded. Pure to the outside: the records of one observation are applied to
 * copies that are made once, however many they are. A node that lies could name millions of things: all is bounded.
 */
import { LEADER_UNCHANGED, MAX_FEW, MAX_NAME_CHARS, MAX_PARTITIONS, MAX_TOPICS } from '#labs/protocol/metadata.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'

export type PartitionView = {
  leader: number
  leaderEpoch: number
  replicas: number[]
  isr: number[]
  /** eligible leader replicas (KIP-966) */
  elr: number[]
}
export type TopicView = { name: string; id: string; partitions: Record<number, PartitionView> }
export type BrokerView = { id: number; epoch: number; fenced: boolean; endpoints: { host: string; port: number }[] }

export type Metadata = {
  brokers: Record<number, BrokerView>
  /** by name */
  topics: Record<string, TopicView>
  /** log end offset at the leader: topic → partition → offset */
  logEnds: Record<string, Record<number, number>>
  /** log end offset of each replica: topic → partition → node → offset */
  replicaEnds: Record<string, Record<number, Record<number, number>>>
  /** overrides: `topic:orders` → name → value */
  configs: Record<string, Record<string, string>>
  features: Record<string, number>
  /** how many partitions and values of configurations these are */
  held: number
  /** while a snapshot is read: what was known before it, and the offset of its records */
  replaced: { offset: number; known: Known } | null
}
type Known = Pick<Metadata, 'brokers' | 'topics'>

/** What one record has changed. A topic's partitions count only in a change of their own. */
export type Change =
  | { of: 'broker'; was: BrokerView | undefined; is: BrokerView | undefined }
  | { of: 'topic'; was: TopicView | undefined; is: TopicView | undefined }
  | { of: 'partition'; topic: string; partition: number; was: PartitionView | undefined; is: PartitionView }

/** By names from outside: a topic may be called `constructor`, or `__proto__`. */
export const byName = <Value>(from: Record<string, Value> = {}): Record<string, Value> =>
  Object.assign(Object.create(null), from)

export const NO_METADATA: Metadata = {
  brokers: {},
  topics: byName(),
  logEnds: byName(),
  replicaEnds: byName(),
  configs: byName(),
  features: byName(),
  held: 0,
  replaced: null,
}

/** Partitions and values of configurations, of all topics together. */
const MAX_HELD = 20_000
const MAX_VALUE_CHARS = 4_096

/** Record fields as kafka-dump-log prints them; fields at their default may be left out. */
type Data = Record<string, unknown>
const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
const numbers = (value: unknown): number[] | null =>
  Array.isArray(value) ? value.slice(0, MAX_FEW).map((one) => number(one, -1)) : null
const text = (value: unknown) => (typeof value === 'string' ? value : '')
const isName = (name: string) => name.length <= MAX_NAME_CHARS

const RESOURCE_TYPES: Record<number, string> = { 2: 'topic', 4: 'broker', 16: 'client-metrics', 32: 'group' }

/** @param tell called with each change, in order; a snapshot says again what was known: its news come when it is whole */
export function foldRecords(before: Metadata, records: MetadataRecord[], tell: (change: Change) => void): Metadata {
  const draft = new Draft(before, tell)
  for (const record of records) draft.apply(record)
  return draft.now
}

/** What lies between two states of which one did not follow from the other record by record. */
export function difference(before: Known, after: Known): Change[] {
  const found: Change[] = []
  for (const is of Object.values(after.brokers)) {
    const was = before.brokers[is.id]
    if (was !== is) found.push({ of: 'broker', was, is })
  }
  for (const was of Object.values(before.brokers))
    if (!after.brokers[was.id]) found.push({ of: 'broker', was, is: undefined })
  for (const is of Object.values(after.topics)) {
    const was = before.topics[is.name]
    if (was?.id !== is.id) found.push({ of: 'topic', was, is })
    else if (was !== is) found.push(...partitionsBetween(was, is))
  }
  for (const was of Object.values(before.topics))
    if (!after.topics[was.name]) found.push({ of: 'topic', was, is: undefined })
  return found
}

const partitionsBetween = (was: TopicView, is: TopicView): Change[] =>
  Object.entries(is.partitions).map(([index, partition]) => ({
    of: 'partition',
    topic: is.name,
    partition: Number(index),
    was: was.partitions[Number(index)],
    is: partition,
  }))

class Draft {
  now: Metadata
  /** copies that nobody else has yet */
  private readonly own = new Set<object>()
  /** topic id → name; made when a record first needs it */
  private names: Map<string, string> | null = null

  constructor(
    before: Metadata,
    private readonly told: (change: Change) => void,
  ) {
    this.now = { ...before }
  }

  apply({ type, offset, data: fields }: MetadataRecord): void {
    const data = (fields ?? {}) as Data
    if (type === 'SnapshotHeader') {
      const { brokers, topics, logEnds, replicaEnds, replaced } = this.now
      this.reset({ logEnds, replicaEnds, replaced: { offset, known: replaced?.known ?? { brokers, topics } } })
      return
    }
    // Its records all have the offset where it ends. A next one without a footer: the rest of it was missed.
    const { replaced } = this.now
    if (replaced && (type === 'SnapshotFooter' || replaced.offset !== offset)) {
      this.now.replaced = null
      for (const change of difference(replaced.known, this.now)) this.told(change)
    }
    // The log's first record again: wiped, and formatted with the same cluster id.
    if (offset === 0 && !this.now.replaced) {
      const { brokers, topics } = this.now
      this.reset({})
      for (const change of difference({ brokers, topics }, this.now)) this.told(change)
    }
    this.applyOne(type, data)
  }

  private applyOne(type: string, data: Data): void {
    switch (type) {
      case 'TOPIC_RECORD':
        return this.addTopic(text(data.name), text(data.topicId))
      case 'REMOVE_TOPIC_RECORD':
        return this.removeTopic(text(data.topicId))
      case 'PARTITION_RECORD':
        return this.setPartition(data, {
          leader: number(data.leader, -1),
          leaderEpoch: number(data.leaderEpoch, -1),
          replicas: numbers(data.replicas) ?? [],
          isr: numbers(data.isr) ?? [],
          elr: numbers(data.eligibleLeaderReplicas) ?? [],
        })
      case 'PARTITION_CHANGE_RECORD':
        return this.changePartition(data)
      case 'REGISTER_BROKER_RECORD':
        return this.registerBroker(data)
      case 'UNREGISTER_BROKER_RECORD':
        return this.setBroker(number(data.brokerId, -1), undefined)
      case 'BROKER_REGISTRATION_CHANGE_RECORD': {
        // BrokerRegistrationFencingChange: 1 fences, -1 unfences, 0 leaves it
        const change = number(data.fenced, 0)
        return change === 0 ? undefined : this.fence(number(data.brokerId, -1), change === 1)
      }
      case 'FENCE_BROKER_RECORD':
        return this.fence(number(data.id, -1), true)
      case 'UNFENCE_BROKER_RECORD':
        return this.fence(number(data.id, -1), false)
      case 'CONFIG_RECORD':
        return this.configure(data)
      case 'FEATURE_LEVEL_RECORD': {
        const name = text(data.name)
        const features = this.owned('features')
        if (isName(name) && (name in features || Object.keys(features).length < MAX_FEW))
          features[name] = number(data.featureLevel, 0)
      }
    }
  }

  private reset(keep: Partial<Metadata>): void {
    this.now = { ...NO_METADATA, ...keep }
    this.names = null
  }

  private tell(change: Change): void {
    if (this.now.replaced === null) this.told(change)
  }

  private owned<Key extends 'topics' | 'logEnds' | 'replicaEnds' | 'configs' | 'features'>(key: Key): Metadata[Key] {
    const map: Metadata[Key] = this.now[key]
    if (this.own.has(map)) return map
    const copy = byName(map as Record<string, unknown>) as Metadata[Key]
    this.own.add(copy)
    this.now[key] = copy
    return copy
  }

  private topicNames(): Map<string, string> {
    this.names ??= new Map(Object.values(this.now.topics).map(({ id, name }) => [id, name]))
    return this.names
  }

  private topicOf(id: unknown): TopicView | undefined {
    const name = this.topicNames().get(text(id))
    return name === undefined ? undefined : this.now.topics[name]
  }

  private addTopic(name: string, id: string): void {
    const names = this.topicNames()
    const was = this.now.topics[name]
    if (!isName(name) || !isName(id) || (!was && names.size >= MAX_TOPICS)) return
    // Another topic's id: of two that claim it, the newer has it.
    const other = names.get(id)
    if (other !== undefined && other !== name) this.removeTopic(id)
    if (was) this.forget(was)
    const topic = { name, id, partitions: {} }
    this.own.add(topic)
    this.owned('topics')[name] = topic
    names.set(id, name)
    this.tell({ of: 'topic', was, is: topic })
  }

  private removeTopic(id: string): void {
    const was = this.topicOf(id)
    if (!was) return
    const { name } = was
    const config = `topic:${name}`
    this.forget(was)
    this.now.held -= Object.keys(this.now.configs[config] ?? {}).length
    delete this.owned('topics')[name]
    delete this.owned('configs')[config]
    delete this.owned('logEnds')[name]
    delete this.owned('replicaEnds')[name]
    this.tell({ of: 'topic', was, is: undefined })
  }

  private forget({ id, partitions }: TopicView): void {
    this.topicNames().delete(id)
    this.now.held -= Object.keys(partitions).length
  }

  private changePartition(data: Data): void {
    const before = this.topicOf(data.topicId)?.partitions[number(data.partitionId, 0)]
    if (!before) return
    const leader = number(data.leader, LEADER_UNCHANGED)
    const isNew = leader !== LEADER_UNCHANGED
    this.setPartition(data, {
      leader: isNew ? leader : before.leader,
      leaderEpoch: isNew ? before.leaderEpoch + 1 : before.leaderEpoch,
      replicas: numbers(data.replicas) ?? before.replicas,
      isr: numbers(data.isr) ?? before.isr,
      elr: numbers(data.eligibleLeaderReplicas) ?? before.elr,
    })
  }

  private setPartition(data: Data, is: PartitionView): void {
    let topic = this.topicOf(data.topicId)
    const partition = number(data.partitionId, 0)
    if (!topic || !(partition >= 0 && partition < MAX_PARTITIONS)) return
    const was = topic.partitions[partition]
    if (!was && this.now.held >= MAX_HELD) return
    if (!was) this.now.held++
    if (!this.own.has(topic)) {
      topic = { ...topic, partitions: { ...topic.partitions } }
      this.own.add(topic)
      this.owned('topics')[topic.name] = topic
    }
    topic.partitions[partition] = is
    this.tell({ of: 'partition', topic: topic.name, partition, was, is })
  }

  private registerBroker(data: Data): void {
    const id = number(data.brokerId, -1)
    if (!this.now.brokers[id] && Object.keys(this.now.brokers).length >= MAX_FEW) return
    const endpoints = Array.isArray(data.endPoints) ? (data.endPoints as Data[]).slice(0, MAX_FEW) : []
    this.setBroker(id, {
      id,
      epoch: number(data.brokerEpoch, -1),
      fenced: data.fenced !== false,
      endpoints: endpoints.map(({ host, port }) => ({
        host: text(host).slice(0, MAX_NAME_CHARS),
        port: number(port, 0),
      })),
    })
  }

  private fence(id: number, fenced: boolean): void {
    const broker = this.now.brokers[id]
    if (broker) this.setBroker(id, { ...broker, fenced })
  }

  private setBroker(id: number, is: BrokerView | undefined): void {
    const { [id]: was, ...others } = this.now.brokers
    this.now.brokers = is ? { ...others, [id]: is } : others
    if (was || is) this.tell({ of: 'broker', was, is })
  }

  private configure(data: Data): void {
    const [resource, name] = [text(data.resourceName), text(data.name)]
    const type = number(data.resourceType, 0)
    if (!isName(resource) || !isName(name)) return
    const key = `${RESOURCE_TYPES[type] ?? type}:${resource}`
    const values = byName(this.now.configs[key])
    if (name in values) this.now.held--
    delete values[name]
    if (typeof data.value === 'string' && this.now.held < MAX_HELD) {
      values[name] = data.value.slice(0, MAX_VALUE_CHARS)
      this.now.held++
    }
    if (Object.keys(values).length > 0) this.owned('configs')[key] = values
    else delete this.owned('configs')[key]
  }
}
