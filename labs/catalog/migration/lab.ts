import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import {
  BROKERS,
  brokersInKRaft,
  isDualWriting,
  migrationStates,
  POST_MIGRATION,
  PROVISIONED,
  USE,
  writtenToBoth,
} from '../migration.ts'
import { nothingLost } from '../probe.ts'
import { FROM_THE_START } from '../quorum.ts'

/** Each restart of a broker hands over first; on a busy machine a write may wait for a moment. */
const MAX_OUTAGE_MS = 10_000

export default defineLab({
  slug: 'migration',
  title: 'From ZooKeeper to KRaft',
  course: 'kraft',
  module: 'leaving-zookeeper',
  minutes: 50,
  clusters: {
    main: cluster({ zookeeper: 1, brokers: BROKERS.length, controllers: 3, kafka: '3.9.2', quorum: 'static' }),
  },
  hosts: [{ name: 'client', kafka: '3.9.2' }],
  probe: 'main',
  steps: [
    step('use', USE),
    step('provision', {
      title: 'A quorum beside ZooKeeper',
      checks: [PROVISIONED],
    }),
    step('migrate', {
      title: 'The brokers learn of the quorum',
      checks: [
        {
          id: 'dual-write',
          title: 'The quorum’s leader holds /controller, and has written its log to ZooKeeper',
          judge: isDualWriting,
          hints: [
            'Nothing happens until every broker has told the quorum that it may take over.',
            'Each broker needs zookeeper.metadata.migration.enable, the voters and the controllers’ listener, and a restart; one broker after the other.',
            'In server.properties: zookeeper.metadata.migration.enable=true, controller.quorum.voters=101@controller-1:9093,102@controller-2:9093,103@controller-3:9093 and controller.listener.names=CONTROLLER',
          ],
        },
        {
          id: 'written-to-both',
          title: 'Topic refunds, created since, is in the metadata log and written to ZooKeeper',
          judge: (at) => writtenToBoth(at),
          hints: [
            'While both are written there is a way back. See that both are: create something.',
            'Create topic refunds with kafka-topics, as always; then compare its offset with what /migration says.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic refunds --replication-factor 3',
          ],
        },
      ],
    }),
    step('brokers', {
      title: 'The brokers leave ZooKeeper',
      checks: [
        {
          id: 'brokers-in-kraft',
          title: 'All brokers have registered as brokers of the quorum, no longer as ZooKeeper’s',
          judge: brokersInKRaft,
          hints: [
            'What makes a process a broker of a quorum, in its configuration?',
            'process.roles and node.id instead of broker.id; nothing of ZooKeeper or of the migration; then a restart, one after the other.',
            "sed -i -e 's/^broker.id=/node.id=/' -e '/^zookeeper/d' -e '1i process.roles=broker' config/server.properties",
          ],
        },
      ],
    }),
    step('finalise', {
      title: 'Finalise',
      checks: [
        {
          id: 'finalised',
          title: 'The metadata log says that the migration is over',
          judge: ({ history }) => {
            const last = migrationStates(history).at(-1)
            if (last?.state !== POST_MIGRATION)
              return missing(
                'The controllers still write to ZooKeeper: they are configured for a migration. Take that out of their files, and restart them one after the other.',
              )
            return passed(
              `ZkMigrationStateRecord at offset ${last.offset} says POST_MIGRATION: from here there is no way back.`,
              {
                offset: last.offset,
                seq: last.seq,
                at: last.timestamp,
              },
            )
          },
          hints: [
            'The brokers have left. Who still knows of ZooKeeper?',
            'Remove zookeeper.connect and zookeeper.metadata.migration.enable from each controller’s file, and restart one controller after the other.',
            "sed -i '/^zookeeper/d' config/controller.properties, ./bin/kafka-server-stop, ./bin/kafka-server-start -daemon config/controller.properties",
          ],
        },
        {
          id: 'without-zookeeper',
          title: 'ZooKeeper is down, and the cluster has created topic after',
          judge: ({ cluster, history, passes }) => {
            if (!passes.finalised) return missing('The migration is not finalised yet.')
            if (cluster.nodes['zookeeper-1']?.up) return missing('ZooKeeper still runs.')
            const down = history.last('node', ({ host, up }) => host === 'zookeeper-1' && !up, {
              after: FROM_THE_START,
            })
            const [record] = history.records({ type: 'TOPIC_RECORD', where: (data) => data.name === 'after' })
            if (!record) return missing('There is no topic after yet.')
            if (!down || record.seq < down.seq)
              return missing('after was created while ZooKeeper still ran. Delete it, and create it again.')
            return passed(`ZooKeeper is down, and topic after came with offset ${record.offset} of the metadata log.`, {
              offset: record.offset,
            })
          },
          hints: [
            'Is ZooKeeper needed for anything now? There is one way to find out.',
            'Stop it, and then have the cluster decide something: create topic after.',
            'On zookeeper-1: ./bin/zookeeper-server-stop. On client: ./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic after --replication-factor 3',
          ],
        },
        {
          id: 'nothing-lost',
          title: `All that was acknowledged is there, and writes never stood still for ${MAX_OUTAGE_MS / 1000} s`,
          judge: (at) => {
            if (!at.passes.finalised) return missing('This can be said when the migration is finalised.')
            return nothingLost(at, { since: 'dual-write', maxOutageMs: MAX_OUTAGE_MS })
          },
          hints: [
            'The probe wrote and read all the time, through every restart.',
            'A broker that is stopped in order hands over first. One at a time, and only when all are in sync.',
            'If it says that writes stood still, the lab has to be started anew: it cannot be undone.',
          ],
        },
      ],
    }),
  ],
})
