import { answer, defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { allWell, CLIENT, upgrade } from './solution.ts'

const FEATURES = './bin/kafka-features --bootstrap-server broker-1:9092'

export default defineWrong({
  'before-answer': { why: 'what is supported, of another version', do: [answer('before', '3.3-IV3')] },
  'controllers-upgraded': {
    why: 'all were restarted, one of them with the old Kafka',
    do: [
      ...upgrade('controller-1'),
      ...upgrade('controller-2'),
      fault({ action: 'restart', host: 'controller-3' }),
      allWell,
    ],
  },
  'brokers-upgraded': {
    why: 'two of three',
    do: [...upgrade('broker-1'), ...upgrade('broker-2')],
  },
  finalised: {
    why: 'another feature was upgraded, not metadata.version',
    do: [
      run(`${FEATURES} upgrade --feature share.version=1`, CLIENT),
      run(`${FEATURES} upgrade --release-version 4.2`, CLIENT),
    ],
  },
  'one-at-a-time': {
    why: 'everything is upgraded, but two brokers were down at once',
    do: [
      fault({ action: 'stop', host: 'broker-1' }),
      fault({ action: 'stop', host: 'broker-2' }),
      waitFor((see) => see.clusters[0]!.nodes.filter(({ up }) => !up).length === 2, 'two brokers down'),
      fault({ action: 'start', host: 'broker-1' }),
      fault({ action: 'start', host: 'broker-2' }),
      allWell,
      run(`${FEATURES} upgrade --release-version 4.3`, CLIENT),
      waitFor(hasPassed('finalised'), 'the upgrade to be finished'),
    ],
  },
  'nothing-lost': {
    why: 'two brokers were killed, so that writes stood still',
    do: [
      fault({ action: 'kill', host: 'broker-1' }),
      fault({ action: 'kill', host: 'broker-2' }),
      waitFor(
        (see) =>
          (see.clusters[0]!.probe?.outages ?? []).some(
            ({ kind, from }) => kind === 'write' && Date.now() - from > 7_000,
          ),
        'an outage of writes',
      ),
      fault({ action: 'start', host: 'broker-1' }),
      fault({ action: 'start', host: 'broker-2' }),
      allWell,
      run(`${FEATURES} upgrade --release-version 4.3`, CLIENT),
      waitFor(hasPassed('finalised'), 'the upgrade to be finished'),
    ],
  },
})
