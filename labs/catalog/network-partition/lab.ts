import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import type { After, HistoryView, Mark } from '#labs/engine/history-view.ts'
import { FROM_THE_START, followsLeader, partitionsOf, told } from '../quorum.ts'

export default defineLab({
  slug: 'network-partition',
  title: 'A leader cut off',
  course: 'kraft',
  module: 'network-partitions',
  minutes: 15,
  clusters: { main: cluster({ controllers: 3, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('isolate', {
      title: 'Isolate the leader',
      checks: [
        {
          id: 'leader-isolated',
          title: 'The host of the active controller is cut off from all others',
          judge: ({ history }) => history.isolated({ wasLeader: true }),
          hints: [
            'Nothing is stopped or killed here: the process lives, and the network takes it away.',
            'Find the leader in the panel. Isolate from the network, in the menu of its host, cuts all its links, both ways.',
            'If another host is isolated, choose Heal all cuts first. Then isolate the one with the leader’s mark.',
          ],
        },
        {
          id: 'new-leader',
          title: 'The other side has elected another leader, in a later epoch',
          judge: ({ history, passes }) =>
            passes['leader-isolated']
              ? history.newLeader({ after: 'leader-isolated' })
              : missing('The leader is not cut off yet.'),
          hints: [
            'The two others still reach each other. They need to notice first.',
            'They wait for an answer to their fetch, 2 seconds at most, then stand for election.',
            'Leave both links between the two remaining controllers whole, and both running; a leader is there in 2 to 5 seconds.',
          ],
        },
        {
          id: 'stepped-down',
          title: 'The isolated controller says itself that it leads no more',
          judge: ({ history, passes }) => {
            if (!passes['leader-isolated']) return missing('The leader is not cut off yet.')
            // Who healed too early, or killed it, isolates the one that leads then.
            return history.steppedDown({ after: lastIsolation(history) })
          },
          hints: [
            'A leader must hear from a majority of the voters. What does it do when it does not?',
            'It resigns after 3 seconds, by itself. Leave it cut off as long.',
            'Wait 5 seconds and look in a terminal of its host: grep "Did not receive fetch" logs/server.log',
          ],
        },
      ],
    }),
    step('decide', {
      title: 'Let the majority decide something',
      checks: [
        {
          id: 'decided-meanwhile',
          title: 'Topic shipments was created while the old leader was cut off',
          judge: ({ cluster, history, network, passes }) => {
            if (!passes['leader-isolated']) return missing('The leader is not cut off yet.')
            const created = history.last('topic', ({ topic, is }) => topic === 'shipments' && is === 'created', {
              after: 'leader-isolated',
            })
            if (!created) {
              if (network.cuts.length === 0)
                return missing('Nobody is cut off any more. Isolate the leader, then create topic shipments.')
              return missing(
                cluster.leader === null
                  ? 'Nobody leads: no topic can be created.'
                  : 'There is no topic shipments that was created meanwhile.',
              )
            }
            const old = formerLeaderCutOff(cluster, history, created)
            if (!old)
              return missing(
                'shipments was created when no former leader was cut off. Delete it, isolate the leader, create it again.',
              )
            const partitions = partitionsOf(cluster.topics.shipments)
            return passed(
              `shipments was created by node ${cluster.leader} in epoch ${cluster.epoch}, with ${partitions.length} partition${partitions.length === 1 ? '' : 's'}; ${old.host} knows nothing of it.`,
              { ...old, leader: cluster.leader, epoch: cluster.epoch, seq: created.seq, at: created.at },
            )
          },
          hints: [
            'The brokers have found the new leader already. Ask them, from the host client.',
            'Create a topic that is named shipments, before you heal anything.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic shipments --replication-factor 2',
          ],
        },
      ],
    }),
    step('heal', {
      title: 'Heal it',
      checks: [
        {
          id: 'healed',
          title: 'All links are whole again',
          judge: ({ history, passes }) =>
            passes['decided-meanwhile']
              ? history.healed({ after: 'decided-meanwhile' })
              : missing('The majority has decided nothing yet. Create topic shipments first.'),
          hints: [
            'The network was taken away by a button; another one gives it back.',
            'Reconnect in the menu of the isolated host mends its links, Heal all cuts those of the whole room.',
            'Choose Heal all cuts.',
          ],
        },
        {
          id: 'follows',
          title: 'The old leader follows the new one and has caught up',
          judge: ({ cluster, passes }) => {
            const node = told(passes['decided-meanwhile'], 'node') ?? told(passes['leader-isolated'], 'node')
            if (node === null || !passes.healed) return missing('It is still cut off.')
            if (cluster.leader === node)
              return missing(
                `Node ${node} was elected again, in epoch ${cluster.epoch}. Isolate its host until another leads, then choose Heal all cuts.`,
              )
            return followsLeader(cluster, node)
          },
          hints: [
            'It has to hear of the later epoch, throw away what was never committed, and fetch the rest.',
            'Compare its log end offset with the leader’s, on client: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
            'Leave it running and all links whole for some seconds. If it was killed, start it: ./bin/kafka-server-start -daemon config/controller.properties. If it was elected again, isolate it until another leads, and heal.',
          ],
        },
        {
          id: 'one-leader-each',
          title: 'No epoch had two leaders',
          judge: ({ history, passes }) =>
            passes.healed
              ? history.leadersByEpoch({ after: 'leader-isolated' })
              : missing('That can be said when both sides have met again.'),
          hints: [
            'This is about everything that happened in this room, on both sides of the cut.',
            'It can be said once the network is whole: each node has told of the epochs in which it led.',
            'Choose Heal all cuts and wait. If a part could not be watched, the message says so: isolate the leader and heal once more.',
          ],
        },
      ],
    }),
  ],
})

/** When a leader was cut off last. */
function lastIsolation(history: HistoryView): After {
  const found = history.isolated({ wasLeader: true })
  const [seq, at] = found.passed ? [told(found, 'seq'), told(found, 'at')] : [null, null]
  return seq !== null && at !== null ? { seq, at } : 'leader-isolated'
}

/** A host that was cut off at that moment, and whose node had led until it was. */
function formerLeaderCutOff(cluster: ClusterView, history: HistoryView, moment: Mark) {
  const changes = history.events('network', { after: FROM_THE_START }).filter(({ seq }) => seq < moment.seq)
  for (const host of changes.at(-1)?.isolated ?? []) {
    const whole = changes.findLastIndex(({ isolated }) => !isolated.includes(host))
    const since = changes[whole + 1]!.seq
    const led = history.last('leader', ({ leader, seq }) => leader !== null && seq <= since, { after: FROM_THE_START })
    const node = cluster.nodes[host]?.node ?? null
    if (node !== null && led?.leader === node) return { host, node }
  }
  return null
}
