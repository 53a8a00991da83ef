import { cluster, defineLab, groups, missing, passed, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { committed, endsOf, groupOf } from '../groups.ts'
import { counted } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const TOPIC = 'jobs'
const SHARE = 'workers'
const CONSUMER = 'readers'
const JOBS = 6
/** group.share.delivery.count.limit's default */
const LIMIT = 5
/** Each delivery should be seen. */
const LOOKS = groups({ everyMs: 250 })

export default defineLab({
  slug: 'share-group',
  title: 'Sharing a partition',
  course: 'internals',
  module: 'share-groups',
  minutes: 15,
  clusters: { main: cluster({ combined: 1 }) },
  hosts: ['client'],
  prepare: [
    {
      host: 'client',
      command: `kafka-topics --bootstrap-server node-1:9092 --create --topic ${TOPIC} --partitions 1 > /dev/null`,
    },
  ],
  shows: [LOOKS],
  steps: [
    step('two', {
      title: 'Two readers, one partition',
      facts: { groups: LOOKS },
      checks: [
        {
          id: 'one-idle',
          title: `Consumer group ${CONSUMER} has two members, of which one has ${TOPIC}-0 and the other nothing`,
          judge: ({ facts }) => {
            const group = groupOf(facts.groups, CONSUMER)
            if (typeof group === 'string') return missing(group)
            if (group.type === 'share') return missing(`${CONSUMER} is a share group.`)
            const [busy, idle] = parted(group)
            if (group.members.length < 2 || group.state !== 'Stable')
              return missing(`${CONSUMER} has ${counted(group.members.length, 'member')}, and is ${group.state}.`)
            if (busy !== 1) return missing(`${busy} of its members have ${TOPIC}-0.`)
            return passed(`Of ${CONSUMER} one member has ${TOPIC}-0, and ${idle} has nothing to do.`)
          },
          hints: [
            'In a consumer group a partition has one reader.',
            'Start kafka-console-consumer twice, in the same --group.',
            `On client, twice: ./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${CONSUMER} > /dev/null &`,
          ],
        },
        {
          id: 'both-read',
          title: `Share group ${SHARE} has two members, and both have ${TOPIC}-0`,
          judge: ({ facts }) => {
            const group = groupOf(facts.groups, SHARE)
            if (typeof group === 'string') return missing(group)
            if (group.type !== 'share') return missing(`${SHARE} is a ${group.type} group.`)
            const [busy] = parted(group)
            if (busy < 2) return missing(`${SHARE} has ${counted(busy, 'member')} with ${TOPIC}-0.`)
            return passed(`${busy} members of ${SHARE} have ${TOPIC}-0 at the same time, in epoch ${group.epoch}.`)
          },
          hints: [
            'A share group has a consumer of its own.',
            'Start kafka-console-share-consumer twice, in the same --group.',
            `On client, twice: ./bin/kafka-console-share-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${SHARE} &`,
          ],
        },
      ],
    }),
    step('accept', {
      title: 'Accept',
      facts: { groups: LOOKS },
      checks: [
        {
          id: 'accepted',
          title: `${SHARE} is done with ${JOBS} records of ${TOPIC} or more, up to its end`,
          judge: ({ cluster, facts }) => {
            const group = groupOf(facts.groups, SHARE)
            if (typeof group === 'string') return missing(group)
            const [done, end] = [doneUpTo(group), endsOf(cluster, TOPIC)[0] ?? 0]
            if (end < JOBS) return missing(`${TOPIC} has ${counted(end, 'record')}.`)
            if (done === null) return missing(`${SHARE} has no start offset of ${TOPIC}-0 yet.`)
            if (done < end)
              return missing(
                `${SHARE} is done with what lies below ${done}, of ${end}: ${counted(end - done, 'record')} may still be delivered.`,
              )
            return passed(`${SHARE} is done with all ${end} records: nothing is left to deliver.`, { done })
          },
          hints: [
            'What is read and acknowledged needs no second look: the start of the group’s work moves on.',
            'Write some records, and leave the two share consumers running.',
            `On client: seq -f job-%g 1 3000 | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC}`,
          ],
        },
      ],
    }),
    step('release', {
      title: 'Give it back',
      facts: { groups: LOOKS },
      predict: {
        question: `A record of ${TOPIC} is given back each time that it is delivered. After how many deliveries is it not delivered any more? A number, or 0 for never`,
        refuse: notANumber,
        outcome: (given) => ({
          right: numberIn(given) === LIMIT,
          says: `${LIMIT}: group.share.delivery.count.limit. Then it is archived, and the group goes on without it.`,
        }),
      },
      checks: [
        {
          id: 'released',
          title: `A record was delivered to ${SHARE}, given back, and waits for another delivery`,
          judge: ({ facts }) => {
            const group = groupOf(facts.groups, SHARE)
            if (typeof group === 'string') return missing(group)
            const back = waiting(group)
            if (!back)
              return missing(
                `${SHARE} is done with what lies below ${doneUpTo(group) ?? 0}, and nothing that was given back waits there.`,
              )
            if (group.members.length > 0)
              return missing(`Offset ${back.first} was given back. A consumer of ${SHARE} still runs: end it.`)
            return passed(`Offset ${back.first} was delivered ${times(back.count)}, and is available again.`, {
              offset: back.first,
              count: back.count,
            })
          },
          hints: [
            'End the consumers that accept. The next one should take a record, and not want it.',
            'kafka-console-share-consumer has --release; --max-messages 1 ends it after one record.',
            `On client: pkill -f ConsoleShareConsumer; sleep 5; echo bad-job | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC}; ./bin/kafka-console-share-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${SHARE} --release --max-messages 1`,
          ],
        },
        {
          id: 'archived',
          title: `It was delivered ${LIMIT} times, never accepted, and is archived`,
          judge: ({ history, passes }) => {
            const offset = passes.released?.evidence.offset
            if (typeof offset !== 'number') return missing('A record is to be given back first.')
            const states = statesOf(history, offset)
            const archived = states.find(({ state, count }) => state === 'archived' && count >= LIMIT)
            if (archived) {
              const given = Math.max(offset, archived.first)
              return passed(
                `Offset ${given} was delivered ${times(archived.count)} and never accepted: it is archived, and ${SHARE} goes on behind it.`,
                { offset: given, count: archived.count },
              )
            }
            const last = states.findLast(covers(offset))
            if (last?.state === 'available')
              return missing(`Offset ${offset} was delivered ${times(last.count)}, and is available again.`)
            return missing(
              `Offset ${offset} was ${last?.state === 'acknowledged' ? 'accepted' : 'rejected'} with delivery ${last?.count}. Write another one, and give that back until it comes no more.`,
            )
          },
          hints: [
            'Each delivery is counted, and the count has a limit.',
            'Leave a consumer running that releases all that it gets.',
            `On client: ./bin/kafka-console-share-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${SHARE} --release --timeout-ms 10000`,
          ],
        },
      ],
    }),
  ],
})

/** How many members have the partition, and how many have nothing. */
const parted = ({ members }: Group): [busy: number, idle: number] => {
  const busy = members.filter(({ assigned }) => assigned.some(({ topic }) => topic === TOPIC)).length
  return [busy, members.length - busy]
}

type Delivered = Group['delivered'][number]
const covers = (offset: number) => (one: Delivered) => one.topic === TOPIC && one.first <= offset && offset <= one.last

/**
 * Below it all is acknowledged or archived; null: it has not begun. The start offset that the coordinator tells is that of its
 * last write, before what was written with it counted (SharePartition).
 */
function doneUpTo(group: Group): number | null {
  let done = committed(group, TOPIC)[0]
  if (done === undefined) return null
  for (let next = group.delivered.find(covers(done)); next; next = group.delivered.find(covers(done))) {
    if (next.state === 'available') break
    done = next.last + 1
  }
  return done
}

/** What was given back, where the group goes on. */
const waiting = (group: Group): Delivered | undefined =>
  group.delivered.find((one) => covers(doneUpTo(group) ?? -1)(one) && one.state === 'available' && one.count > 0)

/** What the share coordinator kept of a record, and of those that were written after it, from look to look. */
const statesOf = (history: HistoryView, offset: number): Delivered[] =>
  history
    .events('group', { after: { seq: 0, at: 0 } })
    .filter(({ group }) => group.id === SHARE)
    .flatMap(({ group }) => group.delivered.filter((one) => one.topic === TOPIC && one.last >= offset))

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
