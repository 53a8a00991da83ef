import { cluster, defineLab, file, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { Pass } from '#labs/engine/fold.ts'
import { followsLeader, partitionsOf } from '../quorum.ts'
import { allCaughtUp, listed } from '../voters.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'] as const
const FIRST_NODE = 101
const meta = (host: string) => file(host, '/var/lib/kafka/data/meta.properties', 4_096)

type Lost = { host: string; node: number; directory: string }

/** Of the two controllers whose disks are gone: who they were. */
function lostIn(passes: Record<string, Pass>): Lost[] {
  const lost = passes['two-lost']?.evidence.lost
  return Array.isArray(lost) ? (lost as Lost[]) : []
}

/** The quorum leads again, with a voter that was formatted anew and has the directory id that was lost. */
function leadsAgain({ cluster, passes }: Pick<Moment, 'cluster' | 'passes'>): Verdict {
  const lost = lostIn(passes)
  const { voters, nodes, leader, epoch } = cluster
  if (lost.length === 0) return missing('No two disks have been lost yet.')
  const up = lost.filter(({ host }) => nodes[host]?.up)
  // told that it leads by whoever heard it last, a node that knows nothing of it ends (KafkaRaftClient.hasConsistentLeader)
  const remembered = lost.find(({ node }) => Object.values(nodes).some(({ quorum }) => quorum?.leader === node))
  if (up.length === 0)
    return missing(
      `${lost.map(({ host }) => host).join(' and ')} are both down.${remembered ? ` The one that is left still takes ${remembered.host} for the leader: begin with the other.` : ''}`,
    )
  if (leader === null)
    return missing(
      `${up.map(({ host }) => host).join(' and ')} answers, and nobody leads. Has it the directory id that the voters’ record names?`,
    )
  const back = up.find(({ directory }) => voters.some((voter) => voter.directory === directory))
  if (!back) return missing(`The voters are ${listed(voters)}: neither of the lost ones is among them.`)
  if (leader !== back.node) {
    const follows = followsLeader(cluster, back.node)
    if (!follows.passed) return follows
  }
  return passed(
    `Node ${leader} leads in epoch ${epoch}. ${back.host} votes as ${back.directory}, with a disk that has never seen that vote.`,
    { host: back.host, leader, epoch },
  )
}

export default defineLab({
  slug: 'quorum-rebuilt',
  title: 'A majority of disks is gone',
  course: 'kraft',
  module: 'losing-the-quorum',
  minutes: 25,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: 2 }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('lose', {
      title: 'Two disks die',
      facts: {
        'controller-1': meta('controller-1'),
        'controller-2': meta('controller-2'),
        'controller-3': meta('controller-3'),
      },
      checks: [
        {
          id: 'in-use',
          title: 'Topic orders is there, with a replica on each broker',
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            if (partitions.length === 0) return missing('There is no topic orders.')
            if (partitions.some(({ replicas }) => replicas.length < 2))
              return missing('Topic orders has one replica. Delete it, and create it with two.')
            return passed('Topic orders has a replica on each broker.')
          },
          hints: [
            'Something that is decided before, so that it can be seen after.',
            'kafka-topics takes --replication-factor 2.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2',
          ],
        },
        {
          id: 'two-lost',
          title: 'Two controllers are down and their disks are empty; nobody leads',
          judge: ({ cluster, facts, passes }) => {
            if (!passes['in-use']) return missing('Create topic orders first.')
            const down = CONTROLLERS.filter((host) => cluster.nodes[host] && !cluster.nodes[host].up)
            if (down.length < 2) return missing(`${down.length} of 3 controllers are down.`)
            if (down.length > 2) return missing('All three are down. Start one whose disk is whole.')
            for (const host of down) {
              const disk = facts[host]
              if (disk.state !== 'fetched')
                return missing(
                  disk.state === 'failed' ? `The disk cannot be read: ${disk.why}.` : 'Looking at the disks.',
                )
              if (disk.value)
                return missing(`${host} is down, and its disk is whole: it would only have to be started.`)
            }
            if (cluster.leader !== null) return missing('The one that is left still leads. It resigns in a moment.')
            const lost = down.flatMap((host) => {
              const node = FIRST_NODE + CONTROLLERS.indexOf(host)
              const directory = cluster.voters.find((one) => one.node === node)?.directory
              return directory ? [{ host, node, directory }] : []
            })
            if (lost.length < 2)
              return missing('No leader has told the directory ids of the voters in this room yet. Start the lab anew.')
            return passed(
              `${down.join(' and ')} have lost their disks. A majority of the voters is gone for good, and nobody leads.`,
              { lost },
            )
          },
          hints: [
            'It is not enough that they are down: their disks have to be gone.',
            'In the menu of a controller there is an item that kills it and empties its log directories. Twice.',
            'Choose Wipe the disk in the menus of controller-2 and controller-3.',
          ],
        },
      ],
    }),
    step('read', {
      title: 'What is left knows who they were',
      ask: 'Give the directory id that one of the two lost controllers had.',
      judge: (given, { passes }) => {
        const lost = lostIn(passes)
        const named = lost.find(({ directory }) => given.includes(directory))
        if (!named)
          return missing(
            'It is in the voters’ record of the metadata log: voterDirectoryId, of one of the two that are lost.',
          )
        return passed(`Node ${named.node} was ${named.directory}. Whoever says that of itself has its vote.`)
      },
    }),
    step('rebuild', {
      title: 'A majority again',
      checks: [
        {
          id: 'leads-again',
          title: 'One of the two runs again with its old directory id, and the quorum has a leader',
          judge: leadsAgain,
          hints: [
            'A voter is a node id and a directory id. Both can be written.',
            'Format the disk as for a controller that joins, then make its directory.id the one that the voters’ record names, then start it.',
            './bin/kafka-storage format --no-initial-controllers --cluster-id ID --config config/controller.properties, then sed -i "s/^directory.id=.*/directory.id=OLD_ID/" /var/lib/kafka/data/meta.properties, then ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
        {
          id: 'decides-again',
          title: 'Topic orders is still there, and topic refunds has been created since',
          judge: ({ cluster, history, passes }) => {
            if (!passes['leads-again']) return missing('Nobody leads yet.')
            if (!cluster.topics.orders) return missing('Topic orders is gone.')
            const [record] = history.records({
              type: 'TOPIC_RECORD',
              where: (data) => data.name === 'refunds',
              after: 'two-lost',
            })
            if (!record) return missing('There is no topic refunds that was created since.')
            return passed(`orders is there, and refunds came with offset ${record.offset}, in epoch ${record.epoch}.`, {
              offset: record.offset,
            })
          },
          hints: [
            'A leader that decides nothing proves nothing.',
            'Create topic refunds.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic refunds --replication-factor 2',
          ],
        },
      ],
    }),
    step('replace', {
      title: 'The third, in order',
      checks: [
        {
          id: 'third-replaced',
          title: 'Three voters vote, at most one of them under a lost directory id, and all have what is committed',
          judge: ({ cluster, passes }) => {
            if (!passes['decides-again']) return missing('The quorum has decided nothing since the disks were lost.')
            const lost = lostIn(passes)
            const { voters, leader } = cluster
            if (leader === null) return missing('Nobody leads: the voters are not known now.')
            const old = voters.filter(({ directory }) => lost.some((one) => one.directory === directory))
            if (old.length > 1)
              return missing(`The voters are ${listed(voters)}: both lost directories still have a vote.`)
            if (voters.length !== CONTROLLERS.length)
              return missing(`There are ${voters.length} voters: ${listed(voters)}. Three should vote.`)
            return allCaughtUp(cluster, CONTROLLERS)
          },
          hints: [
            'Now there is a majority, and the orderly way is open again.',
            'As in the lab about a dead disk: format, start, remove-controller for the old directory, add-controller for the new one.',
            'remove-controller --controller-id NODE --controller-directory-id THE_LOST_ONE, then on the new one ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 --command-config config/controller.properties add-controller',
          ],
        },
      ],
    }),
  ],
})
