import { answer, defineWrong, fault, hasPassed, hasStopped, predict, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced, inSyncAre } from '../nodes.ts'
import solution, { create, guess, held, pause, unfenced, write } from './solution.ts'

export default defineWrong({
  'three-logs': {
    why: 'the records are there twice, not three times',
    do: [waitFor(brokersUnfenced, 'all brokers unfenced'), create('1:2'), write('record', 10)],
  },
  held: {
    why: 'the records were written and replicated before the follower was paused',
    do: [guess, held, pause],
  },
  shrunk: {
    why: 'the follower goes on before the leader has lost patience',
    do: [
      guess,
      pause,
      held,
      waitFor(hasPassed('held'), 'the high watermark to stand'),
      fault({ action: 'resume', host: 'broker-3' }),
    ],
  },
  grown: {
    why: 'it goes on, and no link reaches it',
    do: [fault({ action: 'isolate', host: 'broker-3' }), fault({ action: 'resume', host: 'broker-3' })],
  },
  alone: {
    why: 'one follower is still in sync, and has the records too',
    do: [fault({ action: 'stop', host: 'broker-3' }), inSyncAre(2), write('alone', 5)],
  },
  diverged: {
    why: 'the other one is back in sync before the leader stops: a clean election',
    do: [
      fault({ action: 'start', host: 'broker-2' }),
      inSyncAre(2),
      fault({ action: 'stop', host: 'broker-1' }),
      waitFor(hasStopped('broker-1'), 'broker-1 gone'),
      write('other', 2, 'broker-2'),
    ],
  },
  truncated: {
    why: 'it is back, and does not reach those that have the records',
    do: [
      predict('truncate', 'leader'),
      fault({ action: 'split', groups: [['broker-1'], ['broker-2', 'broker-3']] }),
      fault({ action: 'start', host: 'broker-1' }),
      unfenced('broker-1'),
    ],
  },
  'truncate-answer': {
    why: 'the offset at which the old leader’s log ended',
    do: [...solution.truncate!.slice(0, 3), answer('truncate', '20')],
  },
})
