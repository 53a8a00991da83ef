import { cluster, defineLab, groups, missing, passed, records, step } from '#labs/engine/define.ts'
import type { TopicRecord } from '#labs/protocol/observation.ts'
import { committed, endsOf, groupOf, places, same } from '../groups.ts'
import { counted, FROM_THE_START } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const TOPIC = 'orders'
const GROUP = 'billing'
const COPY = 'audit'
const RECORDS = { before: 30, after: 20 }
const BACK = 5
/** How a record of the later release begins. */
const LATER = 'app-2'
const PRODUCER =
  './bin/kafka-console-producer --bootstrap-server node-1:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=:'
const written = (release: string, from: number, to: number): string =>
  `for i in $(seq ${from} ${to}); do echo "order-$i:${release} order-$i"; done | ${PRODUCER}`

export default defineLab({
  slug: 'moving-offsets',
  title: 'Moving offsets',
  course: 'internals',
  module: 'consumer-groups',
  minutes: 15,
  // Its records are written by two producers, one after the other.
  startSeconds: 60,
  // A reader that is waited for has its partitions at once.
  clusters: { main: cluster({ combined: 1, properties: { 'group.initial.rebalance.delay.ms': 0 } }) },
  hosts: ['client'],
  prepare: [
    {
      host: 'client',
      command: [
        `cd ~/kafka`,
        `./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic ${TOPIC} --partitions 2 > /dev/null`,
        written('app-1', 1, RECORDS.before),
        'sleep 2',
        written(LATER, RECORDS.before + 1, RECORDS.before + RECORDS.after),
      ].join(' && '),
    },
  ],
  shows: [groups()],
  steps: [
    step('read', {
      title: 'Read it all',
      facts: { groups: groups() },
      checks: [
        {
          id: 'read-all',
          title: `Group ${GROUP} has committed the end of both partitions of ${TOPIC}, and has no members`,
          judge: ({ cluster, facts }) => {
            const group = groupOf(facts.groups, GROUP)
            if (typeof group === 'string') return missing(group)
            const [has, ends] = [committed(group, TOPIC), endsOf(cluster, TOPIC)]
            if (!same(has, ends))
              return missing(`${GROUP} has ${places(TOPIC, has)}; the log has ${places(TOPIC, ends)}.`)
            if (group.members.length > 0) return missing(`${GROUP} has read all, and its consumer still runs.`)
            return passed(`${GROUP} has ${places(TOPIC, has)}, which is the end, and is ${group.state}.`, {
              offsets: has,
            })
          },
          hints: [
            'A consumer’s place belongs to its group. A new group has none.',
            'kafka-console-consumer takes --group and --from-beginning; --timeout-ms ends it when nothing more comes.',
            `On client: ./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${GROUP} --from-beginning --timeout-ms 10000`,
          ],
        },
      ],
    }),
    step('back', {
      title: 'Five back',
      facts: { groups: groups() },
      predict: {
        question: `You will move ${GROUP} ${BACK} back in ${TOPIC}-0 and start its consumer again. How many records will it get?`,
        refuse: notANumber,
        outcome: (given) => ({
          right: numberIn(given) === BACK,
          says: `${BACK}: those of ${TOPIC}-0 from the committed offset on. ${TOPIC}-1 was at its end, and --from-beginning counts only where nothing is committed.`,
        }),
      },
      checks: [
        {
          id: 'shifted',
          title: `${GROUP} is ${BACK} before the end in ${TOPIC}-0, and at the end of ${TOPIC}-1`,
          judge: ({ cluster, facts }) => {
            const group = groupOf(facts.groups, GROUP)
            if (typeof group === 'string') return missing(group)
            const [has, ends] = [committed(group, TOPIC), endsOf(cluster, TOPIC)]
            const wanted = { ...ends, 0: (ends[0] ?? 0) - BACK }
            if (!same(has, wanted))
              return missing(`${GROUP} has ${places(TOPIC, has)}. It should have ${places(TOPIC, wanted)}.`)
            return passed(`${GROUP} has ${places(TOPIC, has)}.`, { offsets: has })
          },
          hints: [
            'The tool moves a group where nobody reads, and by default it only says what it would do.',
            '--reset-offsets --shift-by takes a number, which may be negative; --topic takes partitions behind a colon.',
            `On client: ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${GROUP} --reset-offsets --topic ${TOPIC}:0 --shift-by -${BACK} --execute`,
          ],
        },
        {
          id: 'again',
          title: `A consumer of ${GROUP} has read them again`,
          judge: ({ cluster, facts, history, passes }) => {
            if (!passes.shifted) return missing(`${GROUP} is to be moved first.`)
            const group = groupOf(facts.groups, GROUP)
            if (typeof group === 'string') return missing(group)
            const [has, ends] = [committed(group, TOPIC), endsOf(cluster, TOPIC)]
            if (!same(has, ends))
              return missing(`${GROUP} has ${places(TOPIC, has)}; the log has ${places(TOPIC, ends)}.`)
            const reader = history
              .events('group', { after: 'shifted' })
              .findLast(({ group: { id, members } }) => id === GROUP && members.length > 0)
            if (!reader)
              return missing(
                `${GROUP} is at the end again, and was not seen with a member since: its offsets were moved there, or its consumer was gone within a second. Move it back once more, and start a consumer that waits a while.`,
              )
            return passed(
              `${reader.group.members[0]?.clientId} was a member of ${GROUP}, and it has ${places(TOPIC, has)} again.`,
            )
          },
          hints: [
            'A committed offset is where the next consumer of the group goes on.',
            'Start the same consumer as before.',
            `On client: ./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic ${TOPIC} --group ${GROUP} --from-beginning --timeout-ms 10000`,
          ],
        },
      ],
    }),
    step('moment', {
      title: 'All since a moment',
      facts: { groups: groups(), orders: records({ topic: TOPIC, max: 200 }) },
      checks: [
        {
          id: 'since-release',
          title: `${GROUP} is at the first record of ${LATER} in both partitions`,
          judge: ({ facts }) => {
            const group = groupOf(facts.groups, GROUP)
            if (typeof group === 'string') return missing(group)
            if (facts.orders.state !== 'fetched')
              return missing(
                facts.orders.state === 'failed' ? `${TOPIC} cannot be read: ${facts.orders.why}.` : `Reading ${TOPIC}.`,
              )
            const [has, first] = [committed(group, TOPIC), firstOf(facts.orders.value.records)]
            const wrong = Object.entries(first).find(([partition, offset]) => has[Number(partition)] !== offset)
            if (wrong) {
              const [partition, offset] = wrong
              const at = has[Number(partition)]
              return missing(
                at === undefined
                  ? `${GROUP} has no offset of ${TOPIC}-${partition}.`
                  : `${GROUP} has ${TOPIC}-${partition} at ${at}: ${at < offset ? `records of before would be read too` : `${counted(at - offset, 'record')} of ${LATER} would be left out`}.`,
              )
            }
            return passed(`${GROUP} has ${places(TOPIC, has)}: there the first records of ${LATER} are.`, {
              offsets: has,
            })
          },
          hints: [
            'Each record has a time. The first of the new release has one that no record before it has.',
            'The console consumer prints times with --formatter-property print.timestamp=true, in ms since 1970. --to-datetime takes YYYY-MM-DDThh:mm:ss.sss, in UTC.',
            `On client: ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${GROUP} --reset-offsets --topic ${TOPIC} --to-datetime $(date -u -d @SECONDS.MILLISECONDS +%FT%T.%3N) --execute, with the time of the first record of ${LATER}`,
          ],
        },
      ],
    }),
    step('copy', {
      title: 'Another group at the same place',
      facts: { groups: groups() },
      checks: [
        {
          id: 'copied',
          title: `Group ${COPY} has the offsets of ${GROUP}, and never had a member`,
          judge: ({ facts, history, passes }) => {
            if (!passes['since-release']) return missing(`${GROUP} is to be at the first record of ${LATER} before.`)
            const [from, to] = [groupOf(facts.groups, GROUP), groupOf(facts.groups, COPY)]
            if (typeof from === 'string') return missing(from)
            if (typeof to === 'string') return missing(to)
            const [has, wanted] = [committed(to, TOPIC), committed(from, TOPIC)]
            if (!same(has, wanted))
              return missing(`${COPY} has ${places(TOPIC, has)}; ${GROUP} has ${places(TOPIC, wanted)}.`)
            // Of one that was deleted nothing counts.
            const looks = history.events('group', { after: FROM_THE_START }).filter(({ group }) => group.id === COPY)
            const since = looks.slice(looks.findLastIndex(({ group }) => group.state === 'Dead') + 1)
            if (since.some(({ group }) => group.members.length > 0))
              return missing(`${COPY} had a member. Delete the group, and make it by its offsets alone.`)
            return passed(`${COPY} has ${places(TOPIC, has)} as ${GROUP}, and is ${to.state}: nobody ever joined it.`)
          },
          hints: [
            'A group is there as soon as an offset is committed for it.',
            '--export writes what a reset would do as lines of topic,partition,offset; --from-file takes such lines.',
            `On client: ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${GROUP} --reset-offsets --topic ${TOPIC} --to-current --export > plan.csv, then --group ${COPY} --reset-offsets --from-file plan.csv --execute`,
          ],
        },
      ],
    }),
    step('forget', {
      title: 'No offset at all',
      facts: { groups: groups() },
      checks: [
        {
          id: 'forgotten',
          title: `${GROUP} has no offset of ${TOPIC}-0, and still one of ${TOPIC}-1`,
          judge: ({ facts }) => {
            const group = groupOf(facts.groups, GROUP)
            if (typeof group === 'string') return missing(group)
            const has = committed(group, TOPIC)
            if (has[0] !== undefined) return missing(`${GROUP} has ${places(TOPIC, has)}.`)
            if (has[1] === undefined) return missing(`${GROUP} has no offset of ${TOPIC}-1 either.`)
            return passed(`${GROUP} has ${places(TOPIC, has)}, and nothing of ${TOPIC}-0.`)
          },
          hints: [
            'An offset can be deleted as it was committed: for a partition.',
            'kafka-consumer-groups has --delete-offsets. It takes --topic as --reset-offsets does.',
            `On client: ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${GROUP} --delete-offsets --topic ${TOPIC}:0`,
          ],
        },
      ],
    }),
  ],
})

/** Where the later release begins, by partition. */
function firstOf(all: TopicRecord[]): Record<number, number> {
  const first: Record<number, number> = {}
  for (const { partition, offset, value } of all)
    if (value?.startsWith(LATER)) first[partition] = Math.min(offset, first[partition] ?? offset)
  return first
}
