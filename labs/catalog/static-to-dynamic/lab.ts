import { cluster, defineLab, file, missing, passed, step } from '#labs/engine/define.ts'
import { propertiesOf } from '../properties.ts'
import { FROM_THE_START } from '../quorum.ts'
import { allCaughtUp, listed, majorityAlwaysUp } from '../voters.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'] as const
const BROKERS = ['broker-1', 'broker-2'] as const
const IDS = { 'controller-1': 101, 'controller-2': 102, 'controller-3': 103 }
const NODES = [...CONTROLLERS, ...BROKERS]
const configurationOf = (host: (typeof NODES)[number]) =>
  file(host, `/home/learner/kafka/config/${host.split('-')[0]}.properties`)
const configurations = {
  'controller-1': configurationOf('controller-1'),
  'controller-2': configurationOf('controller-2'),
  'controller-3': configurationOf('controller-3'),
  'broker-1': configurationOf('broker-1'),
  'broker-2': configurationOf('broker-2'),
}

export default defineLab({
  slug: 'static-to-dynamic',
  title: 'From a static quorum to a dynamic one',
  course: 'kraft',
  module: 'changing-the-quorum',
  minutes: 15,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: BROKERS.length, quorum: 'static' }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('upgrade', {
      title: 'Upgrade kraft.version',
      checks: [
        {
          id: 'dynamic',
          title: 'The voters stand in the metadata log, each with a directory id',
          judge: ({ cluster, history }) => {
            if (cluster.leader === null) return missing('Nobody leads: the voters are not known now.')
            const [version] = history.records({
              type: 'KRaftVersion',
              all: true,
              where: (data) => data.kRaftVersion === 1,
            })
            const [voters] = history.records({ type: 'KRaftVoters', all: true })
            if (!version || !voters)
              return missing(
                'The log holds no voters: kraft.version is 0, and each node knows them from its configuration.',
              )
            if (cluster.voters.length === 0 || cluster.voters.some(({ directory }) => directory === null))
              return missing(`The leader tells these voters: ${listed(cluster.voters)}.`)
            return passed(
              `kraft.version is 1 since offset ${version.offset}; the voters at offset ${voters.offset} are ${listed(cluster.voters)}.`,
              { offset: version.offset },
            )
          },
          hints: [
            'A static quorum has a feature at level 0. Which of those that kafka-features shows?',
            'kafka-features upgrade takes --feature NAME=LEVEL. --dry-run only asks whether it could be done.',
            './bin/kafka-features --bootstrap-server broker-1:9092 upgrade --feature kraft.version=1',
          ],
        },
      ],
    }),
    step('change', {
      title: 'Do what a static quorum cannot',
      checks: [
        {
          id: 'taken-out',
          title: 'A voter was removed while the cluster ran',
          judge: ({ history }) => {
            const shrunk = history.last('voters', ({ voters, before }) => voters.length < before.length)
            if (!shrunk) return missing('Nobody has been removed from the voters.')
            const { seq, at, voters, before } = shrunk
            const gone = before.filter((node) => !voters.includes(node))
            return passed(`Node ${gone.join(' and ')} was removed; ${voters.join(' and ')} voted on.`, { seq, at })
          },
          hints: [
            'A controller that is stopped is still a voter.',
            'kafka-metadata-quorum remove-controller takes a node id and its directory id; describe --replication shows both.',
            './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 remove-controller --controller-id 103 --controller-directory-id ITS_DIRECTORY_ID',
          ],
        },
        {
          id: 'put-back',
          title: 'Three vote again, and all have what is committed',
          judge: ({ cluster, history, passes }) => {
            if (!passes['taken-out']) return missing('Nobody has been removed yet.')
            const { voters } = cluster
            if (voters.length < CONTROLLERS.length)
              return missing(`${voters.length} vote: ${listed(voters)}. The third is an observer.`)
            const grown = history.last('voters', (event) => event.voters.length > event.before.length)
            if (!grown) return missing('Nobody has been added since.')
            return allCaughtUp(cluster, CONTROLLERS)
          },
          hints: [
            'The one that was removed still runs, and fetches as an observer.',
            'add-controller is run on the controller that is to be added, with its own configuration as --command-config.',
            'On controller-3: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 --command-config config/controller.properties add-controller',
          ],
        },
      ],
    }),
    step('configure', {
      title: 'Take the voters out of the configuration',
      facts: configurations,
      checks: [
        {
          id: 'configured',
          title: 'All five nodes are told where to find the quorum, and none is told who votes',
          judge: ({ facts, passes }) => {
            if (!passes.dynamic) return missing('The quorum is static: its nodes need controller.quorum.voters.')
            for (const host of NODES) {
              const properties = propertiesOf(facts[host])
              if (typeof properties === 'string') return missing(`${host}: ${properties}`)
              if (properties.has('controller.quorum.voters'))
                return missing(`The configuration of ${host} still has controller.quorum.voters.`)
              const servers = (properties.get('controller.quorum.bootstrap.servers') ?? '').split(',')
              if (!CONTROLLERS.some((one) => servers.map((server) => server.trim()).includes(`${one}:9093`)))
                return missing(
                  `The configuration of ${host} names no controller in controller.quorum.bootstrap.servers, such as controller-1:9093.`,
                )
            }
            return passed(
              'controller.quorum.voters is gone from all five, and controller.quorum.bootstrap.servers is there.',
            )
          },
          hints: [
            'The line that names the voters is in config/controller.properties and config/broker.properties.',
            'Replace controller.quorum.voters by controller.quorum.bootstrap.servers: addresses alone, without node ids.',
            'On each host: sed -i "s/^controller.quorum.voters=.*/controller.quorum.bootstrap.servers=controller-1:9093,controller-2:9093,controller-3:9093/" config/*.properties',
          ],
        },
        {
          id: 'restarted',
          title: 'All five nodes have been started with it and work',
          judge: ({ cluster, facts, history, passes }) => {
            if (!passes.configured) return missing('Not all five are configured yet.')
            for (const host of NODES) {
              const fact = facts[host]
              const seen = cluster.nodes[host]
              if (fact.state !== 'fetched' || !fact.value) return missing(`Reading the configuration of ${host}.`)
              if (!seen?.up) return missing(`${host} is not up.`)
              const { modified } = fact.value
              const started = history.last('node', (event) => event.host === host && event.up, {
                after: FROM_THE_START,
              })
              if (!started || started.at < modified)
                return missing(`${host} runs since before its configuration was changed.`)
              const broker = seen.node === null ? undefined : cluster.brokers[seen.node]
              if (host.startsWith('broker') && broker?.fenced !== false)
                return missing(`${host} is up, and still fenced.`)
            }
            const whole = allCaughtUp(cluster, CONTROLLERS)
            return whole.passed ? passed(`All five run with the new configuration. ${whole.evidence.says}`) : whole
          },
          hints: [
            'A node reads its configuration when it starts.',
            'Restart them one after the other; wait until each is back before the next.',
            'Choose Restart in the menu of each host, wait until the panel shows it up, then the next.',
          ],
        },
        {
          id: 'never-stopped',
          title: 'Meanwhile a majority of the voters was up all the time',
          judge: ({ cluster, history, passes }) =>
            passes.restarted
              ? majorityAlwaysUp({ cluster, history }, { ids: IDS }, 'dynamic')
              : missing('That is said when all five run with the new configuration.'),
          hints: [
            'Two controllers that restart at the same time are a majority that is away.',
            'One at a time costs an election at most. Wait until the panel shows the one before as up.',
            'If it says that the majority was lost: reset to the first step, and restart one at a time.',
          ],
        },
      ],
    }),
  ],
})
