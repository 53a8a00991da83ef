import { cluster, defineLab, file, missing, passed, step } from '#labs/engine/define.ts'
import { BROKERS, brokersInZooKeeper, CONTROLLERS, writtenToBoth } from '../migration.ts'
import {
  BROKER_HOSTS,
  BROKER_LEAVES,
  BROKER_MIGRATES,
  CONTROLLER_HOSTS,
  CONTROLLER_MIGRATES,
  format,
  MIGRATING,
} from '../migration-files.ts'
import { nothingLost } from '../probe.ts'
import { propertiesOf } from '../properties.ts'
import { FROM_THE_START } from '../quorum.ts'
import { GONE } from '../repair.ts'

/** Without a controller nobody is elected; a broker that is stopped then cannot hand over. */
const MAX_OUTAGE_MS = 10_000
/** Elections that the quorum has had: ZooKeeper has counted fewer controllers than that. */
const QUORUM_EPOCH = 6
const KAFKA = '3.9.2'

const start = (host: string, kind: 'server' | 'controller') => ({
  host,
  command: `./bin/kafka-server-start -daemon config/${kind}.properties`,
})
/** Asks until it is so: each answer takes ZooKeeper's shell some two seconds. */
const until = (host: string, path: string, has: string) => ({
  host,
  command: `for try in {1..30}; do ./bin/zookeeper-shell zookeeper-1:2181 get ${path} 2>/dev/null | grep -q '${has}' && exit 0; done; exit 1`,
})

/** Alone, a voter of 3.9 stands for election again and again, each time in a later epoch. */
const elections = {
  host: 'controller-1',
  command: `for try in {1..150}; do grep -qE '"leaderEpoch":([${QUORUM_EPOCH}-9]|[0-9]{2})' /var/lib/kafka/data/__cluster_metadata-0/quorum-state && exit 0; sleep 0.2; done; exit 1`,
}

export default defineLab({
  slug: 'rolling-back',
  title: 'The way back to ZooKeeper',
  course: 'kraft',
  module: 'leaving-zookeeper',
  minutes: 35,
  startSeconds: 90,
  clusters: {
    main: cluster({
      zookeeper: 1,
      brokers: BROKERS.length,
      controllers: CONTROLLERS.length,
      kafka: KAFKA,
      quorum: 'static',
      running: ['zookeeper-1'],
    }),
  },
  hosts: [{ name: 'client', kafka: KAFKA }],
  probe: 'main',
  // A migration that stands still half-way: both are written, and one broker has left ZooKeeper.
  prepare: [
    ...BROKER_HOSTS.map((host) => ({ host, command: BROKER_MIGRATES })),
    ...BROKER_HOSTS.map((host) => start(host, 'server')),
    until('client', '/cluster/id', 'id'),
    ...CONTROLLER_HOSTS.flatMap((host) => [
      { host, command: CONTROLLER_MIGRATES },
      { host, command: format() },
      start(host, 'controller'),
      ...(host === 'controller-1' ? [elections] : []),
    ]),
    until('client', '/controller', '"brokerid":10'),
    {
      host: 'broker-1',
      command: `./bin/kafka-server-stop && ${GONE}`,
    },
    { host: 'broker-1', command: BROKER_LEAVES },
    start('broker-1', 'server'),
  ],
  steps: [
    step('where', {
      title: 'How far they had come',
      ask: 'One broker has left ZooKeeper already. Which one? Give its id.',
      judge: (given, { cluster }) => {
        const { zookeeper } = cluster
        if (!zookeeper) return missing('ZooKeeper has not answered yet.')
        const left = BROKERS.filter((id) => !zookeeper.brokers.includes(id))
        if (left.length !== 1)
          return missing(
            left.length === 0
              ? 'All brokers are registered in ZooKeeper. Did you take it back already? Then name the one that you took back.'
              : `${left.map((id) => `Broker ${id}`).join(' and ')} are not registered in ZooKeeper just now. Wait until one alone is missing.`,
          )
        if (Number(given.match(/\d+/)?.[0]) !== left[0])
          return missing('Not that one. ZooKeeper’s /brokers/ids has a node for each broker that it knows.')
        return passed(`Broker ${left[0]} is registered with the quorum alone; ZooKeeper knows the others.`)
      },
    }),
    step('brokers', {
      title: 'The brokers come back to ZooKeeper',
      checks: [
        {
          id: 'written-to-both',
          title: 'Topic refunds is in the metadata log and written to ZooKeeper',
          judge: (at) => writtenToBoth(at),
          hints: [
            'What is decided now must not be lost on the way back. See that it is written to both.',
            'Create topic refunds with kafka-topics, and compare its offset with what /migration says.',
            './bin/kafka-topics --bootstrap-server broker-2:9092 --create --topic refunds --replication-factor 3',
          ],
        },
        {
          id: 'brokers-in-zookeeper',
          title: 'All brokers are registered in ZooKeeper again, and with the quorum as ZooKeeper’s',
          judge: brokersInZooKeeper,
          hints: [
            'The broker that left has to become again what the others still are.',
            'Compare its server.properties with another broker’s: what does it lack, and what has it too much? Then restart it.',
            `sed -i -e '/^process.roles/d' -e 's/^node.id=/broker.id=/' config/server.properties, then add zookeeper.connect=zookeeper-1:2181 and zookeeper.metadata.migration.enable=true, and restart`,
          ],
        },
      ],
    }),
    step('controller', {
      title: 'The office goes back',
      checks: [
        {
          id: 'quorum-down',
          title: 'The quorum is down',
          judge: ({ cluster }) => {
            const up = Object.values(cluster.nodes).filter(
              ({ node, up, process }) => node !== null && CONTROLLERS.includes(node) && (up || process !== 'none'),
            )
            if (up.length > 0) return missing(`Still there: ${up.map(({ host }) => host).join(', ')}.`)
            return passed('None of the three controllers runs. From here nobody decides anything.')
          },
          hints: [
            'Two controllers at once would be worse than none: first the one has to go.',
            'Stop all three controllers. They do not hand over to anybody.',
            './bin/kafka-server-stop on controller-1, controller-2 and controller-3',
          ],
        },
        {
          id: 'broker-decides',
          title: 'A broker holds /controller again, in an epoch above the quorum’s',
          judge: ({ cluster, history, passes }) => {
            const { zookeeper } = cluster
            if (!zookeeper) return missing('ZooKeeper has not answered yet.')
            const { controller, migration } = zookeeper
            if (!controller) return missing('Nobody holds /controller. Some broker will create it in a moment.')
            if (controller.kraftEpoch !== null)
              return missing(
                `/controller still says node ${controller.node}: a quorum’s entry does not go away with its process.`,
              )
            if (!passes['quorum-down'] && cluster.leader !== controller.node)
              return missing(
                'A broker holds /controller, and the quorum still has a leader. Stop the controllers first.',
              )
            // kafka.controller.ReplicaStateMachine of 3.9.2 refuses what a controller of a higher epoch has written
            if (migration && controller.epoch <= migration.controllerEpoch)
              return missing(
                `Broker ${controller.node} is the controller in epoch ${controller.epoch}, and the quorum has written the state of partitions in epoch ${migration.controllerEpoch}: this controller refuses to change what looks later than itself. Set /controller_epoch higher, and delete /controller once more.`,
              )
            const last = history.last('leader', ({ leader }) => leader === controller.node, { after: FROM_THE_START })
            const none = history.last('leader', ({ leader, at }) => leader === null && at <= (last?.at ?? 0), {
              after: FROM_THE_START,
            })
            const ms = last && none ? last.at - none.at : null
            return passed(
              `Broker ${controller.node} holds /controller, in epoch ${controller.epoch}.${ms === null ? '' : ` The cluster was without one for ${(ms / 1000).toFixed(1)} s.`}`,
              { controller: controller.node, ...(ms === null ? {} : { ms }) },
            )
          },
          hints: [
            'The brokers wait for /controller to go away, and it does not by itself. And they count their controllers in /controller_epoch.',
            'Read kraftControllerEpoch in /controller, set /controller_epoch to that number, then delete /controller.',
            './bin/zookeeper-shell zookeeper-1:2181 set /controller_epoch N, then ./bin/zookeeper-shell zookeeper-1:2181 delete /controller',
          ],
        },
        {
          id: 'still-decides',
          title: 'The cluster has created topic after, with three replicas in sync, and refunds is still there',
          judge: ({ cluster, passes }) => {
            if (!passes['broker-decides']) return missing('No broker is the controller yet.')
            const { refunds, after } = cluster.topics
            if (!refunds) return missing('There is no topic refunds any more.')
            if (!after) return missing('There is no topic after yet.')
            const few = Object.entries(after.partitions).find(([, { isr }]) => isr.length < BROKERS.length)
            if (few) return missing(`after-${few[0]} has ${few[1].isr.length} replicas in sync, not ${BROKERS.length}.`)
            return passed(
              'after was created by ZooKeeper’s controller, and refunds, which the quorum had created, is there.',
            )
          },
          hints: [
            'A controller that decides nothing is none. Have it decide something.',
            'Create topic after, with three replicas.',
            './bin/kafka-topics --bootstrap-server broker-2:9092 --create --topic after --replication-factor 3',
          ],
        },
      ],
    }),
    step('clean', {
      title: 'As if nothing had been',
      facts: Object.fromEntries(
        BROKER_HOSTS.map((host) => [host, file(host, '/home/learner/kafka/config/server.properties')]),
      ),
      checks: [
        {
          id: 'without-quorum',
          title: 'No broker looks for a quorum any more',
          judge: ({ cluster, facts }) => {
            for (const host of BROKER_HOSTS) {
              const fact = facts[host]
              const properties = propertiesOf(fact)
              if (typeof properties === 'string') return missing(`${host}: ${properties}`)
              const left = MIGRATING.find((property) => properties.has(property))
              if (left) return missing(`${host} still has ${left} in its server.properties.`)
              const node = cluster.nodes[host]
              if (!node?.up) return missing(`${host} is not up.`)
              const modified = fact?.state === 'fetched' ? (fact.value?.modified ?? 0) : 0
              if (node.since < modified)
                return missing(`${host} runs since before its server.properties was changed last. Restart it.`)
            }
            const missed = BROKERS.filter((id) => !cluster.zookeeper?.brokers.includes(id))
            if (missed.length > 0) return missing(`Not registered in ZooKeeper: broker ${missed.join(', ')}.`)
            return passed(
              'All three brokers were restarted without a word of a quorum, and are registered in ZooKeeper.',
            )
          },
          hints: [
            'The brokers still try to reach the voters of a quorum that is gone.',
            'Take out what made them migrate: three properties. One broker after the other.',
            `sed -i -e '/^zookeeper.metadata.migration.enable/d' -e '/^controller.quorum/d' -e '/^controller.listener/d' config/server.properties, then restart`,
          ],
        },
        {
          id: 'nothing-lost',
          title: `All that was acknowledged is there, and writes never stood still for ${MAX_OUTAGE_MS / 1000} s`,
          judge: (at) => {
            if (!at.passes['without-quorum'])
              return missing('This can be said when no broker looks for a quorum any more.')
            // before that the room was prepared
            return nothingLost(at, { since: 'quorum-down', maxOutageMs: MAX_OUTAGE_MS, from: 'where-answer' })
          },
          hints: [
            'The probe wrote and read all the time.',
            'One broker at a time, and only when all are in sync.',
            'If it says that writes stood still, the lab has to be started anew: it cannot be undone.',
          ],
        },
      ],
    }),
  ],
})
