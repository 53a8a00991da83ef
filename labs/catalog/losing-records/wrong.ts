import { defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'
import { backToTwo, create, guess, toOneInSync, write } from './solution.ts'

export default defineWrong({
  ready: {
    why: 'one in sync is enough for a write to safe, as to fast',
    do: [
      waitFor(brokersUnfenced, 'all brokers unfenced'),
      create('fast', 1),
      create('safe', 1),
      write('fast', 1, 1),
      write('safe', -1, 1),
    ],
  },
  unreplicated: {
    why: 'the followers can fetch, and have the records too',
    do: [write('fast', 1, 2), write('safe', -1, 2)],
  },
  'new-leader': {
    why: 'a follower dies, and the leader leads on',
    do: [
      guess,
      fault({ action: 'kill', host: 'broker-3' }),
      waitFor((see) => see.clusters[0]!.nodes.some(({ fenced }) => fenced === true), 'broker-3 fenced'),
    ],
  },
  'cut-off': {
    why: 'it runs again, and the links to the others are still cut',
    do: [fault({ action: 'start', host: 'broker-1' })],
  },
  refused: {
    why: 'the minimum of safe was lowered, so that it takes records too',
    do: [
      ...toOneInSync,
      run(
        './bin/kafka-configs --bootstrap-server broker-2:9092 --alter --topic safe --add-config min.insync.replicas=1',
        { host: 'client' },
      ),
      write('fast', -1, 3, 'broker-2'),
      write('safe', -1, 3, 'broker-2'),
    ],
  },
  accepted: {
    why: 'two are in sync, and the new records are in fast',
    do: [
      ...toOneInSync,
      write('fast', -1, 3, 'broker-2'),
      write('safe', -1, 3, 'broker-2'),
      waitFor(hasPassed('refused'), 'safe to refuse'),
      ...backToTwo,
      write('fast', -1, 4, 'broker-2'),
    ],
  },
})
