import { answer, defineWrong, downHost, fault, hasPassed, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import { controllers, cutAFollower, heal, ready } from '../nodes.ts'
import { create } from './solution.ts'

const killLeader = fault((see) => ({ action: 'kill', host: leaderHost(see) }))

export default defineWrong({
  'follower-isolated': {
    why: 'the leader is cut off',
    do: [ready, fault((see) => ({ action: 'isolate', host: leaderHost(see) }))],
  },
  missed: {
    why: 'the topic is created before the cut: all three have it',
    do: [ready, create, ...cutAFollower],
  },
  'behind-answer': {
    why: 'where the leader’s own log ends',
    do: [
      ...cutAFollower,
      create,
      answer('behind', (see) => String(controllers(see).find(({ leads }) => leads)!.metadataEnd)),
    ],
  },
  'leader-died': {
    why: 'the network is whole again before the leader dies: the stale one has caught up',
    do: [heal, waitFor((see) => see.cuts.length === 0, 'all links whole'), killLeader],
  },
  'stood-alone': {
    why: 'both are awake: whoever asks first, it does not show that the stale one had its chance',
    do: [
      killLeader,
      waitFor(hasPassed('leader-died'), 'the death of the leader'),
      heal,
      waitFor(hasPassed('other-won'), 'another leader'),
    ],
  },
  'other-won': {
    why: 'the links stay cut: each of the two has one vote of three',
    do: [killLeader, waitFor(hasPassed('leader-died'), 'the death of the leader')],
  },
  'none-lost': {
    why: 'another topic of that name, made before the leader died',
    do: [
      run(
        './bin/kafka-topics --bootstrap-server broker-1:9092 --delete --topic ledger && ./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ledger',
        { host: 'client' },
      ),
      killLeader,
      waitFor(hasPassed('leader-died'), 'the death of the leader'),
      heal,
      waitFor(hasPassed('other-won'), 'another leader'),
    ],
  },
  'all-follow': {
    why: 'it runs again, but no link reaches it',
    do: [
      fault((see) => ({ action: 'isolate', host: downHost(see) })),
      fault((see) => ({ action: 'start', host: downHost(see) })),
      waitFor((see) => controllers(see).every(({ up }) => up), 'all controllers up'),
    ],
  },
})
