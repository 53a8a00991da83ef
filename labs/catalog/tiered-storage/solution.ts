import { answer, defineSolution, hasPassed, read, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const ALL = ['remote.storage.enable=true', 'segment.bytes=1048576', 'local.retention.ms=1000']

export const serves = waitFor(brokersUnfenced, 'the broker to serve')
export const create = (configs: string[] = ALL) =>
  run(
    `./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic archive ${configs.map((one) => `--config ${one}`).join(' ')}`,
    CLIENT,
  )
export const write = (records = 50_000) =>
  run(
    `./bin/kafka-producer-perf-test --bootstrap-server node-1:9092 --topic archive --num-records ${records} --record-size 100 --throughput 20000`,
    CLIENT,
  )
export const configure = (config: string) =>
  run(
    `./bin/kafka-configs --bootstrap-server node-1:9092 --alter --entity-type topics --entity-name archive --add-config ${config}`,
    CLIENT,
  )
export const reset = (to: string) =>
  run(
    `./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group auditor --topic archive --reset-offsets ${to} --execute`,
    CLIENT,
  )
export const consume = (records: number) =>
  run(
    `./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic archive --group auditor --max-messages ${records} | tail -1`,
    CLIENT,
  )

export default defineSolution({
  enable: [serves, create()],
  offload: [
    write(),
    waitFor(hasPassed('offloaded'), 'the first segments gone'),
    run('./bin/kafka-get-offsets --bootstrap-server node-1:9092 --topic archive --time earliest-local', CLIENT),
    answer('offload', read(/archive:0:(\d+)/, CLIENT)),
  ],
  read: [reset('--to-earliest'), waitFor(hasPassed('from-zero'), 'the group at 0'), consume(50_000)],
  expire: [configure('retention.ms=5000')],
})
