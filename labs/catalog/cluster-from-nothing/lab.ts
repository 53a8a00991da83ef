import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Fact, file, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { FileContent } from '#labs/protocol/observation.ts'
import { propertiesOf } from '../properties.ts'
import { partitionsOf } from '../quorum.ts'
import { allCaughtUp, listed } from '../voters.ts'

const CONTROLLERS = { 'controller-1': 101, 'controller-2': 102, 'controller-3': 103 } as const
const BROKERS = { 'broker-1': 1, 'broker-2': 2 } as const
const IDS = { ...CONTROLLERS, ...BROKERS }
type Host = keyof typeof IDS
const HOSTS = Object.keys(IDS) as Host[]
const QUORUM = Object.keys(CONTROLLERS) as (keyof typeof CONTROLLERS)[]
const REPLICAS = Object.keys(BROKERS).length

const configuration = (host: Host) =>
  file(host, `/home/learner/kafka/config/${host in BROKERS ? 'broker' : 'controller'}.properties`)
const meta = (host: Host) => file(host, '/var/lib/kafka/data/meta.properties', 4_096)

export default defineLab({
  slug: 'cluster-from-nothing',
  title: 'A cluster from nothing',
  course: 'kraft',
  module: 'quick-start',
  minutes: 25,
  clusters: { main: cluster({ controllers: QUORUM.length, brokers: REPLICAS, formatted: false }) },
  hosts: ['client'],
  steps: [
    step('configure', {
      title: 'Who is who',
      facts: {
        'controller-1': configuration('controller-1'),
        'controller-2': configuration('controller-2'),
        'controller-3': configuration('controller-3'),
        'broker-1': configuration('broker-1'),
        'broker-2': configuration('broker-2'),
      },
      checks: [
        {
          id: 'controllers-configured',
          title: 'Three controllers, each with its own id and its own address',
          judge: ({ facts }) => {
            for (const host of QUORUM) {
              const found = configuredAs(host, facts[host])
              if (found) return missing(found)
            }
            return passed('Nodes 101, 102 and 103 are controllers, each advertised by its host’s name.')
          },
          hints: [
            'Compare config/controller.properties on controller-1, which is whole, with those of the other two.',
            'Two things are missing in each: node.id, and the host in advertised.listeners.',
            'On controller-2: sed -i "s/^node.id=.*/node.id=102/; s/TODO:9093/controller-2:9093/" config/controller.properties, and likewise 103 on controller-3',
          ],
        },
        {
          id: 'brokers-configured',
          title: 'Two brokers that know where the quorum is',
          judge: ({ facts }) => {
            for (const host of Object.keys(BROKERS) as (keyof typeof BROKERS)[]) {
              const found = configuredAs(host, facts[host])
              if (found) return missing(found)
            }
            return passed('Nodes 1 and 2 are brokers, and find the quorum at the controllers’ port 9093.')
          },
          hints: [
            'A broker has a role, an id, an address for others, and has to find the controllers.',
            'controller.quorum.bootstrap.servers is the same line as at the controllers; controller.listener.names is the name of their listener.',
            'On broker-1: sed -i "s/^process.roles=.*/process.roles=broker/; s/^node.id=.*/node.id=1/; s/TODO:9092/broker-1:9092/; s/^controller.quorum.bootstrap.servers=.*/controller.quorum.bootstrap.servers=controller-1:9093,controller-2:9093,controller-3:9093/; s/^controller.listener.names=.*/controller.listener.names=CONTROLLER/" config/broker.properties',
          ],
        },
      ],
    }),
    step('format', {
      title: 'Format five disks',
      facts: {
        'controller-1': meta('controller-1'),
        'controller-2': meta('controller-2'),
        'controller-3': meta('controller-3'),
        'broker-1': meta('broker-1'),
        'broker-2': meta('broker-2'),
      },
      checks: [
        {
          id: 'formatted',
          title: 'Five disks with one cluster id, five node ids and five directory ids',
          judge: ({ facts }) => {
            const clusterIds = new Map<string, Host>()
            const directories = new Map<string, Host>()
            for (const host of HOSTS) {
              const properties = propertiesOf(facts[host])
              if (typeof properties === 'string')
                return missing(`${host} has no /var/lib/kafka/data/meta.properties yet: its disk is not formatted.`)
              const id = properties.get('node.id')
              if (id !== String(IDS[host]))
                return missing(`The disk of ${host} was formatted for node ${id}; it should be ${IDS[host]}.`)
              const [clusterId, directory] = ['cluster.id', 'directory.id'].map((key) => properties.get(key) ?? '')
              if (!clusterId || !directory) return missing(`The disk of ${host} lacks a cluster id or a directory id.`)
              const twin = directories.get(directory)
              if (twin) return missing(`The disks of ${twin} and ${host} have the same directory id.`)
              directories.set(directory, host)
              clusterIds.set(clusterId, host)
            }
            if (clusterIds.size > 1)
              return missing(
                `There are ${clusterIds.size} cluster ids: ${[...clusterIds].map(([id, host]) => `${id} (${host})`).join(', ')}. One is needed.`,
              )
            return passed(`All five disks belong to cluster ${[...clusterIds.keys()][0]}.`)
          },
          hints: [
            'One cluster id for all. Make it once, and paste it five times.',
            'Controllers need to be told who votes first: --initial-controllers with id@host:port:directory-id of all three, the same on each. Brokers take --no-initial-controllers.',
            'C=CLUSTER_ID; ./bin/kafka-storage format --cluster-id $C --config config/controller.properties --initial-controllers "101@controller-1:9093:DIR1,102@controller-2:9093:DIR2,103@controller-3:9093:DIR3" with three ids from kafka-storage random-uuid; on a broker: --config config/broker.properties --no-initial-controllers',
          ],
        },
      ],
    }),
    step('start', {
      title: 'Start it',
      checks: [
        {
          id: 'quorum',
          title: 'Three voters with directory ids, of which one leads and two follow',
          judge: ({ cluster }) => {
            const down = QUORUM.filter((host) => !cluster.nodes[host]?.up)
            if (down.length > 0) return missing(`Not up: ${down.join(', ')}.`)
            const alone = QUORUM.filter((host) => cluster.nodes[host]?.quorum?.leader === CONTROLLERS[host])
            if (alone.length > 1)
              return missing(
                `${alone.join(' and ')} each lead a quorum of their own: they were formatted as different ones. Stop them, empty /var/lib/kafka/data, and format them as one.`,
              )
            if (cluster.leader === null) return missing('All three are up, and nobody leads.')
            const { voters } = cluster
            if (voters.length !== QUORUM.length || voters.some(({ directory }) => directory === null))
              return missing(`The voters are ${listed(voters)}. Three should vote, each known by its directory id.`)
            const whole = allCaughtUp(cluster, QUORUM)
            return whole.passed ? passed(`The voters are ${listed(voters)}. ${whole.evidence.says}`) : whole
          },
          hints: [
            'Start the controllers first; two of three can elect a leader.',
            'kafka-server-start takes -daemon and the properties file. What a node says stands in logs/server.log.',
            'On each controller: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'brokers',
          title: 'Both brokers have registered and are unfenced',
          judge: ({ cluster }) => brokersWork(cluster),
          hints: [
            'A broker registers with the active controller, and serves once it is unfenced.',
            'Start both, and look at their logs/server.log if the panel shows them fenced.',
            'On each broker: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
    step('use', {
      title: 'Use it',
      checks: [
        {
          id: 'replicated',
          title: 'Topic orders has a replica on each broker, both in sync',
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            if (partitions.length === 0) return missing('There is no topic orders.')
            const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
            if (few)
              return missing(`orders-${few.partition} has ${few.replicas.length} replica; it should have ${REPLICAS}.`)
            const lag = partitions.find(({ isr }) => isr.length < REPLICAS)
            if (lag) return missing(`orders-${lag.partition} has ${lag.isr.length} of ${REPLICAS} replicas in sync.`)
            return passed(`All ${REPLICAS} replicas of orders are in sync, led by broker ${partitions[0]!.leader}.`)
          },
          hints: [
            'Topics are made at a broker, from the host client.',
            'kafka-topics --create takes --replication-factor.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2',
          ],
        },
      ],
    }),
  ],
})

/** What is wrong with a configuration; null: nothing that matters here. */
function configuredAs(host: Host, fact: Fact<FileContent | null>): string | null {
  const properties = propertiesOf(fact)
  if (typeof properties === 'string') return `${host}: ${properties}`
  const isBroker = host in BROKERS
  const wanted: [key: string, value: string][] = [
    ['process.roles', isBroker ? 'broker' : 'controller'],
    ['node.id', String(IDS[host])],
    ['advertised.listeners', isBroker ? `PLAINTEXT://${host}:9092` : `CONTROLLER://${host}:9093`],
    ['controller.listener.names', 'CONTROLLER'],
  ]
  for (const [key, value] of wanted)
    if (properties.get(key) !== value) return `${host} has ${key}=${properties.get(key) ?? ''}; it should be ${value}.`
  const servers = (properties.get('controller.quorum.bootstrap.servers') ?? '').split(',').map((one) => one.trim())
  const strange = servers.find((server) => !QUORUM.some((one) => server === `${one}:9093`))
  if (strange !== undefined)
    return `${host} looks for the quorum at "${strange}", where no controller listens. They listen on port 9093.`
  return null
}

function brokersWork({ nodes, brokers, leader }: ClusterView): Verdict {
  if (leader === null) return missing('Nobody leads: no broker can register.')
  for (const [host, id] of Object.entries(BROKERS)) {
    if (!nodes[host]?.up) return missing(`${host} is not up.`)
    if (!brokers[id]) return missing(`${host} is up, and broker ${id} has not registered.`)
    if (brokers[id].fenced) return missing(`Broker ${id} has registered and is still fenced.`)
  }
  return passed(`Brokers 1 and 2 are unfenced; node ${leader} is their active controller.`)
}
