import { type Action, defineSolution, fault, hasPassed, hasStopped, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced, inSyncAre } from '../nodes.ts'

/** A broker that still takes its leave can't be started. */
const gone = (host: string): Action => waitFor(hasStopped(host), `${host} gone`)

export default defineSolution({
  replicate: [
    waitFor(brokersUnfenced, 'all brokers unfenced'),
    run(
      './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092 --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=2',
      { host: 'client' },
    ),
  ],
  shrink: [fault({ action: 'stop', host: 'broker-3' }), inSyncAre(2), fault({ action: 'stop', host: 'broker-2' })],
  offline: [fault({ action: 'stop', host: 'broker-1' })],
  return: [
    ...['broker-1', 'broker-2', 'broker-3'].map(gone),
    fault({ action: 'start', host: 'broker-2' }),
    waitFor(hasPassed('elr-leads'), 'broker-2 to lead'),
    fault({ action: 'start', host: 'broker-1' }),
    fault({ action: 'start', host: 'broker-3' }),
  ],
  unclean: [
    fault({ action: 'stop', host: 'broker-3' }),
    inSyncAre(2),
    fault({ action: 'kill', host: 'broker-1' }),
    inSyncAre(1),
    fault({ action: 'start', host: 'broker-1' }),
  ],
})
