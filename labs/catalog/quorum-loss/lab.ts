import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, groups, missing, passed, records, step, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { counted, endOf, FROM_THE_START, partitionsOf, told } from '../quorum.ts'
import { allCaughtUp } from '../voters.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const MAJORITY = 2
const REPLICAS = 2
const orders = records({ topic: 'orders', max: 500 })

export default defineLab({
  slug: 'quorum-loss',
  title: 'Losing the quorum',
  course: 'kraft',
  module: 'losing-the-quorum',
  minutes: 15,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('use', {
      title: 'Use the cluster while it is whole',
      facts: { groups: groups() },
      checks: [
        {
          id: 'in-use',
          title: 'Topic orders has a replica on each broker, and group billing reads it',
          judge: ({ cluster, facts }) => {
            const replicated = isReplicated(cluster, 'orders')
            if (!replicated.passed) return replicated
            if (facts.groups.state !== 'fetched') return missing('Reading the groups.')
            const billing = facts.groups.value.find(({ id }) => id === 'billing')
            const committed = committedOf(billing?.offsets)
            if (!billing) return missing('Topic orders is there. There is no group billing yet.')
            if (committed === 0) return missing('Group billing has not committed an offset above 0 of orders yet.')
            return passed(`Topic orders has ${REPLICAS} replicas, and group billing has read up to ${committed}.`, {
              committed,
            })
          },
          hints: [
            'Three things: create the topic, write a line into it, read it in a group that is named billing.',
            'kafka-topics takes --replication-factor 2; the console consumer takes --group and --from-beginning.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2; echo one | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders; ./bin/kafka-console-consumer --bootstrap-server broker-1:9092 --topic orders --group billing --from-beginning, then Ctrl-C',
          ],
        },
      ],
    }),
    step('lose', {
      title: 'Stop two of three controllers',
      checks: [
        {
          id: 'majority-lost',
          title: 'Two of three voters are down, and nobody leads',
          judge: ({ cluster, history }) => {
            const down = CONTROLLERS.filter((host) => cluster.nodes[host] && !cluster.nodes[host].up)
            const alive = CONTROLLERS.length - down.length
            if (alive === 0) return missing('All three are down; start one, to see what one alone does.')
            if (alive >= MAJORITY)
              return missing(
                down.length === 0
                  ? 'All three controllers are up.'
                  : `${down.join(' and ')} is down; ${alive} of ${CONTROLLERS.length} are a majority, and ${leads(cluster)}.`,
              )
            if (cluster.leader !== null)
              return missing(`${down.join(' and ')} are down, and node ${cluster.leader} has not noticed yet.`)
            const lost = history.last('leader', ({ leader }) => leader === null, { after: FROM_THE_START })
            if (!lost) return missing('Nobody has led in this room yet.')
            return passed(
              `${down.join(' and ')} are down: ${counted(alive, 'voter')} of ${CONTROLLERS.length} is no majority, and nobody leads. The latest epoch is ${cluster.epoch}.`,
              { down, epoch: cluster.epoch, seq: lost.seq, at: lost.at },
            )
          },
          hints: [
            'Which nodes vote? Brokers do not.',
            'Stop (SIGTERM) or Kill (SIGKILL) two hosts named controller-, in their menus or terminals. A leader that is left alone needs 3 seconds to see it.',
            'In terminals of controller-1 and controller-2: pkill -9 -f kafka.Kafka',
          ],
        },
      ],
    }),
    step('serve', {
      title: 'What still serves, and what is stuck',
      facts: { orders, groups: groups() },
      checks: [
        {
          id: 'written-meanwhile',
          title: 'A record was written to orders while nobody led the quorum',
          judge: ({ facts, history, passes }) => {
            const since = told(passes['majority-lost'], 'at')
            if (since === null) return missing('The quorum has a leader.')
            if (facts.orders.state !== 'fetched')
              return missing(
                facts.orders.state === 'failed' ? `orders cannot be read: ${facts.orders.why}.` : 'Reading orders.',
              )
            const all = facts.orders.value.records
            const found = all.findLast(({ timestamp }) => nobodyLedAt(history, timestamp, since))
            if (!found)
              return missing(
                all.some(({ timestamp }) => timestamp > since)
                  ? 'What was written lately came when the quorum had a leader again. Stop two controllers, then write.'
                  : `orders holds ${counted(all.length, 'record')}, written before the quorum was lost, or before anybody noticed; write another.`,
              )
            const ms = Math.round(found.timestamp - since)
            return passed(
              `The record at offset ${found.offset} of orders-${found.partition} was written ${(ms / 1000).toFixed(1)} s after the quorum was lost.`,
              { offset: found.offset, partition: found.partition, ms },
            )
          },
          hints: [
            'Does a broker ask a controller before it takes a record?',
            'Use the console producer, from the host client, at the brokers: they are all up.',
            'echo "without a quorum" | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders --command-property enable.idempotence=false',
          ],
        },
        {
          id: 'read-meanwhile',
          title: 'Group billing has read and committed it, still without a leader',
          judge: ({ cluster, facts, passes }) => {
            if (!passes['written-meanwhile']) return missing('There is nothing new to read yet.')
            if (cluster.leader !== null)
              return missing(`Node ${cluster.leader} leads: this is about what goes without a leader.`)
            if (facts.groups.state !== 'fetched')
              return missing(
                facts.groups.state === 'failed'
                  ? `The groups cannot be read: ${facts.groups.why}.`
                  : 'Reading the groups.',
              )
            const committed = committedOf(facts.groups.value.find(({ id }) => id === 'billing')?.offsets)
            // Log ends are a sample: the records themselves may be ahead of it.
            const sampled = endOf(cluster, 'orders')
            const end = Math.max(sampled, facts.orders.state === 'fetched' ? facts.orders.value.records.length : 0)
            if (committed < end) return missing(`Group billing has committed ${committed} of ${end} records of orders.`)
            return passed(
              `Group billing has committed all ${counted(end, 'record')} of orders while nobody led the quorum.`,
              { committed, end },
            )
          },
          hints: [
            'A group’s coordinator is a broker, and its offsets are records of an ordinary topic.',
            'Run the consumer of the first step again, with the same group, and end it with Ctrl-C.',
            './bin/kafka-console-consumer --bootstrap-server broker-1:9092 --topic orders --group billing, then Ctrl-C once the record is there',
          ],
        },
      ],
      ask: 'Try to create the topic payments. Which call does the tool say timed out?',
      judge: (given, { cluster }) => {
        if (!/create_?\s?topics?/i.test(given))
          return missing('The tool names the call: look for callName= in its first line.')
        const meanwhile = cluster.topics.payments ? ' (By now there is a topic payments: see the next step.)' : ''
        return passed(
          `Creating a topic is a record in the metadata log, and only a leader may write there.${meanwhile}`,
        )
      },
    }),
    step('recover', {
      title: 'Recover',
      checks: [
        {
          id: 'leads-again',
          title: 'The quorum has a leader again, in a later epoch',
          judge: ({ cluster, history, passes }) => {
            const lost = told(passes['majority-lost'], 'at')
            if (lost === null) return missing('The quorum has not been lost yet.')
            const before = history.last('leader', ({ leader, at }) => leader !== null && at <= lost, {
              after: FROM_THE_START,
            })
            const found = history.last('leader', ({ leader }) => leader !== null, { after: 'majority-lost' })
            if (!found || !before || found.epoch <= before.epoch) {
              const up = CONTROLLERS.filter((host) => cluster.nodes[host]?.up).length
              return missing(
                up >= MAJORITY
                  ? `Nobody leads, though ${up} of ${CONTROLLERS.length} voters are up. Either they are about to elect one, or no link is left between them.`
                  : `Nobody leads. ${up} of ${CONTROLLERS.length} voters is up; ${MAJORITY} are needed.`,
              )
            }
            const ms = found.at - lost
            return passed(
              `Node ${found.leader} leads in epoch ${found.epoch}; the last leader before led in epoch ${before.epoch}. Nobody led for ${(ms / 1000).toFixed(1)} s.`,
              { leader: found.leader, epoch: found.epoch, before: before.epoch, ms, seq: found.seq, at: found.at },
            )
          },
          hints: [
            'How many voters are missing to a majority?',
            'One is enough: two of three are a majority. Start either of the two, and see that it can reach the other.',
            'In a terminal of a host that is down: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'decides-again',
          title: 'A new topic, refunds, has a replica on each broker',
          judge: ({ cluster, history, passes }) => {
            if (!passes['leads-again']) return missing('Nobody leads yet.')
            const replicated = isReplicated(cluster, 'refunds')
            if (!replicated.passed) return replicated
            const created = history.last('topic', ({ topic, is }) => topic === 'refunds' && is === 'created', {
              after: 'leads-again',
            })
            return created
              ? replicated
              : missing(
                  'Topic refunds is older than the new leader. Delete it (--delete --topic refunds) and create it again.',
                )
          },
          hints: [
            'What was stuck works again: creating a topic, for one.',
            'The same command as before with another name, refunds, and --replication-factor 2.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic refunds --replication-factor 2',
          ],
        },
        {
          id: 'whole-again',
          title: 'All three voters are up, and the followers have caught up',
          judge: ({ cluster, passes }) => {
            if (!passes['leads-again']) return missing('Nobody leads yet.')
            return allCaughtUp(cluster, CONTROLLERS)
          },
          hints: [
            'Two of three work, but cannot afford another failure.',
            'Start the controller that is still down and give it a second to fetch what it missed.',
            'On the host that is still down: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
      ],
    }),
  ],
})

const leads = ({ leader }: ClusterView) => (leader === null ? 'they are about to elect one' : `node ${leader} leads`)

function isReplicated(cluster: ClusterView, topic: string): Verdict {
  const partitions = partitionsOf(cluster.topics[topic])
  if (partitions.length === 0) return missing(`There is no topic ${topic}.`)
  const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
  if (few)
    return missing(
      `${topic}-${few.partition} has ${counted(few.replicas.length, 'replica')}; it should have ${REPLICAS}. Delete it (--delete --topic ${topic}) and create it with ${REPLICAS}.`,
    )
  return passed(`Topic ${topic} has ${REPLICAS} replicas, led by broker ${partitions[0]?.leader}.`)
}

type Offsets = { topic: string; partition: number; offset: number }[]
const committedOf = (offsets: Offsets | undefined): number =>
  (offsets ?? []).filter(({ topic }) => topic === 'orders').reduce((sum, { offset }) => sum + Math.max(0, offset), 0)

/** @param at ms since 1970 @param since when the quorum was lost */
function nobodyLedAt(history: HistoryView, at: number, since: number): boolean {
  if (at < since) return false
  const last = history.last('leader', (event) => event.at <= at, { after: FROM_THE_START })
  return last?.leader === null
}
