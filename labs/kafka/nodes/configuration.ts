/**
 * A node's properties file, from what a cluster is to be: an ordinary one, in the tone of Kafka's own, which a learner
 * reads and edits.
 */

export type Role = 'broker' | 'controller'
export type NodeDescription = {
  host: string
  id: number
  roles: Role[]
  /** what this node has otherwise, or besides */
  properties: Record<string, string>
}
export type ClusterDescription = { quorum: 'static' | 'dynamic'; nodes: NodeDescription[] }

export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093
export const CONTROLLER_LISTENER = 'CONTROLLER'
const BROKER_LISTENER = 'PLAINTEXT'
const LOG_DIRECTORY = '/var/lib/kafka/data'
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
]

const isController = ({ roles }: NodeDescription): boolean => roles.includes('controller')
const isBroker = ({ roles }: NodeDescription): boolean => roles.includes('broker')

/** As in the distribution: one file a kind of node, so there is one that is meant on each host. */
export function configurationPath(node: NodeDescription): string {
  const name = node.roles.length > 1 ? 'server' : node.roles[0]
  return `${CONFIGURATIONS}/${name}.properties`
}

export const logDirectories = (node: NodeDescription): string[] =>
  (node.properties['log.dirs'] ?? LOG_DIRECTORY).split(',').map((path) => path.trim())

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
  const says = node.roles.length > 1 ? 'One node that is broker and controller at once.' : `A ${node.roles[0]} alone.`
  const settings: Section['settings'] = [
    ['process.roles', [...node.roles].sort().join(',')],
    ['node.id', String(node.id)],
  ]
  return [
    { says: [says], settings },
    quorum(cluster),
    listeners(node),
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

function listeners(node: NodeDescription): Section {
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
      ['controller.listener.names', CONTROLLER_LISTENER],
      [
        'listener.security.protocol.map',
        'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
      ],
    ],
  }
}

function brokerSections({ nodes }: ClusterDescription): Section[] {
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
        ['share.coordinator.state.topic.replication.factor', String(copies)],
        ['share.coordinator.state.topic.min.isr', minimum],
        ['share.coordinator.state.topic.num.partitions', INTERNAL_PARTITIONS],
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

/** As java.util.Properties reads it: a backslash escapes, and a line ends the value. */
const setting = (key: string, value: string): string =>
  `${key}=${value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replace(/^(?=\s)/, '\\')}`
