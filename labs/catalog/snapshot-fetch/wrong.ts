import { answer, defineWrong, downHost, fault, hasPassed, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import { controllers, ready } from '../nodes.ts'
import { stopAFollower } from './solution.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const startAlone = [
  fault((see) => ({ action: 'isolate', host: downHost(see) })),
  fault((see) => ({ action: 'start', host: downHost(see) })),
  waitFor((see) => controllers(see).every(({ process }) => process === 'running'), 'all controllers running'),
]

export default defineWrong({
  'voter-down': {
    why: 'the leader dies',
    do: [
      ready,
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
      waitFor((see) => controllers(see).some(({ leads, up }) => leads && up), 'another leader'),
    ],
  },
  'left-behind': {
    why: 'it is started again at once: the leader still has all that it lacks',
    do: [
      ...stopAFollower,
      waitFor(hasPassed('voter-down'), 'the voter down'),
      fault((see) => ({ action: 'start', host: downHost(see) })),
      waitFor((see) => controllers(see).every(({ up }) => up), 'all controllers up'),
    ],
  },
  fetched: {
    why: 'a file of such a name, made by hand: no log begins there',
    do: [
      run(`cp ${META}/00000000000000000000-0000000000.checkpoint ${META}/00000000000000000084-0000000001.checkpoint`, {
        host: downHost,
      }),
      ...startAlone,
    ],
  },
  follows: {
    why: 'it runs again, but no link reaches it',
    do: startAlone,
  },
  'return-answer': {
    why: 'where the leader’s log began when the cluster was young',
    do: [
      fault((see) => ({ action: 'start', host: downHost(see) })),
      waitFor(hasPassed('fetched'), 'the snapshot'),
      answer('return', '0'),
    ],
  },
})
