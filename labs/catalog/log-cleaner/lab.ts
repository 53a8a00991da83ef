import { cluster, defineLab, logFiles, missing, passed, step } from '#labs/engine/define.ts'
import { counted, told } from '../quorum.ts'
import {
  deletedOf,
  isUp,
  nextCleaning,
  nextSnapshot,
  notANumber,
  numberIn,
  ownSnapshots,
  SMALL_LOG,
  segmentsOf,
  snapshotsOf,
  unlisted,
} from '../snapshots.ts'

const controller = logFiles('controller-1')
const late = logFiles('broker-2')

export default defineLab({
  slug: 'log-cleaner',
  title: 'The metadata log is cleaned',
  course: 'kraft',
  module: 'snapshots',
  minutes: 15,
  clusters: {
    main: cluster({
      controllers: 1,
      brokers: 2,
      running: false,
      properties: {
        ...SMALL_LOG,
        // Confluent's playground keeps them for 20 minutes, longer than anybody wants to look on.
        'metadata.max.retention.ms': 30_000,
        // Less than the cleaner's minute: what carries the suffix is of its last run.
        'internal.metadata.delete.delay.millis': 45_000,
      },
    }),
  },
  hosts: ['client'],
  steps: [
    step('start', {
      title: 'Start the cluster',
      facts: { controller },
      predict: {
        question:
          'A segment is closed after 15 seconds, and a snapshot takes some 20 seconds of idling. How many segments (.log files) will controller-1 have when it has just written its second snapshot?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const segments = told(passes['two-snapshots'], 'segments') ?? 0
          return {
            right: numberIn(given) === segments,
            says: `There were ${counted(segments, 'segment')} then. A new one begins with the first record that comes after the 15 seconds.`,
          }
        },
      },
      checks: [
        {
          id: 'up',
          title: 'controller-1 leads, and broker-1 is unfenced',
          judge: ({ cluster }) => isUp(cluster),
          hints: [
            'Leave broker-2 for later. The other two hosts with a node have a configuration in their directory config.',
            'Choose Start in the menus of controller-1 and broker-1, or use kafka-server-start on each.',
            'On controller-1: ./bin/kafka-server-start -daemon config/controller.properties, and on broker-1: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
        {
          id: 'two-snapshots',
          title: 'controller-1 has written two snapshots, and its log has several segments',
          judge: ({ cluster, facts }) => {
            const why = unlisted('controller-1', facts.controller)
            if (why) return missing(why)
            if (cluster.leader === null) return missing('Nobody leads, so the files cannot be held against a log.')
            const own = ownSnapshots(facts.controller, cluster)
            const segments = segmentsOf(facts.controller)
            if (own.length < 2)
              return missing(
                `controller-1 has written ${counted(own.length, 'snapshot')} that the log on the wire is long enough for.`,
                nextSnapshot('controller-1', facts.controller, cluster),
              )
            if (segments.length < 2) return missing('The log is one segment still.')
            return passed(
              `Snapshots end at ${own.map(({ offset }) => offset).join(' and ')}; ${counted(segments.length, 'segment')} begin at ${segments.map(({ offset }) => offset).join(', ')}.`,
              { segments: segments.length, ends: own.map(({ offset }) => offset) },
            )
          },
          hints: [
            'Nothing is to be typed: an idle cluster writes two NoOp records a second.',
            'It takes some 40 seconds. See the files come in the directory of the metadata log.',
            'With controller-1 running, wait; on controller-1: ls -l /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
    }),
    step('clean', {
      title: 'The cleaner’s run',
      facts: { controller },
      predict: {
        question:
          'What is older than 30 seconds goes, once a minute, but never the last snapshot. Where will the log begin afterwards: with the first record of a segment, or where a snapshot ends? segment or snapshot',
        refuse: (given) => (/^\s*(segment|snapshot)\s*$/i.test(given) ? null : 'Answer segment or snapshot.'),
        outcome: (given, { passes }) => {
          const start = told(passes['files-went'], 'start')
          const base = told(passes['files-went'], 'base')
          return {
            right: /snapshot/i.test(given),
            says:
              start === base
                ? `The log began at ${start}. A snapshot ends there, and by chance a segment begins there too: it is the snapshot that decides.`
                : `The log began at ${start}, where a snapshot ends. The segment that has this record began at ${base}, and stayed whole.`,
          }
        },
      },
      checks: [
        {
          id: 'start-rose',
          title: 'The leader’s log no longer begins at 0',
          judge: ({ cluster }) => {
            const { leader, logStart, nodes } = cluster
            if (leader === null) return missing('Nobody leads, so nobody says where the log begins.')
            if (logStart === null) return missing('The leader has not said yet where its log begins.')
            if (logStart === 0) return missing('The leader’s log begins at 0.', nextCleaning('controller-1', cluster))
            return passed(
              `${nodes['controller-1']?.host ?? 'The leader'} says on the wire that its log begins at ${logStart}.`,
              {
                start: logStart,
              },
            )
          },
          hints: [
            'Nobody asks the cleaner to run: it has a clock of its own, in each node.',
            'It looks once a minute, counted from the start of the node, and needs two snapshots.',
            'Leave controller-1 running for a minute; the line to look for in logs/server.log there has “Incremented log start offset”',
          ],
        },
        {
          id: 'files-went',
          title: 'A snapshot and a segment were deleted, and the log begins where the oldest snapshot ends',
          judge: ({ cluster, facts }) => {
            const why = unlisted('controller-1', facts.controller)
            if (why) return missing(why)
            const { logStart } = cluster
            if (cluster.leader === null || logStart === null)
              return missing('Nobody leads, so the files cannot be held against a log.')
            const { snapshots, segments } = deletedOf(facts.controller)
            if (snapshots.length === 0 || segments.length === 0)
              return missing(
                `Of the files on controller-1, ${counted(snapshots.length, 'snapshot')} and ${counted(segments.length, 'segment')} end in .deleted.`,
                nextCleaning('controller-1', cluster),
              )
            const oldest = snapshotsOf(facts.controller)[0]
            if (oldest?.offset !== logStart)
              return missing(
                `The oldest snapshot on controller-1 ends at ${oldest?.offset ?? 'no offset'}, and the leader says that its log begins at ${logStart}: that was not the cleaner.`,
                nextCleaning('controller-1', cluster),
              )
            const base = segmentsOf(facts.controller)[0]?.offset
            if (base === undefined || base > logStart)
              return missing(`The log begins at ${logStart}, and no segment on controller-1 has that record.`)
            return passed(
              `${counted(snapshots.length, 'snapshot')} and ${counted(segments.length, 'segment')} carry .deleted. The oldest snapshot left ends at ${logStart}, and there the leader’s log begins.`,
              { start: logStart, base, snapshots: snapshots.length, segments: segments.length },
            )
          },
          hints: [
            'Deleted files are renamed first, and go from the disk a while later.',
            'List the directory again when the log’s start has risen: look for .deleted, and compare names.',
            'Wait for the next run, at most a minute; on controller-1: ls /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
      ask: 'With which offset does the log of controller-1 begin now?',
      judge: (given, { cluster, facts }) => {
        const { logStart } = cluster
        if (cluster.leader === null || logStart === null) return missing('Nobody leads, so nobody can say.')
        if (logStart === 0) return missing('The cleaner has not run yet: the log still begins at 0.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        if (offset === logStart)
          return passed(`The leader says the same on the wire: ${logStart}.`, { start: logStart })
        const isBase = segmentsOf(facts.controller).some((one) => one.offset === offset)
        if (isBase) return missing(`At ${offset} a segment begins. The log begins inside one: ask the snapshots.`)
        return missing(
          offset < logStart
            ? `${offset} lies before the log’s start. Has the cleaner run again meanwhile?`
            : `${offset} is in the log, and there are records before it.`,
        )
      },
    }),
    step('late', {
      title: 'One who comes late',
      facts: { controller, late },
      predict: {
        question:
          'broker-2 starts with an empty disk, and the first records are gone. With what will its copy of the log begin: record 0, the start of the leader’s log, or the end of the leader’s newest snapshot? 0, start or newest',
        refuse: (given) => (/^\s*(0|start|newest)\s*$/i.test(given) ? null : 'Answer 0, start or newest.'),
        outcome: (given, { passes }) => {
          const began = told(passes.joined, 'began')
          const start = told(passes.joined, 'start')
          const happened = began === 0 ? '0' : began === start ? 'start' : 'newest'
          return {
            right: given.trim().toLowerCase() === happened,
            says: `Its log began at ${began}, and the leader’s at ${start}. It asked for record 0, was told of the newest snapshot, fetched that, and then the log behind it.`,
          }
        },
      },
      checks: [
        {
          id: 'joined',
          title: 'broker-2 is unfenced, and its log begins where a snapshot of the leader ends',
          judge: ({ cluster, facts }) => {
            const { logStart, brokers, nodes } = cluster
            if (!nodes['broker-2']?.up) return missing('broker-2 is not up yet.')
            if (brokers[2]?.fenced !== false) return missing('broker-2 is up, and still fenced.')
            const why = unlisted('broker-2', facts.late) ?? unlisted('controller-1', facts.controller)
            if (why) return missing(why)
            const [began] = segmentsOf(facts.late)
            const [snapshot] = snapshotsOf(facts.late)
            if (!began || !snapshot) return missing('broker-2 has no snapshot yet.')
            if (logStart === null) return missing('The leader has not said yet where its log begins.')
            if (began.offset < logStart && snapshot.offset < logStart)
              return missing(`The log of broker-2 begins at ${began.offset}, before that of the leader.`)
            if (began.offset !== snapshot.offset)
              return missing(
                `On broker-2 the oldest segment begins at ${began.offset}, and the oldest snapshot ends at ${snapshot.offset}: its own cleaner has run. Stop it, wipe its disk, and start it.`,
              )
            return passed(
              `broker-2 works. Its log begins at ${began.offset}, behind ${snapshot.name}; the leader’s begins at ${logStart}.`,
              { began: began.offset, start: logStart, snapshot: snapshot.name },
            )
          },
          hints: [
            'Its disk is formatted and empty. It has to be started, and to reach the controller.',
            'Choose Start in the menu of broker-2, or use kafka-server-start there.',
            'On broker-2: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
  ],
})
