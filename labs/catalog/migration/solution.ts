import { defineSolution, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { BROKER_HOSTS } from '../migration-files.ts'
import { finalise, intoKRaft, joinMigration, provision, TOPICS, use, zooKeeperStopped } from '../migration-solution.ts'

const CLIENT = { host: 'client' }
/** All three brokers have registered; then the quorum copies what ZooKeeper has. */
const COPIED_MS = 120_000

export default defineSolution({
  use,
  provision,
  migrate: [
    ...BROKER_HOSTS.flatMap(joinMigration),
    waitFor(hasPassed('dual-write'), 'the quorum in charge', COPIED_MS),
    run(`${TOPICS} --create --topic refunds --replication-factor 3`, CLIENT),
  ],
  brokers: BROKER_HOSTS.flatMap(intoKRaft),
  finalise: [...finalise, ...zooKeeperStopped, run(`${TOPICS} --create --topic after --replication-factor 3`, CLIENT)],
})
