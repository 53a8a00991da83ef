import { cluster, defineLab, type Fact, groups, missing, passed, step } from '#labs/engine/define.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { committedOf } from '../groups.ts'
import { counted, endOf, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const TOPIC = 'orders'
/** as DefaultReplicationPolicy calls it on the other side */
const REMOTE = 'a.orders'
const GROUP = 'billing'
const FIRST = 1_000
const MORE = 50
/** A mirror that runs copies within a second or two; on a busy machine later. */
const LACKS_MS = 5_000

/** What the group has committed there of the topic's one partition; a sentence where that is not known. */
function committedOn(where: string, fact: Fact<Group[]>, topic: string): number | string {
  const offset = committedOf(fact, GROUP, topic)
  return typeof offset === 'string' ? `Cluster ${where}: ${offset}` : offset
}
const members = (fact: Fact<Group[]>): number =>
  fact.state === 'fetched' ? (fact.value.find(({ id }) => id === GROUP)?.members.length ?? 0) : 0

export default defineLab({
  slug: 'geo-replication',
  title: 'A second cluster takes over',
  course: 'internals',
  module: 'geo-replication',
  minutes: 25,
  clusters: {
    a: cluster({ combined: 1, properties: { 'offsets.topic.num.partitions': 3 } }),
    b: cluster({ combined: 1, properties: { 'offsets.topic.num.partitions': 3 } }),
  },
  hosts: ['client', 'mirror'],
  shows: [groups({ cluster: 'a' }), groups({ cluster: 'b' })],
  steps: [
    step('mirror', {
      title: 'A copy on the other side',
      checks: [
        {
          id: 'written',
          title: `${FIRST.toLocaleString('en')} records are in ${TOPIC}, a topic of cluster a with one partition`,
          judge: ({ clusters: { a } }) => {
            const topic = a?.topics[TOPIC]
            if (!topic) return missing(`Cluster a has no topic ${TOPIC}.`)
            const partitions = Object.keys(topic.partitions).length
            if (partitions !== 1) return missing(`${TOPIC} has ${counted(partitions, 'partition')}.`)
            const end = endOf(a, TOPIC)
            if (end < FIRST) return missing(`${TOPIC} has ${counted(end, 'record')}.`)
            return passed(`The log of ${TOPIC} on cluster a ends at ${end}.`, { end })
          },
          hints: [
            'Numbers will do for records: seq makes them.',
            'Create the topic, then let seq 1 1000 write into kafka-console-producer.',
            'On client: seq 1 1000 | ./bin/kafka-console-producer --bootstrap-server a-node-1:9092 --topic orders',
          ],
        },
        {
          id: 'mirrored',
          title: `Cluster b has them all, in ${REMOTE}`,
          judge: ({ clusters: { a, b }, passes }) => {
            if (!passes.written) return missing(`Cluster a does not have the records yet.`)
            if (!b?.topics[REMOTE]) return missing(`Cluster b has no topic ${REMOTE}.`)
            const [there, here] = [endOf(a, TOPIC), endOf(b, REMOTE)]
            if (here < there || here < FIRST)
              return missing(`${TOPIC} on cluster a ends at ${there}, ${REMOTE} on cluster b at ${here}.`)
            return passed(`${TOPIC} on cluster a ends at ${there}, ${REMOTE} on cluster b at ${here}.`, { end: here })
          },
          hints: [
            'MirrorMaker reads from one cluster and writes to the other. Its configuration lies on the host mirror.',
            'It is a process of its own, which runs until it is stopped: connect-mirror-maker.',
            'On mirror: ./bin/connect-mirror-maker config/mm2.properties',
          ],
        },
      ],
    }),
    step('translate', {
      title: 'Where a group has got to',
      facts: { a: groups({ cluster: 'a' }), b: groups({ cluster: 'b' }) },
      checks: [
        {
          id: 'read-some',
          title: `Group ${GROUP} has read a part of ${TOPIC} on cluster a, and is not there any more`,
          judge: ({ facts, clusters: { a } }) => {
            const offset = committedOn('a', facts.a, TOPIC)
            if (typeof offset === 'string') return missing(offset)
            if (members(facts.a) > 0) return missing(`${GROUP} still has members.`)
            const end = endOf(a, TOPIC)
            if (offset >= end) return missing(`${GROUP} has read all ${end}. Write some more.`)
            if (offset === 0) return missing(`${GROUP} has read nothing yet.`)
            return passed(`${GROUP} has committed ${offset} of ${end}.`, { offset })
          },
          hints: [
            'A consumer can stop after some records.',
            'kafka-console-consumer with --group billing, --from-beginning and --max-messages.',
            'On client: ./bin/kafka-console-consumer --bootstrap-server a-node-1:9092 --topic orders --group billing --from-beginning --max-messages 437',
          ],
        },
        {
          id: 'translated',
          title: `Cluster b has an offset of ${GROUP} for ${REMOTE}, no further than that on cluster a`,
          judge: ({ facts, passes }) => {
            if (!passes['read-some']) return missing(`${GROUP} has read nothing on cluster a yet.`)
            const [there, here] = [committedOn('a', facts.a, TOPIC), committedOn('b', facts.b, REMOTE)]
            if (typeof there === 'string') return missing(there)
            if (typeof here === 'string') return missing(here)
            if (here > there)
              return missing(
                `${GROUP} is at ${here} on cluster b, and at ${there} on cluster a: somebody has read on there. Delete the group on b.`,
              )
            return passed(`${GROUP} is at ${there} on cluster a, at ${here} on cluster b.`, { there, here })
          },
          hints: [
            'The mirror does it, while no member of the group is there.',
            'It looks for groups every two seconds, and needs some seconds more.',
            'If the mirror does not run any more, start it: ./bin/connect-mirror-maker config/mm2.properties',
          ],
        },
      ],
      ask: `How many records that ${GROUP} has read on cluster a will it read again on cluster b?`,
      judge: (given, { passes }) => {
        const [there, here] = [told(passes.translated, 'there'), told(passes.translated, 'here')]
        if (there === null || here === null) return missing(`Cluster b has no offset of ${GROUP} yet.`)
        const number = numberIn(given)
        if (number === null) return missing('Give a number.')
        if (number !== there - here)
          return missing(`Not ${number}. Both tell CURRENT-OFFSET of ${GROUP}: kafka-consumer-groups --describe.`)
        return passed(
          `${there} − ${here} = ${number}: from the last translated point on it reads again, and skips nothing.`,
        )
      },
    }),
    step('behind', {
      title: 'What the copy does not have',
      checks: [
        {
          id: 'behind',
          title: `Cluster a has at least ${MORE} records that cluster b has not`,
          judge: ({ clusters: { a, b } }) => {
            const [there, here] = [endOf(a, TOPIC), endOf(b, REMOTE)]
            const ends = `${TOPIC} on cluster a ends at ${there}, ${REMOTE} on cluster b at ${here}.`
            if (there - here < MORE) return missing(ends)
            // A mirror that runs is behind too, for a moment.
            const from = a?.endsChangedAt[TOPIC] ?? 0
            if ((b?.sampledAt ?? 0) - from < LACKS_MS)
              return missing(`${ends} Whether it stays so is said ${LACKS_MS / 1_000} s after they were written.`, {
                says: 'A mirror that runs would have copied them by then.',
                from,
                due: from + LACKS_MS + 2_000,
              })
            return passed(ends, { there, here })
          },
          hints: [
            'Nobody waits for the copy: an acknowledgement of cluster a says nothing of cluster b.',
            'Stop the mirror, then write.',
            'On mirror Ctrl-C; on client: seq 1001 1050 | ./bin/kafka-console-producer --bootstrap-server a-node-1:9092 --topic orders',
          ],
        },
      ],
    }),
    step('fail-over', {
      title: 'Cluster a is gone',
      facts: { b: groups({ cluster: 'b' }) },
      predict: {
        question: `Cluster a dies now. Which offset does ${GROUP} read first on cluster b?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const here = told(passes.translated, 'here')
          return {
            right: numberIn(given) === here,
            says: `${here}: what the mirror had translated. The number on cluster a meant nothing there.`,
          }
        },
      },
      checks: [
        {
          id: 'gone',
          title: 'Cluster a does not answer',
          judge: ({ clusters: { a } }) => {
            const node = a?.nodes['a-node-1']
            if (!node || node.up) return missing('a-node-1 is up.')
            if (node.process === 'paused') return missing('a-node-1 is paused: it exists, and may wake up any time.')
            return passed('a-node-1 is down, with all that b did not have yet.')
          },
          hints: [
            'It has one node.',
            'Kill (SIGKILL) is in the menu of a-node-1.',
            'On a-node-1: pkill -9 -f kafka.Kafka',
          ],
        },
        {
          id: 'read-on',
          title: `${GROUP} has read ${REMOTE} on cluster b to its end`,
          judge: ({ facts, clusters: { b }, passes }) => {
            const [from, offset] = [told(passes.translated, 'here'), committedOn('b', facts.b, REMOTE)]
            if (!passes.gone || from === null) return missing('Cluster a is still there.')
            if (typeof offset === 'string') return missing(offset)
            const end = endOf(b, REMOTE)
            if (offset < end || end < FIRST) return missing(`${GROUP} is at ${offset} of ${end} on cluster b.`)
            return passed(`${GROUP} went on at ${from} on cluster b, and is at its end, ${end}.`, { from, end })
          },
          hints: [
            'The group has an offset there: it needs nothing but another address and another topic.',
            'The same consumer, with b-node-1:9092 and a.orders.',
            'On client: ./bin/kafka-console-consumer --bootstrap-server b-node-1:9092 --topic a.orders --group billing --timeout-ms 5000',
          ],
        },
      ],
    }),
    step('return', {
      title: 'Cluster a comes back',
      checks: [
        {
          id: 'caught-up',
          title: 'Cluster b has what it lacked, once',
          judge: ({ clusters: { a, b }, passes }) => {
            const before = told(passes.behind, 'there')
            if (before === null) return missing('Cluster b lacked nothing.')
            if (!a?.nodes['a-node-1']?.up) return missing('a-node-1 is down.')
            const [there, here] = [endOf(a, TOPIC), endOf(b, REMOTE)]
            if (here < before || there < before)
              return missing(`${TOPIC} on cluster a ends at ${there}, ${REMOTE} on cluster b at ${here}.`)
            if (here > there)
              return missing(`${REMOTE} on cluster b has ${counted(here - there, 'record')} more than ${TOPIC}.`)
            return passed(`${TOPIC} on cluster a ends at ${there}, ${REMOTE} on cluster b at ${here}.`, { there, here })
          },
          hints: [
            'What was acknowledged on cluster a is on its disk.',
            'Start a-node-1, then the mirror: it knows where it was.',
            'Start is in the menu of a-node-1; on mirror: ./bin/connect-mirror-maker config/mm2.properties',
          ],
        },
      ],
    }),
  ],
})
