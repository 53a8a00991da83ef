import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { FROM_THE_START, followsLeader, lastEpochOf, told } from '../quorum.ts'

export default defineLab({
  slug: 'controller-failover',
  title: 'Controller failover',
  course: 'kraft',
  module: 'electing-a-leader',
  minutes: 12,
  clusters: { main: cluster({ controllers: 3, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('find', {
      title: 'Find the active controller',
      ask: 'Which node is the active controller? Give its node id.',
      judge: (given, { cluster }) => {
        const { leader, epoch } = cluster
        if (leader === null) return missing('Nobody leads at this moment. Ask again in a second.')
        const id = /^\s*(?:node\s*)?(\d+)\s*$/i.exec(given)?.[1]
        if (id === undefined) return missing('A node id is a number, such as 1 or 101.')
        if (Number(id) === leader) return passed(`Node ${leader} leads, in epoch ${epoch}.`, { leader, epoch })
        if (cluster.brokers[Number(id)])
          return missing(`Node ${id} is a broker: it reads the metadata log and has no vote.`)
        return missing(`Node ${id} is not the leader now. The quorum itself can tell: look for LeaderId.`)
      },
    }),
    step('kill', {
      title: 'Kill it',
      checks: [
        {
          id: 'leader-died',
          title: 'The active controller died while it led',
          judge: ({ history }) => {
            const down = history.last('node', ({ up, led, process }) => !up && led && process !== 'paused')
            if (!down || down.node === null) return history.nodeDown({ wasLeader: true })
            const { host, node, seq, at } = down
            const leader = history
              .events('leader', { after: FROM_THE_START })
              .findLast((event) => event.seq < seq && event.leader !== null)
            if (leader && leader.leader !== node)
              return missing(
                `${host} handed over to node ${leader.leader} before it stopped, so nobody missed it. Kill the one that leads now.`,
              )
            const epoch = lastEpochOf(history, node)
            return passed(`${host} (node ${node}) died; it led in epoch ${epoch}.`, { host, node, epoch, seq, at })
          },
          hints: [
            'It has to die, not to shut down in order. The panel shows which host carries the leader’s mark.',
            'Choose Kill (SIGKILL) in the menu of that host, or open a terminal on it and send its Java process the signal that it cannot catch.',
            'In a terminal of the leader’s host: pkill -9 -f kafka.Kafka',
          ],
        },
        {
          id: 'new-leader',
          title: 'Another controller leads, in a later epoch',
          judge: ({ cluster, history, passes }) => {
            if (!passes['leader-died']) return missing('The one that you found still has to die.')
            const verdict = history.newLeader({ after: 'leader-died' })
            if (verdict.passed) return verdict
            const up = Object.values(cluster.nodes).filter(({ host, up }) => up && host.startsWith('controller')).length
            return up < 2 ? missing(`Only ${up} of 3 controllers is up: no majority, no leader. Start one.`) : verdict
          },
          hints: [
            'The other two need a moment: first they must notice, then one of them has to win.',
            'Watch the epoch in the panel. Two of the three controllers must be alive.',
            'Wait some 2 to 5 seconds. If a second controller is down, start it: ./bin/kafka-server-start -daemon config/controller.properties on its host',
          ],
        },
        {
          id: 'outage-measured',
          title: 'The probe has measured how long no active controller answered',
          judge: ({ history, passes }) => {
            if (!passes['leader-died']) return missing('Nothing to measure yet.')
            const verdict = history.outageMeasured({ kind: 'metadata', after: 'leader-died' })
            if (verdict.passed || !passes['new-leader'] || history.outages({ kind: 'metadata' }).length > 0)
              return verdict
            return missing(
              'Somebody leads again, and the probe has measured nothing: it had not begun when the leader died. Start the dead one and kill the leader once more.',
            )
          },
          hints: [
            'The probe asks the active controller five times a second. From its last answer to the next one is the outage.',
            'It ends by itself as soon as another controller leads.',
            'Wait for the new leader, then look at the timeline: the bar named metadata is the measured outage.',
          ],
        },
      ],
    }),
    step('return', {
      title: 'Bring it back',
      checks: [
        {
          id: 'returned',
          title: 'The controller that died is back',
          judge: ({ history }) => history.nodeUp({ after: 'leader-died' }),
          hints: [
            'Its disk is whole and its configuration lies where it was: it only has to be started.',
            'Choose Start in the menu of its host, or use kafka-server-start there with config/controller.properties.',
            'In a terminal of that host: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'follows',
          title: 'It follows the new leader and has caught up',
          judge: ({ cluster, passes }) => {
            const node = told(passes['leader-died'], 'node')
            if (node === null || !passes.returned) return missing('It is not back yet.')
            return followsLeader(cluster, node)
          },
          hints: [
            'It has to reach the new leader and fetch what it missed. That takes a second or two.',
            'Compare its log end offset with the leader’s, on client: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
            'Leave it running, with no link cut, and let the other controller lead. If it leads again itself, kill the leader once more and start it.',
          ],
        },
      ],
    }),
  ],
})
