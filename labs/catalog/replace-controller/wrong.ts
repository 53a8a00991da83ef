import { answer, defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { ready } from '../nodes.ts'

const NEW = { host: 'controller-3' }
const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'
const isUp = (host: string) => (see: LabSessionState) =>
  see.clusters[0]!.nodes.some((node) => node.host === host && node.up)
const aLeader = waitFor((see) => see.clusters[0]!.leader !== null, 'a leader')
const remove = run(
  `${QUORUM} remove-controller --controller-id 103 --controller-directory-id $(${QUORUM} describe --replication | awk '$1 == 103 && $NF == "Follower" { print $2 }')`,
  NEW,
)
const add = run(`${QUORUM} --command-config config/controller.properties add-controller`, NEW)
export default defineWrong({
  'disk-lost': {
    why: 'the controller is killed, and its disk is whole',
    do: [ready, fault({ action: 'kill', host: 'controller-3' })],
  },
  observer: {
    why: 'formatted, and the old directory id written into it by hand: it votes as if it still had what it forgot',
    do: [
      run(
        './bin/kafka-storage format --config config/controller.properties --no-initial-controllers --cluster-id $(./bin/kafka-cluster cluster-id --bootstrap-server broker-1:9092 | cut -d" " -f3)',
        NEW,
      ),
      run(
        `sed -i "s/^directory.id=.*/directory.id=$(${QUORUM} describe --replication | awk '$1 == 103 { print $2 }')/" /var/lib/kafka/data/meta.properties`,
        NEW,
      ),
      run('./bin/kafka-server-start -daemon config/controller.properties', NEW),
      waitFor(isUp('controller-3'), 'controller-3 up'),
    ],
  },
  'old-removed': {
    why: 'the new one is to be added while the old one of its id still votes: refused',
    do: [add],
  },
  'new-added': {
    why: 'the old one is removed, and the new one stays an observer',
    do: [remove],
  },
  'caught-up': {
    why: 'three voters, of which one is down',
    do: [remove, add, fault({ action: 'kill', host: 'controller-2' })],
  },
  'never-stopped': {
    why: 'all is done, but between the two commands another controller died and came back',
    do: [
      remove,
      fault({ action: 'kill', host: 'controller-2' }),
      waitFor((see) => !isUp('controller-2')(see), 'controller-2 down'),
      fault({ action: 'start', host: 'controller-2' }),
      waitFor(isUp('controller-2'), 'controller-2 up'),
      aLeader,
      add,
      waitFor(hasPassed('new-added'), 'the new disk to have its vote'),
    ],
  },
  'replace-answer': {
    why: 'one of two',
    do: [answer('replace', '1')],
  },
})
