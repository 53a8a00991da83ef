import { cluster, defineLab, file, missing, passed, step } from '#labs/engine/define.ts'
import type { Pass } from '#labs/engine/fold.ts'
import { followsLeader, told } from '../quorum.ts'
import { allCaughtUp, listed, majorityAlwaysUp } from '../voters.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'] as const
const FIRST_NODE = 101
const IDS = Object.fromEntries(CONTROLLERS.map((host, at) => [host, FIRST_NODE + at]))
const meta = (host: string) => file(host, '/var/lib/kafka/data/meta.properties', 4_096)

export default defineLab({
  slug: 'replace-controller',
  title: 'A controller’s disk dies',
  course: 'kraft',
  module: 'changing-the-quorum',
  minutes: 15,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('lose', {
      title: 'Lose a disk',
      facts: {
        'controller-1': meta('controller-1'),
        'controller-2': meta('controller-2'),
        'controller-3': meta('controller-3'),
      },
      checks: [
        {
          id: 'disk-lost',
          title: 'One controller is down and its disk is empty; the other two go on',
          judge: ({ cluster, facts, history }) => {
            const down = CONTROLLERS.filter((host) => cluster.nodes[host] && !cluster.nodes[host].up)
            const [host] = down
            if (!host) return missing('All three controllers are up.')
            if (down.length > 1)
              return missing(`${down.join(' and ')} are down: that is the majority. Start one whose disk is whole.`)
            const disk = facts[host]
            if (disk.state !== 'fetched')
              return missing(disk.state === 'failed' ? `The disk cannot be read: ${disk.why}.` : 'Looking at the disk.')
            if (disk.value) return missing(`${host} is down, but its disk still holds ${disk.value.path}.`)
            if (cluster.leader === null) return missing(`The disk of ${host} is empty. The other two elect a leader.`)
            // By its name: one that dies right after its start has not told who it is.
            const node = FIRST_NODE + CONTROLLERS.indexOf(host)
            const voter = cluster.voters.find((one) => one.node === node)
            if (!voter?.directory) return missing('The leader has not told the voters yet.')
            const died = history.last('node', (event) => event.host === host && !event.up)
            if (!died) return missing(`${host} was down before this step began. Start it, and wipe its disk again.`)
            const { seq, at } = died
            return passed(
              `${host} (node ${node}) lost its disk. Its directory id was ${voter.directory}, and it is still among the voters.`,
              { host, node, directory: voter.directory, seq, at },
            )
          },
          hints: [
            'A process that dies keeps its disk. Here the disk itself is to go.',
            'In the menu of a controller there is an item that kills it and empties its log directories.',
            'Choose Wipe the disk in the menu of controller-3.',
          ],
        },
      ],
    }),
    step('format', {
      title: 'Format the new disk',
      checks: [
        {
          id: 'observer',
          title: 'The node runs again, with another directory id, and has fetched the whole log',
          judge: ({ cluster, passes }) => {
            const lost = lostIn(passes)
            if (!lost) return missing('No disk has been lost yet.')
            const { host, node, directory } = lost
            if (!cluster.nodes[host]?.up) return missing(`${host} is not up yet.`)
            if (cluster.leader === null) return missing('Nobody leads that we know of.')
            const fresh = [...cluster.observers, ...cluster.voters].find(
              (one) => one.node === node && one.directory !== null && one.directory !== directory,
            )
            if (!fresh)
              return missing(
                `${host} is up. The leader knows node ${node} only with the directory id ${directory}, which was on the lost disk.`,
              )
            const follows = followsLeader(cluster, node)
            if (!follows.passed) return follows
            const votes = cluster.voters.some((one) => one.directory === fresh.directory)
            return passed(
              `Node ${node} has the directory id ${fresh.directory} now, is ${votes ? 'a voter' : 'an observer'}, and its log ends at ${cluster.metadataEnds[node]}.`,
              { fresh: fresh.directory },
            )
          },
          hints: [
            'An empty disk has to be formatted. With which cluster id, and as one of which voters?',
            'kafka-storage format takes the cluster id of the cluster that is there, and --no-initial-controllers: who votes is in the log already.',
            './bin/kafka-storage format --config config/controller.properties --no-initial-controllers --cluster-id THE_CLUSTER_ID, then ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
      ],
    }),
    step('replace', {
      title: 'One voter out, one voter in',
      checks: [
        {
          id: 'old-removed',
          title: 'The directory of the lost disk is no voter any more',
          judge: ({ cluster, passes }) => {
            const lost = lostIn(passes)
            if (!lost) return missing('No disk has been lost yet.')
            if (cluster.leader === null) return missing('Nobody leads: the voters are not known now.')
            if (cluster.voters.some(({ directory }) => directory === lost.directory))
              return missing(`The voters are ${listed(cluster.voters)}. ${lost.directory} was on the lost disk.`)
            return passed(`The voters are ${listed(cluster.voters)}; ${lost.directory} is gone.`)
          },
          hints: [
            'A voter is a node id and a directory id. Which of the voters can never vote again?',
            'kafka-metadata-quorum remove-controller takes --controller-id and --controller-directory-id: those of the old one.',
            './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 remove-controller --controller-id NODE --controller-directory-id THE_OLD_DIRECTORY_ID (describe --status shows both, in CurrentVoters)',
          ],
        },
        {
          id: 'new-added',
          title: 'There are three voters, and one of them is the new directory',
          judge: ({ cluster, passes }) => {
            const lost = lostIn(passes)
            if (!lost) return missing('No disk has been lost yet.')
            if (cluster.leader === null) return missing('Nobody leads: the voters are not known now.')
            const { voters } = cluster
            const fresh = voters.find(({ node, directory }) => node === lost.node && directory !== lost.directory)
            if (!fresh)
              return missing(`The voters are ${listed(voters)}. The new disk of ${lost.host} is none of them.`)
            if (voters.length !== CONTROLLERS.length)
              return missing(`There are ${voters.length} voters: ${listed(voters)}. Three should vote.`)
            return passed(`The voters are ${listed(voters)}.`, { fresh: fresh.directory })
          },
          hints: [
            'The new one follows already. Now it has to be given its vote.',
            'kafka-metadata-quorum add-controller is run on the controller itself: it reads node id, directory id and address from its configuration and disk.',
            'On the host with the new disk: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 --command-config config/controller.properties add-controller',
          ],
        },
        {
          id: 'caught-up',
          title: 'All three voters are up and have what is committed',
          judge: ({ cluster, passes }) =>
            passes['new-added'] ? allCaughtUp(cluster, CONTROLLERS) : missing('The new disk has no vote yet.'),
          hints: [
            'Three voters are worth something only while all three run.',
            'Look in the panel for a controller that is down, or behind.',
            'Start what is down: ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'never-stopped',
          title: 'Meanwhile a majority of the voters was up all the time',
          judge: ({ cluster, history, passes }) =>
            passes['new-added']
              ? majorityAlwaysUp({ cluster, history }, { ids: IDS, lost: lostIn(passes)?.node }, 'disk-lost')
              : missing('That is said when the new disk has its vote.'),
          hints: [
            'Two controllers have to be up at any time, and one has just died.',
            'Two voters without a third may lose nobody. The timeline shows who was down when.',
            'If it says that the majority was lost: reset to the first step, and stop no other controller this time.',
          ],
        },
      ],
      ask: 'After the old voter was removed and before the new one was added: how many of the voters could have failed without stopping the metadata?',
      judge: (given) =>
        /^\W*(0|none|zero|nobody|no one|no\b)/i.test(given.trim())
          ? passed('Two voters were left, and a majority of two is two. It was so before, too: two alive of three.')
          : missing('How many voters were there then, and how many of them are a majority?'),
    }),
  ],
})

/** Whose disk was lost, and the directory id that was on it. */
function lostIn(passes: Record<string, Pass>): { host: string; node: number; directory: string } | null {
  const pass = passes['disk-lost']
  const node = told(pass, 'node')
  const host = pass?.evidence.host
  const directory = pass?.evidence.directory
  return node !== null && typeof host === 'string' && typeof directory === 'string' ? { host, node, directory } : null
}
