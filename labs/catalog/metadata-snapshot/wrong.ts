import { answer, defineWrong, fault, hasPassed, read, run, waitFor } from '#labs/engine/solution.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const FORMATTED = '00000000000000000000-0000000000.checkpoint'
const ON_CONTROLLER = { host: 'controller-1' }
const ON_CLIENT = { host: 'client' }
const TOPICS = './bin/kafka-topics --bootstrap-server broker-1:9092'
/** Every snapshot read; the file before the first in which there is a topic orders. */
const LAST_WITHOUT_ORDERS = `./bin/kafka-dump-log --cluster-metadata-decoder --files $(ls ${META}/*.checkpoint | paste -sd, -) | grep -oE '^Dumping.*|"name":"orders"' | grep -m 1 -B 2 orders | head -n 1`

export default defineWrong({
  up: {
    why: 'the controller alone: nobody serves yet',
    do: [
      fault({ action: 'start', host: 'controller-1' }),
      waitFor((see) => see.clusters[0]?.leader === 101, 'controller-1 leads'),
    ],
  },
  'controller-wrote': {
    why: 'a file of such a name, made by hand while the node stands still',
    do: [
      fault({ action: 'pause', host: 'controller-1' }),
      run(`cp ${META}/${FORMATTED} ${META}/00000000000000000020-0000000001.checkpoint`, ON_CONTROLLER),
    ],
  },
  'broker-wrote': {
    why: 'only the controller writes one: the broker died before',
    do: [
      fault({ action: 'kill', host: 'broker-1' }),
      waitFor(hasPassed('controller-wrote'), 'the snapshot of controller-1'),
    ],
  },
  covered: {
    why: 'a hundred partitions, but in two batches',
    do: [
      run(`${TOPICS} --create --topic orders --partitions 10`, ON_CLIENT),
      run(`${TOPICS} --alter --topic orders --partitions 100`, ON_CLIENT),
    ],
  },
  'read-answer': {
    why: 'the last one that was written before the topic',
    do: [run(LAST_WITHOUT_ORDERS, ON_CONTROLLER), answer('read', read(/(\d{20}-\d{10}\.checkpoint)/, ON_CONTROLLER))],
  },
})
