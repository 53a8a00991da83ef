import { answer, defineSolution, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { BROKER_HOSTS } from '../migration-files.ts'
import {
  allInSync,
  controllersStopped,
  deleteController,
  forgetQuorum,
  intoZooKeeper,
  raiseEpoch,
  TOPICS,
} from '../migration-solution.ts'

const CLIENT = { host: 'client' }

export default defineSolution({
  where: [run('./bin/zookeeper-shell zookeeper-1:2181 ls /brokers/ids', CLIENT), answer('where', '1')],
  brokers: [
    allInSync,
    run(`${TOPICS} --create --topic refunds --replication-factor 3`, CLIENT),
    waitFor(hasPassed('written-to-both'), 'refunds in both'),
    ...intoZooKeeper('broker-1'),
  ],
  controller: [
    allInSync,
    ...controllersStopped,
    raiseEpoch,
    ...deleteController,
    run(`${TOPICS} --create --topic after --replication-factor 3`, CLIENT),
  ],
  clean: BROKER_HOSTS.flatMap(forgetQuorum),
})
