/**
 * A node's properties file, from what a cluster is to be: an ordinary one, in the tone of Kafka's own, which a learner
 * reads and edits.
 */

/** A server of ZooKeeper is no node of Kafka's, but older clusters have one. */
export type Role = 'broker' | 'controller' | 'zookeeper'
export type NodeDescription = {
  host: string
  id: number
  roles: Role[]
  /** what this node has otherwise, or besides */
  properties: Record<string, string>
}
export type ClusterDescription = {
  quorum: 'static' | 'dynamic'
  /** the version that it runs; left out: the current one */
  kafka?: string
  nodes: NodeDescription[]
}

export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093
export const ZOOKEEPER_PORT = 2181
export const CONTROLLER_LISTENER = 'CONTROLLER'
const BROKER_LISTENER = 'PLAINTEXT'
const LOG_DIRECTORY = '/var/lib/kafka/data'
const ZOOKEEPER_DIRECTORY = '/var/lib/kafka/zookeeper'
const CONFIGURATIONS = '/home/learner/kafka/config'
/** More copies than this Kafka's own topics do not have by default. */
const MOST_COPIES = 3
/** Kafka's defaults are 50 each: minutes of work for a small machine when a broker dies, and nothing is learnt by it. */
const INTERNAL_PARTITIONS = '4'

/** What a node is: all others are told the same, and the disks are formatted for it. */
export const DECIDED_PROPERTIES: readonly string[] = [
  'process.roles',
  'node.id',
  'broker.id',
  'controller.quorum.voters',
  'controller.quorum.bootstrap.servers',
  'controller.listener.names',
  'log.dir',
  'metadata.log.dir',
  'zookeeper.connect',
]

const isController = ({ roles }: NodeDescription): boolean => roles.includes('controller')
const isBroker = ({ roles }: NodeDescription): boolean => roles.includes('broker')
const isZooKeeper = ({ roles }: NodeDescription): boolean => roles.includes('zookeeper')
/** Its brokers keep their metadata in ZooKeeper; controllers that it has besides are there to take it over. */
export const hasZooKeeper = ({ nodes }: Pick<ClusterDescription, 'nodes'>): boolean => nodes.some(isZooKeeper)

/** As in the distribution: one file a kind of node, so there is one that is meant on each host. */
export function configurationPath(node: NodeDescription, cluster: Pick<ClusterDescription, 'nodes'>): string {
  const isServer = node.roles.length > 1 || (isBroker(node) && hasZooKeeper(cluster))
  const name = isServer ? 'server' : node.roles[0]
  return `${CONFIGURATIONS}/${name}.properties`
}

export const logDirectories = (node: NodeDescription): string[] =>
  (node.properties['log.dirs'] ?? (isZooKeeper(node) ? ZOOKEEPER_DIRECTORY : LOG_DIRECTORY))
    .split(',')
    .map((path) => path.trim())

type Section = { says: string[]; settings: [key: string, value: string][] }

/** @returns the text of its properties file */
export function configuration(node: NodeDescription, cluster: ClusterDescription): string {
  const left = new Map(Object.entries(node.properties))
  const text = sections(node, cluster).map(({ says, settings }) => {
    const lines = settings.map(([key, value]) => {
      const own = left.get(key)
      left.delete(key)
      return setting(key, own ?? value)
    })
    return [...says.map((line) => `# ${line}`), ...lines].join('\n')
  })
  if (left.size > 0)
    text.push(['# What this lab sets besides.', ...[...left].map(([key, value]) => setting(key, value))].join('\n'))
  return `${text.join('\n\n')}\n`
}

function sections(node: NodeDescription, cluster: ClusterDescription): Section[] {
  if (isZooKeeper(node)) return zooKeeper()
  return [
    ...(isBroker(node) && hasZooKeeper(cluster) ? zooKeepersBroker(node, cluster) : kraftNode(node, cluster)),
    listeners(node, cluster),
    {
      says: [
        isBroker(node) ? 'The topic partitions’ data and the metadata log live here.' : 'The metadata log lives here.',
      ],
      settings: [['log.dirs', LOG_DIRECTORY]],
    },
    ...(isBroker(node) ? brokerSections(cluster) : []),
    {
      says: ['Threads for the network and for the requests.'],
      settings: [
        ['num.network.threads', '3'],
        ['num.io.threads', '4'],
      ],
    },
  ]
}

function kraftNode(node: NodeDescription, cluster: ClusterDescription): Section[] {
  const says = node.roles.length > 1 ? 'One node that is broker and controller at once.' : `A ${node.roles[0]} alone.`
  const settings: Section['settings'] = [
    ['process.roles', [...node.roles].sort().join(',')],
    ['node.id', String(node.id)],
  ]
  return [{ says: [says], settings }, quorum(cluster)]
}

function zooKeepersBroker(node: NodeDescription, { nodes }: ClusterDescription): Section[] {
  const servers = nodes.filter(isZooKeeper).map(({ host }) => `${host}:${ZOOKEEPER_PORT}`)
  return [
    {
      says: ['A broker of a cluster that keeps its metadata in ZooKeeper. One of the brokers is its controller.'],
      settings: [['broker.id', String(node.id)]],
    },
    { says: ['Where ZooKeeper is.'], settings: [['zookeeper.connect', servers.join(',')]] },
  ]
}

function zooKeeper(): Section[] {
  return [
    { says: ['Where ZooKeeper keeps what it is told.'], settings: [['dataDir', ZOOKEEPER_DIRECTORY]] },
    {
      says: ['Where it listens, for as many as come.'],
      settings: [
        ['clientPort', String(ZOOKEEPER_PORT)],
        ['maxClientCnxns', '0'],
      ],
    },
    { says: ['No web server for administration.'], settings: [['admin.enableServer', 'false']] },
  ]
}

function quorum({ quorum: kind, nodes }: ClusterDescription): Section {
  const controllers = nodes.filter(isController)
  const address = ({ host }: NodeDescription) => `${host}:${CONTROLLER_PORT}`
  if (kind === 'static')
    return {
      says: ['The voters of the quorum, fixed here for good (a static quorum): node id @ host : port.'],
      settings: [['controller.quorum.voters', controllers.map((one) => `${one.id}@${address(one)}`).join(',')]],
    }
  return {
    says: [
      'Where to find the quorum. Who votes in it is kept in the metadata log (a dynamic quorum), and begins with what the',
      'controllers’ disks were formatted with.',
    ],
    settings: [['controller.quorum.bootstrap.servers', controllers.map(address).join(',')]],
  }
}

function listeners(node: NodeDescription, cluster: ClusterDescription): Section {
  const ports: [name: string, port: number][] = []
  if (isBroker(node)) ports.push([BROKER_LISTENER, BROKER_PORT])
  if (isController(node)) ports.push([CONTROLLER_LISTENER, CONTROLLER_PORT])
  const on = (host: string) => ports.map(([name, port]) => `${name}://${host}:${port}`).join(',')
  return {
    says: ['Where it listens, on all its addresses, and what it tells others to connect to.'],
    settings: [
      ['listeners', on('')],
      ['advertised.listeners', on(node.host)],
      ...(isBroker(node) ? [['inter.broker.listener.name', BROKER_LISTENER] satisfies [string, string]] : []),
      // a broker with ZooKeeper knows of no such listener
      ...(isBroker(node) && hasZooKeeper(cluster)
        ? []
        : [['controller.listener.names', CONTROLLER_LISTENER] satisfies [string, string]]),
      [
        'listener.security.protocol.map',
        'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
      ],
    ],
  }
}

function brokerSections({ nodes, kafka }: ClusterDescription): Section[] {
  const copies = Math.min(MOST_COPIES, nodes.filter(isBroker).length)
  // with two copies a minimum of two would stop at the first broker that is down
  const minimum = copies === MOST_COPIES ? '2' : '1'
  return [
    { says: ['New topics get this many partitions unless said otherwise.'], settings: [['num.partitions', '1']] },
    {
      says: ['The topics that Kafka keeps for itself: as many copies as this cluster can hold, and few partitions.'],
      settings: [
        ['offsets.topic.replication.factor', String(copies)],
        ['offsets.topic.num.partitions', INTERNAL_PARTITIONS],
        ['transaction.state.log.replication.factor', String(copies)],
        ['transaction.state.log.min.isr', minimum],
        ['transaction.state.log.num.partitions', INTERNAL_PARTITIONS],
        ...(kafka?.startsWith('3.') ? [] : shareState(copies, minimum)),
      ],
    },
    {
      says: ['How long records are kept (a week), in files of what size, and how often that is looked at.'],
      settings: [
        ['log.retention.hours', '168'],
        ['log.segment.bytes', '1073741824'],
        ['log.retention.check.interval.ms', '300000'],
      ],
    },
    {
      says: [
        'Kafka’s default is 128 MiB, taken from the heap when the node starts: more than this room’s small heap has to give.',
      ],
      settings: [['log.cleaner.dedupe.buffer.size', '2097152']],
    },
  ]
}

/** Share groups (KIP-932) came with Kafka 4. */
const shareState = (copies: number, minimum: string): Section['settings'] => [
  ['share.coordinator.state.topic.replication.factor', String(copies)],
  ['share.coordinator.state.topic.min.isr', minimum],
  ['share.coordinator.state.topic.num.partitions', INTERNAL_PARTITIONS],
]

/** As java.util.Properties reads it: a backslash escapes, and a line ends the value. */
const setting = (key: string, value: string): string =>
  `${key}=${value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replace(/^(?=\s)/, '\\')}`
