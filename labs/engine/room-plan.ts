/** What a room of a lab is made from: hosts, files, nodes. Fresh ids each time. */
import { type Installation, kafkaHomes, readInstallation } from '#config/installation.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import {
  BROKER_PORT,
  CONTROLLER_PORT,
  configuration,
  configurationPath,
  hasZooKeeper,
  logDirectories,
  ZOOKEEPER_PORT,
} from '#labs/kafka/nodes/configuration.ts'
import { formatCluster, readTemplate } from '#labs/kafka/nodes/format.ts'
import type { RoomPlan } from '#labs/protocol/room.ts'
import { labFiles } from './catalog.ts'
import type { DeclaredCluster, Lab } from './define.ts'

/** @param root the clone, with set-up done @param id of the room */
export async function planRoom(root: string, lab: Lab, id: string): Promise<RoomPlan> {
  const clusters = Object.entries(lab.clusters)
  // a file of the lab's own comes last: it may replace a configuration
  const files = [
    ...clusters.flatMap(([, cluster]) => clusterFiles(root, cluster)),
    ...(await labFiles(root, lab)),
    ...lab.files,
  ]
  const nodes = clusters.flatMap(([name, cluster]) =>
    cluster.nodes.map((node) => ({
      host: node.host,
      cluster: name,
      id: node.id,
      roles: node.roles,
      properties: configurationPath(node, cluster),
      logDirectories: logDirectories(node),
      running: node.running,
    })),
  )
  return { id, hosts: lab.hosts, files, nodes, probe: lab.probe, welcome: clusters.map(welcome).join('\n') }
}

function clusterFiles(root: string, cluster: DeclaredCluster): RoomPlan['files'] {
  const configurations = cluster.nodes.map((node) => ({
    host: node.host,
    path: configurationPath(node, cluster),
    text: configuration(node, cluster),
  }))
  // with ZooKeeper a broker makes its disk itself, and a controller is formatted for the migration, by the learner
  if (!cluster.formatted || hasZooKeeper(cluster)) return configurations
  const installation = readInstallation(root)
  const template = readTemplate(homeOf(installation, cluster.kafka))
  const formatted = formatCluster(cluster, template, schemasAt(installation.kafka.schemas))
  return [
    ...configurations,
    ...formatted.map(({ host, path, bytes }) => ({
      host,
      path,
      text: bytes.toString('base64'),
      encoding: 'base64' as const,
    })),
  ]
}

/** @param version left out: the current one */
function homeOf(installation: Installation, version = installation.kafka.version): string {
  const homes = kafkaHomes(installation)
  const home = homes[version]
  if (!home) throw new Error(`there is no Kafka ${version}: there is ${Object.keys(homes).join(', ')}`)
  return home
}

/** 1 MB of JSON, the same for every room. */
const schemasOf = new Map<string, Schemas>()
function schemasAt(path: string): Schemas {
  const schemas = schemasOf.get(path) ?? Schemas.load(path)
  schemasOf.set(path, schemas)
  return schemas
}

/** Where a cluster is found, for whoever opens a terminal. */
function welcome([name, { nodes }]: [string, DeclaredCluster]): string {
  const at = (role: string, port: number) =>
    nodes
      .filter(({ roles }) => roles.some((one) => one === role))
      .map(({ host }) => `${host}:${port}`)
      .join(',')
  const brokers = at('broker', BROKER_PORT)
  const controllers = at('controller', CONTROLLER_PORT)
  const zooKeeper = at('zookeeper', ZOOKEEPER_PORT)
  return [
    `Cluster ${name}:`,
    ...(brokers ? [`  --bootstrap-server ${brokers}`] : []),
    ...(controllers ? [`  --bootstrap-controller ${controllers}`] : []),
    ...(zooKeeper ? [`  ZooKeeper: ${zooKeeper}`] : []),
  ].join('\n')
}
