import {
  answer,
  defineSolution,
  downHost,
  fault,
  leaderHost,
  predict,
  read,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const CLIENT = { host: 'client' }
const WHICH = ['zk', 'kraft'] as const
export type Which = (typeof WHICH)[number]
export const BROKERS = { zk: 'zk-broker-1:9092', kraft: 'kraft-node-1:9092' }
/** Hundreds of partitions, on a machine that is busy. */
const PATIENCE_MS = 120_000

export const clusterIn = (see: LabSessionState, which: Which) => see.clusters.find(({ name }) => name === which)!
const load = (see: LabSessionState, which: Which) =>
  clusterIn(see, which).topics.find(({ name }) => name === 'load')?.partitions ?? []
export const inSync = (which: Which) =>
  waitFor(
    (see) =>
      clusterIn(see, which).leader !== null &&
      load(see, which).length > 0 &&
      load(see, which).every(({ replicas }) => replicas.every((one) => one.inSync)),
    `all replicas of ${which} in sync`,
    PATIENCE_MS,
  )
/** A broker that is not the controller, and leads partitions. */
export const leading = (which: Which) => (see: LabSessionState) =>
  clusterIn(see, which).nodes.find(
    ({ node, leads, up }) => up && !leads && load(see, which).filter(({ leader }) => leader === node).length > 50,
  )!.host

export const bothInCharge = waitFor(
  (see) => WHICH.every((which) => clusterIn(see, which).leader !== null),
  'a controller of each cluster',
)

export default defineSolution({
  find: [
    bothInCharge,
    run('./bin/zookeeper-shell zk-zookeeper-1:2181 get /controller', CLIENT),
    answer('find', read(/"brokerid":(\d+)/, CLIENT)),
  ],
  load: WHICH.flatMap((which) => [
    run(
      `./bin/kafka-topics --bootstrap-server ${BROKERS[which]} --create --topic load --partitions 300 --replication-factor 3`,
      CLIENT,
    ),
    inSync(which),
  ]),
  kill: [
    predict('kill', '20'),
    ...WHICH.map((which) => fault((see) => ({ action: 'kill', host: leaderHost(see, which) }))),
  ],
  stop: WHICH.flatMap((which) => [
    fault((see) => ({ action: 'start', host: downHost(see, which) })),
    inSync(which),
    fault((see) => ({ action: 'stop', host: leading(which)(see) })),
  ]),
})
