import { answer, defineWrong, fault, hasPassed, read, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const CONTROLLER = { host: 'controller-1' }
const CLIENT = { host: 'client' }
const LOG = '/var/lib/kafka/data/__cluster_metadata-0/00000000000000000000.log'
const DUMP = `./bin/kafka-dump-log --cluster-metadata-decoder --files ${LOG}`

const start = (host: string) => fault({ action: 'start', host })
const kill = (host: string) => fault({ action: 'kill', host })
const node = (see: LabSessionState, wanted: string) => see.clusters[0]!.nodes.find(({ host }) => host === wanted)
const fenced = (host: string) => waitFor((see) => node(see, host)?.fenced === true, `${host} fenced`)
const unfenced = (host: string) =>
  waitFor((see) => node(see, host)?.up === true && node(see, host)?.fenced === false, `${host} unfenced`)
const inSync = waitFor(
  (see) =>
    see.clusters[0]!.topics.every(({ partitions }) =>
      partitions.every(({ replicas }) => replicas.every(({ inSync }) => inSync)),
    ),
  'every replica in sync',
)
const offset = read(/\| offset: (\d+) /, CONTROLLER)

export default defineWrong({
  up: {
    why: 'two of the three brokers',
    do: [start('controller-1'), start('broker-1'), start('broker-2'), unfenced('broker-1'), unfenced('broker-2')],
  },
  placed: {
    why: 'created before broker 3 was there: the other two have a replica of everything',
    do: [
      start('controller-1'),
      start('broker-1'),
      start('broker-2'),
      unfenced('broker-1'),
      unfenced('broker-2'),
      run(
        './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 6 --replication-factor 2',
        CLIENT,
      ),
      start('broker-3'),
      waitFor(hasPassed('up'), 'all brokers unfenced'),
    ],
  },
  fenced: {
    why: 'the broker is merely paused: the controller fences it just the same',
    do: [fault({ action: 'pause', host: 'broker-2' }), fenced('broker-2')],
  },
  elected: {
    why: 'it dies, but it led nothing: it had been restarted in order, and not been given its partitions back',
    do: [
      fault({ action: 'stop', host: 'broker-2' }),
      waitFor(
        (see) => node(see, 'broker-2')?.up === false && node(see, 'broker-2')?.process === 'none',
        'broker-2 stopped',
      ),
      start('broker-2'),
      unfenced('broker-2'),
      inSync,
      kill('broker-2'),
      waitFor(hasPassed('fenced'), 'broker 2 to be fenced'),
    ],
  },
  'kill-answer': {
    why: 'a record of the same batch, about a partition',
    do: [
      kill('broker-2'),
      waitFor(hasPassed('elected'), 'broker 2 to be fenced'),
      run(`${DUMP} | grep PARTITION_CHANGE_RECORD | cut -c1-40`, CONTROLLER),
      answer('kill', offset),
    ],
  },
  'elected-answer': {
    why: 'the right partition and leader, with the leader epoch from before',
    do: [
      answer('elected', (see) => {
        const all = see.clusters[0]!.topics.find(({ name }) => name === 'orders')?.partitions ?? []
        const moved = all.find(({ replicas, leader }) => replicas[0]?.node === 2 && leader !== 2)!
        return `${moved.partition} ${moved.leader} ${moved.leaderEpoch - 1}`
      }),
    ],
  },
  registered: {
    why: 'it runs again, but no link reaches it',
    do: [
      fault({ action: 'isolate', host: 'broker-2' }),
      start('broker-2'),
      waitFor((see) => node(see, 'broker-2')?.process === 'running', 'broker-2 running'),
    ],
  },
  'in-sync': {
    why: 'it is unfenced, but cannot fetch from one of the other brokers',
    do: [fault({ action: 'split', groups: [['broker-1'], ['broker-2']] }), start('broker-2'), unfenced('broker-2')],
  },
  'return-answer': {
    why: 'its broker epoch from before it died',
    do: [
      start('broker-2'),
      waitFor(hasPassed('in-sync'), 'broker 2 to be in sync'),
      run(`${DUMP} | grep -m1 'REGISTER_BROKER_RECORD.*"brokerId":2' | cut -c1-40`, CONTROLLER),
      answer('return', offset),
    ],
  },
  preferred: {
    why: 'another broker dies and comes back: what broker 2 leads then, it leads by that failure',
    do: [kill('broker-3'), fenced('broker-3'), start('broker-3'), unfenced('broker-3'), inSync],
  },
})
