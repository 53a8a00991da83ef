/** Several real Kafka nodes on this machine's loopback that are one cluster. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Connection } from '#labs/kafka/client/connection.ts'
import { createTopic } from '#labs/kafka/client/create-topic.ts'
import { type PartitionPlace, produce } from '#labs/kafka/client/produce.ts'
import { encodeBatch, schemas } from './batches.ts'
import { KafkaNode, type NodeOptions, randomId } from './kafka-node.ts'

const ASK_LIMIT_MS = 30_000

/** Small, and what dies is fenced after 4.5 s, not 9. A heartbeat is also how long a registration may take. */
const SETTINGS = {
  'broker.session.timeout.ms': '4500',
  'broker.heartbeat.interval.ms': '1500',
  'num.io.threads': '2',
  'num.network.threads': '1',
  'log.cleaner.threads': '1',
  'background.threads': '2',
}

export type ClusterOptions = {
  quorum: 'static' | 'dynamic'
  /** ids from 1 */
  combined?: number
  controllers?: number
  brokers?: number
  settings?: Record<string, string>
}

export class KafkaCluster {
  private constructor(
    readonly nodes: KafkaNode[],
    readonly clusterId: string,
  ) {}

  /** Formatted, not started. */
  static async make({
    quorum,
    combined = 0,
    controllers = 0,
    brokers = 0,
    settings,
  }: ClusterOptions): Promise<KafkaCluster> {
    const all: NonNullable<NodeOptions['roles']>[] = [
      ...Array.from({ length: combined }, () => ['broker', 'controller'] satisfies NodeOptions['roles']),
      ...Array.from({ length: controllers }, () => ['controller'] satisfies NodeOptions['roles']),
      ...Array.from({ length: brokers }, () => ['broker'] satisfies NodeOptions['roles']),
    ]
    const replicas = String(Math.min(3, combined + brokers))
    const nodes = await KafkaNode.makeAll(
      all.map((roles, at) => ({
        quorum,
        id: at + 1,
        roles,
        settings: { ...SETTINGS, 'offsets.topic.replication.factor': replicas, ...settings },
      })),
    )
    const cluster = new KafkaCluster(nodes, randomId())
    await cluster.#format(quorum)
    return cluster
  }

  /** One is formatted by Kafka's tool; the others' directories differ from it in their two ids alone. */
  async #format(quorum: ClusterOptions['quorum']): Promise<void> {
    const directories = new Map(this.nodes.map((node) => [node, randomId()]))
    const voters = this.controllers.map((node) => `${node.id}@${node.controller}:${directories.get(node)}`)
    const [first] = this.nodes
    if (!first) throw new Error('a cluster without nodes')
    const how = quorum === 'dynamic' ? ['--initial-controllers', voters.join(',')] : []
    await first.tool('kafka-storage', ['format', '--config', first.config, '--cluster-id', this.clusterId, ...how])
    const meta = readFileSync(join(first.logs, 'meta.properties'), 'utf8')
    for (const node of this.nodes.slice(1)) {
      const isController = node.roles.includes('controller')
      cpSync(first.logs, node.logs, { recursive: true, filter: (path) => isController || !path.includes('__cluster') })
      const own = meta
        .replace(/^node\.id=.*$/m, `node.id=${node.id}`)
        .replace(/^directory\.id=.*$/m, `directory.id=${directories.get(node)}`)
      writeFileSync(join(node.logs, 'meta.properties'), own)
    }
  }

  get controllers(): KafkaNode[] {
    return this.nodes.filter((node) => node.roles.includes('controller'))
  }
  get brokers(): KafkaNode[] {
    return this.nodes.filter((node) => node.roles.includes('broker'))
  }
  node(id: number | null | undefined): KafkaNode {
    const found = this.nodes.find((node) => node.id === id)
    if (!found) throw new Error(`no node ${id}`)
    return found
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()))
  }

  /** @param through the broker that is asked */
  async createTopic(through: KafkaNode, name: string, partitions: number, replicas: number): Promise<void> {
    await ask(through.brokerPort, (connection) =>
      createTopic(connection, { name, partitions, replicas, configs: {} }, ASK_LIMIT_MS),
    )
  }

  /** Writes one record to a partition that this broker leads. */
  async produce(through: KafkaNode, to: PartitionPlace, text: string): Promise<void> {
    const batch = encodeBatch([{ key: null, value: Buffer.from(text) }])
    const limits = { ackMs: ASK_LIMIT_MS, timeoutMs: ASK_LIMIT_MS }
    await ask(through.brokerPort, (connection) => produce(connection, to, batch, limits))
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()))
  }
}

/** A connection for a question or two. */
export async function ask<T>(port: number, question: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = new Connection(connect(port, '127.0.0.1'), { schemas, timeoutMs: ASK_LIMIT_MS })
  try {
    return await question(connection)
  } finally {
    connection.close()
  }
}
