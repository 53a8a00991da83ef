import {
  cluster,
  defineLab,
  type Fact,
  groups,
  missing,
  type Preparation,
  passed,
  records,
  step,
} from '#labs/engine/define.ts'
import { counted, partitionsOf } from '../quorum.ts'
import { dataDirectories, directoriesAre, filled, GONE, RECORDS, recordsAre } from '../repair.ts'

const HOST = 'node-1'
const NODE = 1
const CLIENT = { name: 'client', address: 12 }
const CLIENT_ADDRESS = `192.0.2.${CLIENT.address}`
const CONFIG = 'config/server.properties'
const GROUP = 'billing'
const OFFSETS = '__consumer_offsets'

const facts = { orders: records({ topic: 'orders', max: 200 }), groups: groups() }

type Trap = {
  properties?: Record<string, string>
  prepare: Preparation[]
  /** the property that is wrong */
  property: string
  /** of the check that the client reads: the second and the third */
  hints: [string, string]
}

const trap = ({ properties = {}, prepare, property, hints }: Trap) => ({
  clusters: { main: cluster({ combined: 1, properties }) },
  hosts: [CLIENT],
  prepare,
  steps: [
    step('find', {
      title: 'Find the setting',
      ask: `Which property in ${CONFIG} of ${HOST} keeps group ${GROUP} on client from reading? Give its name.`,
      judge: (given, { history }) =>
        given.trim().split('=')[0]?.trim() === property
          ? passed(`${property} it is: the node starts with it, and does not serve with it.`, {
              // A disk that is formatted later begins a metadata log that knows nothing of this one.
              directories: dataDirectories(history, NODE)?.now ?? [],
            })
          : missing(
              /^[a-z]+(\.[a-z]+)*(=.*)?$/.test(given.trim())
                ? 'With that one as it is, a consumer would read. What does the consumer on client say it is waiting for, or where it cannot connect to?'
                : 'Give the name of a property, as it stands in the file before the equals sign.',
            ),
    }),
    step('serve', {
      title: 'Make it serve, with all that it had',
      facts,
      checks: [
        {
          id: 'offsets-topic',
          title: `Topic ${OFFSETS} is there, and each of its partitions has a leader`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics[OFFSETS])
            if (partitions.length === 0)
              return missing(`There is no topic ${OFFSETS}: no group has found its coordinator yet.`)
            const without = partitions.filter(({ leader }) => leader < 0)
            if (without.length > 0)
              return missing(`${counted(without.length, 'partition')} of ${OFFSETS} have no leader.`)
            const copies = partitions[0]!.replicas.length
            return passed(`${OFFSETS} has ${counted(partitions.length, 'partition')} with ${copies} replica each.`)
          },
          hints: [
            'A group needs a broker that coordinates it, and that broker keeps the group in a topic of Kafka’s own.',
            'It is made when the first group asks for its coordinator, with offsets.topic.replication.factor replicas.',
            `Let a consumer with --group ${GROUP} ask once the cluster can make that topic: ./bin/kafka-topics --bootstrap-server ${HOST}:9092 --describe --topic ${OFFSETS}`,
          ],
        },
        {
          id: 'client-reads',
          title: `A consumer of group ${GROUP} that runs on client has read all ${RECORDS} records of orders`,
          judge: ({ facts }) => {
            if (facts.groups.state === 'not-fetched') return missing('The groups were not asked for yet.')
            if (facts.groups.state === 'failed') return missing(`The groups could not be read: ${facts.groups.why}.`)
            const group = facts.groups.value.find(({ id }) => id === GROUP)
            if (!group) return missing(`There is no group ${GROUP}.`)
            const read = group.offsets.find(({ topic }) => topic === 'orders')?.offset ?? 0
            if (read < RECORDS) return missing(`Group ${GROUP} has read ${read} of ${RECORDS} records of orders.`)
            if (group.members.length === 0)
              return missing(`Group ${GROUP} has read everything; no consumer of it runs now. Let one run on client.`)
            if (!group.members.some(({ host }) => host.includes(CLIENT_ADDRESS)))
              return missing(
                `The consumer of group ${GROUP} runs on ${group.members[0]!.host}; client is ${CLIENT_ADDRESS}.`,
              )
            return passed(`A consumer of group ${GROUP} on client has read up to offset ${read}.`, { read })
          },
          hints: [
            'Run it on client and read what it says: the first thing that it cannot do is the one to mend.',
            ...hints,
          ],
        },
        {
          id: 'nothing-lost',
          title: `All ${RECORDS} records are those that were there, on the disk that ${HOST} had`,
          judge: ({ history, passes, facts }) => {
            if (!passes['client-reads']) return missing('That is said when the client reads.')
            const had = passes['find-answer']?.evidence.directories as string[] | undefined
            const has = dataDirectories(history, NODE)
            const disk = directoriesAre(has && { first: had ?? has.first, now: has.now }, NODE)
            if (!disk.passed) return disk
            return recordsAre(facts.orders as Fact<{ records: { value: string | null }[]; complete: boolean }>, RECORDS)
          },
          hints: [
            'A disk that was formatted anew has another directory id, whatever was written to it afterwards.',
            `A setting is mended in ${CONFIG}, and read when the node starts. Nothing of the disk has to go.`,
            'If it is gone already, start a new room: what you passed is kept.',
          ],
        },
      ],
    }),
  ],
})

const RESTART = [
  './bin/kafka-server-stop',
  GONE,
  'rm -f logs/*',
  `./bin/kafka-server-start -daemon ${CONFIG}`,
  `until grep -qs 'Kafka Server started' logs/server.log; do sleep 0.3; done`,
].join(' && ')
const advertise = (address: string): Preparation => ({
  host: HOST,
  command: `sed -i 's#PLAINTEXT://${HOST}:9092#PLAINTEXT://${address}#' ${CONFIG} && ${RESTART}`,
})
const MEND = `sed -i 's#^advertised.listeners=.*#advertised.listeners=PLAINTEXT://${HOST}:9092,CONTROLLER://${HOST}:9093#' ${CONFIG} on ${HOST}, then kafka-server-stop, and kafka-server-start -daemon ${CONFIG}`

export default defineLab({
  slug: 'starts-but',
  title: 'It starts, but',
  course: 'kraft',
  module: 'troubleshooting',
  minutes: 12,
  variants: {
    'advertised-localhost': trap({
      prepare: [filled(HOST, NODE), advertise('localhost:9092')],
      property: 'advertised.listeners',
      hints: [
        'A client connects to the bootstrap server only to ask where the brokers are. Which address is it told?',
        MEND,
      ],
    }),
    'advertised-port': trap({
      prepare: [filled(HOST, NODE), advertise(`${HOST}:9094`)],
      property: 'advertised.listeners',
      hints: [
        'A client connects to the bootstrap server only to ask where the brokers are. On which port does the node listen, and which one does it tell?',
        MEND,
      ],
    }),
    'internal-topics': trap({
      properties: { 'offsets.topic.replication.factor': '3' },
      prepare: [filled(HOST, NODE)],
      property: 'offsets.topic.replication.factor',
      hints: [
        'The consumer connects, and waits. How many brokers are there, and how many replicas is Kafka told to make of its own topics?',
        `sed -i 's/^offsets.topic.replication.factor=.*/offsets.topic.replication.factor=1/' ${CONFIG} on ${HOST}, then kafka-server-stop, and kafka-server-start -daemon ${CONFIG}`,
      ],
    }),
  },
})
