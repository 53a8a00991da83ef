import { answer, defineSolution, fault, run } from '#labs/engine/solution.ts'
import { ready } from '../nodes.ts'

const NEW = { host: 'controller-3' }
const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'

export default defineSolution({
  lose: [
    // All of them: one that never was up cannot be seen to go down.
    ready,
    fault({ action: 'wipe', host: 'controller-3' }),
  ],
  format: [
    run(
      './bin/kafka-storage format --config config/controller.properties --no-initial-controllers --cluster-id $(./bin/kafka-cluster cluster-id --bootstrap-server broker-1:9092 | cut -d" " -f3)',
      NEW,
    ),
    run('./bin/kafka-server-start -daemon config/controller.properties', NEW),
  ],
  replace: [
    run(`OLD=$(${QUORUM} describe --replication | awk '$1 == 103 && $NF == "Follower" { print $2 }'); echo $OLD`, NEW),
    run(`${QUORUM} remove-controller --controller-id 103 --controller-directory-id $OLD`, NEW),
    answer('replace', '0'),
    run(`${QUORUM} --command-config config/controller.properties add-controller`, NEW),
  ],
})
