/**
 * A room as a lab declares it: clusters of nodes, each node on a host of its own, and hosts without one. What comes of a
 * declaration is plain data; the names follow from the numbers (docs/decisions/007).
 */
import { z } from 'zod'
import {
  CONTROLLER_LISTENER,
  CONTROLLER_PORT,
  DECIDED_PROPERTIES,
  logDirectories,
  type Role,
} from '#labs/kafka/nodes/configuration.ts'
import { kafkaVersions, PROBE_ADDRESS } from '#labs/protocol/room.ts'

type Value = string | number | boolean
export type ClusterOptions = {
  /** nodes that are controller alone: controller-1, ... */
  controllers?: number
  /** nodes that are both: node-1, ... */
  combined?: number
  /** nodes that are broker alone: broker-1, ..., or behind the numbers of the combined ones */
  brokers?: number
  /**
   * servers of ZooKeeper, zookeeper-1, ..., which then keeps the brokers' metadata. Controllers that are declared besides
   * lie there for a migration: neither formatted nor running.
   */
  zookeeper?: number
  /** the Kafkas on its hosts, by version: the first is the one that runs. Left out: the current one. */
  kafka?: string | string[]
  /** who votes: fixed in every node's configuration, or kept in the metadata log (KIP-853); dynamic by default */
  quorum?: 'static' | 'dynamic'
  /** what runs when the room is there: all (by default where the disks are formatted), nothing, or these hosts */
  running?: boolean | string[]
  /** false: the configuration lies there, the disks are empty, and the learner formats them */
  formatted?: boolean
  /** of the first host, the last byte; the others follow. By default behind what was declared before. */
  firstAddress?: number
  /** of every node, besides or instead of what labs/kafka/nodes writes */
  properties?: Record<string, Value>
  /** of one node, by its host's name */
  nodes?: Record<string, Record<string, Value>>
}
/** One cluster of a room. Checked by `defineLab`, which knows where it stands. */
export const cluster = (options: ClusterOptions): ClusterOptions => options

export type HostOption = string | { name: string; address?: number; kafka?: string | string[] }
export type RoomOptions = {
  clusters?: Record<string, ClusterOptions>
  /** hosts without a node */
  hosts?: HostOption[]
  /** laid there before anything runs, besides home/<host>/ */
  files?: DeclaredFile[]
  /** the cluster whose availability is measured all the time */
  probe?: string | null
}

export type DeclaredFile = { host: string; path: string; text: string }
export type DeclaredNode = {
  host: string
  id: number
  roles: Role[]
  running: boolean
  /** the lab's own, of all nodes and of this one */
  properties: Record<string, string>
}
export type DeclaredCluster = {
  quorum: 'static' | 'dynamic'
  formatted: boolean
  /** the version that runs; left out: the current one */
  kafka?: string
  nodes: DeclaredNode[]
}
export type DeclaredRoom = {
  clusters: Record<string, DeclaredCluster>
  /** all of them, nodes' first; `address` is the last byte */
  hosts: { name: string; address: number; kafka?: string[] }[]
  files: DeclaredFile[]
  probe: string | null
}

const MAX_HOSTS = 8
const FIRST_ADDRESS = 11
/** 1 is the room itself. */
const ADDRESSES = { lowest: 2, highest: 250 }
/** A combined node and a broker are numbered as in their name; a controller of that number is another node. */
const CONTROLLER_IDS = 100
/** kafka-server-start's, in labs/kafka/distribution/tools. A node lives on the half that no buffer takes. */
export const HEAP_MIB = 256
const MEMORY_PROPERTIES = ['log.cleaner.dedupe.buffer.size']
const WRITABLE = /^\/(home\/learner|tmp|var\/lib\/kafka)\/(?!.*(^|\/)\.\.(\/|$))./

const name = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower case letters, digits and hyphens, 31 at most')
const address = z.number().int().min(ADDRESSES.lowest).max(ADDRESSES.highest)
const count = z.number().int().min(0).max(MAX_HOSTS).default(0)
const kafka = z.preprocess((given) => (typeof given === 'string' ? [given] : given), kafkaVersions).optional()
const properties = z
  .record(
    z.string().regex(/^[a-z][\w.-]*$/, 'the name of a property'),
    z.union([z.string(), z.number(), z.boolean()]).transform(String),
  )
  .default({})

const clusterShape = z.looseObject({
  controllers: count,
  combined: count,
  brokers: count,
  zookeeper: count,
  kafka,
  quorum: z.enum(['static', 'dynamic']).default('dynamic'),
  running: z.union([z.boolean(), z.array(name)]).optional(),
  formatted: z.boolean().default(true),
  firstAddress: address.optional(),
  properties,
  nodes: z.record(name, properties).default({}),
})
const hostShape = z.preprocess(
  (given) => (typeof given === 'string' ? { name: given } : given),
  z.object({ name, address: address.optional(), kafka }),
)
/** What a lab's room may be made of. */
export const roomShape = z.object({
  clusters: z
    .record(name.max(16, 'a name of 16 characters at most: hosts are named after it'), clusterShape)
    .default({}),
  hosts: z.array(hostShape).default([]),
  files: z.array(z.object({ host: z.string(), path: z.string(), text: z.string() })).default([]),
  probe: z.string().nullable().default(null),
})
type Room = z.infer<typeof roomShape>
type Cluster = z.infer<typeof clusterShape>
export type Problem = { path: PropertyKey[]; message: string }

/** What a declaration comes to, and all that is wrong with it. */
export function declareRoom(room: Room): DeclaredRoom & { problems: Problem[] } {
  const problems: Problem[] = []
  const hosts: DeclaredRoom['hosts'] = []
  const clusters: DeclaredRoom['clusters'] = {}
  let next = FIRST_ADDRESS
  const addHost = (host: string, given: number | undefined, kafka: string[] | undefined, path: PropertyKey[]) => {
    const taken = given ?? next
    next = taken + 1
    if (taken === PROBE_ADDRESS)
      problems.push({ path, message: `192.0.2.${taken} is kept for what measures availability` })
    if (taken > ADDRESSES.highest) problems.push({ path, message: `192.0.2.${taken} is not a host's address` })
    if (host === 'localhost') problems.push({ path, message: 'every host is localhost to itself' })
    for (const other of hosts) {
      if (other.name === host) problems.push({ path, message: `there is another host ${host}` })
      if (other.address === taken)
        problems.push({ path, message: `${host} has the address of ${other.name}, 192.0.2.${taken}` })
    }
    hosts.push({ name: host, address: taken, ...(kafka ? { kafka } : {}) })
  }

  const prefixed = Object.keys(room.clusters).length > 1
  for (const [name, options] of Object.entries(room.clusters)) {
    const path = ['clusters', name]
    const nodes = declareNodes(options, prefixed ? `${name}-` : '')
    const { quorum, formatted, kafka } = options
    clusters[name] = { quorum, formatted, ...(kafka ? { kafka: kafka[0] } : {}), nodes }
    for (const [at, { host }] of nodes.entries())
      addHost(host, at === 0 ? options.firstAddress : undefined, kafka, path)
    problems.push(...clusterProblems(options, nodes).map((one) => ({ ...one, path: [...path, ...one.path] })))
  }
  for (const [at, host] of room.hosts.entries()) addHost(host.name, host.address, host.kafka, ['hosts', at])
  const inClusters = Object.values(clusters).reduce((sum, { nodes }) => sum + nodes.length, 0)
  const tooMany = `${hosts.length} hosts: a room has at most ${MAX_HOSTS}`
  if (hosts.length > MAX_HOSTS)
    problems.push({ path: [inClusters > MAX_HOSTS ? 'clusters' : 'hosts'], message: tooMany })
  if (hosts.length === 0) problems.push({ path: ['hosts'], message: 'a room needs a host' })

  for (const [at, { host, path }] of room.files.entries()) {
    if (!hosts.some((one) => one.name === host))
      problems.push({ path: ['files', at, 'host'], message: `there is no host ${host}` })
    if (!WRITABLE.test(path))
      problems.push({ path: ['files', at, 'path'], message: 'below /home/learner, /tmp or /var/lib/kafka' })
  }
  if (room.probe !== null && !clusters[room.probe]?.nodes.some(({ roles }) => roles.includes('broker')))
    problems.push({ path: ['probe'], message: `there is no cluster ${room.probe} with a broker` })
  return { clusters, hosts, files: room.files, probe: room.probe, problems }
}

function declareNodes(options: Cluster, prefix: string): DeclaredNode[] {
  const { controllers, combined, brokers, zookeeper, formatted, running = formatted } = options
  const isRunning = (host: string, roles: Role[]): boolean => {
    if (Array.isArray(running)) return running.includes(host)
    return running && !(zookeeper > 0 && roles.includes('controller'))
  }
  const kinds: [kind: string, roles: Role[], numbers: number[], ids: number][] = [
    ['zookeeper', ['zookeeper'], numbers(1, zookeeper), 0],
    ['controller', ['controller'], numbers(1, controllers), CONTROLLER_IDS],
    ['node', ['broker', 'controller'], numbers(1, combined), 0],
    ['broker', ['broker'], numbers(combined + 1, brokers), 0],
  ]
  return kinds.flatMap(([kind, roles, all, ids]) =>
    all.map((number) => {
      const host = `${prefix}${kind}-${number}`
      return {
        host,
        id: ids + number,
        roles,
        running: isRunning(host, roles),
        properties: { ...options.properties, ...options.nodes[host] },
      }
    }),
  )
}
const numbers = (first: number, count: number): number[] => Array.from({ length: count }, (_, at) => first + at)

function clusterProblems(options: Cluster, nodes: DeclaredNode[]): Problem[] {
  const problems: Problem[] = []
  for (const option of Object.keys(options))
    if (!Object.hasOwn(clusterShape.shape, option))
      problems.push({
        path: [option],
        message: `not an option or role of a cluster, which are ${Object.keys(clusterShape.shape).join(', ')}`,
      })
  if (options.zookeeper > 0) problems.push(...zooKeeperProblems(options, nodes))
  else if (options.controllers + options.combined === 0)
    problems.push({ path: ['controllers'], message: 'a cluster needs a controller, alone or combined' })
  const hosts = nodes.map(({ host }) => host)
  const unknown = (host: string) => `there is no node on ${host}: there is ${hosts.join(', ')}`
  for (const host of Object.keys(options.nodes))
    if (!hosts.includes(host)) problems.push({ path: ['nodes', host], message: unknown(host) })
  if (Array.isArray(options.running))
    for (const [at, host] of options.running.entries())
      if (!hosts.includes(host)) problems.push({ path: ['running', at], message: unknown(host) })
  if (!options.formatted && nodes.some(({ running }) => running))
    problems.push({ path: ['running'], message: 'a node whose disk is not formatted does not start' })

  problems.push(
    ...propertyProblems(options.properties, [...new Set(nodes.flatMap(({ roles }) => roles))]).map((one) =>
      at(['properties'], one),
    ),
  )
  for (const node of nodes) {
    const own = options.nodes[node.host] ?? {}
    problems.push(...propertyProblems(own, node.roles).map((one) => at(['nodes', node.host], one)))
  }
  return problems
}

/** Kafka 4 knows no ZooKeeper. */
function zooKeeperProblems(options: Cluster, nodes: DeclaredNode[]): Problem[] {
  const problems: Problem[] = []
  if (!options.kafka?.[0]?.startsWith('3.'))
    problems.push({ path: ['kafka'], message: 'a cluster with ZooKeeper runs a Kafka before 4.0' })
  if (options.combined > 0)
    problems.push({ path: ['combined'], message: 'a broker with ZooKeeper is no controller of a quorum' })
  if (options.brokers === 0) problems.push({ path: ['brokers'], message: 'a cluster with ZooKeeper needs a broker' })
  if (nodes.some(({ roles, running }) => running && roles.includes('controller')))
    problems.push({
      path: ['running'],
      message: 'controllers beside ZooKeeper are not formatted: the learner does that',
    })
  return problems
}

const at = (path: PropertyKey[], problem: Problem): Problem => ({ ...problem, path: [...path, ...problem.path] })

function propertyProblems(given: Record<string, string>, roles: Role[]): Problem[] {
  return Object.entries(given).flatMap(([key, value]): Problem[] => {
    const path = [key]
    if (DECIDED_PROPERTIES.includes(key))
      return [{ path, message: 'follows from the declaration: nodes, quorum and disks depend on it' }]
    if (MEMORY_PROPERTIES.includes(key) && Number(value) > (HEAP_MIB / 2) * 2 ** 20)
      return [{ path, message: `${value} bytes of a node's heap of ${HEAP_MIB} MiB` }]
    // Others find the controller there; everything else about listeners may be the very thing that a lab is about.
    const controller = new RegExp(`${CONTROLLER_LISTENER}://[^,]*:${CONTROLLER_PORT}\\b`)
    if (key === 'listeners' && roles.includes('controller') && !controller.test(value))
      return [{ path, message: `a controller listens as ${CONTROLLER_LISTENER} on port ${CONTROLLER_PORT}` }]
    if (
      key === 'log.dirs' &&
      logDirectories({ host: '', id: 0, roles, properties: given }).some((one) => !WRITABLE.test(one))
    )
      return [{ path, message: 'directories below /home/learner, /tmp or /var/lib/kafka' }]
    return []
  })
}
