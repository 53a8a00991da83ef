import { answer, defineWrong, downHost, fault, leaderHost, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const controllers = (see: LabSessionState) => see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
const follower = (see: LabSessionState) => controllers(see).find(({ leads, up }) => up && !leads)!

const quorum = waitFor(
  (see) => controllers(see).some(({ leads }) => leads) && !!follower(see),
  'a leader and a follower',
)

export default defineWrong({
  'find-answer': {
    why: 'a controller of the quorum, but one that follows',
    do: [quorum, answer('find', (see) => String(follower(see).node))],
  },
  'leader-died': {
    why: 'a controller is killed that does not lead',
    do: [quorum, fault((see) => ({ action: 'kill', host: follower(see).host }))],
  },
  'new-leader': {
    why: 'the leader dies, and a second controller with it: one of three is no majority',
    do: [
      quorum,
      fault((see) => ({ action: 'kill', host: follower(see).host })),
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
    ],
  },
  'outage-measured': {
    why: 'the quorum loses a voter, but not its leader: nothing fails',
    do: [quorum, fault((see) => ({ action: 'kill', host: follower(see).host }))],
  },
  returned: {
    why: 'a node is started again, but not the one that died',
    do: [fault({ action: 'kill', host: 'broker-1' }), fault({ action: 'start', host: 'broker-1' })],
  },
  follows: {
    why: 'it runs again, but no link reaches it',
    do: [
      fault((see) => ({ action: 'isolate', host: downHost(see) })),
      fault((see) => ({ action: 'start', host: downHost(see) })),
      waitFor((see) => controllers(see).every(({ up }) => up), 'all controllers up'),
    ],
  },
})
