import { defineWrong, fault, run } from '#labs/engine/solution.ts'
import { BROKER_HOSTS, CONTROLLER_HOSTS } from '../migration-files.ts'
import {
  allInSync,
  finalise,
  intoKRaft,
  joinMigration,
  outage,
  provisionOn,
  restart,
  TOPICS,
  zooKeeperStopped,
} from '../migration-solution.ts'

const CLIENT = { host: 'client' }
const create = (topic: string, replicas = 3) =>
  run(`${TOPICS} --create --topic ${topic} --replication-factor ${replicas}`, CLIENT)
export default defineWrong({
  'in-use': {
    why: 'records are there, but the topic has one replica',
    do: [
      create('orders', 1),
      run('seq 10 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders', CLIENT),
    ],
  },
  provisioned: {
    why: 'the third controller was formatted for a cluster of its own',
    do: [
      ...provisionOn('controller-1'),
      ...provisionOn('controller-2'),
      ...provisionOn('controller-3', '"$(./bin/kafka-storage random-uuid)"'),
    ],
  },
  'dual-write': {
    why: 'two of three brokers have joined',
    do: [...joinMigration('broker-1'), ...joinMigration('broker-2')],
  },
  'written-to-both': {
    why: 'the topic is older than the dual writing',
    do: [create('refunds'), ...BROKER_HOSTS.flatMap(joinMigration)],
  },
  'brokers-in-kraft': {
    why: 'two of three brokers have left ZooKeeper, the third was restarted as it was',
    do: [...intoKRaft('broker-1'), ...intoKRaft('broker-2'), allInSync, ...restart('broker-3')],
  },
  finalised: {
    why: 'the files are changed, and no controller has read them',
    do: CONTROLLER_HOSTS.map((host) => run("sed -i '/^zookeeper/d' config/controller.properties", { host })),
  },
  'without-zookeeper': {
    why: 'the topic was created while ZooKeeper still ran',
    do: [...finalise, create('after'), ...zooKeeperStopped],
  },
  'nothing-lost': {
    why: 'two brokers were killed, so that writes stood still',
    do: [
      fault({ action: 'kill', host: 'broker-1' }),
      fault({ action: 'kill', host: 'broker-2' }),
      outage(12_000),
      fault({ action: 'start', host: 'broker-1' }),
      fault({ action: 'start', host: 'broker-2' }),
      ...finalise,
    ],
  },
})
