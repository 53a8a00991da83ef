/** What the solutions of the labs about leaving ZooKeeper have in common. */
import { type Action, hasStopped, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import {
  BROKER_FORGETS,
  BROKER_LEAVES,
  BROKER_MIGRATES,
  BROKER_RETURNS,
  CLUSTER_ID,
  CONTROLLER_HOSTS,
  CONTROLLER_MIGRATES,
  format,
} from './migration-files.ts'

const CLIENT = { host: 'client' }
export const TOPICS = './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092'
/** Seven processes start on a small machine. */
const PATIENCE_MS = 180_000

const nodeOn = (see: LabSessionState, host: string) => see.clusters[0]!.nodes.find((node) => node.host === host)!

export const allInSync = waitFor(
  (see) => {
    const [{ nodes, topics }] = see.clusters as [LabSessionState['clusters'][number]]
    const partitions = topics.flatMap(({ partitions }) => partitions)
    return (
      nodes.every(({ roles, up }) => !roles.includes('broker') || up) &&
      partitions.every(({ replicas }) => replicas.every(({ inSync }) => inSync))
    )
  },
  'all brokers up and in sync',
  PATIENCE_MS,
)

export const restart = (host: string): Action[] => [
  run('./bin/kafka-server-stop', { host }),
  waitFor(hasStopped(host), `${host} stopped`, PATIENCE_MS),
  run(`./bin/kafka-server-start -daemon config/${host.startsWith('broker') ? 'server' : 'controller'}.properties`, {
    host,
  }),
  waitFor((see) => nodeOn(see, host).up, `${host} up`, PATIENCE_MS),
]

export const use: Action[] = [
  waitFor((see) => see.clusters[0]!.leader !== null, 'a controller', PATIENCE_MS),
  // With fewer the topic is refused, and the producer makes one of its own.
  allInSync,
  run(`${TOPICS} --create --topic orders --partitions 3 --replication-factor 3`, CLIENT),
  run('seq 10 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders', CLIENT),
]

/** @param clusterId as the shell is to see it */
export const provisionOn = (host: string, clusterId = CLUSTER_ID): Action[] => [
  run(CONTROLLER_MIGRATES, { host }),
  run(format(clusterId), { host }),
  run('./bin/kafka-server-start -daemon config/controller.properties', { host }),
]

export const provision: Action[] = [
  run('./bin/zookeeper-shell zookeeper-1:2181 get /cluster/id', CLIENT),
  ...CONTROLLER_HOSTS.flatMap((host) => provisionOn(host)),
  waitFor(
    (see) => see.clusters[0]!.nodes.some(({ leads, roles }) => leads && roles.includes('controller')),
    'a leader of the quorum',
    PATIENCE_MS,
  ),
]

export const joinMigration = (host: string): Action[] => [allInSync, run(BROKER_MIGRATES, { host }), ...restart(host)]

export const intoKRaft = (host: string): Action[] => [allInSync, run(BROKER_LEAVES, { host }), ...restart(host)]

export const finalise: Action[] = [
  allInSync,
  ...CONTROLLER_HOSTS.flatMap((host) => [
    run("sed -i '/^zookeeper/d' config/controller.properties", { host }),
    ...restart(host),
    waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
  ]),
]

/** Of a broker that has left ZooKeeper: it migrates again, as the others do. */
export const intoZooKeeper = (host: string): Action[] => [allInSync, run(BROKER_RETURNS, { host }), ...restart(host)]

export const controllersStopped: Action[] = CONTROLLER_HOSTS.flatMap((host) => [
  run('./bin/kafka-server-stop', { host }),
  waitFor(hasStopped(host), `${host} stopped`, PATIENCE_MS),
])

/** Above what the quorum has written: each broker that takes /controller counts one more. */
export const raiseEpoch: Action = run(
  `./bin/zookeeper-shell zookeeper-1:2181 set /controller_epoch $(./bin/zookeeper-shell zookeeper-1:2181 get /controller 2>/dev/null | sed -n 's/.*"kraftControllerEpoch":\\([0-9]*\\).*/\\1/p')`,
  CLIENT,
)
export const deleteController: Action[] = [
  run('./bin/zookeeper-shell zookeeper-1:2181 delete /controller', CLIENT),
  waitFor((see) => see.clusters[0]!.leader !== null, 'a broker in charge'),
]

export const forgetQuorum = (host: string): Action[] => [allInSync, run(BROKER_FORGETS, { host }), ...restart(host)]

export const outage = (ms: number): Action =>
  waitFor(
    (see) =>
      (see.clusters[0]!.probe?.outages ?? []).some(({ kind, from }) => kind === 'write' && Date.now() - from > ms),
    'an outage of writes',
  )

export const zooKeeperStopped: Action[] = [
  run('./bin/zookeeper-server-stop', { host: 'zookeeper-1' }),
  waitFor((see) => see.clusters[0]!.nodes.some(({ host, up }) => host === 'zookeeper-1' && !up), 'ZooKeeper down'),
]
