import { defineWrong, fault, hasPassed, leaderHost, waitFor } from '#labs/engine/solution.ts'
import { controllers, follower, heal, ready } from '../nodes.ts'
import { create, deafen, mute } from './solution.ts'

export default defineWrong({
  'deaf-voter': {
    why: 'the other direction is cut: from the follower to the leader',
    do: [ready, fault((see) => ({ action: 'cut', from: follower(see), to: leaderHost(see) }))],
  },
  unheard: {
    why: 'the direction is mended after some seconds',
    do: [ready, deafen, waitFor(hasPassed('deaf-voter'), 'the cut'), heal],
  },
  'mute-broker': {
    why: 'from the controller to the broker nothing gets through, and from the broker everything',
    do: [heal, create, fault((see) => ({ action: 'cut', from: leaderHost(see), to: 'broker-1' }))],
  },
  fenced: {
    why: 'it is fenced because it was killed',
    do: [
      heal,
      create,
      mute('broker-1'),
      fault({ action: 'kill', host: 'broker-1' }),
      waitFor(
        (see) => see.clusters[0]!.nodes.some(({ host, fenced }) => host === 'broker-1' && fenced === true),
        'it to be fenced',
      ),
    ],
  },
  back: {
    why: 'it is unfenced because the direction was mended',
    do: [
      heal,
      waitFor(
        (see) => see.clusters[0]!.nodes.some(({ host, fenced }) => host === 'broker-1' && fenced === false),
        'it to be unfenced',
      ),
    ],
  },
  whole: {
    why: 'all links are whole, and a controller is down',
    do: [
      fault((see) => ({ action: 'kill', host: follower(see) })),
      waitFor((see) => controllers(see).some(({ up }) => !up), 'a controller to be down'),
      heal,
    ],
  },
})
