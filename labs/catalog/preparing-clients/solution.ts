import { type Action, defineSolution, run, tryIt, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const inOrders = (command: string): Action => run(`cd ~/orders && ${command}`, CLIENT)
const WITH = '--bootstrap-server node-1:9092 --command-config conf/client.properties'
const JAAS =
  'org.apache.kafka.common.security.plain.PlainLoginModule required username="orders" password="bread-and-butter";'

export const properties = [
  inOrders(`sed -i -e '/^# Where/d' -e '/^zookeeper/d' -e 's/smallest/earliest/' conf/totals.properties`),
  inOrders('echo bootstrap.servers=node-1:9092 >> conf/totals.properties'),
]
/** What it is told it need not find out. */
export const withoutZooKeeper = inOrders(
  `sed -i -e '/zookeeper.ZooKeeper/d' -e '/put("bootstrap.servers"/d' -e '/^class Brokers/,$d' src/Totals.java`,
)

/** @param address with its protocol */
export const registry = (servers: string, address = 'SASL_PLAINTEXT://node-1:9092'): Action[] => [
  inOrders(`sed -i '/^kafkastore.connection.url/d' conf/schema-registry.properties`),
  inOrders(
    `printf '%s\n' '${servers}=${address}' kafkastore.security.protocol=SASL_PLAINTEXT kafkastore.sasl.mechanism=PLAIN 'kafkastore.sasl.jaas.config=${JAAS}' >> conf/schema-registry.properties`,
  ),
]
export const rest = [
  inOrders(
    `printf '%s\n' bootstrap.servers=SASL_PLAINTEXT://node-1:9092 client.security.protocol=SASL_PLAINTEXT client.sasl.mechanism=PLAIN 'client.sasl.jaas.config=${JAAS}' >> conf/kafka-rest.properties`,
  ),
]
const withoutConnect = inOrders(`sed -i '/^zookeeper.connect/d' conf/kafka-rest.properties`)

/** In place of --zookeeper. */
export const script = (name: string, options = WITH): Action =>
  inOrders(`sed -i 's#--zookeeper zk-1:2181#${options}#' bin/${name}.sh`)

/** @param command that prints the id */
export const announces = (command: string): Action => inOrders(`sed -i "s@^id=.*@id=\\$(${command})@" bin/announce.sh`)
export const version2 = inOrders('sed -i s/v1+json/v2+json/ bin/send-order.sh')

export default defineSolution({
  program: [waitFor(brokersUnfenced, 'the broker'), ...properties, withoutZooKeeper, tryIt('program-runs')],
  services: [...registry('kafkastore.bootstrap.servers'), ...rest, withoutConnect],
  tools: [script('create-topic'), script('set-retention'), tryIt('topic-created'), tryIt('retention-set')],
  'cluster-id': [announces(`kafka-cluster cluster-id ${WITH} | sed 's/^Cluster ID: //'`), tryIt('cluster-announced')],
  rest: [version2, tryIt('order-sent')],
})
