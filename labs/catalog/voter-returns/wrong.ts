import { defineWrong, fault, run, waitFor } from '#labs/engine/solution.ts'
import { REMOVE, RESTARTED, UP } from './solution.ts'

const NODE_1 = { host: 'controller-1' }
const NODE_3 = { host: 'controller-3' }
const OFF =
  "sed -i 's/^controller.quorum.auto.join.enable=.*/controller.quorum.auto.join.enable=false/' config/controller.properties"
const VOTES_NOT = waitFor(
  ({ clusters: [main] }) => main!.nodes.some(({ host, votes }) => host === NODE_3.host && !votes),
  'node 103 to vote no longer',
)

export default defineWrong({
  removed: {
    why: 'another voter is removed',
    do: [
      UP,
      run(
        `./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 remove-controller --controller-id 102 --controller-directory-id $(./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --replication | awk '$1 == 102 { print $2 }')`,
        NODE_1,
      ),
    ],
  },
  'came-back': {
    why: 'it is removed after auto-join was turned off, and so stays out',
    do: [UP, run(OFF, NODE_3), ...RESTARTED, UP, REMOVE, VOTES_NOT],
  },
  observes: {
    // Killed first: removed while it runs, it would be back before it can be killed.
    why: 'it is dead when it is removed, with auto-join as it was',
    do: [
      fault({ action: 'kill', host: NODE_3.host }),
      waitFor(
        ({ clusters: [main] }) => main!.nodes.some(({ host, up }) => host === NODE_3.host && !up),
        'node 103 down',
      ),
      waitFor(({ clusters: [main] }) => main!.leader !== null && main!.leader !== 103, 'a leader among the others'),
      REMOVE,
      VOTES_NOT,
    ],
  },
  'quorum-works': {
    why: 'nothing was done about auto-join: it is removed once more, and back',
    do: [REMOVE],
  },
})
