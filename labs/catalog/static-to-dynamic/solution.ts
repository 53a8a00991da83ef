import { type Action, defineSolution, fault, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { brokersUnfenced } from '../nodes.ts'

const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'
const isWhole = (see: LabSessionState) =>
  see.clusters[0]!.leader !== null && see.clusters[0]!.nodes.every(({ up }) => up) && brokersUnfenced(see)
const whole = waitFor(isWhole, 'all nodes up, a leader, and all brokers unfenced')

/** Each follower tells a new leader of itself once, a fetch time-out (2 s) after it follows: KafkaRaftClient.pollFollowerAsVoter. */
const TOLD_MS = 6_000
const told = waitFor((see) => {
  const { leader, leaderSince } = see.clusters[0]!
  return leader !== null && leaderSince !== null && Date.now() - leaderSince > TOLD_MS
}, 'the leader to have led for some seconds: the others tell it of themselves')

const reconfigured = (host: string): Action[] => [
  run(
    "sed -i 's/^controller.quorum.voters=.*/controller.quorum.bootstrap.servers=controller-1:9093,controller-2:9093,controller-3:9093/' config/*.properties",
    { host },
  ),
  fault({ action: 'restart', host }),
  waitFor((see) => see.clusters[0]!.nodes.some((node) => node.host === host && !node.up), `${host} down`),
  whole,
]

export default defineSolution({
  upgrade: [
    whole,
    told,
    run('./bin/kafka-features --bootstrap-server broker-1:9092 upgrade --feature kraft.version=1', { host: 'client' }),
  ],
  change: [
    run(
      `${QUORUM} remove-controller --controller-id 103 --controller-directory-id $(${QUORUM} describe --replication | awk '$1 == 103 { print $2 }')`,
      { host: 'controller-3' },
    ),
    run(`${QUORUM} --command-config config/controller.properties add-controller`, { host: 'controller-3' }),
  ],
  configure: [
    ...['controller-1', 'controller-2', 'controller-3'].flatMap(reconfigured),
    ...['broker-1', 'broker-2'].flatMap((host) => reconfigured(host).slice(0, 2)),
  ],
})
