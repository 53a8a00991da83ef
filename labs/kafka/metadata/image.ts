/**
 * The cluster's metadata as its log tells it: records folded one by one, as Kafka's own classes do it
 * (org.apache.kafka.image.*Delta of 4.3.1; org.apache.kafka.metadata.PartitionRegistration and BrokerRegistration). All
 * that a snapshot of Kafka holds is in the tree, and nothing else:
 *
 * - `features` → name: level (`kraft.version` too)
 * - `voters` → id → `directory`, `endpoints` → listener, `kraft.version`: [min, max]
 * - `controllers` → id → `incarnationId`, `zkMigrationReady`, `endpoints` → listener, `features` → name: [min, max]
 * - `brokers` → id → `epoch`, `incarnationId`, `fenced`, `inControlledShutdown`, `rack`, `endpoints` → listener,
 *   `features` → name: [min, max], `logDirs`, `cordonedLogDirs`
 * - `topics` → name → `id`, `partitions` → index → `leader` (-1: none), `leaderEpoch`, `partitionEpoch`, `replicas`, `isr`,
 *   `elr`, `lastKnownElr`, `addingReplicas`, `removingReplicas`, `leaderRecoveryState`, `directories`
 * - `configs` → `topic orders`, `broker 1`, `broker <default>`, ... → name: value
 * - `client quotas` → `user ada, client-id app` → name: value
 * - `acls` → id → `principal`, `permission`, `operation`, `resource`, `pattern`, `host`
 * - `scram` → user → mechanism → `iterations`, `salt`, `storedKey`, `serverKey`: of the keys only that they are there
 * - `delegation tokens` → id → `owner`, `requester`, `renewers`, `issueTimestamp`, `expirationTimestamp`, `maxTimestamp`
 * - `producer ids` → `next`
 *
 * A record comes as kafka-dump-log prints it: tagged fields at their default are left out.
 */
import { at, isTree, type MetadataLeaf, type MetadataTree, TreeDraft, treeOf } from './tree.ts'

export type { MetadataLeaf, MetadataTree } from './tree.ts'

/** As labs/kafka/metadata/records.ts and the history have it. */
export type ImageRecord = { offset: number; epoch: number; timestamp: number; type: string; data: unknown }

/** An image to go on from later: it shares what did not change with those before and after it. */
export type ImageState = {
  readonly tree: MetadataTree
  readonly chars: number
  /** before the records of a metadata transaction that has not ended (KIP-866); null outside of one */
  readonly before: { tree: MetadataTree; chars: number } | null
  readonly isSnapshot: boolean
  readonly endOffset: number
  readonly epoch: number | null
  readonly timestamp: number | null
  readonly records: number
  readonly lacking: number
  readonly strange: number
}

/** Some thousands of partitions; a lab has some dozens. It goes to browsers as it is. */
const MAX_CHARS = 2_000_000
/** Replicas, endpoints, features, directories, voters: of one of them. */
const MAX_FEW = 64
/** Kafka's topics have 249 at most; users, principals and names of settings have no limit. */
const MAX_NAME_CHARS = 1_000
/** Changes that are kept to be taken back one by one. */
const MAX_MARKED = 10_000
const MAX_VALUE_CHARS = 4_096

const SECTIONS = [
  'features',
  'voters',
  'controllers',
  'brokers',
  'topics',
  'configs',
  'client quotas',
  'acls',
  'scram',
  'delegation tokens',
  'producer ids',
]
const EMPTY_TREE = treeOf(SECTIONS.map((name) => [name, treeOf()]))
const EMPTY: ImageState = {
  tree: EMPTY_TREE,
  chars: 0,
  before: null,
  isSnapshot: false,
  endOffset: 0,
  epoch: null,
  timestamp: null,
  records: 0,
  lacking: 0,
  strange: 0,
}

/** PartitionChangeRecord.json: the leader stays. */
const LEADER_UNCHANGED = -2
/** org.apache.kafka.common.config.ConfigResource.Type */
const RESOURCES: Record<number, string> = {
  2: 'topic',
  4: 'broker',
  8: 'broker-logger',
  16: 'client-metrics',
  32: 'group',
}
/** What kafka-configs calls --entity-default. */
const DEFAULT = '<default>'
/** org.apache.kafka.common.security.auth.SecurityProtocol */
const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
/** org.apache.kafka.clients.admin.ScramMechanism */
const MECHANISMS: Record<number, string> = { 1: 'SCRAM-SHA-256', 2: 'SCRAM-SHA-512' }
/** org.apache.kafka.common.DirectoryId */
const DIRECTORIES: Record<string, string> = {
  AAAAAAAAAAAAAAAAAAAAAA: 'migrating',
  AAAAAAAAAAAAAAAAAAAAAQ: 'unassigned',
  AAAAAAAAAAAAAAAAAAAAAg: 'lost',
}
/** org.apache.kafka.metadata.LeaderRecoveryState */
const RECOVERY = ['recovered', 'recovering']
/** org.apache.kafka.common.acl.AclOperation, AclPermissionType; .resource.ResourceType, PatternType */
const OPERATIONS =
  'unknown any all read write create delete alter describe cluster-action describe-configs alter-configs idempotent-write create-tokens describe-tokens two-phase-commit'.split(
    ' ',
  )
const PERMISSIONS = ['unknown', 'any', 'deny', 'allow']
const ACL_RESOURCES = ['unknown', 'any', 'topic', 'group', 'cluster', 'transactional-id', 'delegation-token', 'user']
const PATTERNS = ['unknown', 'any', 'match', 'literal', 'prefixed']

type Data = Record<string, unknown>

/** An int64 beyond what a number says exactly comes as a bigint, or as text. */
const integer = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
const long = (value: unknown, otherwise: number): number | string =>
  typeof value === 'bigint' || typeof value === 'string' ? String(value).slice(0, 20) : integer(value, otherwise)
const text = (value: unknown, max = MAX_VALUE_CHARS): string => (typeof value === 'string' ? value.slice(0, max) : '')
const optionalText = (value: unknown): string | null => (typeof value === 'string' ? text(value) : null)
const list = (value: unknown): unknown[] | null => (Array.isArray(value) ? value.slice(0, MAX_FEW) : null)
const integers = (value: unknown): number[] | null => list(value)?.map((one) => integer(one, -1)) ?? null
const texts = (value: unknown): string[] | null => list(value)?.map((one) => text(one)) ?? null
const structs = (value: unknown): Data[] =>
  (list(value) ?? []).map((one) => (typeof one === 'object' && one !== null ? (one as Data) : {}))
const named = (names: readonly string[] | Record<number, string>, value: unknown): string => {
  const code = integer(value, 0)
  return (Object.hasOwn(names, code) ? (names as Record<number, string>)[code] : undefined) ?? `${code}`
}
const directories = (value: unknown): string[] | null =>
  texts(value)?.map((one) => (Object.hasOwn(DIRECTORIES, one) ? DIRECTORIES[one]! : one)) ?? null
/** Of what must not be shown, that it is there. @param value base64 */
const bytes = (value: unknown): string => `${Buffer.from(text(value), 'base64').length} bytes`

const byName = (all: unknown, of: (one: Data) => MetadataLeaf) =>
  treeOf(
    structs(all)
      .map((one) => [text(one.name, MAX_NAME_CHARS), of(one)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
const endpoints = (all: unknown) =>
  byName(all, ({ host, port, securityProtocol: protocol }) => {
    const address = `${text(host, MAX_NAME_CHARS)}:${integer(port, 0)}`
    return protocol === undefined ? address : `${named(PROTOCOLS, protocol)}://${address}`
  })
const range = (given: unknown): number[] => {
  const { minSupportedVersion, maxSupportedVersion } = (given ?? {}) as Data
  return [integer(minSupportedVersion, 0), integer(maxSupportedVersion, 0)]
}
const features = (all: unknown) => byName(all, range)

/** `user ada, client-id <default>`: the parts of who has a quota. */
export function quotaEntity(all: unknown): string {
  const parts = structs(all).map(({ entityType, entityName }) => [
    text(entityType, MAX_NAME_CHARS),
    entityName === null || entityName === undefined ? DEFAULT : text(entityName, MAX_NAME_CHARS),
  ])
  // as kafka-configs has them
  const rank = (type: string | undefined) => ['user', 'client-id', 'ip'].indexOf(type ?? '')
  return parts
    .sort(([a], [b]) => rank(a) - rank(b))
    .map((part) => part.join(' '))
    .join(', ')
}

/** `topic orders`, `broker <default>`: whose configuration it is. */
export const configResource = (type: unknown, name: unknown): string =>
  `${named(RESOURCES, type)} ${text(name, MAX_NAME_CHARS) || DEFAULT}`

export class MetadataImage {
  #draft: TreeDraft
  /** of an open transaction: the state before it, where it is at hand; else the draft can take it back */
  #before: ImageState['before']
  #isOpen: boolean
  #isSnapshot: boolean
  #endOffset: number
  #epoch: number | null
  #timestamp: number | null
  #records: number
  /** things for which there was no room */
  #lacking: number
  /** records of things that are not there */
  #strange: number
  /** topic id → name; made when a record first needs it */
  #names: Map<string, string> | null = null
  /** topic → its partitions that may have an ELR; made when first needed: many may ask in vain */
  #withElr: Map<string, Set<string>> | null = null

  /** @param from left out: before the first record */
  constructor(from: ImageState = EMPTY) {
    this.#draft = new TreeDraft(from.tree, from.chars, MAX_CHARS)
    this.#before = from.before
    this.#isOpen = from.before !== null
    this.#isSnapshot = from.isSnapshot
    this.#endOffset = from.endOffset
    this.#epoch = from.epoch
    this.#timestamp = from.timestamp
    this.#records = from.records
    this.#lacking = from.lacking
    this.#strange = from.strange
  }

  /** one behind the last record in it */
  get endOffset(): number {
    return this.#endOffset
  }
  /** of the last record; null before the first */
  get epoch(): number | null {
    return this.#epoch
  }
  /** when the last record was appended, ms since 1970; null before the first */
  get timestamp(): number | null {
    return this.#timestamp
  }
  /** applied since the log's beginning, or the snapshot's */
  get records(): number {
    return this.#records
  }
  /** a snapshot was begun and is not whole yet */
  get isSnapshot(): boolean {
    return this.#isSnapshot
  }

  /** What is missing in it, in a sentence; empty where nothing is. */
  get says(): string {
    const parts: string[] = []
    if (this.#isSnapshot) parts.push('The snapshot has no end.')
    if (this.#strange > 0)
      parts.push(
        `${this.#strange} records are of things that no record before them has named: an earlier part is missing.`,
      )
    if (this.#lacking > 0) parts.push(`${this.#lacking} things are left out: there are more than can be shown.`)
    return parts.join(' ')
  }

  /** The state as brokers see it: without what a transaction that has not ended says. It is never changed again. */
  tree(): MetadataTree {
    return this.#beforeOpen()?.tree ?? this.#draft.freeze()
  }

  /** To go on from here later: `new MetadataImage(state)`. */
  state(): ImageState {
    const before = this.#beforeOpen()
    return {
      tree: this.#draft.freeze(),
      chars: this.#draft.chars,
      before,
      isSnapshot: this.#isSnapshot,
      endOffset: this.#endOffset,
      epoch: this.#epoch,
      timestamp: this.#timestamp,
      records: this.#records,
      lacking: this.#lacking,
      strange: this.#strange,
    }
  }

  /** What is at a path, with what an open transaction has said; undefined where nothing is. Not to be kept. */
  look(...path: string[]): MetadataTree | MetadataLeaf | undefined {
    return at(this.#draft.now, ...path)
  }

  /** The name of the topic with this id; null where there is none. */
  topicName(id: unknown): string | null {
    this.#names ??= new Map(
      Object.entries(this.#draft.now.topics as MetadataTree).map(([name, topic]) => [
        String(at(topic as MetadataTree, 'id')),
        name,
      ]),
    )
    return this.#names.get(text(id, MAX_NAME_CHARS)) ?? null
  }

  /** The next record, in the order of the log. Whatever it holds: one that makes no sense is counted and left out. */
  apply({ offset, epoch, timestamp, type, data: given }: ImageRecord): void {
    const data = (typeof given === 'object' && given !== null ? given : {}) as Data
    // A snapshot is all there is. And the log's first record again: wiped, and formatted anew.
    if (type === 'SnapshotHeader' || (offset === 0 && this.#endOffset > 0 && !this.#isSnapshot)) this.#reset()
    this.#records++
    this.#endOffset = offset + 1
    this.#epoch = epoch
    if (!this.#isSnapshot) this.#timestamp = timestamp
    switch (type) {
      case 'SnapshotHeader':
        this.#isSnapshot = true
        this.#timestamp = integer(data.lastContainedLogTimestamp, timestamp)
        return
      case 'SnapshotFooter':
        this.#isSnapshot = false
        return
      case 'BEGIN_TRANSACTION_RECORD':
        if (!this.#isOpen) this.#draft.mark(true)
        this.#isOpen = true
        return
      case 'END_TRANSACTION_RECORD':
        return this.#close()
      case 'ABORT_TRANSACTION_RECORD':
        return this.#takeBack()
      default:
        this.#applyOne(type, data)
        if (this.#draft.marked > MAX_MARKED) this.#beforeOpen()
    }
  }

  #reset(): void {
    this.#use(EMPTY.tree, EMPTY.chars)
    this.#isSnapshot = false
    this.#records = 0
    this.#lacking = 0
    this.#strange = 0
  }

  /** The state before the open transaction; null outside of one. */
  #beforeOpen(): ImageState['before'] {
    if (!this.#isOpen) return null
    this.#before ??= this.#draft.frozenAtMark()
    this.#draft.mark(false)
    return this.#before
  }

  #close(): void {
    this.#isOpen = false
    this.#before = null
    this.#draft.mark(false)
  }

  #takeBack(): void {
    if (this.#before) return this.#use(this.#before.tree, this.#before.chars)
    for (const { path, key, was } of this.#draft.undo()) {
      if (path[0] !== 'topics') continue
      if (path.length === 1) this.#names = null
      if (this.#withElr && isTree(was)) this.#withElr = path.length === 3 ? this.#noteElr(path[1]!, key, was) : null
    }
    this.#close()
  }

  #use(tree: MetadataTree, chars: number): void {
    this.#draft = new TreeDraft(tree, chars, MAX_CHARS)
    this.#close()
    this.#names = null
    this.#withElr = null
  }

  #applyOne(type: string, data: Data): void {
    switch (type) {
      case 'TOPIC_RECORD':
        return this.#addTopic(text(data.name), text(data.topicId))
      case 'REMOVE_TOPIC_RECORD':
        return this.#removeTopic(data.topicId)
      case 'PARTITION_RECORD':
        return this.#setPartition(data)
      case 'PARTITION_CHANGE_RECORD':
        return this.#changePartition(data)
      case 'CLEAR_ELR_RECORD':
        return this.#clearElr(text(data.topicName))
      case 'CONFIG_RECORD':
        return this.#set(
          'configs',
          configResource(data.resourceType, data.resourceName),
          data.name,
          optionalText(data.value),
        )
      case 'REGISTER_BROKER_RECORD':
        return this.#registerBroker(data)
      case 'UNREGISTER_BROKER_RECORD':
        return this.#draft.remove(['brokers'], `${integer(data.brokerId, -1)}`)
      case 'BROKER_REGISTRATION_CHANGE_RECORD':
        return this.#changeBroker(data)
      case 'FENCE_BROKER_RECORD':
      case 'UNFENCE_BROKER_RECORD':
        return this.#withBroker(data.id, data.epoch, { fenced: type === 'FENCE_BROKER_RECORD' })
      case 'REGISTER_CONTROLLER_RECORD':
        return this.#put(
          ['controllers'],
          `${integer(data.controllerId, -1)}`,
          treeOf([
            ['incarnationId', text(data.incarnationId)],
            ['zkMigrationReady', data.zkMigrationReady === true],
            ['endpoints', endpoints(data.endPoints)],
            ['features', features(data.features)],
          ]),
        )
      case 'KRaftVoters':
        return this.#setVoters(data)
      case 'KRaftVersion':
        return this.#setFeature('kraft.version', data.kRaftVersion)
      case 'FEATURE_LEVEL_RECORD':
        // Its level is in the control record alone (org.apache.kafka.image.FeaturesDelta).
        return data.name === 'kraft.version' ? undefined : this.#setFeature(data.name, data.featureLevel)
      case 'CLIENT_QUOTA_RECORD':
        return this.#set(
          'client quotas',
          quotaEntity(data.entity),
          data.key,
          data.remove === true ? null : integer(data.value, 0),
        )
      case 'ACCESS_CONTROL_ENTRY_RECORD':
        return this.#put(
          ['acls'],
          text(data.id),
          treeOf([
            ['principal', text(data.principal)],
            ['permission', named(PERMISSIONS, data.permissionType)],
            ['operation', named(OPERATIONS, data.operation)],
            ['resource', `${named(ACL_RESOURCES, data.resourceType)} ${text(data.resourceName)}`],
            ['pattern', named(PATTERNS, data.patternType)],
            ['host', text(data.host)],
          ]),
        )
      case 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD':
        return this.#removeKnown('acls', text(data.id))
      case 'USER_SCRAM_CREDENTIAL_RECORD':
        return this.#put(
          ['scram', text(data.name)],
          named(MECHANISMS, data.mechanism),
          treeOf([
            ['iterations', integer(data.iterations, 0)],
            // told to everybody who signs in (RFC 5802): not a secret, and another one with each password
            ['salt', text(data.salt)],
            ['storedKey', bytes(data.storedKey)],
            ['serverKey', bytes(data.serverKey)],
          ]),
        )
      case 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD':
        return this.#draft.remove(['scram', text(data.name)], named(MECHANISMS, data.mechanism), true)
      case 'DELEGATION_TOKEN_RECORD':
        return this.#put(
          ['delegation tokens'],
          text(data.tokenId),
          treeOf([
            ['owner', text(data.owner)],
            ['requester', text(data.requester)],
            ['renewers', texts(data.renewers) ?? []],
            ['issueTimestamp', long(data.issueTimestamp, 0)],
            ['expirationTimestamp', long(data.expirationTimestamp, 0)],
            ['maxTimestamp', long(data.maxTimestamp, 0)],
          ]),
        )
      case 'REMOVE_DELEGATION_TOKEN_RECORD':
        return this.#removeKnown('delegation tokens', text(data.tokenId))
      case 'PRODUCER_IDS_RECORD':
        return this.#put(['producer ids'], 'next', long(data.nextProducerId, -1))
    }
  }

  #put(path: string[], key: string, value: MetadataTree | MetadataLeaf): void {
    const fits = [...path, key].every((name) => name.length <= MAX_NAME_CHARS)
    if (!fits || !this.#draft.put(path, key, value)) this.#lacking++
  }

  /** One of the named values of something; null takes it away, and the last takes that thing away. */
  #set(section: string, of: string, name: unknown, value: string | number | null): void {
    if (value === null) this.#draft.remove([section, of], text(name), true)
    else this.#put([section, of], text(name), value)
  }

  #removeKnown(section: string, key: string): void {
    if (this.look(section, key) === undefined) this.#strange++
    else this.#draft.remove([section], key)
  }

  #setFeature(name: unknown, level: unknown): void {
    if (integer(level, 0) === 0) this.#draft.remove(['features'], text(name))
    else this.#put(['features'], text(name), integer(level, 0))
  }

  #setVoters(data: Data): void {
    const voters = structs(data.voters).map((one): [string, MetadataTree] => [
      `${integer(one.voterId, -1)}`,
      treeOf([
        ['directory', text(one.voterDirectoryId)],
        ['endpoints', endpoints(one.endpoints)],
        ['kraft.version', range(one.kRaftVersionFeature)],
      ]),
    ])
    this.#put([], 'voters', treeOf(voters))
  }

  #registerBroker(data: Data): void {
    const broker = treeOf([
      ['epoch', long(data.brokerEpoch, -1)],
      ['incarnationId', text(data.incarnationId)],
      ['fenced', data.fenced !== false],
      ['inControlledShutdown', data.inControlledShutdown === true],
      ['rack', optionalText(data.rack)],
      ['endpoints', endpoints(data.endPoints)],
      ['features', features(data.features)],
      ['logDirs', (directories(data.logDirs) ?? []).sort()],
      ['cordonedLogDirs', directories(data.cordonedLogDirs)?.sort() ?? []],
    ])
    if (data.isMigratingZkBroker === true) broker.isMigratingZkBroker = true
    this.#put(['brokers'], `${integer(data.brokerId, -1)}`, broker)
  }

  /** org.apache.kafka.metadata.BrokerRegistrationFencingChange: 1 fences, -1 unfences, 0 leaves it. */
  #changeBroker(data: Data): void {
    const change: MetadataTree = {}
    const fenced = integer(data.fenced, 0)
    if (fenced !== 0) change.fenced = fenced > 0
    if (integer(data.inControlledShutdown, 0) === 1) change.inControlledShutdown = true
    const logDirs = directories(data.logDirs)
    if (logDirs && logDirs.length > 0) change.logDirs = logDirs.sort()
    const cordoned = directories(data.cordonedLogDirs)
    if (cordoned) change.cordonedLogDirs = cordoned.sort()
    this.#withBroker(data.brokerId, data.brokerEpoch, change)
  }

  #withBroker(id: unknown, epoch: unknown, change: MetadataTree): void {
    const key = `${integer(id, -1)}`
    const broker = this.look('brokers', key)
    if (!isTree(broker) || broker.epoch !== long(epoch, -1)) this.#strange++
    else this.#put(['brokers'], key, treeOf(Object.entries({ ...broker, ...change })))
  }

  #addTopic(name: string, id: string): void {
    const names = this.#topicNames()
    // Another topic's id, or name: of two that claim it, the newer has it.
    const other = names.get(id)
    if (other !== undefined && other !== name) this.#removeTopic(id)
    const was = this.look('topics', name)
    if (isTree(was)) names.delete(String(was.id))
    this.#put(
      ['topics'],
      name,
      treeOf([
        ['id', id],
        ['partitions', treeOf()],
      ]),
    )
    if (this.look('topics', name, 'id') === id) names.set(id, name)
  }

  #topicNames(): Map<string, string> {
    this.topicName('')
    return this.#names!
  }

  #removeTopic(id: unknown): void {
    const name = this.topicName(id)
    if (name === null) {
      this.#strange++
      return
    }
    this.#topicNames().delete(text(id))
    this.#draft.remove(['topics'], name)
    this.#draft.remove(['configs'], configResource(2, name))
  }

  #setPartition(data: Data): void {
    const topic = this.topicName(data.topicId)
    if (topic === null) {
      this.#strange++
      return
    }
    const replicas = integers(data.replicas) ?? []
    this.#keepPartition(topic, `${integer(data.partitionId, -1)}`, {
      leader: integer(data.leader, -1),
      leaderEpoch: integer(data.leaderEpoch, -1),
      partitionEpoch: integer(data.partitionEpoch, -1),
      replicas,
      isr: integers(data.isr) ?? [],
      elr: integers(data.eligibleLeaderReplicas) ?? [],
      lastKnownElr: integers(data.lastKnownElr) ?? [],
      addingReplicas: integers(data.addingReplicas) ?? [],
      removingReplicas: integers(data.removingReplicas) ?? [],
      leaderRecoveryState: named(RECOVERY, data.leaderRecoveryState),
      directories: orMigrating(directories(data.directories) ?? [], replicas),
    })
  }

  /** org.apache.kafka.metadata.PartitionRegistration.merge: any leader that is named is a new election. */
  #changePartition(data: Data): void {
    const topic = this.topicName(data.topicId)
    const index = `${integer(data.partitionId, -1)}`
    const was = topic === null ? undefined : this.look('topics', topic, 'partitions', index)
    if (topic === null || !isTree(was)) {
      this.#strange++
      return
    }
    const leader = integer(data.leader, LEADER_UNCHANGED)
    const recovery = integer(data.leaderRecoveryState, -1)
    const replicas = integers(data.replicas) ?? was.replicas!
    this.#keepPartition(topic, index, {
      leader: leader === LEADER_UNCHANGED ? was.leader! : leader,
      leaderEpoch: integer(was.leaderEpoch, -1) + (leader === LEADER_UNCHANGED ? 0 : 1),
      partitionEpoch: integer(was.partitionEpoch, -1) + 1,
      replicas,
      isr: integers(data.isr) ?? was.isr!,
      elr: integers(data.eligibleLeaderReplicas) ?? was.elr!,
      lastKnownElr: integers(data.lastKnownElr) ?? was.lastKnownElr!,
      addingReplicas: integers(data.addingReplicas) ?? was.addingReplicas!,
      removingReplicas: integers(data.removingReplicas) ?? was.removingReplicas!,
      leaderRecoveryState: recovery < 0 ? was.leaderRecoveryState! : named(RECOVERY, recovery),
      directories: orMigrating(directories(data.directories) ?? (was.directories as string[]), replicas as number[]),
    })
  }

  #keepPartition(topic: string, index: string, partition: MetadataTree): void {
    this.#noteElr(topic, index, partition)
    this.#put(['topics', topic, 'partitions'], index, treeOf(Object.entries(partition)))
  }

  #noteElr(topic: string, index: string, partition: MetadataTree): Map<string, Set<string>> | null {
    if (this.#withElr && hasElr(partition))
      this.#withElr.set(topic, (this.#withElr.get(topic) ?? new Set<string>()).add(index))
    return this.#withElr
  }

  /** org.apache.kafka.image.TopicDelta.maybeClearElr: a change like any other where there is something to clear. */
  #clearElr(only: string): void {
    this.#withElr ??= this.#findElrs()
    for (const [topic, partitions] of only ? [[only, this.#withElr.get(only) ?? []] as const] : this.#withElr) {
      for (const index of partitions) {
        const partition = this.look('topics', topic, 'partitions', index)
        if (!isTree(partition) || !hasElr(partition)) continue
        const partitionEpoch = integer(partition.partitionEpoch, -1) + 1
        this.#keepPartition(topic, index, { ...partition, partitionEpoch, elr: [], lastKnownElr: [] })
      }
      this.#withElr.delete(topic)
    }
  }

  #findElrs(): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>()
    for (const [name, topic] of Object.entries(this.look('topics') as MetadataTree)) {
      const partitions = Object.entries(at(topic as MetadataTree, 'partitions') as MetadataTree)
      const having = partitions.filter(([, one]) => hasElr(one as MetadataTree)).map(([index]) => index)
      if (having.length > 0) found.set(name, new Set(having))
    }
    return found
  }
}

const hasElr = ({ elr, lastKnownElr }: MetadataTree): boolean => length(elr) + length(lastKnownElr) > 0
const length = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** PartitionRegistration.defaultToMigrating: a record of before directories were told (KIP-858). */
const orMigrating = (told: string[], replicas: number[]): string[] =>
  told.every((one) => one === 'migrating') ? replicas.map(() => 'migrating') : told
