import { type Action, defineWrong, fault, hasPassed, hasStopped, run, waitFor } from '#labs/engine/solution.ts'
import { inSyncAre } from '../nodes.ts'
import solution from './solution.ts'

const gone = (host: string): Action => waitFor(hasStopped(host), `${host} gone`)

export default defineWrong({
  replicated: {
    why: 'three replicas, of which one is enough for a write',
    do: [
      solution.replicate![0]!,
      run(
        './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=1',
        { host: 'client' },
      ),
    ],
  },
  'elr-filled': {
    why: 'one broker is stopped: two in sync are the minimum, and nobody needs to be eligible besides',
    do: [fault({ action: 'stop', host: 'broker-3' }), inSyncAre(2)],
  },
  'no-leader': {
    why: 'the one that was stopped first is back in sync when the leader stops',
    do: [
      gone('broker-3'),
      fault({ action: 'start', host: 'broker-3' }),
      inSyncAre(2),
      fault({ action: 'stop', host: 'broker-1' }),
      gone('broker-1'),
    ],
  },
  'elr-leads': {
    why: 'the one that led last comes back first',
    do: [gone('broker-1'), fault({ action: 'start', host: 'broker-1' }), inSyncAre(1)],
  },
  'none-lost': {
    why: 'two are back, and one is still down',
    do: [
      ...['broker-1', 'broker-2'].map(gone),
      fault({ action: 'start', host: 'broker-2' }),
      waitFor(hasPassed('elr-leads'), 'broker-2 to lead'),
      fault({ action: 'start', host: 'broker-1' }),
      inSyncAre(2),
    ],
  },
  'out-of-elr': {
    why: 'the second one is stopped in order as well: it comes back and is trusted',
    do: [
      fault({ action: 'stop', host: 'broker-3' }),
      inSyncAre(2),
      fault({ action: 'stop', host: 'broker-1' }),
      inSyncAre(1),
      gone('broker-1'),
      fault({ action: 'start', host: 'broker-1' }),
      inSyncAre(2),
    ],
  },
})
