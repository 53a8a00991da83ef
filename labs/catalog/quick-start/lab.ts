import type { ClusterView } from '#labs/engine/cluster.ts'
import { type Check, defineLab, type Fact, file, groups, missing, passed, records, step } from '#labs/engine/define.ts'
import type { FileContent, Group, TopicRecord } from '#labs/protocol/observation.ts'

const HOST = 'broker-1'
const LOGS = '/tmp/kraft-combined-logs'
const meta = file(HOST, `${LOGS}/meta.properties`)
const bootstrap = file(HOST, `${LOGS}/bootstrap.checkpoint`)
const orders = records({ topic: 'orders', max: 500 })
const payments = records({ topic: 'payments', max: 500 })

const PARTITIONS = 3
const KEYED_RECORDS = 5
const CLIENT_RECORDS = 10

export default defineLab({
  slug: 'quick-start',
  title: 'Quick start',
  course: 'kraft',
  module: 'quick-start',
  minutes: 25,
  hosts: [HOST],
  editor: {
    host: HOST,
    directory: '/home/learner/clients',
    run: {
      'producer.py': 'python3 ~/clients/producer.py',
      'consumer.py': 'python3 ~/clients/consumer.py',
      'Producer.java': 'java -cp "$HOME/kafka/libs/*" ~/clients/Producer.java',
      'Consumer.java': 'java -cp "$HOME/kafka/libs/*" ~/clients/Consumer.java',
      'producer.mjs': 'node ~/clients/producer.mjs',
      'consumer.mjs': 'node ~/clients/consumer.mjs',
    },
  },
  steps: [
    step('format', {
      title: 'Format the storage',
      facts: { meta, bootstrap },
      checks: [
        {
          id: 'formatted',
          title: 'The storage is formatted with a cluster id',
          judge: ({ cluster, facts }) => {
            const formatted = formattedWith(facts.meta)
            if (!formatted.clusterId) return missing(formatted.says)
            // A file alone is believed only before the node's first start: afterwards the node has to agree.
            if (cluster.clusterId && cluster.clusterId !== formatted.clusterId)
              return missing(`meta.properties names ${formatted.clusterId}, but the node runs as ${cluster.clusterId}.`)
            if (facts.bootstrap.state !== 'fetched' || !facts.bootstrap.value?.size)
              return missing(
                'There is a meta.properties, but not the bootstrap.checkpoint that kafka-storage writes beside it.',
              )
            const { clusterId, nodeId } = formatted
            return passed(`Node ${nodeId} is formatted for cluster ${clusterId}.`, { clusterId, nodeId })
          },
          hints: [
            'A KRaft node does not start on storage that was never formatted: a tool gives it an id first.',
            'kafka-storage has a command for it. It needs the node’s configuration and a cluster id, which kafka-storage can make too.',
            './bin/kafka-storage format --config ./etc/kafka/kraft/server.properties --cluster-id $(./bin/kafka-storage random-uuid)',
          ],
        },
      ],
    }),
    step('start', {
      title: 'Start the node',
      checks: [
        {
          id: 'node-alive',
          title: 'The node is up, with a broker and a controller listener',
          judge: ({ cluster }) => {
            const node = cluster.nodes[HOST]
            if (!node?.up) return missing(`Nothing answers as Kafka on ${HOST} yet.`)
            const kinds = new Set(node.listeners.map(({ kind }) => kind))
            if (!kinds.has('controller')) return missing('A broker answers, but no controller listener.')
            if (!kinds.has('broker')) return missing('The controller answers; the broker does not yet.')
            if (node.node === null || !cluster.clusterId) return missing('It answers, but has not said who it is yet.')
            if (cluster.brokers[node.node]?.fenced !== false)
              return missing(`Broker ${node.node} is registered and still fenced.`)
            return passed(`Node ${node.node} of cluster ${cluster.clusterId} answers on ports ${ports(cluster)}.`, {
              node: node.node,
              clusterId: cluster.clusterId,
            })
          },
          hints: [
            'Kafka’s server takes one argument: the configuration whose storage you formatted.',
            'Use kafka-server-start with the same properties file, and leave it running. Open a second terminal for the rest.',
            './bin/kafka-server-start ./etc/kafka/kraft/server.properties',
          ],
        },
        {
          id: 'leads-itself',
          title: 'It leads its own quorum',
          judge: ({ cluster }) => {
            const node = cluster.nodes[HOST]
            if (!node?.up) return missing('No node is up, so no quorum has a leader.')
            if (cluster.leader === null) return missing('The quorum has no leader that we know of.')
            if (cluster.leader !== node.node) return missing(`Node ${cluster.leader} leads, not the node on ${HOST}.`)
            if (cluster.voters.length !== 1)
              return missing(`The quorum has ${cluster.voters.length} voters; here it should be one.`)
            return passed(
              `Node ${cluster.leader} leads in epoch ${cluster.epoch}, elected by the only voter: itself.`,
              {
                leader: cluster.leader,
                epoch: cluster.epoch,
              },
            )
          },
          hints: [
            'A quorum of one needs nobody else: once the node is up, it elects itself.',
            'Does process.roles name both broker and controller, and is the node its own only voter?',
            'Start the unchanged ./etc/kafka/kraft/server.properties, then ask: ./bin/kafka-metadata-quorum --bootstrap-server localhost:9092 describe --status',
          ],
        },
      ],
    }),
    step('topic', {
      title: 'Create a topic',
      checks: [
        {
          id: 'topic-created',
          title: `Topic orders has ${PARTITIONS} partitions`,
          judge: ({ cluster }) => {
            const topic = cluster.topics.orders
            if (!topic) return missing(`There is no topic orders. ${others(cluster, 'orders')}`)
            const partitions = Object.values(topic.partitions)
            if (partitions.length !== PARTITIONS)
              return missing(
                `orders has ${partitions.length} partition${partitions.length === 1 ? '' : 's'}; it should have ${PARTITIONS}.`,
              )
            if (partitions.some(({ leader }) => leader < 0)) return missing('A partition of orders has no leader.')
            return passed(`Topic orders has ${PARTITIONS} partitions, each led by broker ${partitions[0]?.leader}.`, {
              topicId: topic.id,
            })
          },
          hints: [
            'Topics are made with kafka-topics, and clients talk to the broker’s port, not the controller’s.',
            'kafka-topics --create needs a bootstrap server (localhost:9092), a name and a number of partitions.',
            './bin/kafka-topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3',
          ],
        },
      ],
    }),
    step('produce', {
      title: 'Produce records with keys',
      facts: { orders },
      checks: [
        {
          id: 'records-with-keys',
          title: `Topic orders holds ${KEYED_RECORDS} records with keys`,
          judge: ({ facts }) => {
            if (facts.orders.state !== 'fetched') return missing(unread('orders', facts.orders))
            const all = facts.orders.value.records
            const keyed = all.filter(({ key }) => key !== null && key !== '')
            if (keyed.length < KEYED_RECORDS)
              return missing(
                all.length > keyed.length
                  ? `orders holds ${all.length} records, ${keyed.length} of them with a key; ${KEYED_RECORDS} are needed.`
                  : `orders holds ${keyed.length} of ${KEYED_RECORDS} records with a key.`,
              )
            const partitions = new Set(keyed.map(({ partition }) => partition)).size
            return passed(
              `${keyed.length} records with keys, in ${partitions} partition${partitions === 1 ? '' : 's'}; the first is ${keyed[0]?.key}.`,
              { records: keyed.length, partitions },
            )
          },
          hints: [
            'Without being told, kafka-console-producer reads each line as a value and sends no key.',
            'Two properties of its reader split a line: parse.key and key.separator.',
            './bin/kafka-console-producer --bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=: then lines such as alice:book',
          ],
        },
      ],
    }),
    step('consume', {
      title: 'Consume as a group',
      facts: { groups: groups() },
      checks: [
        {
          id: 'group-committed',
          title: 'Group billing has committed offsets up to the end of orders',
          judge: ({ cluster, facts }) => {
            if (facts.groups.state !== 'fetched')
              return missing(
                facts.groups.state === 'failed'
                  ? `The groups cannot be read: ${facts.groups.why}.`
                  : 'Reading the groups.',
              )
            const billing = facts.groups.value.find(({ id }) => id === 'billing')
            if (!billing) return missing(`There is no group billing. ${otherGroups(facts.groups.value)}`)
            const ends = cluster.logEnds.orders ?? {}
            const total = Object.values(ends).reduce((sum, end) => sum + end, 0)
            if (total === 0) return missing('orders is empty: there is nothing to commit yet.')
            const committed = new Map(
              billing.offsets
                .filter(({ topic }) => topic === 'orders')
                .map(({ partition, offset }) => [partition, offset]),
            )
            if (committed.size === 0) return missing('Group billing has not committed an offset of orders yet.')
            const behind = Object.entries(ends).filter(
              ([partition, end]) => end > 0 && (committed.get(Number(partition)) ?? 0) < end,
            )
            if (behind.length > 0) {
              const [partition, end] = behind[0]!
              return missing(
                `Group billing is at ${committed.get(Number(partition)) ?? 'no offset'} of ${end} in partition ${partition}.`,
              )
            }
            return passed(`Group billing has committed all ${total} records of orders.`, {
              offsets: Object.fromEntries(committed),
            })
          },
          hints: [
            'A consumer’s place in a topic belongs to its group. Which group did yours join?',
            'kafka-console-consumer takes --group. A new group starts at the end of the topic unless it is told otherwise.',
            './bin/kafka-console-consumer --bootstrap-server localhost:9092 --topic orders --group billing --from-beginning, then Ctrl-C once the records are there',
          ],
        },
      ],
    }),
    step('python', {
      title: 'A client in Python',
      facts: { payments },
      checks: [
        {
          id: 'payments-created',
          title: 'Topic payments exists',
          judge: ({ cluster }) =>
            cluster.topics.payments
              ? passed(`Topic payments has ${Object.keys(cluster.topics.payments.partitions).length} partition(s).`)
              : missing(`There is no topic payments. ${others(cluster, 'payments')}`),
          hints: [
            'It is made as orders was.',
            'One partition is enough, and is what kafka-topics makes when you name no number.',
            './bin/kafka-topics --bootstrap-server localhost:9092 --create --topic payments',
          ],
        },
        clientCheck('python', 'Python', 'python3 ~/clients/producer.py'),
      ],
    }),
    step('java', {
      title: 'A client in Java',
      facts: { payments },
      checks: [clientCheck('java', 'Java', 'java -cp "$HOME/kafka/libs/*" ~/clients/Producer.java')],
    }),
    step('javascript', {
      title: 'A client in JavaScript',
      facts: { payments },
      checks: [clientCheck('javascript', 'JavaScript', 'node ~/clients/producer.mjs')],
    }),
  ],
})

/** Records that a client program sent: keys user-N and JSON values which name the client. */
function clientCheck(client: string, language: string, command: string): Check<{ payments: typeof payments }> {
  return {
    id: `${client}-records`,
    title: `Your ${language} program wrote ${CLIENT_RECORDS} records to payments`,
    judge: ({ facts }) => {
      if (facts.payments.state !== 'fetched') return missing(unread('payments', facts.payments))
      const all = facts.payments.value.records
      const own = all.filter(({ key, value }) => /^user-\d+$/.test(key ?? '') && clientOf(value) === client)
      if (own.length >= CLIENT_RECORDS)
        return passed(
          `${own.length} records from ${language} are in payments, the last at offset ${own.at(-1)?.offset}.`,
          {
            records: own.length,
          },
        )
      const unkeyed = all.filter(({ key, value }) => !/^user-\d+$/.test(key ?? '') && clientOf(value) === client).length
      if (unkeyed > 0) return missing(`${unkeyed} records from ${language} have no key of the form user-N.`)
      return missing(`payments holds ${own.length} of ${CLIENT_RECORDS} records from ${language}.`)
    },
    hints: [
      'The program in ~/clients is whole but for one line marked TODO.',
      'Run it as it is: what it says, or what its records lack, leads to that line.',
      `Edit the TODO (nano or vim), then: ${command}`,
    ],
  }
}

function clientOf(value: string | null): unknown {
  try {
    const parsed: unknown = JSON.parse(value ?? '')
    return parsed && typeof parsed === 'object' && 'client' in parsed ? parsed.client : null
  } catch {
    return null // not JSON: somebody else's record
  }
}

/** What kafka-storage writes: a cluster id of 16 bytes as unpadded base64url, a node id and a directory id. */
function formattedWith(meta: Fact<FileContent | null>): { clusterId: string | null; nodeId: string; says: string } {
  const no = (says: string) => ({ clusterId: null, nodeId: '', says })
  if (meta.state === 'not-fetched') return no('Looking at the disk.')
  if (meta.state === 'failed') return no(`The disk cannot be read: ${meta.why}.`)
  if (!meta.value) return no(`There is no ${LOGS}/meta.properties yet.`)
  const lines = (meta.value.text ?? '').split('\n').filter((line) => !line.startsWith('#'))
  const properties = new Map(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1).trim()]))
  const clusterId = properties.get('cluster.id') ?? ''
  const nodeId = properties.get('node.id') ?? ''
  if (!/^[\w-]{22}$/.test(clusterId)) return no('meta.properties has no cluster id of 22 characters.')
  if (!/^\d+$/.test(nodeId) || !properties.get('directory.id'))
    return no('meta.properties lacks node.id or directory.id.')
  return { clusterId, nodeId, says: '' }
}

const ports = (cluster: ClusterView) =>
  (cluster.nodes[HOST]?.listeners ?? [])
    .map(({ port }) => port)
    .sort((a, b) => a - b)
    .join(' and ')

function others(cluster: ClusterView, wanted: string): string {
  const names = Object.keys(cluster.topics).filter((name) => !name.startsWith('__') && name !== wanted)
  return names.length > 0 ? `There is ${names.join(', ')}.` : 'There are no topics yet.'
}

const otherGroups = (all: Group[]) =>
  all.length > 0 ? `There is ${all.map(({ id }) => id).join(', ')}.` : 'There are no groups yet.'

function unread(topic: string, fact: Fact<{ records: TopicRecord[]; complete: boolean }>): string {
  return fact.state === 'failed' ? `${topic} cannot be read: ${fact.why}.` : `Reading ${topic}.`
}
