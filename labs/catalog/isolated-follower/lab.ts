import { cluster, defineLab, logEnd, missing, passed, step } from '#labs/engine/define.ts'
import { counted, FROM_THE_START, followerCutOff, followsLeader, leadsAsBefore, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'] as const
/** NoOps alone are two a second: so many are 10 s, five times as long as a follower waits for its leader. */
const BEHIND_RECORDS = 20
const ends = {
  'controller-1': logEnd('controller-1'),
  'controller-2': logEnd('controller-2'),
  'controller-3': logEnd('controller-3'),
}

export default defineLab({
  slug: 'isolated-follower',
  title: 'A follower cut off',
  course: 'kraft',
  module: 'network-partitions',
  minutes: 12,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('isolate', {
      title: 'Isolate a follower',
      checks: [
        {
          id: 'follower-isolated',
          title: 'The host of a controller that follows is cut off from all others',
          judge: (moment) => followerCutOff(moment, CONTROLLERS),
          hints: [
            'One of three leads. Take one of the two others.',
            'Isolate from the network is in the menu of each host. The leader has a mark in the panel.',
            'Choose Isolate from the network in the menu of a controller without the leader’s mark. If you took the leader: Heal all cuts first.',
          ],
        },
        {
          id: 'decided',
          title: 'Topic shipments was created meanwhile, by the same leader in the same epoch',
          judge: (moment) => {
            const { cluster, history, network, passes } = moment
            const epoch = told(passes['follower-isolated'], 'epoch')
            if (epoch === null) return missing('No follower is cut off yet.')
            const created = history.last('topic', ({ topic, is }) => topic === 'shipments' && is === 'created', {
              after: 'follower-isolated',
            })
            if (!created)
              return missing(
                network.cuts.length === 0
                  ? 'Nobody is cut off any more. Isolate a follower, then create topic shipments.'
                  : 'There is no topic shipments that was created meanwhile.',
              )
            const before = history.events('network', { after: FROM_THE_START }).findLast(({ seq }) => seq < created.seq)
            if (!before?.isolated.some((host) => CONTROLLERS.some((one) => one === host)))
              return missing(
                'shipments was created when no controller was cut off. Delete it, isolate a follower, create it again.',
              )
            if (cluster.epoch !== epoch)
              return missing(
                `The epoch was ${epoch} at the cut, and is ${cluster.epoch} now: somebody was elected. Reset to this step, and leave the leader alone.`,
              )
            return passed(`shipments was created by node ${cluster.leader}, still in epoch ${epoch}.`)
          },
          hints: [
            'Two of three voters are a majority. Let it decide something.',
            'Create a topic that is named shipments, from the host client, while the follower is cut off.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic shipments --replication-factor 2',
          ],
        },
      ],
    }),
    step('sides', {
      title: 'Both sides of the cut',
      facts: ends,
      checks: [
        {
          id: 'behind',
          title: `The one that is cut off lives, is still a voter, and is ${BEHIND_RECORDS} records behind`,
          judge: ({ cluster, network, passes }) => {
            const host = passes['follower-isolated']?.evidence.host
            const node = told(passes['follower-isolated'], 'node')
            if (typeof host !== 'string' || node === null) return missing('No follower is cut off yet.')
            if (!cluster.nodes[host]?.up) return missing(`Node ${node} does not run. Start it; ${host} stays cut off.`)
            if (!network.cuts.some(({ from }) => from === host))
              return missing(`${host} is not cut off any more. Isolate it again.`)
            if (!cluster.voters.some((voter) => voter.node === node))
              return missing(`Node ${node} is no voter any more.`)
            const [end, committed] = [cluster.metadataEnds[node], cluster.highWatermark]
            if (end === undefined || end < 0 || committed === null)
              return missing('The leader has not told how far each has come.')
            const behind = committed - end
            if (behind < BEHIND_RECORDS)
              return missing(`${host} is ${counted(Math.max(0, behind), 'record')} behind; wait a little.`)
            return passed(
              `Node ${node} runs and votes. Its log ends at ${end}, as the leader last heard; committed is everything below ${committed}.`,
              { node, end, committed },
            )
          },
          hints: [
            'It is alive, and nothing reaches it.',
            'An idle cluster writes two empty records a second. Leave it cut off for ten seconds and more.',
            'Wait, and look at the panel, or at describe --replication on client. If you killed it: start it, it stays cut off.',
          ],
        },
      ],
      ask: 'At which offset does the log of the one that is cut off end?',
      judge: (given, { cluster, facts, passes }) => {
        const host = CONTROLLERS.find((one) => one === passes['follower-isolated']?.evidence.host)
        const node = told(passes['follower-isolated'], 'node')
        if (!host || node === null) return missing('No follower is cut off yet.')
        const disk = facts[host]
        const heard = cluster.metadataEnds[node]
        const real = disk.state === 'fetched' ? (disk.value?.end ?? null) : null
        if (real === null && heard === undefined) return missing('The leader has not told how far each has come.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        // An answer that was on its way when the link was cut is on the disk, and the leader has not heard of it.
        if (offset === real || offset === heard)
          return passed(`The log of ${host} ends at ${offset}. The leader has heard of ${heard}.`, { offset, heard })
        if (offset === cluster.highWatermark)
          return missing(`${offset} is where what is committed ends. The log of ${host} ends before.`)
        return missing(
          `The log of ${host} does not end there. Look at its row, or at the last offset on its disk plus one.`,
        )
      },
    }),
    step('heal', {
      title: 'Heal it',
      predict: {
        question:
          'How many records of its own log will it have to throw away when it comes back, before it can go on with the leader’s?',
        refuse: notANumber,
        outcome: (given, { passes }) => ({
          right: numberIn(given) === 0,
          says: `None. Only a leader appends records of its own: up to ${told(passes.behind, 'end')} its log was the leader’s, and nothing came since.`,
        }),
      },
      checks: [
        {
          id: 'healed',
          title: 'All links are whole again',
          judge: ({ history, passes }) =>
            passes.behind ? history.healed({ after: 'behind' }) : missing('It has to miss something first.'),
          hints: [
            'The panel that took the network away gives it back.',
            'Reconnect mends the links of one host, Heal all cuts those of the room.',
            'Choose Heal all cuts.',
          ],
        },
        {
          id: 'caught-up',
          title: 'It follows the leader and has all that is committed',
          judge: ({ cluster, passes }) => {
            const node = told(passes['follower-isolated'], 'node')
            if (node === null || !passes.healed) return missing('It is still cut off.')
            return followsLeader(cluster, node)
          },
          hints: [
            'It has to find the leader again, and to fetch what it missed.',
            'That takes a second or two, without any help.',
            'Leave it running. If it was killed: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'same-epoch',
          title: 'Nobody was elected, from the cut until now',
          judge: (moment) =>
            moment.passes['caught-up'] ? leadsAsBefore(moment, 'follower-isolated') : missing('It is not back yet.'),
          hints: [
            'A follower that comes back could have had a later epoch. Has it?',
            'PreVote asks before it raises an epoch, and nobody answered yes.',
            'If somebody was elected, another node was stopped or cut off as well: reset to the first step.',
          ],
        },
      ],
    }),
  ],
})
