import { answer, defineSolution, read, run, waitFor } from '#labs/engine/solution.ts'
import { CLIENT, format, lose, QUORUM, revive, START, VOTERS } from './commands.ts'

export default defineSolution({
  lose: [
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2', CLIENT),
    ...lose,
  ],
  read: [run(VOTERS, { host: 'controller-1' }), answer('read', read(/103 (\S{22})/, { host: 'controller-1' }))],
  rebuild: [
    ...revive('controller-2', 102),
    waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic refunds --replication-factor 2', CLIENT),
  ],
  replace: [
    format('controller-3'),
    run(START, { host: 'controller-3' }),
    run(
      `${QUORUM} remove-controller --controller-id 103 --controller-directory-id $(${QUORUM} describe --replication | awk '$1 == 103 && $NF == "Follower" { print $2 }')`,
      CLIENT,
    ),
    run(`${QUORUM} --command-config config/controller.properties add-controller`, { host: 'controller-3' }),
  ],
})
