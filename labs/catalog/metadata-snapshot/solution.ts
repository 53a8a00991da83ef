import { answer, defineSolution, predict, read, run } from '#labs/engine/solution.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const ON_CONTROLLER = { host: 'controller-1' }
/** Every snapshot read; the first file in which there is a topic orders. */
const FIRST_WITH_ORDERS = `./bin/kafka-dump-log --cluster-metadata-decoder --files $(ls ${META}/*.checkpoint | paste -sd, -) | grep -oE '^Dumping.*|"name":"orders"' | grep -B 1 orders | head -n 1`

export default defineSolution({
  start: [
    predict('start', '1'),
    run('./bin/kafka-server-start -daemon config/controller.properties', ON_CONTROLLER),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-1' }),
  ],
  idle: [predict('idle', 'no'), run(`ls -l ${META}`, ON_CONTROLLER)],
  batch: [
    predict('batch', '2'),
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 100', {
      host: 'client',
    }),
  ],
  read: [
    predict('read', '0'),
    run(FIRST_WITH_ORDERS, ON_CONTROLLER),
    answer('read', read(/(\d{20}-\d{10}\.checkpoint)/, ON_CONTROLLER)),
  ],
})
