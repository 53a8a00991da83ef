/** What the labs about leaving ZooKeeper ask of a cluster that has both. Pure, as all judges are. */
import { type Moment, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { counted, endOf, partitionsOf } from './quorum.ts'

export const BROKERS = [1, 2, 3]
export const CONTROLLERS = [101, 102, 103]
/** org.apache.kafka.metadata.migration.ZkMigrationState of 3.9.2 */
const MIGRATION = 1
export const POST_MIGRATION = 3
const RECORDS = 10

type At = Pick<Moment, 'cluster' | 'history'>

/** What the metadata log says of the migration, in order. */
export const migrationStates = (history: HistoryView) =>
  history.records({ type: 'ZK_MIGRATION_STATE_RECORD', all: true }).map(({ data, offset, seq, timestamp }) => ({
    state: Number((data as { zkMigrationState?: unknown }).zkMigrationState ?? 0),
    offset,
    seq,
    timestamp,
  }))

/** Step `use`: something that must not be lost. */
export const USE = {
  title: 'A cluster in use',
  checks: [
    {
      id: 'in-use',
      title: `Topic orders has three replicas in sync and ${RECORDS} records, and broker after broker registered in ZooKeeper`,
      judge: ({ cluster }: At): Verdict => {
        const { zookeeper } = cluster
        if (!zookeeper) return missing('ZooKeeper has not answered yet.')
        const gone = BROKERS.filter((id) => !zookeeper.brokers.includes(id))
        if (gone.length > 0)
          return missing(`Not registered in ZooKeeper: ${gone.map((id) => `broker ${id}`).join(', ')}.`)
        const partitions = partitionsOf(cluster.topics.orders)
        if (partitions.length === 0) return missing('There is no topic orders.')
        const few = partitions.find(({ isr }) => isr.length < BROKERS.length)
        if (few)
          return missing(
            `orders-${few.partition} has ${counted(few.isr.length, 'replica')} in sync; it should have ${BROKERS.length}.`,
          )
        const records = endOf(cluster, 'orders')
        if (records < RECORDS) return missing(`orders holds ${counted(records, 'record')}; it should hold ${RECORDS}.`)
        return passed(
          `orders holds ${counted(records, 'record')}, and broker ${zookeeper.controller?.node ?? '?'} is the controller, by ZooKeeper.`,
          { records },
        )
      },
      hints: [
        'As with any cluster: a topic with a replica on each broker, and some records.',
        'kafka-topics --create with --replication-factor 3, and kafka-console-producer.',
        './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 3 --replication-factor 3, then seq 10 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders',
      ] as const,
    },
  ],
}

/** Step `provision`. */
export const PROVISIONED = {
  id: 'provisioned',
  title: 'Three controllers have a leader, and the cluster id that ZooKeeper has',
  judge: ({ cluster }: At): Verdict => {
    const up = CONTROLLERS.filter((id) => Object.values(cluster.nodes).some(({ node, up }) => node === id && up))
    const strange = Object.values(cluster.nodes).find(
      ({ node, up, clusterId }) =>
        node !== null && CONTROLLERS.includes(node) && up && clusterId !== null && clusterId !== cluster.clusterId,
    )
    if (strange)
      return missing(
        `${strange.host} was formatted for cluster ${strange.clusterId}; the brokers are of ${cluster.clusterId}. Stop it, empty its disk, and format it with their id.`,
      )
    if (up.length < CONTROLLERS.length) return missing(`${up.length} of ${CONTROLLERS.length} controllers answer.`)
    if (cluster.voters.length < CONTROLLERS.length || cluster.leader === null)
      return missing('The controllers have not elected a leader yet.')
    if (!CONTROLLERS.includes(cluster.leader)) return missing('A broker is still the only controller that is known.')
    return passed(
      `Node ${cluster.leader} leads the quorum of ${cluster.voters.length} in epoch ${cluster.epoch}, in cluster ${cluster.clusterId}.`,
      {
        leader: cluster.leader,
        epoch: cluster.epoch,
      },
    )
  },
  hints: [
    'A controller’s disk is formatted with the id of the cluster that it is to take over, not with a new one.',
    'The id is in ZooKeeper’s /cluster/id. Each controller also needs zookeeper.connect and zookeeper.metadata.migration.enable=true in its file.',
    './bin/kafka-storage format --cluster-id ID --config config/controller.properties, then ./bin/kafka-server-start -daemon config/controller.properties, on all three',
  ] as const,
}

/** The quorum has taken over from the broker that was the controller, and tells ZooKeeper all that it decides. */
export function isDualWriting({ cluster, history }: At): Verdict {
  const { zookeeper } = cluster
  if (!zookeeper) return missing('ZooKeeper has not answered yet.')
  const state = migrationStates(history).at(-1)
  const known = migrating(history)
  const left = BROKERS.filter((id) => !known.has(id))
  if (left.length > 0)
    return missing(`The quorum still waits for ${left.map((id) => `broker ${id}`).join(', ')} to register with it.`)
  const { controller, migration } = zookeeper
  if (!controller || controller.kraftEpoch === null)
    return missing(
      controller ? `Broker ${controller.node} still holds /controller.` : 'Nobody holds /controller just now.',
    )
  if (state?.state !== MIGRATION) return missing('What ZooKeeper has is being copied into the metadata log.')
  if (!migration || migration.offset < state.offset)
    return missing('The metadata log has not been written to ZooKeeper yet.')
  return passed(
    `Node ${controller.node} holds /controller, in epoch ${controller.kraftEpoch} of the quorum, and ZooKeeper has its log up to offset ${migration.offset}.`,
    { controller: controller.node, offset: migration.offset, seq: state.seq, at: state.timestamp },
  )
}

/** A topic that was created since both are written is in both. */
export function writtenToBoth({ cluster, history }: At): Verdict {
  const migrated = migrationStates(history).findLast(({ state }) => state === MIGRATION)
  if (!migrated) return missing('The quorum does not write to ZooKeeper yet.')
  const [record] = history
    .records({ type: 'TOPIC_RECORD', where: (data) => data.name === 'refunds', all: true })
    .slice(-1)
  if (!record || !cluster.topics.refunds) return missing('There is no topic refunds yet.')
  if (record.offset < migrated.offset)
    return missing('There is a topic refunds, and it is older than the dual writing. Delete it, and create it again.')
  const written = cluster.zookeeper?.migration?.offset ?? -1
  if (written < record.offset)
    return missing(`refunds is at offset ${record.offset} of the metadata log; ZooKeeper is written up to ${written}.`)
  return passed(
    `refunds came with offset ${record.offset} of the metadata log, and /migration says that ZooKeeper has all up to offset ${written}.`,
    { offset: record.offset, written },
  )
}

/** What the last registration of each broker with the quorum says: it migrates, or is the quorum's own. */
const migrating = (history: HistoryView): Map<number, boolean> =>
  new Map(
    history.records({ type: 'REGISTER_BROKER_RECORD', all: true }).map(({ data }) => {
      const fields = data as { brokerId?: unknown; isMigratingZkBroker?: unknown }
      return [Number(fields.brokerId), fields.isMigratingZkBroker === true]
    }),
  )

export function brokersInZooKeeper({ cluster, history }: At): Verdict {
  const { zookeeper } = cluster
  if (!zookeeper) return missing('ZooKeeper has not answered yet.')
  const gone = BROKERS.filter((id) => !zookeeper.brokers.includes(id))
  if (gone.length > 0) return missing(`Not registered in ZooKeeper: ${gone.map((id) => `broker ${id}`).join(', ')}.`)
  const last = migrating(history)
  const away = BROKERS.filter((id) => last.get(id) !== true)
  if (away.length > 0)
    return missing(
      `In ZooKeeper, and not registered with the quorum as ZooKeeper’s: ${away.map((id) => `broker ${id}`).join(', ')}.`,
    )
  return passed('All three brokers are registered in ZooKeeper, and with the quorum as brokers that migrate.')
}

export function brokersInKRaft({ cluster, history }: At): Verdict {
  const last = migrating(history)
  const still = BROKERS.filter((id) => last.get(id) !== false)
  if (still.length > 0) return missing(`Still of ZooKeeper: ${still.map((id) => `broker ${id}`).join(', ')}.`)
  const fenced = BROKERS.filter((id) => cluster.brokers[id]?.fenced !== false)
  if (fenced.length > 0)
    return missing(`Registered, and still fenced: ${fenced.map((id) => `broker ${id}`).join(', ')}.`)
  return passed('All three brokers have registered with the quorum as its own, and none is fenced.')
}
