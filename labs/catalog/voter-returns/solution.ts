import { type Action, defineSolution, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const NODE_1 = { host: 'controller-1' }
const NODE_3 = { host: 'controller-3' }

export const REMOVE: Action = run(
  `./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 remove-controller --controller-id 103 --controller-directory-id $(./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --replication | awk '$1 == 103 { print $2 }')`,
  NODE_1,
)
/** The leader of a quorum that just began answers, and knows all of its voters. */
export const UP: Action = waitFor(
  ({ clusters: [main] }) => main!.leader !== null && main!.nodes.every(({ up, votes }) => up && votes),
  'all three controllers up and voting',
)
const isUp = ({ clusters: [main] }: LabSessionState) => main!.nodes.every(({ host, up }) => host !== NODE_3.host || up)

/** As long as the old process is there it asks to be a voter again. */
export const RESTARTED: Action[] = [
  fault({ action: 'restart', host: NODE_3.host }),
  waitFor((see) => !isUp(see), 'controller-3 down'),
  waitFor((see) => isUp(see) && see.clusters[0]!.leader !== null, 'controller-3 up again'),
]

export default defineSolution({
  remove: [UP, REMOVE, waitFor(hasPassed('came-back'), 'node 103 to come back')],
  'for-good': [
    run(
      "sed -i 's/^controller.quorum.auto.join.enable=.*/controller.quorum.auto.join.enable=false/' config/controller.properties",
      NODE_3,
    ),
    ...RESTARTED,
    REMOVE,
    waitFor(hasPassed('observes'), 'node 103 to stay an observer'),
  ],
})
