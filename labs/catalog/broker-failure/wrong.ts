import { defineWrong, downHost, fault, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const CLIENT = { host: 'client' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092'

const broker2 = (see: LabSessionState) => see.clusters[0]!.nodes.find(({ host }) => host === 'broker-2')
const allInSync = (see: LabSessionState) =>
  see.clusters[0]!.topics.every(({ partitions }) =>
    partitions.every(({ replicas }) => replicas.every(({ inSync }) => inSync)),
  )

export default defineWrong({
  replicated: {
    why: 'three partitions that need two in sync, but one replica each',
    do: [
      run(
        `./bin/kafka-topics ${BROKERS} --create --topic orders --partitions 3 --replication-factor 1 --config min.insync.replicas=2`,
        CLIENT,
      ),
    ],
  },
  fenced: {
    why: 'the broker is stopped in order: it hands its partitions over before it goes',
    do: [
      fault({ action: 'stop', host: 'broker-2' }),
      waitFor((see) => broker2(see)?.up === false && broker2(see)?.fenced === true, 'broker-2 down and fenced'),
    ],
  },
  'leaders-moved': {
    why: 'the broker dies, but it led nothing: it had been restarted in order and not been given its partitions back',
    do: [
      fault({ action: 'stop', host: 'broker-2' }),
      waitFor((see) => broker2(see)?.up === false && broker2(see)?.process === 'none', 'broker-2 stopped'),
      fault({ action: 'start', host: 'broker-2' }),
      waitFor((see) => broker2(see)?.up === true && broker2(see)?.fenced === false, 'broker-2 unfenced'),
      waitFor(allInSync, 'every replica in sync'),
      fault({ action: 'kill', host: 'broker-2' }),
      waitFor((see) => broker2(see)?.fenced === true, 'broker-2 fenced'),
    ],
  },
  'writes-go-on': {
    why: 'two of three brokers die: one replica in sync is too few',
    do: [
      fault({ action: 'kill', host: 'broker-2' }),
      fault({ action: 'kill', host: 'broker-3' }),
      waitFor((see) => see.clusters[0]!.nodes.filter(({ fenced }) => fenced).length === 2, 'two brokers fenced'),
    ],
  },
  'in-sync-again': {
    why: 'it runs again, but no link reaches it',
    do: [
      fault((see) => ({ action: 'isolate', host: downHost(see) })),
      fault((see) => ({ action: 'start', host: downHost(see) })),
    ],
  },
  preferred: {
    why: 'it is back and follows; nobody gave it its partitions back',
    do: [fault((see) => ({ action: 'start', host: downHost(see) }))],
  },
  'none-lost': {
    why: 'the broker is back, but another has died meanwhile: not all is in sync again',
    do: [fault({ action: 'kill', host: 'broker-3' }), fault({ action: 'start', host: 'broker-2' })],
  },
})
