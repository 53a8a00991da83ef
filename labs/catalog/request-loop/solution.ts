import { defineSolution, hasPassed, hasStopped, predict, run, shows, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'
import { perfTest } from './perf-test.ts'

const CLIENT = { host: 'client' }
const BROKER = { host: 'broker-1' }

export const stop = [
  waitFor(brokersUnfenced, 'broker 1 to serve'),
  run('./bin/kafka-server-stop', BROKER),
  waitFor(hasStopped('broker-1'), 'broker-1 gone'),
]
const startWithAgent = [
  ...stop,
  run(
    'KAFKA_OPTS=-javaagent:/opt/kafka/plugins/jolokia-agent-jvm-javaagent.jar ./bin/kafka-server-start config/broker.properties',
    { ...BROKER, wait: false },
  ),
  shows(/Kafka Server started/, BROKER),
]
export const perf = (topic: string, records: number, throughput: number, lingerMs: number, batchSize: number) =>
  run(perfTest({ topic, records, lingerMs, batchSize }, throughput), CLIENT)
export const folder = run('mkdir -p runs', CLIENT)
export const threads = (count: number) =>
  run(
    `./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --entity-type brokers --entity-name 1 --add-config num.io.threads=${count}`,
    CLIENT,
  )
export const squeezed = (options = '--config compression.type=gzip') =>
  run(`./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic squeezed ${options}`.trim(), CLIENT)
export const crowd = run(
  'for i in 1 2 3; do timeout 15 ./bin/kafka-producer-perf-test --bootstrap-server broker-1:9092 --topic squeezed --num-records 1000000 --record-size 100 --throughput -1 --command-property linger.ms=100 batch.size=1000000 & done; wait',
  CLIENT,
)

export default defineSolution({
  agent: startWithAgent,
  batching: [
    predict('batching', '200'),
    folder,
    perf('linger-0', 20_000, 2_000, 0, 16_384),
    perf('linger-100', 20_000, 2_000, 100, 16_384),
    perf('linger-100-large', 20_000, 2_000, 100, 300_000),
    perf('linger-1500-large', 20_000, 2_000, 1_500, 300_000),
  ],
  'full-speed': [perf('full-speed-small', 300_000, -1, 0, 16_384), perf('full-speed-large', 300_000, -1, 100, 300_000)],
  starve: [threads(4), threads(2), threads(1), squeezed(), crowd, waitFor(hasPassed('waits'), 'slow answers')],
  relieve: [threads(2), threads(4), threads(8)],
})
