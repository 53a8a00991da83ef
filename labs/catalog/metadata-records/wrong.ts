import { answer, defineWrong, fault, hasPassed, read, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const CONTROLLER = { host: 'controller-1' }
const CLIENT = { host: 'client' }
const BROKER = '--bootstrap-server broker-1:9092'
const DUMP =
  './bin/kafka-dump-log --cluster-metadata-decoder --files /var/lib/kafka/data/__cluster_metadata-0/00000000000000000000.log'

const start = (host: string) => fault({ action: 'start', host })
const isUnfenced = (host: string) => (see: LabSessionState) =>
  see.clusters[0]!.nodes.find((node) => node.host === host)?.fenced === false
const lookForFirst = (what: string) => run(`${DUMP} | grep -m1 '${what}' | cut -c1-40`, CONTROLLER)
const offset = read(/\| offset: (\d+) /, CONTROLLER)

const create = (topic: string, more = '') =>
  run(`./bin/kafka-topics ${BROKER} --create --topic ${topic} --partitions 3 --replication-factor 2 ${more}`, CLIENT)
const alter = (topic: string, what: string) =>
  run(`./bin/kafka-configs ${BROKER} --alter --topic ${topic} ${what}`, CLIENT)

export default defineWrong({
  up: {
    why: 'one of the two brokers',
    do: [start('controller-1'), start('broker-1'), waitFor(isUnfenced('broker-1'), 'broker-1 unfenced')],
  },
  'start-answer': {
    why: 'the other broker’s registration',
    do: [
      start('controller-1'),
      start('broker-1'),
      start('broker-2'),
      waitFor(hasPassed('up'), 'both brokers unfenced'),
      lookForFirst('REGISTER_BROKER_RECORD.*"brokerId":1'),
      answer('start', offset),
    ],
  },
  created: {
    why: 'the same topic in the end, but its setting came with a command of its own',
    do: [create('orders'), alter('orders', '--add-config max.message.bytes=2000000')],
  },
  'create-answer': {
    why: 'the record of a topic of that name which was deleted',
    do: [
      create('orders', '--config max.message.bytes=2000000'),
      run(`./bin/kafka-topics ${BROKER} --delete --topic orders`, CLIENT),
      create('orders', '--config max.message.bytes=2000000'),
      lookForFirst('TOPIC_RECORD.*"name":"orders"'),
      answer('create', offset),
    ],
  },
  'retention-set': {
    why: 'the same setting, of another topic',
    do: [create('payments'), alter('payments', '--add-config retention.ms=60000')],
  },
  'retention-removed': {
    why: 'set to what the default is: it is still the topic’s own',
    do: [alter('orders', '--add-config retention.ms=60000'), alter('orders', '--add-config retention.ms=604800000')],
  },
  'configure-answer': {
    why: 'the record that set it',
    do: [
      alter('orders', '--add-config retention.ms=60000'),
      waitFor(hasPassed('retention-set'), 'retention.ms to be set'),
      alter('orders', '--delete-config retention.ms'),
      waitFor(hasPassed('retention-removed'), 'retention.ms to be taken away'),
      lookForFirst('"name":"retention.ms","value":"60000"'),
      answer('configure', offset),
    ],
  },
  'new-epoch': {
    why: 'the controller is only paused for a while: a single voter has nobody to lose its lead to',
    do: [
      fault({ action: 'pause', host: 'controller-1' }),
      waitFor((see) => see.clusters[0]!.nodes.some(({ process }) => process === 'paused'), 'controller-1 paused'),
      fault({ action: 'resume', host: 'controller-1' }),
    ],
  },
  'epoch-answer': {
    why: 'where the first epoch began',
    do: [
      fault({ action: 'kill', host: 'controller-1' }),
      start('controller-1'),
      waitFor(hasPassed('new-epoch'), 'controller-1 to lead again'),
      answer('epoch', '0'),
    ],
  },
})
