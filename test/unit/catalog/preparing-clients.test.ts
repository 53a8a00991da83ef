/** The checks of the lab on a recorded history, on trials that came out otherwise, and on files as learners write them. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/preparing-clients/lab.ts'
import type { Fact, Moment } from '#labs/engine/define.ts'
import { randomFrom, trialOf } from '#labs/engine/trials.ts'
import { Recorded } from '../../support/recorded.ts'
import { type Change, RecordedTrials, withRecords } from '../../support/recorded-trial.ts'

const ENDPOINTS = [
  { host: 'node-1', port: 9092 },
  { host: 'localhost', port: 9091 },
]
const recorded = await Recorded.of(lab)
/** The learner's own cluster is `mine`, with this broker. */
const trials = new RecordedTrials(lab, recorded, {
  cluster: { clusterId: 'mine', brokers: { 1: { endpoints: ENDPOINTS } } } as unknown as Moment['cluster'],
})

test.each([
  ['program-runs', /^The totals of 4 customers arrived in totals-[a-z]{10}, and group totals has committed offset 12/],
  ['registry-configured', /^A Schema Registry finds the brokers at SASL_PLAINTEXT:\/\/node-1:9092 as orders/],
  ['rest-configured', /^A REST Proxy finds the brokers at SASL_PLAINTEXT:\/\/node-1:9092 as orders/],
  ['topic-created', /^orders-[a-z]{10} was made, with \d+ partitions\.$/],
  ['retention-set', /^retention\.ms of orders-[a-z]{10} is \d+\.$/],
  ['cluster-announced', /^The script said [\w-]{22}, which is the id of the cluster that it was run against\.$/],
  ['order-sent', /^The order of customer-[a-z]{10} arrived by way of rest-v2\.$/],
])('%s', async (check, saying) => {
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(saying),
  })
  if (!trials.tried.includes(check)) return
  expect(await recorded.at(check, trials.resultOf(check).at)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^Not tried yet/),
  })
})

test('a trial that could not be made says why, and is not the program’s fault', () => {
  for (const check of trials.tried)
    expect(trials.saysOfFailed(check, 'no room')).toEqual({
      passed: false,
      says: 'The last trial could not be made: no room',
    })
})

test.each<[check: string, change: Change, saying: RegExp]>([
  ['program-runs', withRecords(() => null), /^Nothing arrived in the topic that TOTALS named/],
  ['program-runs', withRecords((one) => ({ ...one, value: '1' })), /those of 4 of 4 customers are not the sum/],
  [
    'program-runs',
    ({ facts }) => ({ facts: { ...facts, groups: { state: 'fetched', value: [] } } }),
    /group totals has committed offset 0 of 12/,
  ],
  ['topic-created', () => ({ topics: {} }), /no topic was made at its cluster\.$/],
  [
    'topic-created',
    () => ({ topics: { orders: { partitions: 6, replicas: 1 } } }),
    /at its cluster there is orders\.$/,
  ],
  [
    'topic-created',
    ({ given }) => ({ topics: { [given.TOPIC!]: { partitions: 1, replicas: 1 } } }),
    /was made with 1 partitions; the script was told \d+\.$/,
  ],
  ['retention-set', () => ({ configs: {} }), /has no retention\.ms of its own/],
  [
    'retention-set',
    ({ given }) => ({ configs: { [`topic:${given.TOPIC}`]: { 'retention.ms': '86400000' } } }),
    /is 86400000; the script was told \d+\.$/,
  ],
  ['cluster-announced', withRecords(() => null), /^Nothing arrived in inventory-/],
  ['cluster-announced', withRecords((one) => ({ ...one, value: '' })), /the id is nothing/],
  ['cluster-announced', withRecords((one) => ({ ...one, value: 'mine' })), /That is the id of your cluster/],
  ['order-sent', withRecords(() => null), /^No order arrived/],
  ['order-sent', withRecords((one) => ({ ...one, headers: [] })), /not by way of the REST Proxy/],
  [
    'order-sent',
    withRecords((one) => ({ ...one, headers: [{ key: 'rest-proxy', value: 'rest-v3 guessed' }] })),
    /not by way of the REST Proxy/,
  ],
  ['order-sent', withRecords((one) => ({ ...one, value: '{"amount": 12}' })), /with the amount \d+\.$/],
])('%s: otherwise, %#', (check, change, saying) => {
  expect(trials.saysOf(check, change)).toMatchObject({ passed: false, says: expect.stringMatching(saying) })
})

test('what one trial is given another is not', () => {
  const random = randomFrom()
  for (const check of trials.tried) {
    const { trial } = trialOf(lab, check)!
    const [one, two] = [trial.make(random), trial.make(random)]
    expect(Object.keys(one.given)).toEqual(Object.keys(two.given))
    for (const name of Object.keys(one.given).filter((each) => each !== 'PARTITIONS'))
      expect(one.given[name]).not.toBe(two.given[name])
  }
})

const JAAS =
  'org.apache.kafka.common.security.plain.PlainLoginModule required \\\n  username="orders" \\\n  password="bread-and-butter";'
const REGISTRY = {
  'kafkastore.bootstrap.servers': 'SASL_PLAINTEXT://node-1:9092',
  'kafkastore.security.protocol': 'SASL_PLAINTEXT',
  'kafkastore.sasl.mechanism': 'PLAIN',
  'kafkastore.sasl.jaas.config': JAAS,
}
test.each<[what: string, change: Record<string, string | undefined>, saying: RegExp | null]>([
  ['all is there, over three lines', {}, null],
  ['an address without its protocol', { 'kafkastore.bootstrap.servers': 'node-1:9092' }, null],
  [
    'one of two has another protocol',
    { 'kafkastore.bootstrap.servers': 'SSL://b:1,SASL_PLAINTEXT://node-1:9092' },
    null,
  ],
  ['ZooKeeper besides', { 'kafkastore.connection.url': 'zk-1:2181' }, /^kafkastore\.connection\.url is still there/],
  ['nothing instead', { 'kafkastore.bootstrap.servers': undefined }, /^There is no kafkastore\.bootstrap\.servers\.$/],
  [
    'only another protocol',
    { 'kafkastore.bootstrap.servers': 'PLAINTEXT://node-1:9092' },
    /none of these is SASL_PLAINTEXT/,
  ],
  ['no protocol said', { 'kafkastore.security.protocol': undefined }, /^kafkastore\.security\.protocol is PLAINTEXT;/],
  [
    'the address of ZooKeeper',
    { 'kafkastore.bootstrap.servers': 'zk-1:2181' },
    /^zk-1:2181 is no broker's: they registered with node-1:9092\.$/,
  ],
  [
    'what only the broker reaches',
    { 'kafkastore.bootstrap.servers': 'localhost:9091' },
    /^localhost:9091 is no broker's/,
  ],
  ['no mechanism', { 'kafkastore.sasl.mechanism': undefined }, /^kafkastore\.sasl\.mechanism is GSSAPI;/],
  ['no semicolon', { 'kafkastore.sasl.jaas.config': JAAS.slice(0, -1) }, /ends with a semicolon/],
  [
    'another password',
    { 'kafkastore.sasl.jaas.config': JAAS.replace('bread', 'beer') },
    /has not the name and the password/,
  ],
])('the registry’s file: %s', (_, change, saying) => {
  const values = Object.entries({ ...REGISTRY, ...change }).filter(([, value]) => value !== undefined)
  const text = values.map(([key, value]) => `${key}=${value}\n`).join('')
  const registry: Fact<unknown> = { state: 'fetched', value: { path: '', size: 1, modified: 1, text } }
  const said = trials.says('registry-configured', { registry })
  expect(said).toMatchObject(
    saying === null ? { passed: true } : { passed: false, says: expect.stringMatching(saying) },
  )
})
