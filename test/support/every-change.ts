/** One small cluster that makes every kind of change which a real one writes to its metadata log. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { Connection } from '#labs/kafka/client/connection.ts'
import { check, type ErrorName, KafkaError } from '#labs/kafka/client/errors.ts'
import type { Message } from '#labs/kafka/codec/codec.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { encodeBatch } from '#labs/kafka/log/batch-writer.ts'
import type { MetadataRecord } from '#labs/kafka/metadata/records.ts'
import { decodeFile } from './decoded.ts'
import { framed } from './every-record.ts'
import { KafkaNode, randomId } from './kafka-node.ts'
import { type KafkaVersion, newerThan } from './kafka-versions.ts'

const WAIT_MS = 30_000
const POLL_MS = 50
const USER = 'admin'
const PASSWORD = 'secret'
const TOPIC = 2
const BROKER = 4
const CLIENT_METRICS = 16
const GROUP = 32
const CLUSTER = 4
const [SET, DELETE] = [0, 1]
const SCRAM_SHA_512 = 2
/** The first with metadata transactions (KIP-868): BEGIN and END are written at bootstrap, and all newer ones can come. */
const FIRST_RELEASE = '3.6-IV2'
const FIRST_LEVEL = 13
/** Quick to notice a stopped broker, and a snapshot after little. */
const SETTINGS = {
  'log.dirs': 'logs,more',
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '300',
  'replica.high.watermark.checkpoint.interval.ms': '300',
  'metadata.log.max.record.bytes.between.snapshots': '4000',
  'metadata.log.segment.ms': '10000',
  'auto.leader.rebalance.enable': 'false',
  'num.io.threads': '2',
  'num.network.threads': '1',
  'background.threads': '2',
  // the clients' listener, which is the brokers' own too
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${USER}" password="${PASSWORD}" user_${USER}="${PASSWORD}";`,
  'delegation.token.secret.key': 'a secret of all nodes',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': `User:${USER};User:ANONYMOUS`,
}

export class ChangingCluster {
  readonly clusterId = randomId()
  #offset = 0

  private constructor(
    readonly kafka: KafkaVersion,
    /** broker and only voter at first */
    readonly first: KafkaNode,
    readonly broker: KafkaNode,
    /** voter for a while */
    readonly controller: KafkaNode,
  ) {}

  /** Formatted, not started. */
  static async make(kafka: KafkaVersion): Promise<ChangingCluster> {
    const roles: KafkaNode['roles'][] = [['broker', 'controller'], ['broker'], ['controller']]
    const nodes = await KafkaNode.makeAll(
      roles.map((own, at) => ({
        quorum: 'dynamic',
        id: at + 1,
        roles: own,
        program: kafka.program,
        settings: SETTINGS,
      })),
    )
    const [first, broker, controller] = nodes as [KafkaNode, KafkaNode, KafkaNode]
    const cluster = new ChangingCluster(kafka, first, broker, controller)
    await cluster.#format()
    return cluster
  }

  /** The first by Kafka's tool; the others' directories are as its own, but for their ids and who votes. */
  async #format(): Promise<void> {
    const { first } = this
    const scram = ['--add-scram', 'SCRAM-SHA-256=[name=formatted,password=secret]']
    const how = ['--cluster-id', this.clusterId, '--release-version', FIRST_RELEASE, '--standalone', ...scram]
    await first.tool('kafka-storage', ['format', '--config', first.config, ...how])
    for (const node of [this.broker, this.controller])
      for (const name of ['logs', 'more']) {
        const [from, to] = [first, node].map(({ folder }) => join(folder, name)) as [string, string]
        cpSync(from, to, { recursive: true, filter: (path) => !path.includes('__cluster') })
        const meta = readFileSync(join(from, 'meta.properties'), 'utf8')
          .replace(/^node\.id=.*$/m, `node.id=${node.id}`)
          .replace(/^directory\.id=.*$/m, `directory.id=${randomId()}`)
        writeFileSync(join(to, 'meta.properties'), meta)
      }
  }

  get schemas(): Schemas {
    return this.kafka.schemas
  }

  /** Segments and snapshots of the first node. */
  files(): string[] {
    return readdirSync(this.first.metadataFolder)
      .filter((name) => /\.(log|checkpoint)$/.test(name))
      .sort()
      .map((name) => join(this.first.metadataFolder, name))
  }

  #segments(): string[] {
    return this.files().filter((path) => path.endsWith('.log'))
  }

  /** Whole records of its log, from one offset on. */
  async #records(from: number): Promise<MetadataRecord[]> {
    const files = await Promise.all(this.#segments().map((path) => decodeFile(path, this.schemas)))
    return files.flat().flatMap(({ records }) => records.filter(({ offset }) => offset >= from))
  }

  /** Waits for a record behind those that were waited for before. */
  async #written(what: string, is: (record: MetadataRecord) => boolean): Promise<MetadataRecord> {
    const found = await until(
      what,
      async () => (await this.#records(this.#offset)).find(is),
      () => this.#seen(),
    )
    this.#offset = found.offset + 1
    return found
  }

  async #seen(): Promise<string> {
    return (await this.#records(this.#offset))
      .map(
        ({ type, data }) => `${type} ${JSON.stringify(data, (_, one) => (typeof one === 'bigint' ? `${one}` : one))}`,
      )
      .join('\n')
  }

  #change(what: string, type: string, fields: Record<string, unknown> = {}): Promise<MetadataRecord> {
    return this.#written(what, (record) => {
      const data = record.data as Record<string, unknown>
      return record.type === type && Object.entries(fields).every(([name, value]) => data[name] === value)
    })
  }

  async #ask<T>(node: KafkaNode, question: (connection: Connection) => Promise<T>): Promise<T> {
    const isBroker = node.roles.includes('broker')
    const port = isBroker ? node.brokerPort : node.controllerPort
    const connection = new Connection(connect(port, '127.0.0.1'), { schemas: this.schemas, timeoutMs: WAIT_MS })
    try {
      if (isBroker) {
        await asked(connection, 'SaslHandshake', { mechanism: 'PLAIN' })
        const authBytes = Buffer.from(`\0${USER}\0${PASSWORD}`)
        await asked(connection, 'SaslAuthenticate', { authBytes })
      }
      return await question(connection)
    } finally {
      connection.close()
    }
  }

  #call(api: string, body: Message | ((version: number) => Message), node = this.first): Promise<Message> {
    return this.#ask(node, (connection) => asked(connection, api, body))
  }

  /** Two nodes as their metadata.version was in 2023. */
  async start(): Promise<void> {
    await Promise.all([this.first.start(), this.broker.start()])
    await this.#change('broker 2 in service', 'BROKER_REGISTRATION_CHANGE_RECORD', { brokerId: 2, fenced: -1 })
  }

  async #topic(name: string, assignments: number[][], configs: Record<string, string> = {}): Promise<string> {
    const topic = {
      name,
      numPartitions: -1,
      replicationFactor: -1,
      assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    }
    const { topics } = await this.#call('CreateTopics', { topics: [topic], timeoutMs: WAIT_MS })
    return topics[0].topicId
  }

  async #configs(resourceType: number, resourceName: string, values: Record<string, string | null>): Promise<void> {
    const configs = Object.entries(values).map(([name, value]) => ({
      name,
      configOperation: value === null ? DELETE : SET,
      value,
    }))
    await this.#call('IncrementalAlterConfigs', { resources: [{ resourceType, resourceName, configs }] })
  }

  async #fence(during: () => Promise<unknown>): Promise<void> {
    this.broker.signal('SIGSTOP')
    await this.#change('broker 2 fenced', 'BROKER_REGISTRATION_CHANGE_RECORD', { brokerId: 2, fenced: 1 })
    await during()
    this.broker.signal('SIGCONT')
    await this.#change('broker 2 in service again', 'BROKER_REGISTRATION_CHANGE_RECORD', { brokerId: 2, fenced: -1 })
  }

  /** Of every kind there is, in this order; some need what those before have left. */
  async everyChange(): Promise<void> {
    await this.features()
    await this.topics()
    await this.security()
    await this.replicas()
    await this.directories()
    await this.voters()
  }

  /** All features, one level after another. */
  async features(): Promise<void> {
    await this.#topic('of-2023', [
      [1, 2],
      [2, 1],
    ])
    await this.#fence(async () => undefined)
    const body = await this.#ask(this.first, (connection) =>
      connection.call('ApiVersions', { clientSoftwareName: 'test', clientSoftwareVersion: '1' }),
    )
    const highest = new Map<string, number>(
      body.supportedFeatures.map((one: Message) => [one.name, one.maxVersion] as const),
    )
    const update = (feature: string, maxVersionLevel: number) =>
      this.#call('UpdateFeatures', {
        timeoutMs: WAIT_MS,
        featureUpdates: [{ feature, maxVersionLevel, upgradeType: 1 }],
      })
    const last = highest.get('metadata.version') ?? 0
    for (let level = FIRST_LEVEL + 1; level <= last; level++) await update('metadata.version', level)
    await this.#change('the last metadata.version', 'FEATURE_LEVEL_RECORD', {
      name: 'metadata.version',
      featureLevel: last,
    })
    for (const [name, level] of highest) {
      if (name === 'metadata.version' || name === 'kraft.version') continue
      for (let next = 1; next <= level; next++) await update(name, next)
    }
  }

  async topics(): Promise<void> {
    await this.#topic(
      'orders',
      [
        [1, 2],
        [2, 1],
      ],
      { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' },
    )
    await this.#call('CreatePartitions', {
      topics: [{ name: 'orders', count: 4, assignments: null }],
      timeoutMs: WAIT_MS,
    })
    const gone = await this.#topic('gone', [[1]])
    await this.#call('DeleteTopics', (version) => ({
      ...(version >= 6 ? { topics: [{ name: null, topicId: gone }] } : { topicNames: ['gone'] }),
      timeoutMs: WAIT_MS,
    }))
    await this.#configs(TOPIC, 'orders', { 'retention.ms': null, 'segment.bytes': '2000000' })
    await this.#configs(BROKER, '', { 'log.cleaner.threads': '1' })
    await this.#configs(BROKER, '1', { 'num.io.threads': '3' })
    await this.#configs(CLIENT_METRICS, 'some-clients', {
      metrics: 'org.apache.kafka.',
      'interval.ms': '10000',
      match: 'client_id=a.*',
    })
    if (newerThan(this.kafka.version, '4.0')) {
      await this.#configs(GROUP, 'some-group', { 'consumer.session.timeout.ms': '50000' })
      await this.#configs(GROUP, 'some-group', { 'consumer.session.timeout.ms': null })
    }
    await this.#topic('reassigned', [[1]])
    const to = [{ name: 'reassigned', partitions: [{ partitionIndex: 0, replicas: [2] }] }]
    await this.#call('AlterPartitionReassignments', { topics: to, timeoutMs: WAIT_MS })
    await this.#written(
      'the end of the reassignment',
      ({ type, data }) => type === 'PARTITION_CHANGE_RECORD' && (data as Message).addingReplicas?.length === 0,
    )
    await this.#call('ElectLeaders', { electionType: 0, topicPartitions: null, timeoutMs: WAIT_MS })
  }

  async security(): Promise<void> {
    const acl = { resourceType: TOPIC, resourceName: 'ord', resourcePatternType: 4, principal: 'User:bob', host: '*' }
    const cluster = { ...acl, resourceType: CLUSTER, resourceName: 'kafka-cluster', resourcePatternType: 3 }
    await this.#call('CreateAcls', {
      creations: [
        { ...acl, operation: 3, permissionType: 3 },
        { ...cluster, operation: 8, permissionType: 2, host: '127.0.0.1' },
      ],
    })
    const any = {
      resourceTypeFilter: 1,
      resourceNameFilter: null,
      patternTypeFilter: 1,
      hostFilter: null,
      operation: 1,
    }
    await this.#call('DeleteAcls', { filters: [{ ...any, principalFilter: 'User:bob', permissionType: 3 }] })
    const quotas = [
      [['user', 'bob'], 'consumer_byte_rate', 1e6],
      [['user', null], 'producer_byte_rate', 5e9],
      [['client-id', 'bob’s'], 'request_percentage', 1e-3],
      [['user', 'bob', 'client-id', null], 'controller_mutation_rate', 1e22],
      [['ip', '127.0.0.1'], 'connection_creation_rate', 7],
      [['ip', null], 'connection_creation_rate', 100],
    ] as const
    const entries = (remove: boolean) =>
      quotas.map(([names, key, value]) => ({
        entity: names.flatMap((entityType, at) =>
          at % 2 === 0 ? [{ entityType, entityName: names[at + 1] ?? null }] : [],
        ),
        ops: [{ key, value, remove }],
      }))
    await this.#call('AlterClientQuotas', { entries: entries(false), validateOnly: false })
    await this.#call('AlterClientQuotas', { entries: entries(true).slice(0, 2), validateOnly: false })
    const upsertion = {
      mechanism: SCRAM_SHA_512,
      iterations: 8_192,
      salt: randomBytes(20),
      saltedPassword: randomBytes(64),
    }
    const upsertions = ['kept', 'removed'].map((name) => ({ name, ...upsertion }))
    await this.#call('AlterUserScramCredentials', { deletions: [], upsertions })
    const deletions = [{ name: 'removed', mechanism: SCRAM_SHA_512 }]
    await this.#call('AlterUserScramCredentials', { deletions, upsertions: [] })
    await this.#ask(this.first, async (connection) => {
      const renewers = [{ principalType: 'User', principalName: 'bob' }]
      const token = () => asked(connection, 'CreateDelegationToken', { renewers, maxLifetimeMs: -1 })
      await token()
      const { hmac } = await token()
      // the controller knows it a moment later than it says so
      await askedUntil(
        connection,
        'RenewDelegationToken',
        { hmac, renewPeriodMs: 1_000_000 },
        'DELEGATION_TOKEN_NOT_FOUND',
      )
      await asked(connection, 'ExpireDelegationToken', { hmac, expiryTimePeriodMs: -1 })
    })
    // a broker says that it loads while it has no block of ids yet
    const producer = { transactionalId: null, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 }
    await this.#ask(this.first, (connection) =>
      askedUntil(connection, 'InitProducerId', producer, 'COORDINATOR_LOAD_IN_PROGRESS'),
    )
  }

  /** Fewer in sync than min.insync.replicas: leaders that stay eligible (KIP-966). */
  async replicas(): Promise<void> {
    await this.#topic('careful', [[1, 2]], { 'min.insync.replicas': '2' })
    await this.#fence(async () => {
      await this.#configs(TOPIC, 'careful', { 'min.insync.replicas': '1' })
    })
  }

  /** From one log directory to the other; one that takes no more replicas; one that fails. */
  async directories(): Promise<void> {
    await this.#topic('moved', [[1]])
    const own = [this.first.logs, join(this.first.folder, 'more')]
    const has = (folder: string): boolean => existsSync(join(folder, 'moved-0'))
    await until('the replica', async () => own.find(has))
    const to = own.find((folder) => !has(folder)) as string
    const dirs = [{ path: to, topics: [{ name: 'moved', partitions: [0] }] }]
    await this.#call('AlterReplicaLogDirs', { dirs })
    await this.#written(
      'the other directory',
      ({ type, data }) => type === 'PARTITION_CHANGE_RECORD' && 'directories' in (data as object),
    )
    if (newerThan(this.kafka.version, '4.3')) await this.#configs(BROKER, '1', { 'cordoned.log.dirs': basename(to) })
    const failing = join(this.broker.folder, 'more')
    await this.#topic('on-failing', [[2], [2], [2], [2]])
    // at once: its broker may be making folders in it
    renameSync(failing, `${failing}.old`)
    writeFileSync(failing, '')
    await this.#written(
      'a directory less',
      ({ type, data }) =>
        type === 'BROKER_REGISTRATION_CHANGE_RECORD' &&
        (data as Message).brokerId === 2 &&
        (data as Message).logDirs?.length === 1,
    )
  }

  /** A controller becomes a voter and is one no more. */
  async voters(): Promise<void> {
    await this.controller.start()
    const meta = readFileSync(join(this.controller.logs, 'meta.properties'), 'utf8')
    const voter = { voterId: this.controller.id, voterDirectoryId: /^directory\.id=(.*)$/m.exec(meta)?.[1] }
    const listeners = [{ name: 'CONTROLLER', host: '127.0.0.1', port: this.controller.controllerPort }]
    // refused at once while it has not read the whole log
    const add = { clusterId: this.clusterId, timeoutMs: WAIT_MS, ...voter, listeners }
    await this.#ask(this.first, (connection) => askedUntil(connection, 'AddRaftVoter', add, 'REQUEST_TIMED_OUT'))
    await this.#call('RemoveRaftVoter', { clusterId: this.clusterId, ...voter })
    await this.controller.stop()
  }

  /**
   * The leader dies amid a transaction (which we write: nothing makes Kafka stop there) and ends it when it is back; a
   * broker goes in peace, and for ever. No node runs afterwards.
   */
  async ends(): Promise<void> {
    await this.broker.stop()
    await this.first.kill()
    await this.#appendHalfTransaction()
    await this.first.start()
    await this.#change('the transaction aborted', 'ABORT_TRANSACTION_RECORD')
    await this.#call('UnregisterBroker', { brokerId: this.broker.id })
    // from here on its files stay as they are
    await this.first.kill()
  }

  async #appendHalfTransaction(): Promise<void> {
    const last = (await this.#records(0)).at(-1) as MetadataRecord
    const values = [
      framed(this.schemas, 'BeginTransactionRecord', { name: 'half' }),
      framed(this.schemas, 'TopicRecord', { name: 'half', topicId: randomId() }),
    ]
    const batch = encodeBatch(
      values.map((value) => ({ key: null, value })),
      { baseOffset: last.offset + 1, epoch: last.epoch, timestamp: Date.now() },
    )
    appendFileSync(this.#segments().at(-1) as string, batch)
  }

  async remove(): Promise<void> {
    await Promise.all([this.first, this.broker, this.controller].map((node) => node.remove()))
  }
}

/** @throws Error with what was `seen` instead */
async function until<T>(what: string, look: () => Promise<T>, seen = async () => ''): Promise<NonNullable<T>> {
  const limit = performance.now() + WAIT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null) return found
    if (performance.now() > limit) throw new Error(`not within ${WAIT_MS} ms: ${what}\n${await seen()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Asks, and takes no error for an answer, wherever it stands in it. */
async function asked(
  connection: Connection,
  api: string,
  body: Message | ((version: number) => Message),
): Promise<Message> {
  const answer = await connection.call(api, body, { timeoutMs: WAIT_MS })
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return
    const { errorCode, errorMessage } = value as Message
    if (typeof errorCode === 'number') check(errorCode, api, errorMessage)
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(answer)
  return answer
}

/** Asks again while the answer is this error. */
const askedUntil = (connection: Connection, api: string, body: Message, notYet: ErrorName): Promise<Message> =>
  until(`${api} without ${notYet}`, () =>
    asked(connection, api, body).catch((error) => {
      if (error instanceof KafkaError && error.is(notYet)) return undefined
      throw error
    }),
  )
