import { cluster, defineLab, type Fact, logEnd, missing, passed, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import type { LogEnd } from '#labs/protocol/observation.ts'
import { followsLeader, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'

const SETTING = 'message.max.bytes'
/** The default of all brokers, in Kafka's ConfigResource.Type. */
const BROKER = 4
const ends = {
  'controller-1': logEnd('controller-1'),
  'controller-2': logEnd('controller-2'),
  'controller-3': logEnd('controller-3'),
}
type Ends = Record<keyof typeof ends, Fact<LogEnd | null>>

export default defineLab({
  slug: 'uncommitted-suffix',
  title: 'An uncommitted suffix',
  course: 'kraft',
  module: 'reconciliation',
  minutes: 15,
  clusters: {
    main: cluster({
      controllers: 3,
      brokers: 1,
      // Five times the default: a leader that is cut off leads for 15 s, long enough to type a command.
      properties: { 'controller.quorum.fetch.timeout.ms': 10_000 },
    }),
  },
  hosts: ['client'],
  steps: [
    step('alone', {
      title: 'Write where nobody follows',
      facts: ends,
      checks: [
        {
          id: 'leader-isolated',
          title: 'The host of the active controller is cut off from all others',
          judge: ({ history }) => history.isolated({ wasLeader: true }),
          hints: [
            'The leader has to live on, and to be heard by nobody.',
            'Find the leader’s mark in the panel; its host’s menu has Isolate from the network.',
            'If another host is cut off, choose Heal all cuts first. Then isolate the one that leads now.',
          ],
        },
        {
          id: 'wrote-alone',
          title: 'While it was cut off, it appended a setting that was never committed',
          judge: ({ cluster, history, facts }) => {
            const isolated = history.isolated({ wasLeader: true })
            if (!isolated.passed) return missing('The leader is not cut off yet.')
            const { host, node, at } = isolated.evidence as { host?: unknown; node?: unknown; at?: unknown }
            if (typeof host !== 'string' || typeof node !== 'number' || typeof at !== 'number')
              return missing('Which leader was cut off is not known. Heal all cuts, and isolate it again.')
            const log = endOf(host, facts)
            if (typeof log === 'string') return missing(log)
            const found = log.records.findLast(isSetting)
            if (!found || found.timestamp < at)
              return missing(
                cluster.leader === node
                  ? `The log of ${host} has no CONFIG_RECORD for ${SETTING} that came after the cut. It leads for 15 seconds: be quick.`
                  : `${host} leads no more, and its log has no CONFIG_RECORD for ${SETTING} that came after the cut. Choose Heal all cuts, isolate the one that leads then, and type sooner.`,
              )
            const { offset, epoch } = found
            if (isCommitted(history, offset, epoch))
              return missing(`Record ${offset} of epoch ${epoch} was committed: the others have it.`)
            // A file alone proves nothing: the node itself has to have handed it out while it led.
            if (log.source !== 'wire')
              return missing(
                `The disk of ${host} has the setting at ${offset}, and the node has not told of it while it led. Choose Heal all cuts and do it again.`,
              )
            return passed(
              `The log of ${host} ends at ${log.end}, with the setting at offset ${offset} in epoch ${epoch}. Committed is what lies below ${cluster.lastHighWatermark}.`,
              { host, node, offset, epoch, end: log.end, highWatermark: cluster.lastHighWatermark },
            )
          },
          hints: [
            'Whoever is asked through the network does not reach it. Its own terminal does not need the network.',
            'A controller takes changes of settings itself: kafka-configs with --bootstrap-controller. Have the command ready before you cut.',
            `On the leader’s host, for controller-1: timeout 8 ./bin/kafka-configs --bootstrap-controller controller-1:9093 --alter --entity-type brokers --entity-default --add-config ${SETTING}=2000000`,
          ],
        },
        {
          id: 'new-leader',
          title: 'The others have elected a leader, in a later epoch',
          judge: ({ history, passes }) =>
            passes['leader-isolated']
              ? history.newLeader({ after: 'leader-isolated' })
              : missing('The leader is not cut off yet.'),
          hints: [
            'Two of three still reach each other. They need to notice first.',
            'In this lab they wait 10 seconds for an answer to their fetch.',
            'Leave both of the others running and linked; a leader is there some 10 to 13 seconds after the cut.',
          ],
        },
      ],
    }),
    step('differ', {
      title: 'Two logs',
      facts: ends,
      ask: 'What is the first offset at which the two logs have different records?',
      judge: (given, { history, passes }) => {
        const epoch = told(passes['wrote-alone'], 'epoch')
        if (epoch === null) return missing('The old leader has not written anything alone yet.')
        const first = firstOfLater(history, epoch)
        if (first === null) return missing(`No leader of an epoch after ${epoch} has committed anything yet.`)
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        if (offset === first.offset)
          return passed(
            `At ${offset} the majority has the LeaderChange of epoch ${first.epoch}, the old leader a record of epoch ${epoch}.`,
            { offset, epoch: first.epoch },
          )
        return missing(
          offset < first.offset
            ? `Both have the same record at ${offset}, of epoch ${epoch} or before.`
            : `At ${offset} they differ, but not there first.`,
        )
      },
    }),
    step('heal', {
      title: 'One log again',
      facts: ends,
      predict: {
        question:
          'The old leader has your setting on its disk, and nobody ever refused it. When all links are whole again: will it be a setting of the cluster? yes or no',
        refuse: (given) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
        outcome: (given, { cluster }) => {
          const is = settingOf(cluster.configs) !== undefined
          return {
            right: /yes/i.test(given) === is,
            says: 'It is not. A record counts once a majority has it. This one was on one disk of three, and the leader that was elected had something else there.',
          }
        },
      },
      checks: [
        {
          id: 'healed',
          title: 'All links are whole again',
          judge: ({ history, passes }) =>
            passes['differ-answer']
              ? history.healed({ after: 'wrote-alone' })
              : missing('Compare the two logs first: they will not differ for long.'),
          hints: [
            'The network was taken away by a button; another one gives it back.',
            'Reconnect in the menu of the isolated host, or Heal all cuts for the whole room.',
            'Choose Heal all cuts.',
          ],
        },
        {
          id: 'truncated',
          title: 'The old leader’s log has records of the later epoch where its own were',
          judge: ({ cluster, facts, passes }) => {
            const [node, offset, epoch] = ['node', 'offset', 'epoch'].map((one) => told(passes['wrote-alone'], one))
            const host = passes['wrote-alone']?.evidence.host
            if (typeof host !== 'string' || node == null || offset == null || epoch == null)
              return missing('The old leader has written nothing alone yet.')
            const log = endOf(host, facts)
            if (typeof log === 'string') return missing(log)
            const there = log.epochs.findLast(({ from }) => from <= offset)
            if (!there) return missing(`What is shown of the log of ${host} begins behind offset ${offset}.`)
            if (there.epoch <= epoch)
              return missing(
                offset < there.to
                  ? `Offset ${offset} in the log of ${host} is of epoch ${there.epoch} still: its own record.`
                  : `The log of ${host} was cut at ${there.to}, and nothing of the later epoch has come yet.`,
              )
            const end = cluster.metadataEnds[node]
            if (cluster.leader === null || end === undefined || end <= offset)
              return missing(`The disk of ${host} shows it. The leader has not heard yet how far its log reaches.`)
            return passed(
              `In the log of ${host}, epoch ${there.epoch} begins at ${there.from}, and it reaches to ${end}: offset ${offset} is no longer of epoch ${epoch}.`,
              { host, node, offset, epoch: there.epoch, from: there.from },
            )
          },
          hints: [
            'It must hear of the later epoch, and be told where the two logs part.',
            'Look at the end of its log before and after, in the Log tab, or search its server.log for Truncat.',
            'Leave it running with all links whole for some seconds. If it was killed, start it: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'follows',
          title: 'It follows the new leader and has all that is committed',
          judge: ({ cluster, passes }) => {
            const node = told(passes['wrote-alone'], 'node')
            if (node === null || !passes.healed) return missing('It is still cut off.')
            return followsLeader(cluster, node)
          },
          hints: [
            'After the cut in its log it fetches like any other follower.',
            'Compare ends on client: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
            'It has to run, with no link cut. If it leads again itself, isolate it until another leads, and heal.',
          ],
        },
        {
          id: 'never-was',
          title: 'The setting is not in the cluster’s metadata',
          judge: ({ cluster, passes }) => {
            if (!passes.truncated) return missing('That is said when its log was cut.')
            const value = settingOf(cluster.configs)
            if (value !== undefined)
              return missing(
                `${SETTING} is ${value} for all brokers: somebody has set it again at a leader that could commit it. Take it back with --delete-config ${SETTING}.`,
              )
            if (cluster.leader === null) return missing('Nobody leads, so nobody can say.')
            return passed(`No broker has a default for ${SETTING}: what was written alone never happened.`)
          },
          hints: [
            'Ask a broker for the default settings of all brokers.',
            'If it is there, a command went on trying until it found the new leader. Take the setting back.',
            `On client: ./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --entity-type brokers --entity-default --delete-config ${SETTING}`,
          ],
        },
      ],
    }),
  ],
})

function endOf(host: string, facts: Ends): LogEnd | string {
  const fact = facts[host as keyof Ends]
  if (!fact || fact.state === 'not-fetched') return `Reading the log of ${host}.`
  if (fact.state === 'failed') return `The log of ${host} cannot be read: ${fact.why}.`
  return fact.value ?? `${host} has no metadata log.`
}

function isSetting({ type, data }: LogEnd['records'][number]): boolean {
  const { resourceType, resourceName, name, value } = data as Record<string, unknown>
  const isOfAll = resourceType === BROKER && (resourceName === '' || resourceName === undefined)
  return type === 'CONFIG_RECORD' && isOfAll && name === SETTING && value !== null
}

const isCommitted = (history: HistoryView, offset: number, epoch: number): boolean =>
  history.records({ all: true }).some((record) => record.offset === offset && record.epoch === epoch)

/** What the first leader after that epoch began with. */
const firstOfLater = (history: HistoryView, epoch: number) =>
  history.records({ type: 'LeaderChange', all: true }).find((record) => record.epoch > epoch) ?? null

const settingOf = (configs: Record<string, Record<string, string>>): string | undefined => configs['broker:']?.[SETTING]
