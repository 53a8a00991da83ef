import {
  type Check,
  cluster,
  defineLab,
  type Fact,
  missing,
  type Preparation,
  passed,
  records,
  step,
} from '#labs/engine/define.ts'
import { followsLeader } from '../quorum.ts'
import { dataDirectories, directoriesAre, filled, GONE, RECORDS, recordsAre } from '../repair.ts'

const HOST = 'node-3'
const NODE = 3
const CONFIG = 'config/server.properties'
const DATA = '/var/lib/kafka/data'
const DISK_2 = '/var/lib/kafka/disk-2'

const orders = records({ topic: 'orders', max: 200 })

/** What a learner finds: it was started once more, and its logs say why it ended. */
const TRY: Preparation = {
  host: HOST,
  command: [
    'rm -f logs/*',
    `./bin/kafka-server-start -daemon ${CONFIG}`,
    'for try in $(seq 100); do grep -qs ERROR logs/server.log && break; sleep 0.2; done',
    GONE,
  ].join('; '),
}

/** The id of some other cluster, as `kafka-storage random-uuid` makes them. */
const OTHER_CLUSTER = 'Xq3vR8n2Q0mT7cWb5LfKzA'
const OTHER_DIRECTORY = 'p1zVdG6sSfuYw9o2hNcJ4Q'

type Failure = {
  quorum: 'static' | 'dynamic'
  /** commands on node-3 */
  breaking: string[]
  /** what an answer has to have of the message */
  message: RegExp
  /** the second and third hint of how to make it start */
  hints: [string, string]
}

const broken = ({ quorum, breaking, message, hints }: Failure) => ({
  clusters: { main: cluster({ combined: 3, quorum }) },
  prepare: [
    filled(HOST, NODE),
    { host: HOST, command: `./bin/kafka-server-stop && ${GONE}` },
    { host: HOST, command: breaking.join(' && ') },
    TRY,
  ],
  steps: [
    step('read', {
      title: 'Read why',
      ask: `Which message makes ${HOST} give up? Paste it from its log.`,
      judge: (given) =>
        message.test(given)
          ? passed('That is the one: everything after it in the log follows from it.')
          : missing(
              given.trim().length < 20
                ? 'Paste the whole message, from the first line that has ERROR in it on.'
                : 'That line is there for another reason. Look for the first ERROR since the node was started, and at the exception that it names.',
            ),
    }),
    step('repair', {
      title: 'Make it start, with all that it had',
      facts: { orders },
      checks: repaired(hints),
    }),
  ],
})

function repaired([second, third]: Failure['hints']): Check<{ orders: typeof orders }>[] {
  return [
    {
      id: 'runs',
      title: `${HOST} runs as node ${NODE} of its cluster, and its broker is unfenced`,
      judge: ({ cluster }) => {
        const seen = cluster.nodes[HOST]
        if (!seen?.up) return missing(`${HOST} does not answer.`)
        if (seen.node !== NODE) return missing(`${HOST} runs as node ${seen.node}; it should be node ${NODE}.`)
        if (seen.clusterId !== cluster.nodes['node-1']?.clusterId)
          return missing(`${HOST} says that its cluster is ${seen.clusterId}; that of node-1 is another.`)
        if (cluster.brokers[NODE]?.fenced !== false) return missing(`${HOST} is up; its broker is still fenced.`)
        return passed(`${HOST} is node ${NODE} of cluster ${seen.clusterId}, and its broker is unfenced.`)
      },
      hints: [`Compare with node-1, which runs: its ${CONFIG} and its ${DATA}/meta.properties.`, second, third],
    },
    {
      id: 'votes',
      title: `Node ${NODE} votes, and has all that is committed`,
      judge: ({ cluster }) => {
        if (!cluster.nodes[HOST]?.up) return missing(`${HOST} does not answer.`)
        if (cluster.observers.some(({ node }) => node === NODE))
          return missing(
            `Node ${NODE} only observes: the voter of that id has another directory id. Was the disk of its metadata log formatted?`,
          )
        if (!cluster.voters.some(({ node }) => node === NODE)) return missing(`Node ${NODE} is not among the voters.`)
        if (cluster.leader === NODE) return passed(`Node ${NODE} leads in epoch ${cluster.epoch}.`)
        return followsLeader(cluster, NODE)
      },
      hints: [
        'A voter is a node id and, in a dynamic quorum, the id of the directory that holds its metadata log.',
        './bin/kafka-metadata-quorum --bootstrap-controller node-1:9093 describe --replication --human-readable lists who votes and with which directory id.',
        `If ${HOST} is listed as Observer, directory.id in ${DATA}/meta.properties is not the one of the voter ${NODE}: stop the node, put the voter's directory id there, start it.`,
      ],
    },
    {
      id: 'same-disk',
      title: `Its disk is the one that it had: the broker registered with the directory id that it had before`,
      judge: ({ cluster, history }) => {
        if (cluster.brokers[NODE]?.fenced !== false || !cluster.nodes[HOST]?.up)
          return missing(`That is said when ${HOST} is back.`)
        return directoriesAre(dataDirectories(history, NODE), NODE)
      },
      hints: [
        'Formatting gives a disk a new directory id, and to the cluster that is another disk.',
        'The id that it had is in the metadata log, where the broker registered, and among the voters of a dynamic quorum.',
        `The panel “Log” shows REGISTER_BROKER_RECORD of broker ${NODE}: logDirs has the id that belongs into directory.id of ${DATA}/meta.properties.`,
      ],
    },
    {
      id: 'records',
      title: `All ${RECORDS} records of orders can be read`,
      judge: ({ cluster, facts }) => {
        const leader = cluster.topics.orders?.partitions[0]?.leader
        if (leader === undefined) return missing('There is no topic orders any more.')
        if (leader !== NODE || !cluster.nodes[HOST]?.up)
          return missing(`orders has one copy, on ${HOST}, and so no leader before that is back.`)
        return recordsAre(facts.orders as Fact<{ records: { value: string | null }[]; complete: boolean }>, RECORDS)
      },
      hints: [
        `They are on the disk of ${HOST} and nowhere else.`,
        `As long as nobody removed ${DATA}/orders-0, the node serves them again when it has started with that directory.`,
        `./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic orders --from-beginning --max-messages ${RECORDS}`,
      ],
    },
  ]
}

/** A second disk is in the configuration. */
const WITH_DISK_2 = `mkdir -p ${DISK_2} && sed -i 's#^log.dirs=.*#log.dirs=${DATA},${DISK_2}#' ${CONFIG}`

export default defineLab({
  slug: 'does-not-start',
  title: 'A node that does not start',
  course: 'kraft',
  module: 'troubleshooting',
  minutes: 15,
  variants: {
    'no-meta-properties': broken({
      quorum: 'dynamic',
      breaking: [`rm ${DATA}/meta.properties`],
      message: /No readable meta\.properties files found/,
      hints: [
        `meta.properties is five lines of text: version=1, cluster.id, node.id and directory.id. Nothing else of the disk is lost.`,
        `cluster.id is in ${DATA}/meta.properties of node-1; directory.id of node 3 is what ./bin/kafka-metadata-quorum --bootstrap-controller node-1:9093 describe --replication says of it. Write both, with node.id=3 and version=1, into ${DATA}/meta.properties, and start the node.`,
      ],
    }),
    'wrong-cluster-id': broken({
      quorum: 'dynamic',
      breaking: [
        WITH_DISK_2,
        `printf 'cluster.id=${OTHER_CLUSTER}\\ndirectory.id=${OTHER_DIRECTORY}\\nnode.id=${NODE}\\nversion=1\\n' > ${DISK_2}/meta.properties`,
      ],
      message: /Invalid cluster\.id in/,
      hints: [
        'The message names a file, the id that was expected and the id that was read. Which of the two is that of the running nodes?',
        `${DISK_2} came from another cluster and holds nothing else: put cluster.id of ${DATA}/meta.properties into ${DISK_2}/meta.properties, and start the node.`,
      ],
    }),
    'stored-node-id': broken({
      quorum: 'dynamic',
      breaking: [`sed -i 's/^node.id=.*/node.id=2/' ${CONFIG}`],
      message: /Stored node id/,
      hints: [
        'Two places name the node: the configuration, which people copy, and the disk, which Kafka wrote. The cluster has a node 2 already.',
        `sed -i 's/^node.id=.*/node.id=3/' ${CONFIG}, then ./bin/kafka-server-start -daemon ${CONFIG}`,
      ],
    }),
    'half-formatted': broken({
      quorum: 'dynamic',
      breaking: [WITH_DISK_2],
      message: /No `?meta\.properties`? found in|already formatted/,
      hints: [
        'A new disk is formatted for the cluster that it comes to. kafka-storage format wants to format all disks of the file, unless it is told to leave alone those that are formatted.',
        `./bin/kafka-storage format --config ${CONFIG} --cluster-id ID --ignore-formatted --no-initial-controllers, with cluster.id of ${DATA}/meta.properties as ID; then start the node.`,
      ],
    }),
    'kraft-version': broken({
      quorum: 'static',
      breaking: [
        WITH_DISK_2,
        `printf '%s\\n' '#!/bin/bash' '# Formats a new disk of this host for the cluster that it belongs to.' 'id=$(sed -n s/^cluster.id=//p ${DATA}/meta.properties)' '~/kafka/bin/kafka-storage format --config ~/kafka/${CONFIG} --cluster-id "$id" --ignore-formatted --feature kraft.version=1' > ~/format-disk.sh`,
        'chmod +x ~/format-disk.sh',
      ],
      message: /No `?meta\.properties`? found in|Cannot set kraft\.version to 1/,
      hints: [
        'The new disk has to be formatted. ~/format-disk.sh does it for clusters with a dynamic quorum; is this one?',
        `This cluster has controller.quorum.voters, so its kraft.version is 0: remove --feature kraft.version=1 from ~/format-disk.sh, run it, and start the node.`,
      ],
    }),
    'not-a-voter': broken({
      quorum: 'static',
      breaking: [`sed -i 's/^\\(controller.quorum.voters=.*\\),3@/\\1,4@/' ${CONFIG}`],
      message: /must be included in the set of voters/,
      hints: [
        'Every node of a static quorum has to have the same list of voters. Compare the line with that of node-1.',
        `sed -i 's/,4@/,3@/' ${CONFIG}, then ./bin/kafka-server-start -daemon ${CONFIG}`,
      ],
    }),
    'listener-not-mapped': broken({
      quorum: 'dynamic',
      breaking: [
        `sed -i 's/^listener.security.protocol.map=CONTROLLER:PLAINTEXT,/listener.security.protocol.map=/' ${CONFIG}`,
      ],
      message: /[Cc]ontroller listener with name CONTROLLER|No security protocol defined for listener/,
      hints: [
        'Each listener has a name, and a name alone does not say whether there is TLS. Which listener has no protocol?',
        `Put CONTROLLER:PLAINTEXT, in front of what listener.security.protocol.map has in ${CONFIG}, and start the node.`,
      ],
    }),
  },
})
