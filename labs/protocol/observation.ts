/**
 * What the switch saw in a room. Observations are the only thing that enters a lab session's history from outside,
 * apart from what a person does. Times: `at` is wall clock in ms since 1970, `mono` is a monotonic clock in ms.
 */
import { z } from 'zod'

/** A record of `__cluster_metadata` or one of its control records; `type` and `data` as kafka-dump-log prints them. */
export const metadataRecord = z.object({
  offset: z.number().int(),
  epoch: z.number().int(),
  timestamp: z.number(),
  type: z.string(),
  version: z.number().int(),
  data: z.unknown(),
})
export type MetadataRecord = z.infer<typeof metadataRecord>

/** A record of an ordinary topic, as text where it is valid UTF-8 (else base64 with `binary`), each side capped. */
export const topicRecord = z.object({
  partition: z.number().int(),
  offset: z.number().int(),
  timestamp: z.number(),
  key: z.string().nullable(),
  value: z.string().nullable(),
  headers: z.array(z.object({ key: z.string(), value: z.string().nullable() })),
  binary: z.boolean().default(false),
})
export type TopicRecord = z.infer<typeof topicRecord>

const topicPartition = z.object({ topic: z.string(), partition: z.number().int() })

export const group = z.object({
  id: z.string(),
  /** As Kafka's ListGroups says it: classic, consumer, share, streams. */
  type: z.string(),
  state: z.string(),
  protocol: z.string().nullable(),
  /** of the new protocols: one more with each change of members or subscriptions, and of what was assigned; null else */
  epoch: z.number().int().nullable().default(null),
  assignmentEpoch: z.number().int().nullable().default(null),
  members: z.array(
    z.object({
      id: z.string(),
      clientId: z.string(),
      host: z.string(),
      /** group.instance.id */
      instance: z.string().nullable().default(null),
      epoch: z.number().int().nullable().default(null),
      assigned: z.array(topicPartition).default([]),
      /** of the new protocols: what it is to have; null else */
      target: z.array(topicPartition).nullable().default(null),
    }),
  ),
  /** committed; of a share group where its partitions begin (share-partition start offset) */
  offsets: z.array(topicPartition.extend({ offset: z.number().int() })),
  /**
   * of a share group what its coordinator keeps of the records from there on, by offsets (inclusive): which can be
   * acquired (again), which are done with, and how often they were delivered
   */
  delivered: z
    .array(
      topicPartition.extend({
        first: z.number().int(),
        last: z.number().int(),
        state: z.enum(['available', 'acknowledged', 'archived']),
        count: z.number().int(),
      }),
    )
    .default([]),
})
export type Group = z.infer<typeof group>

export const fileContent = z.object({
  path: z.string(),
  /** bytes of the whole file */
  size: z.number().int(),
  /** ms since 1970 */
  modified: z.number(),
  /** UTF-8 text of at most the need's cap; null where the bytes are not text */
  text: z.string().nullable(),
})
export type FileContent = z.infer<typeof fileContent>

/** A file of a metadata log's directory; bytes, ms since 1970. */
export const logFile = z.object({
  name: z.string(),
  /** `deleted`: renamed, and removed a while later (internal.metadata.delete.delay.millis) */
  kind: z.enum(['segment', 'snapshot', 'deleted']),
  bytes: z.number().int(),
  modified: z.number(),
  /** segment: of its first record; snapshot: where it ends (exclusive) */
  offset: z.number().int().nonnegative(),
  /** snapshot: epoch of the last record in it */
  epoch: z.number().int().nullable(),
})
export type LogFile = z.infer<typeof logFile>

/** The newest part of one host's metadata log, committed or not. */
export const logEnd = z.object({
  /** the leader's over the wire, any other's from its files */
  source: z.enum(['wire', 'files']),
  /** one behind the last record; null where there is none */
  end: z.number().int().nonnegative().nullable(),
  /** the epochs of its offsets, `to` exclusive, in order; the first begins where this part does */
  epochs: z.array(z.object({ epoch: z.number().int(), from: z.number().int(), to: z.number().int() })),
  /** without NoOps, the newest, in order */
  records: z.array(metadataRecord),
})
export type LogEnd = z.infer<typeof logEnd>

/** One replica of a partition, as its broker has it. Offsets; the end is one behind the last record. */
export const replicaLog = z.object({
  partition: z.number().int(),
  broker: z.number().int(),
  logStart: z.number().int(),
  /** as this replica knows it: a follower hears of it with its next fetch */
  highWatermark: z.number().int(),
  /** before which no transaction is open; -1 where it is not known */
  lastStable: z.number().int(),
  end: z.number().int(),
})
export type ReplicaLog = z.infer<typeof replicaLog>

/** A batch as it lies in a partition's log. Offsets inclusive; bytes with the header; times ms since 1970. */
export const topicBatch = z.object({
  partition: z.number().int(),
  baseOffset: z.number().int(),
  lastOffset: z.number().int(),
  /** fewer than its offsets where the cleaner removed some */
  count: z.number().int(),
  bytes: z.number().int(),
  leaderEpoch: z.number().int(),
  compression: z.string(),
  maxTimestamp: z.number(),
  transactional: z.boolean(),
  /** a transaction's marker, or another control record; null: records of a producer */
  control: z.enum(['commit', 'abort', 'other']).nullable(),
  /** -1: neither idempotent nor transactional */
  producerId: z.number(),
  producerEpoch: z.number().int(),
  /** of its first record; -1: none */
  baseSequence: z.number().int(),
  /** of the first records; a key is text, or base64 where it is none, cut off at 64 bytes */
  records: z.array(z.object({ offset: z.number().int(), key: z.string().nullable(), tombstone: z.boolean() })),
})
export type TopicBatch = z.infer<typeof topicBatch>

/** As the coordinator has it. */
export const transaction = z.object({
  transactionalId: z.string(),
  /** as Kafka spells it: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, ... */
  state: z.string(),
  producerId: z.number(),
  producerEpoch: z.number().int(),
  timeoutMs: z.number(),
  /** of the newest, also when it is done; ms since 1970; -1: there was none */
  startedAt: z.number(),
  partitions: z.array(topicPartition),
})
export type Transaction = z.infer<typeof transaction>

/** As the leader of a partition has it. */
export const activeProducer = z.object({
  partition: z.number().int(),
  producerId: z.number(),
  producerEpoch: z.number().int(),
  lastSequence: z.number().int(),
  /** ms since 1970 */
  lastTimestamp: z.number(),
  coordinatorEpoch: z.number().int(),
  /** offset of the open transaction's first record; -1: none is open */
  transactionStart: z.number().int(),
})
export type ActiveProducer = z.infer<typeof activeProducer>

/** A file of a partition's directory; bytes, ms since 1970. */
export const partitionFile = z.object({
  name: z.string(),
  kind: z.enum([
    ...['segment', 'index', 'time index', 'transaction index', 'producer snapshot'],
    // on its way out, or what the cleaner makes
    ...['deleted', 'cleaned', 'swap'],
  ] as const),
  /** in its name: of the first record, of a snapshot where it was taken */
  offset: z.number().int().nonnegative(),
  bytes: z.number().int(),
  modified: z.number(),
})
export type PartitionFile = z.infer<typeof partitionFile>

/** A partition's directory on one host, and what the checkpoints of its log directory say of it; null: nothing. */
export const partitionFiles = z.object({
  files: z.array(partitionFile),
  /** leader-epoch-checkpoint: where each began */
  epochs: z.array(z.object({ epoch: z.number().int(), from: z.number().int() })),
  highWatermark: z.number().int().nullable(),
  recoveryPoint: z.number().int().nullable(),
  logStart: z.number().int().nullable(),
  /** up to where the cleaner has been */
  cleaned: z.number().int().nullable(),
})
export type PartitionFiles = z.infer<typeof partitionFiles>

export const REQUEST_KINDS = ['Produce', 'FetchConsumer', 'FetchFollower'] as const
/** In the order in which a request goes through them; throttled last. */
export const REQUEST_STAGES = [
  'RequestQueue',
  'Local',
  'Remote',
  'ResponseQueue',
  'ResponseSend',
  'Throttle',
  'Total',
] as const
const maybe = z.number().nullable()
/** What a node says of itself, by an agent in its process: its own claim, which no check gets. Null: it does not say. */
export const requestMetrics = z.object({
  /** between this look and the one before, ms; null: this is the first */
  overMs: maybe,
  requests: z.array(
    z.object({
      kind: z.enum(REQUEST_KINDS),
      /** since the node began, and since the look before */
      count: z.number(),
      since: z.number(),
      /** ms on average of those since the look before; null: there was none */
      stages: z.record(z.enum(REQUEST_STAGES), maybe),
    }),
  ),
  /** requests that wait for an I/O thread, responses that wait for a network thread */
  queues: z.object({ request: maybe, response: maybe }),
  /** of the threads' time, 0 to 1: the network threads now, the I/O threads in the last minute */
  idle: z.object({ network: maybe, handlers: maybe }),
  /** requests that wait there for something to happen */
  purgatory: z.object({ produce: maybe, fetch: maybe }),
})
export type RequestMetrics = z.infer<typeof requestMetrics>

/** How long a broker took to answer our own questions, ms, the newest last; nothing that it says of itself. */
export const answerTimes = z.object({ answerMs: z.array(z.number()) })
export type AnswerTimes = z.infer<typeof answerTimes>

/** Of which cluster, by the lab's name, and on which hosts that is; left out: of all in the room. */
const ofCluster = { cluster: z.string().optional(), hosts: z.array(z.string()).optional() }
/** What a lab may ask for beyond the cluster view. `name` is the lab's own name for it. */
export const need = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('records'),
    name: z.string(),
    topic: z.string(),
    max: z.number().int().positive().max(10_000),
    ...ofCluster,
  }),
  /** `everyMs`: between two looks, where a second is too long */
  z.object({
    kind: z.literal('groups'),
    name: z.string(),
    everyMs: z.number().int().min(100).optional(),
    ...ofCluster,
  }),
  z.object({ kind: z.literal('replicas'), name: z.string(), topic: z.string(), ...ofCluster }),
  z.object({
    kind: z.literal('batches'),
    name: z.string(),
    topic: z.string(),
    /** of each partition */
    max: z.number().int().positive().max(1_000),
    ...ofCluster,
  }),
  /** `topic`: whose partitions' producers are told too */
  z.object({ kind: z.literal('transactions'), name: z.string(), topic: z.string().nullable(), ...ofCluster }),
  z.object({
    kind: z.literal('partition-files'),
    name: z.string(),
    host: z.string(),
    topic: z.string(),
    partition: z.number().int().nonnegative(),
  }),
  /** `port`: of a Jolokia agent in the node */
  z.object({
    kind: z.literal('request-metrics'),
    name: z.string(),
    host: z.string(),
    port: z.number().int().min(1).max(65_535),
  }),
  /** how long the broker there takes to answer; a question a second */
  z.object({ kind: z.literal('answer-times'), name: z.string(), host: z.string() }),
  /** the files of a host's metadata log */
  z.object({ kind: z.literal('log-files'), name: z.string(), host: z.string() }),
  /** how a host's metadata log ends */
  z.object({ kind: z.literal('log-end'), name: z.string(), host: z.string() }),
  z.object({
    kind: z.literal('file'),
    name: z.string(),
    host: z.string(),
    path: z.string().startsWith('/'),
    /** cap on the bytes read */
    maxBytes: z.number().int().positive().max(1_000_000).default(65_536),
  }),
])
export type Need = z.infer<typeof need>

/** Three different things: not fetched yet (no result at all), failed (with why), and fetched, which may be empty. */
export const needResult = z.discriminatedUnion('state', [
  z.object({ state: z.literal('failed'), why: z.string() }),
  z.object({
    state: z.literal('fetched'),
    /** records: { records, complete }; groups: Group[]; request-metrics: RequestMetrics; replicas, batches, transactions: as below, without those that do not
     *  answer; file: FileContent or null where there is none; log-files: LogFile[], log-end: LogEnd, partition-files:
     *  PartitionFiles, all three null where there is no such directory */
    value: z.union([
      z.object({ records: z.array(topicRecord), complete: z.boolean() }),
      z.object({ replicas: z.array(replicaLog) }),
      z.object({ batches: z.array(topicBatch), complete: z.boolean() }),
      z.object({ transactions: z.array(transaction), producers: z.array(activeProducer) }),
      partitionFiles,
      requestMetrics,
      answerTimes,
      z.array(group),
      z.array(logFile),
      logEnd,
      fileContent,
      z.null(),
    ]),
    /** what the value leaves out, because whoever knows it does not answer; absent where nothing is */
    unknown: z.string().optional(),
  }),
])
export type NeedResult = z.infer<typeof needResult>

export const listener = z.object({
  address: z.string(),
  port: z.number().int(),
  /** Kafka's: recognised by the API keys that ApiVersions offers */
  kind: z.enum(['broker', 'controller', 'zookeeper']),
})
export type Listener = z.infer<typeof listener>

const host = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/)

/** One direction of the network between two hosts. */
export const link = z.object({ from: host, to: host })
export type Link = z.infer<typeof link>

/** A cluster whose metadata is in ZooKeeper, as ZooKeeper has it. */
export const zooKeeperState = z.object({
  /** Holds /controller: a broker, or since a migration began the active controller of the quorum. Null: nobody does. */
  controller: z
    .object({
      node: z.number().int(),
      /** /controller_epoch: one more with each new controller */
      epoch: z.number().int(),
      /** of the quorum that has taken over; null: a broker is the controller */
      kraftEpoch: z.number().int().nullable(),
      /** ms since 1970 */
      since: z.number(),
    })
    .nullable(),
  /** /migration: up to where the quorum's metadata log has been written to ZooKeeper; null before a migration */
  migration: z
    .object({
      controller: z.number().int(),
      controllerEpoch: z.number().int(),
      offset: z.number().int(),
      epoch: z.number().int(),
    })
    .nullable(),
  /** ids of those that live, in order */
  brokers: z.array(z.number().int()),
})
export type ZooKeeperState = z.infer<typeof zooKeeperState>

/** A topic as a broker tells it to clients; a leader of -1 is none. */
export const toldTopic = z.object({
  name: z.string(),
  id: z.string(),
  partitions: z.array(
    z.object({
      partition: z.number().int(),
      leader: z.number().int(),
      leaderEpoch: z.number().int(),
      replicas: z.array(z.number().int()),
      isr: z.array(z.number().int()),
    }),
  ),
})
export type ToldTopic = z.infer<typeof toldTopic>

/** What can be done to a host's node: by a lab, by a test, by a button. */
export const NODE_ACTIONS = ['start', 'stop', 'kill', 'pause', 'resume', 'restart', 'wipe', 'fill', 'free'] as const
export const fault = z.discriminatedUnion('action', [
  /**
   * stop: SIGTERM. kill: SIGKILL. pause, resume: SIGSTOP, SIGCONT. wipe: kills the node and empties its log directories.
   * fill: no byte is free on the disk of its log directories; free: takes that back.
   */
  z.object({ action: z.enum(NODE_ACTIONS), host }),
  /** Cuts all links of the host, both directions. */
  z.object({ action: z.literal('isolate'), host }),
  /** Cuts all links between hosts of different groups. A host in no group keeps all its links. Replaces earlier cuts. */
  z.object({ action: z.literal('split'), groups: z.array(z.array(host).min(1)).min(2) }),
  /** Cuts one direction. */
  z.object({ action: z.literal('cut'), ...link.shape }),
  /** Mends all links of the host, or of the whole room. */
  z.object({ action: z.literal('heal'), host: host.nullable() }),
])
export type Fault = z.infer<typeof fault>

/** What a probe does all the time. metadata: what only the active controller answers, and writes nothing. */
export const PROBE_KINDS = ['write', 'read', 'metadata'] as const

export const observation = z.discriminatedUnion('type', [
  /** A Kafka process answers on this host. `node` is its node id once known from the wire, else null. */
  z.object({
    type: z.literal('node-up'),
    host: z.string(),
    node: z.number().int().nullable(),
    clusterId: z.string().nullable(),
    listeners: z.array(listener),
  }),
  z.object({ type: z.literal('node-down'), host: z.string(), why: z.string() }),
  /** One node's own view of its quorum, sent when leader, epoch or voters change. */
  z.object({
    type: z.literal('quorum'),
    host: z.string(),
    clusterId: z.string().nullable(),
    leader: z.number().int().nullable(),
    epoch: z.number().int(),
    voters: z.array(z.object({ node: z.number().int(), directory: z.string().nullable() })),
    observers: z.array(z.object({ node: z.number().int(), directory: z.string().nullable() })),
  }),
  /** Records appended to the metadata log, in order; NoOp records are left out. From the host that leads. */
  z.object({
    type: z.literal('metadata'),
    host: z.string(),
    records: z.array(metadataRecord),
  }),
  /** What a server of ZooKeeper has of its cluster, sent when it changes. */
  zooKeeperState.extend({ type: z.literal('zookeeper'), host: z.string() }),
  /** All topics, as a broker knows them whose cluster has no metadata log yet; sent when they change. */
  z.object({ type: z.literal('topics'), host: z.string(), topics: z.array(toldTopic) }),
  /** A sample: ends of logs. `highWatermark` null: the leader does not know it yet. */
  z.object({
    type: z.literal('metadata-log'),
    host: z.string(),
    highWatermark: z.number().int().nullable(),
    /** of the leader's log, as it told with its records; null: not told yet */
    logStart: z.number().int().nullable().default(null),
    replicas: z.array(
      z.object({ node: z.number().int(), logEndOffset: z.number().int(), lagMs: z.number().nullable() }),
    ),
  }),
  /** A sample: log end offset at each partition's leader. */
  z.object({
    type: z.literal('log-ends'),
    host: z.string(),
    partitions: z.array(z.object({ topic: z.string(), partition: z.number().int(), end: z.number().int() })),
  }),
  /** A sample: log end offsets at followers (ListOffsets with the replica id of a debugging consumer, -2). */
  z.object({
    type: z.literal('replica-ends'),
    host: z.string(),
    partitions: z.array(z.object({ topic: z.string(), partition: z.number().int(), end: z.number().int() })),
  }),
  /** The host's Kafka process as the kernel shows it, sent when it changes. `pid` as the host counts. */
  z.object({
    type: z.literal('process'),
    host: z.string(),
    state: z.enum(['none', 'running', 'paused']),
    pid: z.number().int().nullable(),
  }),
  /** Something was done to the room, after it was done. `by` the lab: part of its start. */
  z.object({ type: z.literal('fault'), fault, by: z.enum(['learner', 'instructor', 'lab']) }),
  /** All links that are cut now, sent when that changes. */
  z.object({ type: z.literal('network'), cuts: z.array(link) }),
  /** The disk of the host's log directories has no free byte, or has again. */
  z.object({ type: z.literal('disk'), host: z.string(), full: z.boolean() }),
  /**
   * The probe got no answer of this kind from `from` on (its last success), ms since 1970. Sent once it is sure, with
   * `to` null, and again with the first success after.
   */
  z.object({
    type: z.literal('outage'),
    cluster: z.string(),
    kind: z.enum(PROBE_KINDS),
    from: z.number(),
    to: z.number().nullable(),
    why: z.string(),
  }),
  /**
   * A sample, once a second while it changes, and after every reading back: what the probe wrote with acks=all and was
   * acknowledged, and what it found of that. `lost`: offsets acknowledged and not found, or found with other contents.
   */
  z.object({
    type: z.literal('probe'),
    cluster: z.string(),
    acknowledged: z.number().int(),
    readBack: z.number().int(),
    lost: z.array(z.number().int()).max(100),
    /** when all that was acknowledged before was last read back whole, ms since 1970 */
    readBackAt: z.number().nullable(),
  }),
  /** `begins`: nobody looked before, or not for a while */
  z.object({ type: z.literal('need'), name: z.string(), result: needResult, begins: z.boolean().optional() }),
  /** From shell marks: forgeable and perhaps secret, for the timeline alone. Checks never get it. */
  z.object({
    type: z.literal('command'),
    host: z.string(),
    terminal: z.string(),
    command: z.string(),
    exitStatus: z.number().int().nullable(),
    startedAt: z.number(),
  }),
  /** The watcher could not keep what it saw: no "never" holds over this gap. */
  z.object({ type: z.literal('unobserved'), why: z.string(), since: z.number() }),
])
export type Observation = z.infer<typeof observation>

/** Samples are thinned and superseded; all other observations are kept for good. */
export const isSample = (seen: Observation): boolean => SAMPLES.has(seen.type)
const SAMPLES: ReadonlySet<Observation['type']> = new Set(['metadata-log', 'log-ends', 'replica-ends', 'probe'])
