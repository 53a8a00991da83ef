import { defineWrong, fault, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const controllers = (see: LabSessionState) => see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
const follower = (see: LabSessionState) => controllers(see).find(({ leads, up }) => up && !leads)!.host
const cutOff = (see: LabSessionState) =>
  controllers(see).find(({ host }) => see.cuts.filter(({ from }) => from === host).length > 1)!.host
const aLeader = waitFor(
  (see) => controllers(see).some(({ leads }) => leads) && controllers(see).some(({ leads, up }) => up && !leads),
  'a leader and a follower',
)
const isolateLeader = fault((see) => ({ action: 'isolate', host: leaderHost(see) }))
const heal = fault({ action: 'heal', host: null })

export default defineWrong({
  'leader-isolated': {
    why: 'a follower is isolated',
    do: [aLeader, fault((see) => ({ action: 'isolate', host: follower(see) }))],
  },
  'new-leader': {
    why: 'leader and follower are cut off both: no side has a majority',
    do: [aLeader, fault((see) => ({ action: 'isolate', host: follower(see) })), isolateLeader],
  },
  'stepped-down': {
    why: 'the links are whole again before the leader has missed anybody',
    do: [aLeader, isolateLeader, heal],
  },
  'decided-meanwhile': {
    why: 'the topic is created, but after the network was whole again',
    do: [
      heal,
      waitFor((see) => see.cuts.length === 0, 'all links whole'),
      run(
        './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092 --create --topic shipments --replication-factor 2',
        { host: 'client' },
      ),
    ],
  },
  healed: {
    why: 'the brokers reach it again, the other controllers do not',
    do: [fault({ action: 'heal', host: 'broker-1' }), fault({ action: 'heal', host: 'broker-2' })],
  },
  follows: {
    why: 'the network is whole, but the old leader was killed before',
    do: [fault((see) => ({ action: 'kill', host: cutOff(see) })), heal],
  },
  'one-leader-each': {
    why: 'half of the links are whole: the two sides have not met',
    do: [fault({ action: 'heal', host: 'broker-1' })],
  },
})
