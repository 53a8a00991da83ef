import { answer, defineSolution, run, waitFor } from '#labs/engine/solution.ts'
import { controllers, ready } from '../nodes.ts'
import {
  CLIENT,
  directoryOf,
  firstLost,
  format,
  lastLost,
  lose,
  QUORUM,
  revive,
  START,
  survivor,
  VOTERS,
} from './commands.ts'

export default defineSolution({
  lose: [
    ready,
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2', CLIENT),
    ...lose,
  ],
  read: [run(VOTERS, { host: survivor }), answer('read', directoryOf(lastLost))],
  rebuild: [
    ...revive(firstLost),
    waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic refunds --replication-factor 2', CLIENT),
  ],
  replace: [
    run(
      `${QUORUM} remove-controller $(${QUORUM} describe --replication | awk '$3 == -1 && $NF == "Follower" { print "--controller-id", $1, "--controller-directory-id", $2 }')`,
      CLIENT,
    ),
    format(lastLost),
    run(START, { host: lastLost }),
    waitFor((see) => see.clusters[0]!.nodes.every(({ up }) => up), 'all up'),
    run(`${QUORUM} --command-config config/controller.properties add-controller`, {
      host: (see) => controllers(see).find(({ votes }) => !votes)!.host,
    }),
  ],
})
