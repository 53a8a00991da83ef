import { cluster, defineLab, logFiles, missing, passed, step } from '#labs/engine/define.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { isUp, nextSnapshot, notANumber, numberIn, SMALL_LOG, START_BOTH } from '../snapshots.ts'
import { changesSince, FEW, HOST, MORE, only, recordsIn, SETTING, settingIn, snapshotA, snapshotB } from './states.ts'

/** A guess so far off is still a good one. */
const ABOUT = 5
const TIMES = 3

const facts = { controller: logFiles(HOST) }

export default defineLab({
  slug: 'two-snapshots',
  title: 'Two snapshots compared',
  course: 'kraft',
  module: 'snapshots',
  minutes: 18,
  clusters: { main: cluster({ controllers: 1, brokers: 1, running: false, properties: SMALL_LOG }) },
  hosts: ['client'],
  steps: [
    step('start', {
      title: 'Start the cluster',
      predict: {
        question: `How many records, NoOps not counted, does the metadata log need until its first broker may work? Up to ${ABOUT} more or fewer count as right.`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const count = told(passes.up, 'records') ?? 0
          return {
            right: Math.abs((numberIn(given) ?? 0) - count) <= ABOUT,
            says: `It took ${counted(count, 'record')}: who votes, which features hold, the controller, the broker, and that the broker is unfenced.`,
          }
        },
      },
      checks: [
        {
          id: 'up',
          title: 'controller-1 leads, and broker-1 is unfenced',
          judge: ({ cluster, history }) => {
            const up = isUp(cluster)
            const records = history.records({ all: true }).length
            return up.passed ? passed(up.evidence.says, { ...up.evidence, records }) : up
          },
          hints: START_BOTH,
        },
      ],
    }),
    step('first', {
      title: 'A first state',
      facts,
      predict: {
        question: `Two topics: orders with ${FEW} partitions, drafts with one. How many records will a snapshot need for them?`,
        refuse: notANumber,
        outcome: (given, { history, passes }) => {
          const state = history.state(told(passes['snapshot-a'], 'end') ?? undefined)
          const lines = state ? recordsIn(state).filter((line) => /^\w+ (orders|drafts) /.test(line)) : []
          const topics = lines.filter((line) => line.startsWith('TOPIC_RECORD'))
          return {
            right: numberIn(given) === lines.length,
            says: `It has ${lines.length}: ${counted(topics.length, 'TOPIC_RECORD')}, and ${counted(lines.length - topics.length, 'PARTITION_RECORD')}.`,
          }
        },
      },
      checks: [
        {
          id: 'two-topics',
          title: `Topic orders has ${FEW} partitions, and drafts has one`,
          judge: ({ cluster }) => {
            for (const [name, wanted] of [
              ['orders', FEW],
              ['drafts', 1],
            ] as const) {
              const { length } = partitionsOf(cluster.topics[name])
              if (length === 0) return missing(`There is no topic ${name}.`)
              if (length !== wanted)
                return missing(`${name} has ${counted(length, 'partition')}; it should have ${wanted}.`)
            }
            return passed(`orders has ${FEW} partitions, drafts has one.`)
          },
          hints: [
            'Two topics, each by a command of its own.',
            'kafka-topics takes --create, --topic and --partitions; without the last, a topic gets one.',
            `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions ${FEW}, and ./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic drafts`,
          ],
        },
        {
          id: 'snapshot-a',
          title: 'A snapshot of controller-1 contains both: this is A',
          judge: (moment) => {
            const { cluster, facts, passes } = moment
            if (!passes['two-topics']) return missing('The two topics are not both there yet.')
            const a = snapshotA(moment)
            if (typeof a === 'string') return missing(a, nextSnapshot(HOST, facts.controller, cluster))
            return passed(`A is ${a.name}, ${counted(a.bytes, 'byte')}.`, { name: a.name, end: a.offset })
          },
          hints: [
            'Nothing more is to be typed, and nothing to be changed yet.',
            'The leader’s NoOp records fill the 2,800 bytes in 20 seconds at most.',
            'Wait, with controller-1 running; then on controller-1: ls -l /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
    }),
    step('change', {
      title: 'Five changes',
      facts,
      predict: {
        question: `Now ${SETTING} of orders is set three times, to three values. How many CONFIG_RECORDs about it will the next snapshot have?`,
        refuse: notANumber,
        outcome: (given, { history, passes }) => {
          const state = history.state(told(passes['snapshot-b'], 'end') ?? undefined)
          const value = state ? settingIn(state) : undefined
          const count = value === undefined ? 0 : 1
          const times = told(passes['set-thrice'], 'times') ?? 0
          return {
            right: numberIn(given) === count,
            says: `It has ${count}${value === undefined ? '' : `, with ${value}`}. The log has ${times}: a snapshot says what holds, not how it came to be so.`,
          }
        },
      },
      checks: [
        {
          id: 'set-thrice',
          title: `${SETTING} of orders has been set to three values, one after the other`,
          judge: (moment) => {
            const a = snapshotA(moment)
            if (typeof a === 'string') return missing(a)
            const { set } = changesSince(a, moment)
            const values = set.map(({ data }) => (data as { value?: unknown }).value ?? 'the default')
            if (set.length < TIMES)
              return missing(
                set.length === 0
                  ? `${SETTING} of orders has not been set since A.`
                  : `Since A the log has ${counted(set.length, 'record')} about it (${values.join(', ')}). The value that it has already, set again, writes none.`,
              )
            if (values.at(-1) === 'the default') return missing(`${SETTING} of orders is at its default again. Set it.`)
            return passed(`The log has ${counted(set.length, 'record')} about it since A: ${values.join(', ')}.`, {
              times: set.length,
            })
          },
          hints: [
            'One command for each value. A setting of a topic is not changed by kafka-topics.',
            `kafka-configs takes --alter, --topic orders and --add-config ${SETTING}=... Give it another value each time.`,
            `./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --topic orders --add-config ${SETTING}=3600000, and again with 7200000 and 86400000`,
          ],
        },
        {
          id: 'grown',
          title: `orders, the same topic as in A, has ${MORE} partitions`,
          judge: (moment) => {
            const a = snapshotA(moment)
            if (typeof a === 'string') return missing(a)
            const { length } = partitionsOf(moment.cluster.topics.orders)
            return length === MORE
              ? passed(`orders has ${MORE} partitions, and the id that it has in A.`)
              : missing(`orders has ${counted(length, 'partition')}; it should have ${MORE}.`)
          },
          hints: [
            'A topic can be given partitions while it is used. It cannot lose any.',
            'kafka-topics takes --alter, and with --partitions the number that there will be.',
            `./bin/kafka-topics --bootstrap-server broker-1:9092 --alter --topic orders --partitions ${MORE}`,
          ],
        },
        {
          id: 'deleted',
          title: 'drafts is deleted',
          judge: (moment) => {
            const a = snapshotA(moment)
            if (typeof a === 'string') return missing(a)
            if (moment.cluster.topics.drafts) return missing('drafts is there.')
            const [record] = changesSince(a, moment).deleted
            if (!record) return missing('Reading the record that deleted drafts.')
            return passed(`Record ${record.offset} deleted drafts, and its partition with it.`, {
              offset: record.offset,
            })
          },
          hints: [
            'The topic itself has to go, not only what is in it.',
            'kafka-topics takes --delete and --topic.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --delete --topic drafts',
          ],
        },
        {
          id: 'snapshot-b',
          title: 'A later snapshot contains all that: this is B',
          judge: (moment) => {
            const { cluster, facts, passes } = moment
            const a = snapshotA(moment)
            if (typeof a === 'string') return missing(a)
            if (!passes['set-thrice'] || !passes.grown || !passes.deleted)
              return missing('Not all has been changed yet.')
            const b = snapshotB(a, moment)
            if (typeof b === 'string') return missing(b, nextSnapshot(HOST, facts.controller, cluster))
            return passed(`A is ${a.name}, B is ${b.name}, ${counted(b.bytes, 'byte')}.`, {
              name: b.name,
              start: a.offset,
              end: b.offset,
            })
          },
          hints: [
            'A snapshot that was written between two of the changes is not it.',
            'Each snapshot contains what lies below the offset in its name. The last of your changes must be among that.',
            'Wait 20 seconds, with controller-1 running; then on controller-1: ls -l /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
    }),
    step('compare', {
      title: 'Compare them',
      facts,
      predict: {
        question: 'Compare the two, record by record, control records aside. How many will be in B and not in A?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const [inA, inB] = [told(passes['compare-answer'], 'inA') ?? 0, told(passes['compare-answer'], 'inB') ?? 0]
          return {
            right: numberIn(given) === inB,
            says: `In B alone: ${inB}. In A alone: ${inA}. Of ${SETTING} only the last value is there, and nothing says that there ever was a topic drafts.`,
          }
        },
      },
      ask: 'How many records are in A and not in B, control records aside?',
      judge: (given, moment) => {
        const { history } = moment
        const a = snapshotA(moment)
        if (typeof a === 'string') return missing(a)
        const b = snapshotB(a, moment)
        if (typeof b === 'string') return missing(b)
        const [before, after] = [history.state(a.offset), history.state(b.offset)]
        if (!before || !after) return missing('The log up to there was not seen. Make both snapshots again.')
        const count = numberIn(given)
        if (count === null) return missing('Give a whole number.')
        const [inA, inB] = [only(before, after), only(after, before)]
        if (count === inA.length)
          return passed(`${inA.map((line) => line.split(' ').slice(0, 2).join(' ')).join(', ')}: not in B.`, {
            inA: inA.length,
            inB: inB.length,
          })
        return missing(
          count === inB.length
            ? `${count} are in B and not in A. Which are in A and not in B?`
            : `It is not ${count}. Compare A, which ends at ${a.offset}, with B, which ends at ${b.offset}.`,
        )
      },
    }),
    step('origin', {
      title: 'Where it came from',
      facts,
      predict: {
        question: `In B there is one record with ${SETTING} of orders. kafka-dump-log shows an offset for it. Is it the offset that it has in the log? yes or no`,
        refuse: (given) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
        outcome: (given, { passes }) => {
          const pass = passes['origin-answer']
          const [offset, count] = [told(pass, 'offset') ?? 0, told(pass, 'records') ?? 0]
          return {
            right: /no/i.test(given) === offset > count,
            says: `In the log it has offset ${offset}. B has ${count} records and a few control records, counted from 0 on: offsets of its own, which mean nothing in the log.`,
          }
        },
      },
      ask: `With which offset does the log have the record to which B owes its ${SETTING} of orders?`,
      judge: (given, moment) => {
        const a = snapshotA(moment)
        if (typeof a === 'string') return missing(a)
        const b = snapshotB(a, moment)
        if (typeof b === 'string') return missing(b)
        const state = moment.history.state(b.offset)
        const set = changesSince(a, moment).set.filter(({ offset }) => offset < b.offset)
        const last = set.at(-1)
        if (!state || !last) return missing('The log up to there was not seen. Make both snapshots again.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const value = settingIn(state)
        if (offset === last.offset)
          return passed(`Record ${offset} set it to ${value}, and B ends at ${b.offset}.`, {
            offset,
            records: recordsIn(state).length,
          })
        const other = set.find((one) => one.offset === offset)
        if (other)
          return missing(`Record ${offset} set it to ${(other.data as { value?: unknown }).value}; B has ${value}.`)
        return missing(
          `Record ${offset} of the log did not set it. Is that the offset in the file of B? Look for it in the segments.`,
        )
      },
    }),
  ],
})
