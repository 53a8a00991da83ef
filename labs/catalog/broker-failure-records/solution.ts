import { answer, defineSolution, hasPassed, predict, read, run, type Shown, waitFor } from '#labs/engine/solution.ts'

const CONTROLLER = { host: 'controller-1' }
const CLIENT = { host: 'client' }
/** Two of them live all the time. */
const BROKERS = '--bootstrap-server broker-1:9092,broker-3:9092'
const LOG = '/var/lib/kafka/data/__cluster_metadata-0/00000000000000000000.log'
const DUMP = `./bin/kafka-dump-log --cluster-metadata-decoder --files ${LOG}`
const START_BROKER = './bin/kafka-server-start -daemon config/broker.properties'

/** From what kafka-metadata-shell prints of orders: the first partition that broker 2 has lost, its leader and epoch. */
const moved: Shown = {
  ...CONTROLLER,
  tell: (shown) => {
    const all = [...shown.matchAll(/replicas=\[(\d+).*? leader=(-?\d+),.*? leaderEpoch=(\d+)/g)]
    const partition = all.findIndex(([, preferred, leader]) => preferred === '2' && leader !== '2')
    const [, , leader, epoch] = all[partition] ?? []
    if (epoch === undefined) throw new Error(`broker 2 has lost no partition: ${shown}`)
    return `${partition} ${leader} ${epoch}`
  },
}

export default defineSolution({
  start: [
    predict('start', '6'),
    run('./bin/kafka-server-start -daemon config/controller.properties', CONTROLLER),
    run(START_BROKER, { host: 'broker-1' }),
    run(START_BROKER, { host: 'broker-2' }),
    run(START_BROKER, { host: 'broker-3' }),
    waitFor(hasPassed('up'), 'all brokers unfenced'),
    run(`./bin/kafka-topics ${BROKERS} --create --topic orders --partitions 6 --replication-factor 2`, CLIENT),
  ],
  kill: [
    predict('kill', '4'),
    run('pkill -9 -f kafka.Kafka', { host: 'broker-2' }),
    waitFor(hasPassed('elected'), 'broker 2 to be fenced'),
    run(`${DUMP} | grep '"brokerId":2.*"fenced":1' | cut -c1-40`, CONTROLLER),
    answer('kill', read(/\| offset: (\d+) /, CONTROLLER)),
  ],
  elected: [
    // The log that a node has open is locked.
    run(`cp ${LOG} /tmp/records.log`, CONTROLLER),
    run(`./bin/kafka-metadata-shell --snapshot /tmp/records.log cat '/image/topics/byName/orders/*'`, CONTROLLER),
    answer('elected', moved),
  ],
  return: [
    predict('return', '2'),
    run(START_BROKER, { host: 'broker-2' }),
    waitFor(hasPassed('in-sync'), 'broker 2 to be in sync'),
    run(`${DUMP} | grep 'REGISTER_BROKER_RECORD.*"brokerId":2' | cut -c1-40`, CONTROLLER),
    answer('return', read(/\| offset: (\d+) /, CONTROLLER)),
  ],
  elect: [
    predict('elect', '6'),
    run(`./bin/kafka-leader-election ${BROKERS} --election-type preferred --all-topic-partitions`, CLIENT),
  ],
})
