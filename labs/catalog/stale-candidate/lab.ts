import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView, Mark } from '#labs/engine/history-view.ts'
import type { Link } from '#labs/protocol/observation.ts'
import { counted, FROM_THE_START, followsLeader, lastEpochOf, leaderAt, partitionsOf, told } from '../quorum.ts'
import { fieldsOf } from '../records.ts'
import { numberIn } from '../snapshots.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const TOPIC = 'ledger'
/** A fetch time-out of 2 s, and a round of 1 to 2 s: it has asked at least once. */
const ALONE_MS = 5_000

export default defineLab({
  slug: 'stale-candidate',
  title: 'A candidate that cannot win',
  course: 'kraft',
  module: 'electing-a-leader',
  minutes: 12,
  clusters: { main: cluster({ controllers: 3, brokers: 1 }) },
  hosts: ['client'],
  steps: [
    step('behind', {
      title: 'Let one fall behind',
      checks: [
        {
          id: 'follower-isolated',
          title: 'The host of a controller that follows is cut off from all others',
          judge: ({ cluster, history, network }) => {
            const cut = history.events('network').at(-1)
            const host = cut?.isolated.find((one) => CONTROLLERS.includes(one))
            if (!cut || !host || network.cuts.length === 0) return missing('No controller is cut off from all others.')
            const { leader } = cluster
            const node = cluster.nodes[host]?.node ?? null
            if (node === null || leader === null) return missing('Nobody leads that we know of.')
            const since = momentOf(history, host)
            if (!since) return missing('Since when it is cut off is not known.')
            if (node === leader || leaderAt(history, since) === node)
              return missing(`${host} led when it was cut off. Choose Heal all cuts, and isolate one that follows.`)
            return passed(`${host} (node ${node}) is cut off; node ${leader} leads on.`, {
              host,
              node,
              leader,
              ...since,
            })
          },
          hints: [
            'It should live, and get nothing of what is decided from now on.',
            'Isolate from the network, in the menu of a controller’s host that does not have the leader’s mark.',
            'If you cut off the leader, choose Heal all cuts and isolate one of the other two.',
          ],
        },
        {
          id: 'missed',
          title: `Topic ${TOPIC} was committed, and the one that is cut off does not have it`,
          judge: ({ cluster, history, network, passes }) => {
            const [host, node] = staleOf({ passes })
            if (host === null || node === null) return missing('No follower is cut off yet.')
            const record = history.records({ type: 'TOPIC_RECORD', where: ({ name }) => name === TOPIC }).at(-1)
            if (!record) return missing(`There is no topic ${TOPIC} that was created since the cut.`)
            const { offset } = record
            if (!network.cuts.some(({ from }) => from === host))
              return missing(`${host} is not cut off any more. Isolate it, delete topic ${TOPIC}, and create it again.`)
            const end = cluster.metadataEnds[node]
            if (cluster.leader === null || end === undefined || end < 0)
              return missing('The leader has not said how far the logs reach.')
            // What the leader last heard may be older than the cut by a fetch.
            const cut = momentOf(history, host)
            if (end > offset || !cut || record.timestamp < cut.at)
              return missing(
                `Node ${node} may have record ${offset}, the topic: it was created before the cut. Delete it, and create it again.`,
              )
            return passed(
              `Topic ${TOPIC} is record ${offset}. The log of node ${node} ended at ${end} when the leader last heard from it.`,
              { host, node, offset, end, leader: cluster.leader, epoch: cluster.epoch },
            )
          },
          hints: [
            'Two of three are a majority: whatever they decide counts.',
            `Create a topic that is named ${TOPIC}, on the host client, while the follower is cut off.`,
            `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${TOPIC}`,
          ],
        },
      ],
      ask: `At which offset does the log of the one that is cut off end, as the leader knows it?`,
      judge: (given, { cluster, passes }) => {
        const [host, node] = staleOf({ passes })
        if (host === null || node === null) return missing('No follower is cut off yet.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const end = cluster.metadataEnds[node]
        if (end === undefined || cluster.leader === null) return missing('The leader does not say at the moment.')
        if (offset === end)
          return passed(`Node ${node} ends at ${end}; committed is what lies below ${cluster.highWatermark}.`, { end })
        return missing(`${offset} is not the LogEndOffset of node ${node}. Look at its line of describe --replication.`)
      },
    }),
    step('stand', {
      title: 'Two voters, one full log',
      predict: {
        question:
          'The leader dies. The stale voter asks for votes while the other one sleeps, and then that wakes up. Which node will lead? Give its id.',
        refuse: (given) => (/^\s*(node\s*)?\d+\s*$/i.test(given) ? null : 'Give a node id, such as 101.'),
        outcome: (given, { passes }) => {
          const leader = told(passes['other-won'], 'leader')
          return {
            right: Number(/\d+/.exec(given)?.[0]) === leader,
            says: `Node ${leader} does. A voter refuses whoever has less than itself, so the stale one had its own vote and no other.`,
          }
        },
      },
      checks: [
        {
          id: 'leader-died',
          title: 'The leader died while the stale one was cut off',
          judge: ({ cluster, history, network, passes }) => {
            const [host, node] = staleOf({ passes })
            if (host === null || node === null) return missing('Nobody is behind yet.')
            const down = history.last('node', (event) => !event.up && event.led && event.process !== 'paused')
            if (!down || down.node === null) {
              const stopped = CONTROLLERS.find((one) => one !== host && cluster.nodes[one]?.process === 'none')
              return missing(
                stopped
                  ? `${stopped} did not lead when it went down: perhaps it was stopped in order, and handed over. Start it, and kill the one that leads then.`
                  : 'The leader lives. Kill it, with the other still cut off.',
              )
            }
            const again = `Start ${down.host}, isolate ${host}, wait for some seconds, and kill the one that leads then.`
            if (!wasCutOff(history, host, down.seq))
              return missing(`${host} was linked again when ${down.host} died, and had caught up by then. ${again}`)
            // What the leader that died had told last.
            const [end, committed] = [cluster.metadataEnds[node], cluster.lastHighWatermark]
            if (end === undefined || committed === null || end >= committed)
              return missing(`${host} had all that was committed when ${down.host} died. ${again}`)
            const epoch = lastEpochOf(history, down.node)
            const others = CONTROLLERS.filter((one) => one !== host && one !== down.host && cluster.nodes[one]?.up)
            return passed(
              `${down.host} (node ${down.node}) died, as leader of epoch ${epoch}. ${host} is ${network.cuts.length > 0 ? 'still ' : ''}without what was decided; ${others.join(' and ') || 'nobody'} has it.`,
              { host: down.host, node: down.node, epoch, stale: node, seq: down.seq, at: down.at },
            )
          },
          hints: [
            'The order matters: first the leader dies, then the network is healed.',
            'Choose Kill (SIGKILL) in the menu of the host with the leader’s mark. Do not heal before.',
            'In a terminal of the leader’s host: pkill -9 -f kafka.Kafka',
          ],
        },
        {
          id: 'stood-alone',
          title: 'The stale one was the only voter awake, with a link to the other, and was not elected',
          judge: (moment) => stoodAlone(moment),
          hints: [
            'Let it have its chance: the other voter should be there, and not awake.',
            'Pause the other controller, then choose Heal all cuts, and give the stale one some seconds. Then resume the other.',
            'Pause (SIGSTOP) in the menu of the controller that is neither dead nor cut off; Heal all cuts; wait 8 seconds; Resume (SIGCONT).',
          ],
        },
        {
          id: 'other-won',
          title: 'The voter with the full log leads, with the vote of the stale one',
          judge: ({ cluster, history, network, passes }) => {
            const [host, stale] = staleOf({ passes })
            if (!passes['leader-died'] || stale === null) return missing('The leader still has to die.')
            const { leader, epoch } = cluster
            const elected = history
              .records({ type: 'LeaderChange', after: 'leader-died' })
              .findLast((record) => record.epoch === epoch)
            if (leader === null || !elected)
              return missing(
                network.cuts.length > 0
                  ? `Nobody leads: each of the two has one vote of three. ${network.cuts.length} links are cut.`
                  : 'Nobody leads yet.',
              )
            if (leader === stale)
              return missing(
                `Node ${stale} leads: it had caught up before the leader died. Isolate ${host}, wait for some seconds, and kill the one that leads then.`,
              )
            const votes = votersIn(elected, 'grantingVoters')
            if (!votes.includes(stale))
              return missing(
                `Node ${leader} leads in epoch ${epoch} with the votes of ${votes.join(' and ')}: the dead one came back, and node ${stale} was not needed. Kill the leader with ${host} cut off, and heal.`,
              )
            return passed(`Node ${leader} leads in epoch ${epoch}, with the votes of nodes ${votes.join(' and ')}.`, {
              leader,
              epoch,
              votes,
            })
          },
          hints: [
            'Two voters are enough, but both have to be awake, and to reach each other.',
            'Leave the dead one down. No link may be cut, and no process paused. Then wait: a few seconds.',
            'Choose Resume (SIGCONT) for the one that sleeps, and Heal all cuts. One of the two leads after some 1 to 4 seconds.',
          ],
        },
        {
          id: 'none-lost',
          title: `Topic ${TOPIC} is in the new leader’s log, as it was`,
          judge: ({ cluster, history, passes }) => {
            const offset = told(passes.missed, 'offset')
            if (offset === null || !passes['other-won']) return missing('Nobody else leads yet.')
            if (cluster.leader === null || cluster.highWatermark === null)
              return missing('The new leader does not know yet how far its log is committed.')
            const topic = cluster.topics[TOPIC]
            if (!topic) return missing(`Topic ${TOPIC} is not there any more. Did you delete it?`)
            const again = history
              .records({ type: 'TOPIC_RECORD', where: ({ name }) => name === TOPIC, all: true })
              .at(-1)
            if (again && again.offset > offset)
              return missing(`This is another topic ${TOPIC}: it was created again at ${again.offset}.`)
            if (cluster.highWatermark <= offset) return missing(`Record ${offset} is not committed again yet.`)
            return passed(
              `Record ${offset}, topic ${TOPIC} with ${counted(partitionsOf(topic).length, 'partition')}, is in the log of node ${cluster.leader}, which is committed below ${cluster.highWatermark}.`,
            )
          },
          hints: [
            'What a majority had once is never lost, whoever of the majority dies.',
            'The new leader must commit a record of its own epoch first. Then ask for the topic.',
            `On client: ./bin/kafka-topics --bootstrap-server broker-1:9092 --describe --topic ${TOPIC}`,
          ],
        },
      ],
    }),
    step('return', {
      title: 'Nobody is behind',
      checks: [
        {
          id: 'all-follow',
          title: 'The stale one has what it missed, and the one that died is back',
          judge: ({ cluster, passes }) => {
            if (!passes['other-won']) return missing('Nobody else leads yet.')
            const all = cluster.voters.map(({ node }) => follows(cluster, node))
            const lacking = all.find((one) => !one.passed)
            if (lacking) return lacking
            return passed(
              `Node ${cluster.leader} leads in epoch ${cluster.epoch}, and all have what is committed below ${cluster.highWatermark}.`,
            )
          },
          hints: [
            'The stale one fetches by itself. The dead one has to be started: its disk is whole.',
            'Choose Start in the menu of its host, and compare ends with kafka-metadata-quorum describe --replication.',
            'In a terminal of the one that is down: ./bin/kafka-server-start -daemon config/controller.properties. No link may be cut.',
          ],
        },
      ],
    }),
  ],
})

/** When that host was cut off last. */
function momentOf(history: HistoryView, host: string): Mark | null {
  const changes = history.events('network', { after: FROM_THE_START })
  const whole = changes.findLastIndex(({ isolated }) => !isolated.includes(host))
  const cut = changes[whole + 1]
  return cut ? { seq: cut.seq, at: cut.at } : null
}

function staleOf({ passes }: Pick<Moment, 'passes'>): [host: string | null, node: number | null] {
  const host = passes['follower-isolated']?.evidence.host
  return [typeof host === 'string' ? host : null, told(passes['follower-isolated'], 'node')]
}

const wasCutOff = (history: HistoryView, host: string, seq: number): boolean =>
  history
    .events('network', { after: FROM_THE_START })
    .findLast((event) => event.seq < seq)
    ?.isolated.includes(host) ?? false

/**
 * From when the leader was dead, the other voter paused and the links between the two whole, until the other went on:
 * it can only be said then, as nothing happens meanwhile.
 */
function stoodAlone({
  cluster,
  history,
  network,
  passes,
}: Pick<Moment, 'cluster' | 'history' | 'network' | 'passes'>): Verdict {
  const [host, stale] = staleOf({ passes })
  // Who tries again has killed another one by then.
  const died = history.last(
    'node',
    ({ up, led, process, seq }) => !up && led && process !== 'paused' && wasCutOff(history, host ?? '', seq),
  )
  if (host === null || stale === null || !died || !passes['leader-died']) return missing('The leader still has to die.')
  const other = CONTROLLERS.find((one) => one !== host && one !== died.host)!
  const paused = history.last('process', (event) => event.host === other && event.state === 'paused', { after: died })
  if (!paused)
    return missing(`${other}, which has the full log, is awake. Pause it, so that the stale one is the first to ask.`)
  const isLinked = (cuts: Link[]) =>
    !cuts.some(({ from, to }) => (from === host && to === other) || (from === other && to === host))
  const resumed = history.last('process', (event) => event.host === other && event.state === 'running', {
    after: paused,
  })
  const changes = history
    .events('network', { after: FROM_THE_START })
    .filter(({ seq }) => seq < (resumed?.seq ?? Number.POSITIVE_INFINITY))
  const cutLast = changes.findLastIndex(({ cuts }) => !isLinked(cuts))
  const linked = changes[cutLast + 1]
  if (cutLast >= 0 && !linked)
    return missing(
      resumed
        ? `${other} went on before a link from ${host} to it was whole. Pause it again, and mend the links.`
        : `${other} sleeps, and ${host} does not reach it: ${counted(network.cuts.length, 'direction')} of links are cut.`,
    )
  if (!resumed)
    return missing(
      `${other} sleeps, and ${host} asks it for its vote. Leave it so for 8 seconds, then resume ${other}.`,
    )
  const began = Math.max(died.at, paused.at, linked?.at ?? 0)
  const ms = resumed.at - began
  if (ms < ALONE_MS)
    return missing(
      `${host} was the only one awake for ${(ms / 1_000).toFixed(1)} s, and needs ${ALONE_MS / 1_000} to give up on its leader and ask. Pause ${other} again while nobody leads. If somebody does, start the dead one, isolate ${host} for some seconds, and kill the leader.`,
    )
  const elected = history.events('leader', { after: died }).find(({ leader, at }) => leader !== null && at < resumed.at)
  if (elected) return missing(`Node ${elected.leader} was elected meanwhile, in epoch ${elected.epoch}.`)
  if (cluster.nodes[host]?.up !== true) return missing(`${host} is not up: nobody was awake.`)
  const epoch = died.node === null ? null : lastEpochOf(history, died.node)
  return passed(
    `For ${(ms / 1_000).toFixed(1)} s node ${stale} was the only voter awake, and had a link to ${other}. Nobody was elected, and the latest epoch was ${epoch} still.`,
    { node: stale, ms, seq: resumed.seq, at: resumed.at },
  )
}

function votersIn(record: Parameters<typeof fieldsOf>[0], field: string): number[] {
  const voters = fieldsOf(record)[field]
  return Array.isArray(voters) ? voters.map((one) => Number((one as { voterId?: unknown }).voterId)) : []
}

function follows(cluster: ClusterView, node: number | null): Verdict {
  if (node === null) return missing('It has not happened yet.')
  if (cluster.leader === node)
    return passed(`Node ${node} has all of it: it leads, in epoch ${cluster.epoch}.`, { node })
  return followsLeader(cluster, node)
}
