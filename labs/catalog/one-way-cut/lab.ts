import { type ClusterView, nodeOf, type PartitionView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { EventOf } from '#labs/engine/events.ts'
import type { Link } from '#labs/protocol/observation.ts'
import { counted, followsLeader, leaderAt, leadsAsBefore, told } from '../quorum.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const BROKERS = ['broker-1', 'broker-2']
/** NoOps alone are two a second: so many are 10 s, five times as long as a follower waits for its leader. */
const UNHEARD_RECORDS = 20

export default defineLab({
  slug: 'one-way-cut',
  title: 'One way only',
  course: 'kraft',
  module: 'network-partitions',
  minutes: 18,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: BROKERS.length }) },
  hosts: ['client'],
  steps: [
    step('deaf', {
      title: 'A voter that hears nothing',
      predict: {
        question:
          'You will cut one direction: packets from the leader to a follower are dropped, those of the follower arrive. Ten seconds later, will its fetches still arrive at the leader? yes or no',
        refuse: (given) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
        outcome: (given, { passes }) => ({
          right: /no/i.test(given),
          says: `They do not. The leader last heard of it at offset ${told(passes.unheard, 'end')}. A fetch needs a connection, and a connection needs answers.`,
        }),
      },
      checks: [
        {
          id: 'deaf-voter',
          title:
            'From the leader to a follower nothing gets through; the other direction and all other links are whole',
          judge: (moment) => deafVoter(moment),
          hints: [
            'One link, and one direction of it.',
            'Cut one direction is in the room’s menu. From: who leads the quorum. To: a controller that follows.',
            'If another link is cut, choose Heal all cuts first. Then cut from the host with the leader’s mark to another controller.',
          ],
        },
        {
          id: 'unheard',
          title: `The leader has heard nothing from it for ${UNHEARD_RECORDS} records, and leads as before`,
          judge: (moment) => {
            const { cluster, network, passes } = moment
            const [node, end] = [told(passes['deaf-voter'], 'node'), cluster.metadataEnds]
            if (node === null) return missing('No such direction is cut yet.')
            const { from, to } = passes['deaf-voter']!.evidence
            if (!isOnly(network.cuts, String(from), String(to)))
              return missing(
                `Only the direction from ${from} to ${to} should be cut. Choose Heal all cuts, and cut it again.`,
              )
            if (!nodeOf(cluster, node)?.up) return missing(`Node ${node} is not up. Start it.`)
            const same = leadsAsBefore(moment, 'deaf-voter')
            if (!same.passed) return missing('Another leads now. Reset to this step, and leave the leader alone.')
            const [heard, committed] = [end[node], cluster.highWatermark]
            if (heard === undefined || heard < 0 || committed === null)
              return missing('The leader has not told how far each has come.')
            const behind = committed - heard
            if (behind < UNHEARD_RECORDS)
              return missing(`It is ${counted(Math.max(0, behind), 'record')} behind; wait a little.`)
            return passed(
              `The leader last heard from node ${node} when its log ended at ${heard}; committed is everything below ${committed}.`,
              { node, end: heard, committed },
            )
          },
          hints: [
            'It may speak. Look whether anybody hears it.',
            'An idle cluster writes two records a second. Wait for ten seconds and more.',
            'Compare the log ends: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
          ],
        },
      ],
    }),
    step('mute', {
      title: 'A broker that is not heard',
      checks: [
        {
          id: 'mute-broker',
          title:
            'From the broker that leads topic orders to the active controller nothing gets through; all else is whole',
          judge: (moment) => muteBroker(moment),
          hints: [
            'Mend the first cut. Then a topic is needed, and the broker that leads it.',
            'Create orders with --replica-assignment 1:2: broker 1 leads it. From: broker-1. To: the host that leads the quorum.',
            'Choose Heal all cuts. On client: ./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replica-assignment 1:2. Then cut one direction from broker-1 to the host with the leader’s mark.',
          ],
        },
        {
          id: 'fenced',
          title: 'That broker lives, is fenced, and another one leads orders',
          judge: ({ cluster, network, passes }) => {
            const broker = told(passes['mute-broker'], 'broker')
            if (broker === null) return missing('No such direction is cut yet.')
            const { from, to } = passes['mute-broker']!.evidence
            if (!isOnly(network.cuts, String(from), String(to)))
              return missing(
                `Only the direction from ${from} to ${to} should be cut. Choose Heal all cuts, and cut it again.`,
              )
            if (!nodeOf(cluster, broker)?.up) return missing(`Broker ${broker} is not up: it should live. Start it.`)
            if (cluster.brokers[broker]?.fenced !== true)
              return missing(
                `Broker ${broker} is not fenced yet: the controller waits for its heartbeat for 9 seconds.`,
              )
            const orders = ordersOf(cluster)
            if (!orders || orders.leader < 0 || orders.leader === broker)
              return missing(
                `orders-0 is led by ${orders && orders.leader >= 0 ? `broker ${orders.leader}` : 'nobody'}.`,
              )
            return passed(
              `Broker ${broker} runs and answers, and is fenced. orders-0 is led by broker ${orders.leader}; in sync: ${orders.isr.join(', ')}.`,
              { broker, leader: orders.leader },
            )
          },
          hints: [
            'The controller counts heartbeats. It hears none.',
            'broker.session.timeout.ms is 9 seconds.',
            'Leave the cut where it is for ten seconds and more, and the broker running.',
          ],
        },
      ],
    }),
    step('elsewhere', {
      title: 'Another leader',
      checks: [
        {
          id: 'back',
          title: 'The direction is still cut, and the broker is unfenced: another controller leads',
          judge: ({ cluster, history, network, passes }) => {
            const [broker, before] = [told(passes['mute-broker'], 'broker'), told(passes['mute-broker'], 'leader')]
            if (broker === null || before === null || !passes.fenced)
              return missing('The broker has not been fenced yet.')
            const { from, to } = passes['mute-broker']!.evidence
            if (!network.cuts.some((link) => link.from === from && link.to === to))
              return missing(`The direction from ${from} to ${to} is not cut any more. Reset to the step before.`)
            const { leader, epoch } = cluster
            if (leader === null) return missing('Nobody leads at the moment.')
            if (leader === before) return missing(`Node ${before} leads still, and broker ${broker} does not reach it.`)
            if (cluster.brokers[broker]?.fenced !== false)
              return missing(`Node ${leader} leads in epoch ${epoch}; broker ${broker} is still fenced.`)
            const unfenced = history.last('broker', (event) => event.broker === broker && event.is === 'unfenced')
            return passed(
              `Node ${leader} leads in epoch ${epoch}, hears broker ${broker}, and has unfenced it. From ${from} to ${to} nothing gets through still.`,
              { broker, leader, epoch, ...(unfenced ? { seq: unfenced.seq, at: unfenced.at } : {}) },
            )
          },
          hints: [
            'The broker reaches every host but one. Does it have to be that one?',
            'No command moves the lead of the quorum. What makes a leader give it up?',
            'Choose Restart in the menu of the host that leads. If it is elected again, restart it once more.',
          ],
        },
      ],
    }),
    step('heal', {
      title: 'Heal it',
      checks: [
        {
          id: 'whole',
          title: 'All links are whole, all controllers follow one leader, and orders has both brokers in sync',
          judge: ({ cluster, history, passes }) => {
            if (!passes.back) return missing('The broker has to come back first, by another leader.')
            const healed = history.healed({ after: 'back' })
            if (!healed.passed) return healed
            for (const { node } of cluster.voters) {
              if (node === cluster.leader) continue
              const follows = followsLeader(cluster, node)
              if (!follows.passed) return follows
            }
            const orders = ordersOf(cluster)
            if (!orders) return missing('There is no topic orders any more. Create it again.')
            if (orders.isr.length < BROKERS.length)
              return missing(
                `Of orders-0 only ${orders.isr.join(', ') || 'nobody'} is in sync. Both brokers have to run.`,
              )
            return passed(
              `All follow node ${cluster.leader} in epoch ${cluster.epoch}; brokers ${[...orders.isr].sort().join(' and ')} are in sync.`,
            )
          },
          hints: [
            'Leave no cut behind.',
            'Heal all cuts mends them all. Is a node down?',
            'Choose Heal all cuts. If a controller or broker is down, choose Start.',
          ],
        },
      ],
    }),
  ],
})

const ordersOf = (cluster: ClusterView): PartitionView | undefined => cluster.topics.orders?.partitions[0]
const isOnly = (cuts: Link[], from: string, to: string): boolean =>
  cuts.length === 1 && cuts[0]!.from === from && cuts[0]!.to === to

/** The last change of the network, where it left one direction cut; else what is missing. */
function oneDirection({ history }: Pick<Moment, 'history'>): (EventOf<'network'> & Link) | Verdict {
  const event = history.last('network')
  if (!event || event.cuts.length === 0) return missing('No direction is cut.')
  if (event.cuts.length > 1)
    return missing(`${event.cuts.length} directions are cut. Choose Heal all cuts, and cut a single one.`)
  return { ...event, ...event.cuts[0]! }
}

function deafVoter(moment: Moment): Verdict {
  const { cluster, history } = moment
  const cut = oneDirection(moment)
  if ('passed' in cut) return cut
  const leader = leaderAt(history, cut)
  const { from, to } = cut
  const node = cluster.nodes[to]?.node ?? null
  if (leader === null || nodeOf(cluster, leader)?.host !== from)
    return missing(
      `The direction from ${from} to ${to} is cut; the leader is node ${leader ?? 'unknown'}. Choose Heal all cuts, and cut from its host.`,
    )
  if (!CONTROLLERS.includes(to) || node === null)
    return missing(`${to} is no controller. Choose Heal all cuts, and cut from ${from} to another controller.`)
  return passed(
    `Packets from ${from} (node ${leader}, which leads) to ${to} (node ${node}) are dropped; those from ${to} arrive.`,
    {
      from,
      to,
      node,
      leader,
      epoch: cluster.epoch,
      seq: cut.seq,
      at: cut.at,
    },
  )
}

function muteBroker(moment: Moment): Verdict {
  const { cluster, history } = moment
  const orders = ordersOf(cluster)
  if (!orders) return missing('There is no topic orders.')
  const cut = oneDirection(moment)
  if ('passed' in cut) return cut
  const leader = leaderAt(history, cut)
  const { from, to } = cut
  const broker = cluster.nodes[from]?.node ?? null
  const moved = history.events('partition').find(({ topic, seq }) => topic === 'orders' && seq > cut.seq)
  const led = moved ? moved.before.leader : orders.leader
  if (!BROKERS.includes(from) || broker !== led)
    return missing(
      `The direction from ${from} to ${to} is cut; orders is led by broker ${led}. Choose Heal all cuts, and cut from its host.`,
    )
  if (orders.replicas.length < BROKERS.length)
    return missing('Topic orders is on one broker alone. Delete it, and create it with two replicas.')
  if (leader === null || nodeOf(cluster, leader)?.host !== to)
    return missing(
      `${to} does not lead the quorum, node ${leader ?? 'unknown'} does. Choose Heal all cuts, and cut from ${from} to its host.`,
    )
  return passed(
    `Packets from ${from} (broker ${broker}) to ${to} (node ${leader}, which leads) are dropped; those from ${to} arrive.`,
    {
      from,
      to,
      broker,
      leader,
      epoch: cluster.epoch,
      seq: cut.seq,
      at: cut.at,
    },
  )
}
