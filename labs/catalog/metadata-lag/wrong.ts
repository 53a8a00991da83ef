import { answer, defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { ready } from '../nodes.ts'
import { broker2, create, pause } from './solution.ts'

const leading = (see: LabSessionState) => see.clusters[0]!.nodes.find(({ leads }) => leads)!
const resume = fault({ action: 'resume', host: 'broker-2' })

export default defineWrong({
  paused: {
    why: 'the broker is killed, not paused',
    do: [
      ready,
      fault({ action: 'kill', host: 'broker-2' }),
      waitFor((see) => broker2(see)?.up === false, 'broker-2 down'),
    ],
  },
  lags: {
    why: 'it is paused for a moment only',
    do: [ready, pause, waitFor(hasPassed('paused'), 'the pause'), resume],
  },
  fenced: {
    why: 'it goes on before its session has ended',
    do: [ready, pause, waitFor(hasPassed('paused'), 'the pause'), resume],
  },
  'pause-answer': {
    why: 'where the leader’s own log ends',
    do: [
      ready,
      pause,
      waitFor(hasPassed('lags'), 'a lag of 20 records'),
      answer('pause', (see) => String(leading(see).metadataEnd)),
    ],
  },
  'created-without': {
    why: 'it goes on before the topic is created, and takes its share of it',
    do: [
      resume,
      waitFor((see) => broker2(see)?.fenced === false, 'broker-2 unfenced'),
      create('--partitions 4 --replication-factor 2'),
    ],
  },
  unfenced: {
    why: 'its process goes on, and no link reaches it',
    do: [fault({ action: 'isolate', host: 'broker-2' }), resume],
  },
  'caught-up': {
    why: 'another process in its place, which no link reaches',
    do: [
      fault({ action: 'isolate', host: 'broker-2' }),
      resume,
      run('pkill -9 -f kafka.Kafka', { host: 'broker-2' }),
      fault({ action: 'start', host: 'broker-2' }),
    ],
  },
})
