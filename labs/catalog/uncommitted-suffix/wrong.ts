import { answer, defineWrong, fault, hasPassed, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { controllers, follower, heal, isolated, ready } from '../nodes.ts'
import { write } from './solution.ts'

/** A follower on the side of the majority. */
const reachable = (see: LabSessionState) =>
  controllers(see).find(({ host, leads }) => !leads && host !== isolated(see).host)!.host
const isolateLeader = fault((see) => ({ action: 'isolate', host: leaderHost(see) }))
const SETTING = 'message.max.bytes'

export default defineWrong({
  'leader-isolated': {
    why: 'a follower is cut off',
    do: [ready, fault((see) => ({ action: 'isolate', host: follower(see) }))],
  },
  'wrote-alone': {
    why: 'the setting is written before the cut: the others have it',
    do: [ready, run((see) => write(leaderHost(see)), { host: leaderHost }), isolateLeader],
  },
  'new-leader': {
    why: 'a follower is cut off as well: no side has a majority',
    do: [
      ready,
      fault((see) => ({ action: 'isolate', host: follower(see) })),
      isolateLeader,
      run((see) => write(leaderHost(see)), { host: leaderHost }),
    ],
  },
  'differ-answer': {
    why: 'where the old leader’s own epoch began',
    do: [answer('differ', '0')],
  },
  healed: {
    why: 'the broker reaches it again, the other controllers do not',
    do: [fault({ action: 'heal', host: 'broker-1' })],
  },
  truncated: {
    why: 'it reaches a follower again, and not the leader',
    do: [fault((see) => ({ action: 'heal', host: reachable(see) }))],
  },
  follows: {
    why: 'the network is whole, but the old leader was killed before',
    do: [fault((see) => ({ action: 'kill', host: isolated(see).host })), heal],
  },
  'never-was': {
    why: 'the setting is written again where it can be committed',
    do: [
      run(
        `./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --entity-type brokers --entity-default --add-config ${SETTING}=2000000`,
        { host: 'client' },
      ),
      heal,
      waitFor(hasPassed('truncated'), 'the log of the old leader to be cut'),
    ],
  },
})
