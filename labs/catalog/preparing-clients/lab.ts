import {
  cluster,
  defineLab,
  type Fact,
  file,
  groups,
  type Moment,
  missing,
  passed,
  records,
  step,
  trial,
  type Verdict,
} from '#labs/engine/define.ts'
import type { FileContent, TopicRecord } from '#labs/protocol/observation.ts'
import { parseProperties } from '../properties.ts'
import { recordsOf, tried } from '../tried.ts'

const NODE = 'node-1'
const APPLICATION = { host: 'client', directory: '/home/learner/orders' }
/** Clients come in by the one that asks who they are; the other is for the broker itself, and what is prepared there. */
const CLIENTS = { address: `${NODE}:9092`, protocol: 'SASL_PLAINTEXT' }
const INSIDE = 'localhost:9091'
/** Also in home/client/orders/conf/client.properties. */
const USER = { name: 'orders', password: 'bread-and-butter' }
const GROUP = 'totals'
const MAX_RECORDS = 100
/** A day and a week: none of Kafka's defaults. */
const RETENTION_MS = { from: 86_400_001, to: 604_799_999 }

/** For `prepare` of a trial: a topic with these records, `key=value`. */
const filled = (topic: string, lines: string[]) => ({
  host: NODE,
  command: `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} | kafka-console-producer --bootstrap-server ${INSIDE} --topic ${topic} --reader-property parse.key=true --reader-property key.separator==`,
})
const created = (topic: string) => ({
  host: NODE,
  command: `kafka-topics --bootstrap-server ${INSIDE} --create --topic ${topic} > /dev/null`,
})

const CUSTOMERS = 4
const ORDERS = 12
const totals = trial('totals', {
  ...APPLICATION,
  make: (random) => {
    const customers = Array.from({ length: CUSTOMERS }, () => random.word('customer'))
    const orders = Array.from({ length: ORDERS }, (_, at): [string, number] => [
      customers[at % CUSTOMERS]!,
      random.number(1, 999),
    ])
    const sums: Record<string, number> = {}
    for (const [customer, amount] of orders) sums[customer] = (sums[customer] ?? 0) + amount
    return {
      given: { ORDERS: random.word('orders'), TOTALS: random.word('totals') },
      kept: { orders: orders.map((one) => one.join('=')).join('\n'), sums: JSON.stringify(sums) },
    }
  },
  prepare: ({ given, kept }) => [filled(given.ORDERS, kept.orders.split('\n')), created(given.TOTALS)],
  command: 'bash bin/totals.sh',
  looks: ({ given }) => ({ totals: records({ topic: given.TOTALS, max: MAX_RECORDS }), groups: groups() }),
})

const creation = trial('create-topic', {
  ...APPLICATION,
  make: (random) => ({
    given: { TOPIC: random.word('orders'), PARTITIONS: String(random.number(7, 15)) },
    kept: {},
  }),
  command: 'bash bin/create-topic.sh',
})

const retention = trial('set-retention', {
  ...APPLICATION,
  make: (random) => ({
    given: {
      TOPIC: random.word('orders'),
      RETENTION_MS: String(random.number(RETENTION_MS.from, RETENTION_MS.to)),
    },
    kept: {},
  }),
  prepare: ({ given }) => [created(given.TOPIC)],
  command: 'bash bin/set-retention.sh',
})

const announcement = trial('announce', {
  ...APPLICATION,
  make: (random) => ({ given: { TOPIC: random.word('inventory') }, kept: {} }),
  prepare: ({ given }) => [created(given.TOPIC)],
  command: 'bash bin/announce.sh',
  looks: ({ given }) => ({ announced: records({ topic: given.TOPIC, max: MAX_RECORDS }) }),
})

const order = trial('send-order', {
  ...APPLICATION,
  make: (random) => ({
    given: {
      TOPIC: random.word('orders'),
      CUSTOMER: random.word('customer'),
      AMOUNT: String(random.number(1_000, 9_999)),
    },
    // What goes through the stand-in is marked with it; nobody else knows it.
    kept: { mark: random.word('mark') },
  }),
  prepare: ({ given, kept }) => [
    created(given.TOPIC),
    { host: NODE, command: `printf %s ${kept.mark} > ~/rest-proxy/mark` },
  ],
  command: 'bash bin/send-order.sh',
  looks: ({ given }) => ({ orders: records({ topic: given.TOPIC, max: MAX_RECORDS }) }),
})

function parsed(fact: Fact<FileContent | null>): Map<string, string> | Verdict {
  if (fact.state === 'not-fetched') return missing('The file has not been read yet.')
  if (fact.state === 'failed') return missing(`The file could not be read: ${fact.why}.`)
  if (!fact.value) return missing('The file is not there.')
  if (fact.value.text === null) return missing('The file is not text.')
  return parseProperties(fact.value.text)
}

/** Where a service looks for brokers, as its properties say it. */
function namesBrokers(
  fact: Fact<FileContent | null>,
  { cluster }: Pick<Moment, 'cluster'>,
  of: { servers: string; prefix: string; old: string; named: string },
): Verdict {
  const values = parsed(fact)
  if (!(values instanceof Map)) return values
  const { servers, prefix, old, named } = of
  if (values.has(old)) return missing(`${old} is still there: ${named} that finds it looks for a ZooKeeper.`)
  const list = (values.get(servers) ?? '').split(',').map((one) => one.trim())
  const addresses = list.filter(Boolean)
  if (addresses.length === 0) return missing(`There is no ${servers}.`)
  const protocol = values.get(`${prefix}security.protocol`) ?? 'PLAINTEXT'
  if (protocol !== CLIENTS.protocol)
    return missing(
      `${prefix}security.protocol is ${protocol}; at ${CLIENTS.address} clients speak ${CLIENTS.protocol}.`,
    )
  // SchemaRegistryConfig.endpointsToBootstrapServers: an address of another protocol is left out, one without has this one.
  const usable = addresses.filter((one) => !one.includes('://') || one.startsWith(`${protocol}://`))
  if (usable.length === 0)
    return missing(`${servers} is ${addresses.join(',')}: none of these is ${protocol}, so none would be used.`)
  const endpoints = Object.values(cluster.brokers).flatMap((broker) => broker.endpoints)
  const reachable = endpoints.map(({ host, port }) => `${host}:${port}`).filter((one) => !one.startsWith('localhost'))
  const strange = usable.map((one) => one.replace(/^\w+:\/\//, '')).filter((one) => !reachable.includes(one))
  if (strange.length > 0)
    return missing(
      `${strange.join(', ')} is no broker's: they registered with ${reachable.join(', ') || 'nothing yet'}.`,
    )
  const mechanism = values.get(`${prefix}sasl.mechanism`) ?? 'GSSAPI'
  if (mechanism !== 'PLAIN') return missing(`${prefix}sasl.mechanism is ${mechanism}; the brokers know PLAIN.`)
  const jaas = values.get(`${prefix}sasl.jaas.config`) ?? ''
  const says = (what: string, value: string) => new RegExp(`\\b${what}\\s*=\\s*"?${value}"?[\\s;]`).test(jaas)
  if (!/\bPlainLoginModule\s+required\b/.test(jaas) || !/;\s*$/.test(jaas))
    return missing(`${prefix}sasl.jaas.config is no entry of PlainLoginModule that ends with a semicolon.`)
  if (!says('username', USER.name) || !says('password', USER.password))
    return missing(`${prefix}sasl.jaas.config has not the name and the password of conf/client.properties.`)
  return passed(
    `${named} finds the brokers at ${usable.join(', ')} as ${USER.name}; nothing in the file leads to a ZooKeeper.`,
  )
}

const REGISTRY = `${APPLICATION.directory}/conf/schema-registry.properties`
const REST = `${APPLICATION.directory}/conf/kafka-rest.properties`

/** As JSON, which both versions of the REST Proxy write, or as it is. */
function json(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return text
  }
}

const JAAS = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER.name}="${USER.password}";`

export default defineLab({
  slug: 'preparing-clients',
  title: 'Preparing clients and tools',
  course: 'kraft',
  module: 'preparing-clients',
  minutes: 40,
  editor: APPLICATION,
  clusters: {
    main: cluster({
      combined: 1,
      properties: {
        listeners: 'CLIENTS://:9092,INSIDE://localhost:9091,CONTROLLER://:9093',
        'advertised.listeners': `CLIENTS://${CLIENTS.address},INSIDE://${INSIDE},CONTROLLER://${NODE}:9093`,
        'inter.broker.listener.name': 'INSIDE',
        'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.clients.plain.sasl.jaas.config': JAAS,
      },
    }),
  },
  hosts: [APPLICATION.host],
  prepare: [
    {
      host: NODE,
      command:
        'setsid node ~/rest-proxy/rest-proxy.mjs > ~/rest-proxy/log 2>&1 < /dev/null & until curl --silent --output /dev/null localhost:8082; do sleep 0.1; done',
    },
  ],
  steps: [
    step('program', {
      title: 'A program',
      facts: { totals },
      checks: [
        {
          id: 'program-runs',
          title: 'The program finds the brokers, and its totals are right',
          trial: 'totals',
          judge: ({ facts }) =>
            tried(facts.totals, ({ given, kept, facts: seen }) => {
              const found = recordsOf(seen.totals)
              if (found.length === 0)
                return missing('Nothing arrived in the topic that TOTALS named. What did the program print?')
              const last = Object.fromEntries(found.map(({ key, value }) => [key ?? '', Number(value)]))
              const sums = Object.entries(JSON.parse(kept.sums) as Record<string, number>)
              const wrong = sums.filter(([customer, sum]) => last[customer] !== sum)
              if (wrong.length > 0)
                return missing(
                  `Totals arrived; those of ${wrong.length} of ${sums.length} customers are not the sum of their orders. Was the topic that ORDERS named read from its beginning, once?`,
                )
              const group = seen.groups.state === 'fetched' ? seen.groups.value.find(({ id }) => id === GROUP) : null
              const offset = group?.offsets.find(({ topic }) => topic === given.ORDERS)?.offset ?? 0
              if (offset < ORDERS)
                return missing(
                  `The totals are right, but group ${GROUP} has committed offset ${offset} of ${ORDERS} at the cluster.`,
                )
              return passed(
                `The totals of ${sums.length} customers arrived in ${given.TOTALS}, and group ${GROUP} has committed offset ${offset} of ${given.ORDERS} at the cluster.`,
              )
            }),
          hints: [
            'Two things want a ZooKeeper: a property, and a class at the end of the program. What do they find out there that the program could be told?',
            'bootstrap.servers in conf/totals.properties takes the place of both; and the consumer of today has no auto.offset.reset=smallest.',
            'In conf/totals.properties: bootstrap.servers=node-1:9092 and auto.offset.reset=earliest, without the lines of ZooKeeper. In src/Totals.java: without the import of ZooKeeper, the line properties.put("bootstrap.servers", ...) and the class Brokers.',
          ],
        },
      ],
    }),
    step('services', {
      title: 'Two services',
      facts: {
        registry: file(APPLICATION.host, REGISTRY),
        rest: file(APPLICATION.host, REST),
      },
      checks: [
        {
          id: 'registry-configured',
          title: 'The Schema Registry finds brokers, and no ZooKeeper',
          judge: (at) =>
            namesBrokers(at.facts.registry, at, {
              servers: 'kafkastore.bootstrap.servers',
              prefix: 'kafkastore.',
              old: 'kafkastore.connection.url',
              named: 'A Schema Registry',
            }),
          hints: [
            'The Schema Registry keeps its schemas in a topic. It needs to know brokers, and who it is.',
            'kafkastore.bootstrap.servers takes the place of kafkastore.connection.url; its clients’ other properties have the prefix kafkastore. too.',
            'kafkastore.bootstrap.servers=SASL_PLAINTEXT://node-1:9092, and the three properties of conf/client.properties, each with kafkastore. before it',
          ],
        },
        {
          id: 'rest-configured',
          title: 'The REST Proxy finds brokers, and no ZooKeeper',
          judge: (at) =>
            namesBrokers(at.facts.rest, at, {
              servers: 'bootstrap.servers',
              prefix: 'client.',
              old: 'zookeeper.connect',
              named: 'A REST Proxy',
            }),
          hints: [
            'The same for the other service: its property has another name, its clients another prefix.',
            'bootstrap.servers takes the place of zookeeper.connect; producer, consumer and admin client have the prefix client.',
            'bootstrap.servers=SASL_PLAINTEXT://node-1:9092, and the three properties of conf/client.properties, each with client. before it',
          ],
        },
      ],
    }),
    step('tools', {
      title: 'Scripts of administration',
      facts: { creation, retention },
      checks: [
        {
          id: 'topic-created',
          title: 'create-topic.sh makes the topic that it is told, by way of the brokers',
          trial: 'creation',
          judge: ({ facts }) =>
            tried(facts.creation, ({ given, topics }) => {
              const topic = topics[given.TOPIC]
              const others = Object.keys(topics)
              if (!topic)
                return missing(
                  others.length === 0
                    ? `The script was told to make ${given.TOPIC}; no topic was made at its cluster.`
                    : `The script was told to make ${given.TOPIC}; at its cluster there is ${others.join(', ')}.`,
                )
              if (topic.partitions !== Number(given.PARTITIONS))
                return missing(
                  `${given.TOPIC} was made with ${topic.partitions} partitions; the script was told ${given.PARTITIONS}.`,
                )
              return passed(`${given.TOPIC} was made, with ${topic.partitions} partitions.`)
            }),
          hints: [
            'With --zookeeper a tool wrote to ZooKeeper itself, and no broker asked who it was. Whom does it talk to now, and what is it asked?',
            'Try it in a terminal without more than --bootstrap-server, and look at the log of node-1: it was let in, and asked for a name.',
            'kafka-topics --bootstrap-server node-1:9092 --command-config conf/client.properties --create ...',
          ],
        },
        {
          id: 'retention-set',
          title: 'set-retention.sh sets the retention that it is told',
          trial: 'retention',
          judge: ({ facts }) =>
            tried(facts.retention, ({ given, configs }) => {
              const is = configs[`topic:${given.TOPIC}`]?.['retention.ms']
              if (is === undefined)
                return missing(`Topic ${given.TOPIC} has no retention.ms of its own; the script was told to set it.`)
              if (is !== given.RETENTION_MS)
                return missing(`retention.ms of ${given.TOPIC} is ${is}; the script was told ${given.RETENTION_MS}.`)
              return passed(`retention.ms of ${given.TOPIC} is ${is}.`)
            }),
          hints: [
            'As with the other script.',
            'kafka-configs takes the same two options.',
            'kafka-configs --bootstrap-server node-1:9092 --command-config conf/client.properties --alter ...',
          ],
        },
      ],
    }),
    step('cluster-id', {
      title: 'Which cluster is it?',
      facts: { announcement },
      checks: [
        {
          id: 'cluster-announced',
          title: 'announce.sh finds out the id of whichever cluster it delivers to',
          trial: 'announcement',
          judge: ({ facts, cluster }) =>
            tried(facts.announcement, ({ given, clusterId, facts: seen }) => {
              const found = recordsOf(seen.announced)
              if (found.length === 0) return missing(`Nothing arrived in ${given.TOPIC}.`)
              const said = found.at(-1)?.value ?? ''
              if (clusterId !== null && said === clusterId)
                return passed(`The script said ${said}, which is the id of the cluster that it was run against.`)
              if (said === '')
                return missing('The script said that the id is nothing: whatever it asked did not answer.')
              if (said === cluster.clusterId)
                return missing(
                  `The script said ${said}. That is the id of your cluster; it was run against another one, ${clusterId}.`,
                )
              return missing(`The script said ${said}; the cluster that it was run against is ${clusterId}.`)
            }),
          hints: [
            'Who knows the id, if not ZooKeeper? Every broker tells it to every client.',
            'Two tools print it, kafka-cluster and kafka-metadata-quorum, and meta.properties on the broker’s disk has it. The first prints that one line and no other.',
            `id=$(kafka-cluster cluster-id --bootstrap-server node-1:9092 --command-config conf/client.properties | sed 's/^Cluster ID: //')`,
          ],
        },
      ],
    }),
    step('rest', {
      title: 'By way of HTTP',
      facts: { order },
      checks: [
        {
          id: 'order-sent',
          title: 'send-order.sh sends the order by version 2 or 3 of the REST Proxy',
          trial: 'order',
          judge: ({ facts }) =>
            tried(facts.order, ({ given, kept, facts: seen }) => {
              const found = recordsOf(seen.orders)
              if (found.length === 0)
                return missing(`No order arrived in ${given.TOPIC}. What did the REST Proxy answer?`)
              const via = ({ headers }: TopicRecord) => headers.find(({ key }) => key === 'rest-proxy')?.value ?? ''
              const sent = found.filter((one) => via(one).endsWith(` ${kept.mark}`))
              if (sent.length === 0)
                return missing(
                  'An order arrived, but not by way of the REST Proxy. Who has no Kafka client cannot do that.',
                )
              const right = sent.find(
                ({ key, value }) =>
                  json(key) === given.CUSTOMER &&
                  (json(value) as { amount?: unknown } | null)?.amount === Number(given.AMOUNT),
              )
              if (!right)
                return missing(
                  `An order arrived, of ${sent[0]!.key} and ${sent[0]!.value}; it should be of ${given.CUSTOMER}, with the amount ${given.AMOUNT}.`,
                )
              return passed(`The order of ${given.CUSTOMER} arrived by way of ${via(right).split(' ')[0]}.`)
            }),
          hints: [
            'What does the REST Proxy answer if you run the script? Its number says what it did not understand.',
            'The version of the API is in the content type. With version 2 only the two headers are different.',
            'Content-Type: application/vnd.kafka.json.v2+json and Accept: application/vnd.kafka.v2+json',
          ],
        },
      ],
    }),
  ],
})
