import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { followsLeader, partitionsOf, told } from '../quorum.ts'

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
            'Find the leader in the panel. The button Isolate at its host cuts all its links, both ways.',
            'If another host is isolated, press Heal first. Then isolate the one with the leader’s mark.',
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
          judge: ({ history, passes }) =>
            passes['leader-isolated']
              ? history.steppedDown({ after: 'leader-isolated' })
              : missing('The leader is not cut off yet.'),
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
            const host = passes['leader-isolated']?.evidence.host
            const created = history.last('topic', ({ topic, is }) => topic === 'shipments' && is === 'created', {
              after: 'leader-isolated',
            })
            if (!created) {
              if (network.cuts.length === 0)
                return missing(`${host} is no longer cut off. Isolate it again, then create topic shipments.`)
              return missing(
                cluster.leader === null
                  ? 'Nobody leads: no topic can be created.'
                  : 'There is no topic shipments that was created meanwhile.',
              )
            }
            const links = history
              .events('network', { after: 'leader-isolated' })
              .findLast(({ seq }) => seq < created.seq)
            if (links && !links.isolated.some((one) => one === host))
              return missing(
                `shipments was created when ${host} was no longer cut off. Delete it, isolate, create it again.`,
              )
            const partitions = partitionsOf(cluster.topics.shipments)
            return passed(
              `shipments was created by node ${cluster.leader} in epoch ${cluster.epoch}, with ${partitions.length} partition${partitions.length === 1 ? '' : 's'}; ${host} knows nothing of it.`,
              { leader: cluster.leader, epoch: cluster.epoch },
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
          judge: ({ history }) => history.healed({ after: 'leader-isolated' }),
          hints: [
            'The network was taken away by a button; another one gives it back.',
            'Heal at the isolated host mends its links, Heal all those of the whole room.',
            'Press Heal all.',
          ],
        },
        {
          id: 'follows',
          title: 'The old leader follows the new one and has caught up',
          judge: ({ cluster, passes }) => {
            const node = told(passes['leader-isolated'], 'node')
            if (node === null || !passes.healed) return missing('It is still cut off.')
            return followsLeader(cluster, node)
          },
          hints: [
            'It has to hear of the later epoch, throw away what was never committed, and fetch the rest.',
            'Compare its log end offset with the high watermark: ./bin/kafka-metadata-quorum describe --replication',
            'Leave it running and all links whole for some seconds. If it was killed, start it: ./bin/kafka-server-start -daemon config/controller.properties',
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
            'Press Heal all and wait. If a part could not be watched, the message says so: isolate the leader and heal once more.',
          ],
        },
      ],
    }),
  ],
})
