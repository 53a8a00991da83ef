import { answer, defineSolution, hasPassed, predict, read, run, waitFor } from '#labs/engine/solution.ts'

const CONTROLLER = { host: 'controller-1' }
const CLIENT = { host: 'client' }
const BROKER = '--bootstrap-server broker-1:9092'
const DUMP =
  './bin/kafka-dump-log --cluster-metadata-decoder --files /var/lib/kafka/data/__cluster_metadata-0/00000000000000000000.log'

/** The whole line is long: what the terminal shows begins with its offset. */
const look = (what: string) => run(`${DUMP} | grep '${what}' | cut -c1-40`, CONTROLLER)
const offset = read(/\| offset: (\d+) /, CONTROLLER)

export default defineSolution({
  start: [
    predict('start', '2'),
    run('./bin/kafka-server-start -daemon config/controller.properties', CONTROLLER),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-1' }),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-2' }),
    waitFor(hasPassed('up'), 'both brokers unfenced'),
    look('REGISTER_BROKER_RECORD.*"brokerId":2'),
    answer('start', offset),
  ],
  create: [
    predict('create', '4'),
    run(
      `./bin/kafka-topics ${BROKER} --create --topic orders --partitions 3 --replication-factor 2 --config max.message.bytes=2000000`,
      CLIENT,
    ),
    look('TOPIC_RECORD.*"name":"orders"'),
    answer('create', offset),
  ],
  configure: [
    predict('configure', '1'),
    run(
      `./bin/kafka-configs ${BROKER} --alter --topic orders --add-config max.message.bytes=2000000,retention.ms=60000`,
      CLIENT,
    ),
    waitFor(hasPassed('retention-set'), 'retention.ms to be set'),
    run(`./bin/kafka-configs ${BROKER} --alter --topic orders --delete-config retention.ms`, CLIENT),
    look('"name":"retention.ms","value":null'),
    answer('configure', offset),
  ],
  epoch: [
    predict('epoch', 'same'),
    run('pkill -9 -f kafka.Kafka', CONTROLLER),
    run('./bin/kafka-server-start -daemon config/controller.properties', CONTROLLER),
    waitFor(hasPassed('new-epoch'), 'controller-1 to lead again'),
    look('LeaderChange'),
    answer('epoch', offset),
  ],
})
