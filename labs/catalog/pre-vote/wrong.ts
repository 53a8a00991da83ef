import { defineWrong, fault, hasPassed, leaderHost, waitFor } from '#labs/engine/solution.ts'
import { controllers, cutAFollower, follower, heal, ready } from '../nodes.ts'
import { cutFromLeader } from './solution.ts'

const other = (see: Parameters<typeof follower>[0]): string => controllers(see).filter(({ leads }) => !leads)[1]!.host

export default defineWrong({
  'follower-isolated': {
    why: 'the leader is cut off',
    do: [ready, fault((see) => ({ action: 'isolate', host: leaderHost(see) }))],
  },
  'stood-alone': {
    why: 'it is alone for some seconds only',
    do: [...cutAFollower, heal],
  },
  healed: {
    why: 'the broker reaches it again, the other controllers do not',
    do: [fault({ action: 'heal', host: 'broker-1' })],
  },
  undisturbed: {
    why: 'the leader dies while the follower is away: an election that nobody can lay to PreVote',
    do: [
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
      heal,
      waitFor((see) => controllers(see).some(({ leads, up }) => leads && up), 'another leader'),
    ],
  },
  'half-cut': {
    why: 'the two followers do not reach each other; the leader reaches both',
    do: [
      fault((see) => ({ action: 'cut', from: follower(see), to: other(see) })),
      fault((see) => ({ action: 'cut', from: other(see), to: follower(see) })),
    ],
  },
  'leader-stays': {
    why: 'the links are whole again after some seconds',
    do: [...cutFromLeader, waitFor(hasPassed('half-cut'), 'the cut'), heal],
  },
  'whole-again': {
    why: 'the cut stays where it is',
    do: [...cutFromLeader, waitFor(hasPassed('leader-stays'), '15 seconds without the leader')],
  },
})
