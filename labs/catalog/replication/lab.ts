import { batches, cluster, defineLab, missing, passed, replicas, step } from '#labs/engine/define.ts'
import { listed, logOf, notAsAsked, onlyPartition } from '../partition.ts'
import { counted, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'
import { batchesIn } from '../topic-log.ts'

const TOPIC = 'orders'
const BROKERS = 3
const RECORDS = 10
const MAX_BATCHES = 200
/** A follower leaves the ISR 15 to 22.5 s after it was last caught up: time to write while it is in, and to see it leave. */
const LAG_MS = 15_000
/** So long the controller waits for a heartbeat: by then the leader has long removed who does not fetch. */
const SESSION_MS = 45_000

export default defineLab({
  slug: 'replication',
  title: 'Three logs of one partition',
  course: 'internals',
  module: 'replication',
  minutes: 20,
  clusters: {
    main: cluster({
      controllers: 1,
      brokers: BROKERS,
      properties: { 'replica.lag.time.max.ms': LAG_MS },
      nodes: { 'controller-1': { 'broker.session.timeout.ms': SESSION_MS, 'auto.leader.rebalance.enable': false } },
    }),
  },
  hosts: ['client'],
  shows: [replicas(TOPIC)],
  steps: [
    step('write', {
      title: 'Ten records, three times',
      facts: { logs: replicas(TOPIC) },
      checks: [
        {
          id: 'three-logs',
          title: `Topic ${TOPIC} has one partition, and its three logs hold the same ${RECORDS} records`,
          judge: ({ cluster, facts }) => {
            const wrong = notAsAsked(cluster, TOPIC, { replicas: BROKERS, minimum: '1' })
            const partition = onlyPartition(cluster, TOPIC)
            if (wrong || !partition) return missing(wrong ?? '')
            const { leader, leaderEpoch } = partition
            if (partition.isr.length < BROKERS)
              return missing(`In sync are ${listed(partition.isr)} of ${BROKERS} replicas.`)
            const leads = logOf(facts.logs, leader)
            if (!leads) return missing('Reading the ends of the logs.')
            if (leads.end < RECORDS)
              return missing(
                `The log of broker ${leader}, which leads, ends at ${leads.end}; write ${RECORDS} records.`,
              )
            for (const broker of partition.replicas) {
              const log = logOf(facts.logs, broker)
              if (log?.end !== leads.end || log.highWatermark !== leads.end)
                return missing(`Broker ${broker} does not have, or not know of, all ${leads.end} records yet.`)
            }
            return passed(
              `Three logs end at ${leads.end}, and ${leads.end} is the high watermark of each. Broker ${leader} leads in epoch ${leaderEpoch}.`,
              { leader, epoch: leaderEpoch, end: leads.end },
            )
          },
          hints: [
            'One partition, a replica on each of the three brokers, and ten records into it.',
            'kafka-topics --create takes --replica-assignment 1:2:3: who is named first leads. The console producer makes a record of each line.',
            `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${TOPIC} --replica-assignment 1:2:3, then seq -f record-%g 10 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic ${TOPIC}`,
          ],
        },
      ],
    }),
    step('pause', {
      title: 'One that does not fetch',
      facts: { logs: replicas(TOPIC) },
      predict: {
        question:
          'A follower in the ISR is paused, and you write five records with acks=1. Can a consumer read them at once? yes or no',
        refuse: (given) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
        outcome: (given, { passes }) => ({
          right: given.trim().toLowerCase() === 'no',
          says: `No. The leader had them, and so had one follower; the high watermark stood at ${told(passes.held, 'highWatermark')} until the ISR was without the one that was paused. Consumers read up to there.`,
        }),
      },
      checks: [
        {
          id: 'held',
          title: 'A follower in the ISR is paused; two logs go on, and the high watermark stands still',
          judge: ({ cluster, facts, history }) => {
            const partition = onlyPartition(cluster, TOPIC)
            if (!partition) return missing(`There is no topic ${TOPIC} with one partition.`)
            const { leader, isr } = partition
            if (cluster.nodes[`broker-${leader}`]?.process === 'paused')
              return missing(
                `Broker ${leader} is paused, and it leads ${TOPIC}-0. Resume it, and pause one that follows.`,
              )
            const event = history.last('process', ({ state, host }) => state === 'paused' && host.startsWith('broker-'))
            const node = event ? Number(event.host.slice('broker-'.length)) : null
            if (!event || node === null || cluster.nodes[event.host]?.process !== 'paused')
              return missing('No broker is paused.')
            if (!isr.includes(node))
              return missing(
                `Broker ${node} has left the ISR. Resume it, wait until it is in sync, pause it again, and write within ${LAG_MS / 1_000} s.`,
              )
            const leads = logOf(facts.logs, leader)
            const other = partition.replicas.find((one) => one !== leader && one !== node)
            const follows = other === undefined ? undefined : logOf(facts.logs, other)
            if (!leads || !follows) return missing('Reading the ends of the logs.')
            if (leads.end === leads.highWatermark)
              return missing(
                `Log end and high watermark of broker ${leader} are both ${leads.end}: write some records now.`,
              )
            if (follows.end < leads.end) return missing(`Broker ${other} has not fetched all ${leads.end} records yet.`)
            return passed(
              `The logs of brokers ${leader} and ${other} end at ${leads.end}; broker ${node} is in the ISR and does not fetch, and the high watermark stands at ${leads.highWatermark}.`,
              {
                host: event.host,
                node,
                end: leads.end,
                highWatermark: leads.highWatermark,
                seq: event.seq,
                at: event.at,
              },
            )
          },
          hints: [
            'A follower that is in the ISR and does not fetch: what does the leader wait for?',
            `Pause (SIGSTOP) broker-3, and write within ${LAG_MS / 1_000} s, with acks=1, so that the producer does not wait.`,
            `On broker-3: pkill -STOP -f kafka.Kafka. On client: seq -f held-%g 5 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic ${TOPIC} --command-property acks=1`,
          ],
        },
        {
          id: 'shrunk',
          title: 'The leader has taken it out of the ISR, and the high watermark goes on',
          judge: ({ cluster, facts, history, passes }) => {
            const [node, end, from] = [told(passes.held, 'node'), told(passes.held, 'end'), passes.held?.evidence.at]
            if (node === null || end === null || typeof from !== 'number')
              return missing('No follower has held the high watermark yet.')
            const left = history.last(
              'partition',
              (event) => event.topic === TOPIC && event.before.isr.includes(node) && !event.isr.includes(node),
              { after: 'held' },
            )
            if (!left || onlyPartition(cluster, TOPIC)?.isr.includes(node))
              return missing(`Broker ${node} is in the ISR.`, {
                says: `The leader looks every ${LAG_MS / 2_000} s who has not been caught up for ${LAG_MS / 1_000} s (replica.lag.time.max.ms).`,
                from,
                due: from + 1.5 * LAG_MS + 2_000,
              })
            const fenced = history.last('broker', ({ broker, is }) => broker === node && is === 'fenced', {
              after: 'held',
            })
            if (fenced && fenced.seq < left.seq)
              return missing(
                `The controller has fenced broker ${node}, so the leader had nothing to do. Resume it, and pause it again once it is in sync.`,
              )
            const leads = logOf(facts.logs, left.leader)
            if (!leads || leads.highWatermark < end)
              return missing(`Broker ${node} has left the ISR; the high watermark has not come to ${end} yet.`)
            return passed(
              `Broker ${node} left the ISR ${((left.at - from) / 1_000).toFixed(0)} s after it was paused: [${left.before.isr}] → [${left.isr}]. The high watermark is ${leads.highWatermark}.`,
              { node, highWatermark: leads.highWatermark, seq: left.seq, at: left.at },
            )
          },
          hints: [
            'The leader does not wait for ever.',
            `Leave it paused. A follower that has not been caught up for ${LAG_MS / 1_000} s (replica.lag.time.max.ms) is taken out; the leader looks every ${LAG_MS / 2_000} s.`,
            'On broker-1: grep "Shrinking ISR" logs/server.log',
          ],
        },
      ],
    }),
    step('resume', {
      title: 'Let it fetch again',
      facts: { logs: replicas(TOPIC) },
      checks: [
        {
          id: 'grown',
          title: 'It has caught up, and the leader has taken it back into the ISR',
          judge: ({ cluster, facts, history, passes }) => {
            const node = told(passes.shrunk, 'node')
            if (node === null) return missing('No follower has left the ISR yet.')
            const partition = onlyPartition(cluster, TOPIC)
            if (!partition) return missing(`There is no topic ${TOPIC} with one partition.`)
            if (cluster.nodes[`broker-${node}`]?.process === 'paused') return missing(`Broker ${node} is paused.`)
            const { leader, leaderEpoch, isr } = partition
            const grew = history.isrGrew({ topic: TOPIC, node, after: 'shrunk' })
            if (!isr.includes(node) || !grew.passed)
              return missing(`Broker ${node} is not in the ISR: [${listed(isr)}].`)
            const [leads, follows] = [logOf(facts.logs, leader), logOf(facts.logs, node)]
            if (!leads || !follows) return missing('Reading the ends of the logs.')
            if (follows.end < leads.end) return missing(`Broker ${node} has ${follows.end} of ${leads.end} records.`)
            return passed(
              `Broker ${node} has all ${follows.end} records, and is in the ISR: [${listed(isr)}]. Broker ${leader} leads, still in epoch ${leaderEpoch}.`,
              { ...grew.evidence, node, leader, epoch: leaderEpoch, end: leads.end },
            )
          },
          hints: [
            'Its process is there, and so is its log. It fetches from where it was.',
            'Resume (SIGCONT) is in the menu of its host.',
            'In a terminal of broker-3: pkill -CONT -f kafka.Kafka',
          ],
        },
      ],
    }),
    step('alone', {
      title: 'A leader on its own',
      facts: { logs: replicas(TOPIC) },
      checks: [
        {
          id: 'alone',
          title: 'The leader alone is in sync, and has committed records that no other log has',
          judge: ({ cluster, facts, passes }) => {
            const [before, epoch] = [told(passes.grown, 'end'), told(passes.grown, 'epoch')]
            if (before === null || epoch === null) return missing('The follower is not back yet.')
            const partition = onlyPartition(cluster, TOPIC)
            if (!partition) return missing(`There is no topic ${TOPIC} with one partition.`)
            const { leader, leaderEpoch, isr } = partition
            if (leader < 0) return missing(`Nobody leads ${TOPIC}-0: start the broker that led.`)
            if (isr.length > 1) return missing(`In sync are ${listed(isr)}. Stop those that follow, in order.`)
            const log = logOf(facts.logs, leader)
            if (!log) return missing('Reading the ends of the logs.')
            const others = partition.replicas.filter((one) => one !== leader)
            if (others.some((one) => cluster.nodes[`broker-${one}`]?.up))
              return missing(`Both followers are to be down: of ${listed(others)} one still answers.`)
            if (log.end <= before || log.highWatermark < log.end)
              return missing(
                `Broker ${leader} is alone in the ISR. Its log ends at ${log.end}, as before: write some records.`,
              )
            return passed(
              `Broker ${leader}, alone in the ISR, has ${counted(log.end - before, 'record')} more, and its high watermark is ${log.highWatermark}: for Kafka they are committed.`,
              { leader, epoch: leaderEpoch, before, end: log.end },
            )
          },
          hints: [
            'The ISR is whoever is left. With min.insync.replicas=1 one is enough.',
            'Stop broker-3 and broker-2 by SIGTERM, wait until the ISR is broker 1 alone, and write five records.',
            `Choose Stop (SIGTERM) for broker-3 and broker-2; then on client: seq -f alone-%g 5 | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic ${TOPIC}`,
          ],
        },
      ],
    }),
    step('unclean', {
      title: 'Elect one that lacks them',
      facts: { batches: batches({ topic: TOPIC, max: MAX_BATCHES }) },
      checks: [
        {
          id: 'diverged',
          title:
            'Another broker was elected that was neither in the ISR nor eligible, and has other records at the same offsets',
          judge: ({ cluster, facts, history, passes }) => {
            const [was, epoch, end] = [
              told(passes.alone, 'leader'),
              told(passes.alone, 'epoch'),
              told(passes.alone, 'end'),
            ]
            if (was === null || epoch === null || end === null) return missing('No leader has been alone yet.')
            const partition = onlyPartition(cluster, TOPIC)
            if (!partition) return missing(`There is no topic ${TOPIC} with one partition.`)
            const { leader, leaderEpoch, elr } = partition
            if (leader < 0)
              return missing(
                `Nobody leads ${TOPIC}-0; eligible: ${listed(elr)}. Start the other two brokers, and elect one of them.`,
              )
            if (leader === was)
              return missing(`Broker ${was} leads, as before. Stop it, and elect one of the others uncleanly.`)
            const elected = history.last(
              'partition',
              (event) => event.topic === TOPIC && event.leader === leader && event.before.leader !== leader,
              { after: 'alone' },
            )
            if (!elected) return missing(`Broker ${leader} was not elected since.`)
            if (elected.before.isr.includes(leader) || elected.before.elr.includes(leader))
              return missing(
                `Broker ${leader} was in the ISR [${listed(elected.before.isr)}] or the ELR [${listed(elected.before.elr)}] when it was elected: a clean election, which loses nothing.`,
              )
            const first = batchesIn(facts.batches).find((one) => one.leaderEpoch > epoch)
            if (!first) return missing(`Broker ${leader} leads in epoch ${leaderEpoch}. Write some records to it.`)
            if (first.baseOffset >= end)
              return missing(
                `The first record of epoch ${first.leaderEpoch} is at ${first.baseOffset}: broker ${was} has nothing there.`,
              )
            return passed(
              `Broker ${leader} leads in epoch ${first.leaderEpoch}, and its epoch begins at offset ${first.baseOffset}. Broker ${was} has records of epoch ${epoch} there, up to ${end}.`,
              {
                leader,
                was,
                from: first.baseOffset,
                newEpoch: first.leaderEpoch,
                oldEnd: end,
                seq: elected.seq,
                at: elected.at,
              },
            )
          },
          hints: [
            'Two brokers are up that lack something that was committed. The controller does not elect them by itself.',
            'Stop broker-1, start broker-2 and broker-3, and use kafka-leader-election with the type unclean. Then write.',
            `./bin/kafka-leader-election --bootstrap-server broker-2:9092 --election-type unclean --topic ${TOPIC} --partition 0, then seq -f other-%g 2 | ./bin/kafka-console-producer --bootstrap-server broker-2:9092 --topic ${TOPIC}`,
          ],
        },
      ],
    }),
    step('truncate', {
      title: 'The old leader returns',
      facts: { logs: replicas(TOPIC), batches: batches({ topic: TOPIC, max: MAX_BATCHES }) },
      predict: {
        question:
          'The old leader has the longer log. When it is back: whose records will be at the offsets where both have some? own or leader',
        refuse: (given) => (/^\s*(own|leader)\s*$/i.test(given) ? null : 'Answer own or leader.'),
        outcome: (given, { passes }) => ({
          right: given.trim().toLowerCase() === 'leader',
          says: `The leader’s. From ${told(passes.diverged, 'from')} to ${told(passes.diverged, 'oldEnd')} its log was cut off, though it was the longer one: a follower agrees with its leader.`,
        }),
      },
      checks: [
        {
          id: 'truncated',
          title: 'The old leader is in sync, and its log is the leader’s',
          judge: ({ cluster, facts, passes }) => {
            const [was, from, oldEnd] = [
              told(passes.diverged, 'was'),
              told(passes.diverged, 'from'),
              told(passes.diverged, 'oldEnd'),
            ]
            if (was === null || from === null || oldEnd === null) return missing('The logs have not diverged yet.')
            const partition = onlyPartition(cluster, TOPIC)
            if (!partition) return missing(`There is no topic ${TOPIC} with one partition.`)
            const { leader, isr } = partition
            if (!cluster.nodes[`broker-${was}`]?.up) return missing(`Broker ${was} is down.`)
            if (leader === was) return missing(`Broker ${was} leads. It should follow.`)
            if (!isr.includes(was)) return missing(`Broker ${was} is not in the ISR: [${listed(isr)}].`)
            const [leads, follows] = [logOf(facts.logs, leader), logOf(facts.logs, was)]
            const there = batchesIn(facts.batches).find((one) => one.baseOffset <= from && one.lastOffset >= from)
            if (!leads || !follows || !there) return missing('Reading the logs.')
            if (follows.end !== leads.end) return missing(`Broker ${was} has ${follows.end} of ${leads.end} records.`)
            return passed(
              `The log of broker ${was} reached to ${oldEnd} and ends at ${follows.end} now, as the leader’s. The record at ${from} is of epoch ${there.leaderEpoch}.`,
              { node: was, from, end: follows.end, epoch: there.leaderEpoch },
            )
          },
          hints: [
            'Start it, and it will follow.',
            'Choose Start in the menu of its host; its log says what it cut off.',
            'On broker-1: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
      ask: 'At which offset does the leader epoch begin in which the partition is led now?',
      judge: (given, { passes }) => {
        const [from, oldEnd, epoch] = [
          told(passes.diverged, 'from'),
          told(passes.diverged, 'oldEnd'),
          told(passes.diverged, 'newEpoch'),
        ]
        if (from === null || !passes.truncated) return missing('The old leader is not in sync yet.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        if (offset === from) return passed(`Epoch ${epoch} begins at ${from}.`, { from })
        return missing(
          offset === epoch
            ? `${epoch} is the epoch. Where it begins is the second number of its line.`
            : offset === oldEnd
              ? `At ${oldEnd} the old leader’s log ended.`
              : `Epoch ${epoch} does not begin at ${offset}. leader-epoch-checkpoint has a line for each epoch.`,
        )
      },
    }),
  ],
})
