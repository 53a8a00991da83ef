import { answer, defineWrong, fault, hasPassed, leaderHost, waitFor } from '#labs/engine/solution.ts'
import { controllers, heal, isolated, ready } from '../nodes.ts'
import { create } from './solution.ts'

export default defineWrong({
  'follower-isolated': {
    why: 'the leader is isolated',
    do: [ready, fault((see) => ({ action: 'isolate', host: leaderHost(see) }))],
  },
  decided: {
    why: 'the topic is created, but after the network was whole again',
    do: [
      ready,
      fault((see) => ({ action: 'isolate', host: controllers(see).find(({ leads }) => !leads)!.host })),
      waitFor(hasPassed('follower-isolated'), 'the cut'),
      heal,
      waitFor((see) => see.cuts.length === 0, 'all links whole'),
      create,
    ],
  },
  behind: {
    why: 'it is far behind, because it was killed',
    do: [
      fault((see) => ({ action: 'kill', host: isolated(see).host })),
      waitFor((see) => see.clusters[0]!.highWatermark! - isolated(see).metadataEnd! > 25, 'it to be far behind'),
    ],
  },
  'sides-answer': {
    why: 'where what is committed ends',
    do: [
      waitFor(hasPassed('behind'), 'it to be behind'),
      answer('sides', (see) => String(see.clusters[0]!.highWatermark)),
    ],
  },
  healed: {
    why: 'the brokers reach it again, the other controllers do not',
    do: [fault({ action: 'heal', host: 'broker-1' }), fault({ action: 'heal', host: 'broker-2' })],
  },
  'caught-up': {
    why: 'the network is whole, but it was killed before',
    do: [fault((see) => ({ action: 'kill', host: isolated(see).host })), heal],
  },
  'same-epoch': {
    why: 'it is back and has caught up, and somebody else leads: the leader was killed meanwhile',
    do: [
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
      waitFor((see) => see.clusters[0]!.leader === null, 'no leader'),
      heal,
      waitFor(hasPassed('caught-up'), 'it to be back'),
    ],
  },
})
