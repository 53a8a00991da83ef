import { answer, defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { consume, create, MIRROR, mirror, readSome, serve, stopMirror, write } from './solution.ts'

export default defineWrong({
  written: { why: 'in a topic of two partitions', do: [serve, create('--partitions 2'), write('1 1000')] },
  mirrored: {
    why: 'under the name that it has on the other side',
    do: [
      serve,
      create(),
      write('1 1000'),
      run(
        'echo replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy >> config/mm2.properties',
        MIRROR,
      ),
      mirror,
      waitFor((see) => see.clusters[1]?.topics.some(({ name }) => name === 'orders') === true, 'orders on cluster b'),
    ],
  },
  'read-some': {
    why: 'the group has read all',
    do: [
      consume('--bootstrap-server a-node-1:9092 --topic orders --group billing --from-beginning --max-messages 1000'),
    ],
  },
  translated: {
    why: 'somebody has set an offset on cluster b, further than the group was',
    do: [
      stopMirror,
      readSome,
      run(
        './bin/kafka-consumer-groups --bootstrap-server b-node-1:9092 --group billing --topic a.orders --reset-offsets --to-offset 600 --execute',
        { host: 'client' },
      ),
    ],
  },
  'translate-answer': {
    why: 'what it had read on cluster a',
    do: [readSome, waitFor(hasPassed('translated'), 'the translated offset'), answer('translate', '437')],
  },
  behind: {
    why: 'the mirror runs',
    do: [
      write('1001 1050'),
      waitFor(
        (see) =>
          see.clusters[1]?.topics.find(({ name }) => name === 'a.orders')?.partitions[0]?.replicas[0]?.end === 1050,
        'the copy of them',
      ),
    ],
  },
  gone: { why: 'it only sleeps', do: [fault({ action: 'pause', host: 'a-node-1' })] },
  'read-on': {
    why: 'another group reads',
    do: [
      fault({ action: 'kill', host: 'a-node-1' }),
      waitFor(hasPassed('gone'), 'a-node-1 down'),
      consume('--bootstrap-server b-node-1:9092 --topic a.orders --group audit --from-beginning --timeout-ms 5000'),
    ],
  },
  'caught-up': {
    why: 'cluster a is back, and nobody copies',
    do: [
      fault({ action: 'start', host: 'a-node-1' }),
      waitFor((see) => see.clusters[0]?.nodes[0]?.fenced === false, 'a-node-1 unfenced'),
    ],
  },
})
