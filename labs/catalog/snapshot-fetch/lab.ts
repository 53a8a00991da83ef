import { nodeOf } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Fact, logFiles, missing, passed, step } from '#labs/engine/define.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { followsLeader, told } from '../quorum.ts'
import { deletedOf, nextCleaning, numberIn, SMALL_LOG, segmentsOf, snapshotsOf, unlisted } from '../snapshots.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const files = {
  'controller-1': logFiles('controller-1'),
  'controller-2': logFiles('controller-2'),
  'controller-3': logFiles('controller-3'),
}
type Files = Record<keyof typeof files, Fact<LogFile[] | null>>

export default defineLab({
  slug: 'snapshot-fetch',
  title: 'Too far behind for the log',
  course: 'kraft',
  module: 'reconciliation',
  minutes: 15,
  clusters: {
    main: cluster({
      controllers: 3,
      brokers: 1,
      properties: {
        ...SMALL_LOG,
        // The log's start moves within two minutes of a node's start.
        'metadata.max.retention.ms': 30_000,
        'internal.metadata.delete.delay.millis': 45_000,
      },
    }),
  },
  hosts: ['client'],
  steps: [
    step('away', {
      title: 'A voter goes away',
      checks: [
        {
          id: 'voter-down',
          title: 'A controller that follows is down',
          judge: ({ cluster, history }) => {
            const event = history.last('node', ({ up, led, host }) => !up && !led && CONTROLLERS.includes(host))
            if (!event || event.node === null || cluster.nodes[event.host]?.up) {
              const led = history.last('node', ({ up, led }) => !up && led)
              return missing(
                led
                  ? `${led.host} led when it went down. Start it, and take one that follows.`
                  : 'All controllers are up.',
              )
            }
            const end = cluster.metadataEnds[event.node]
            if (cluster.leader === null || end === undefined || end < 0)
              return missing(
                cluster.leader === null
                  ? 'Nobody leads that we know of.'
                  : `Node ${cluster.leader} leads, and has never heard from ${event.host}: that led before, or was away. Start it, let it follow, and stop it again.`,
              )
            return passed(
              `${event.host} (node ${event.node}) is down; its log ends at ${end}, as the leader last heard.`,
              {
                host: event.host,
                node: event.node,
                end,
                seq: event.seq,
                at: event.at,
              },
            )
          },
          hints: [
            'Two of three controllers are a majority: the cluster can spare one.',
            'Stop or Kill is in the menu of each host. Take a controller without the leader’s mark.',
            'If you took the leader, start it again, and take one of the others.',
          ],
        },
        {
          id: 'left-behind',
          title: 'The leader’s log begins behind the end of that voter’s log',
          judge: ({ cluster, passes }) => {
            const [node, ended] = [told(passes['voter-down'], 'node'), told(passes['voter-down'], 'end')]
            const host = passes['voter-down']?.evidence.host
            if (node === null || ended === null || typeof host !== 'string') return missing('No follower is down yet.')
            // It may have run and fetched since.
            const end = Math.max(ended, cluster.metadataEnds[node] ?? 0)
            const { leader, logStart } = cluster
            if (leader === null || logStart === null) return missing('Nobody leads that says where its log begins.')
            if (cluster.nodes[host]?.up)
              return missing(
                `${host} runs, and has what it missed from the log. Stop it again, and leave it down for two minutes.`,
              )
            if (logStart <= end)
              return missing(
                `The leader’s log begins at ${logStart}, that of ${host} ends at ${end}: the leader still has all that it lacks.`,
                nextCleaning(nodeOf(cluster, leader)?.host ?? '', cluster),
              )
            return passed(
              `The leader’s log begins at ${logStart}. That of ${host} ends at ${end}: records ${end} to ${logStart - 1} are in no log any more.`,
              { node, end, start: logStart },
            )
          },
          hints: [
            'Nothing is to be typed: the leader writes NoOps and snapshots, and its cleaner looks once a minute.',
            'It takes up to two minutes. The Log tab shows where the leader’s log begins.',
            'Leave that one down and the two others running. On the leader’s host: ls /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
    }),
    step('return', {
      title: 'It comes back',
      facts: files,
      predict: {
        question:
          'Its log ends before the leader’s begins. Of the records that it has on its disk, how many will its log have afterwards: all, some or none?',
        refuse: (given) => (/^\s*(all|some|none)\s*$/i.test(given) ? null : 'Answer all, some or none.'),
        outcome: (given, { passes }) => ({
          right: /none/i.test(given),
          says: `None. Its log begins at ${told(passes.fetched, 'began')}, where the snapshot ends that it was given: a log has no gaps, so all before that had to go.`,
        }),
      },
      checks: [
        {
          id: 'fetched',
          title: 'It has a snapshot of the leader’s, and its log begins where that ends',
          judge: ({ cluster, facts, passes }) => {
            const [node, end] = [told(passes['left-behind'], 'node'), told(passes['left-behind'], 'end')]
            const host = passes['voter-down']?.evidence.host
            if (node === null || end === null || typeof host !== 'string')
              return missing('It is not too far behind yet.')
            if (!cluster.nodes[host]?.up) return missing(`${host} is not up yet.`)
            const { leader } = cluster
            const leading = leader === null ? null : (nodeOf(cluster, leader)?.host ?? null)
            if (!leading || leader === node) return missing('No other node leads that it could have fetched from.')
            const [own, theirs] = [of(facts, host), of(facts, leading)]
            const why = unlisted(host, own) ?? unlisted(leading, theirs)
            if (why) return missing(why)
            const [began] = segmentsOf(own)
            const snapshot = snapshotsOf(own).find(({ offset }) => offset === began?.offset)
            if (!began || began.offset <= end)
              return missing(
                `The log of ${host} begins at ${began?.offset ?? 'no offset'}: it still has what it had, up to ${end}.`,
              )
            if (!snapshot)
              return missing(
                `The log of ${host} begins at ${began.offset}, and no snapshot on its disk ends there. Its own cleaner may have run: stop it, wait until it is behind, and start it.`,
              )
            const names = [...snapshotsOf(theirs), ...deletedOf(theirs).snapshots].map(({ name }) => name)
            if (!names.some((name) => name.startsWith(snapshot.name)))
              return missing(`${leading} has no ${snapshot.name}, which ${host} has.`)
            const reaches = cluster.metadataEnds[node]
            if (reaches === undefined || reaches < began.offset)
              return missing(`The disk of ${host} shows it. The leader has not heard yet how far its log reaches.`)
            return passed(
              `${host} has ${snapshot.name}, as ${leading} has. Its log ended at ${end}; it begins at ${began.offset} now, and reaches to ${reaches}.`,
              { host, began: began.offset, snapshot: snapshot.name, end: reaches },
            )
          },
          hints: [
            'Its disk is whole, and much too old. It only has to be started.',
            'Choose Start in the menu of its host, and look into its server.log for Fetching snapshot.',
            'In a terminal of that host: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'follows',
          title: 'It follows the leader and has all that is committed',
          judge: ({ cluster, passes }) => {
            const node = told(passes['voter-down'], 'node')
            if (node === null || !passes['left-behind']) return missing('It is not too far behind yet.')
            return followsLeader(cluster, node)
          },
          hints: [
            'After the snapshot it fetches the log behind it, as ever.',
            'Compare ends on client: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
            'Leave it running, with no link cut, for some seconds.',
          ],
        },
      ],
      ask: 'At which offset does the snapshot end that it fetched?',
      judge: (given, { passes }) => {
        const began = told(passes.fetched, 'began')
        if (began === null) return missing('It has fetched none yet.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        if (offset === began) return passed(`The same offset begins its log: ${began}.`, { offset })
        return missing(
          `${offset} is not it. It stands in the line Fetching snapshot of its server.log; snapshots that came later are its own.`,
        )
      },
    }),
  ],
})

const of = (facts: Files, host: string): Fact<LogFile[] | null> => facts[host as keyof Files]
