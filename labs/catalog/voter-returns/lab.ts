import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { FROM_THE_START } from '../quorum.ts'

const HOST = 'controller-3'
const NODE = 103
const LEFT = [101, 102]
/** Several times what it takes a node under auto-join to ask again (raft.FollowerState: its fetch time-out, 2 s). */
const QUIET_MS = 20_000

/** Each set of voters that stands in the log, oldest first. */
const setsOfVoters = (history: HistoryView) =>
  history.records({ type: 'KRaftVoters', all: true }).map(({ seq, timestamp, data }) => {
    const { voters } = data as { voters: { voterId: number }[] }
    return { seq, at: timestamp, voters: voters.map(({ voterId }) => voterId) }
  })

const listed = (nodes: number[]) => [...nodes].sort((a, b) => a - b).join(', ')

export default defineLab({
  slug: 'voter-returns',
  title: 'A voter that comes back',
  course: 'kraft',
  module: 'troubleshooting',
  minutes: 10,
  clusters: {
    main: cluster({ controllers: 3, properties: { 'controller.quorum.auto.join.enable': true } }),
  },
  steps: [
    step('remove', {
      title: 'Remove it, and watch',
      checks: [
        {
          id: 'removed',
          title: `Node ${NODE} was removed from the voters`,
          judge: ({ cluster, history }) => {
            // By the log: who asks the nodes now and then may miss two seconds.
            const sets = setsOfVoters(history)
            const at = sets.findIndex(({ voters }, index) => index > 0 && !voters.includes(NODE))
            const [before, removed] = [sets[at - 1], sets[at]]
            if (!before || !removed) return missing(`The voters are ${listed(cluster.voters.map(({ node }) => node))}.`)
            return passed(`The voters were ${listed(before.voters)}, and then ${listed(removed.voters)}.`, {
              seq: removed.seq,
              at: removed.at,
            })
          },
          hints: [
            'A voter is removed by its node id and the id of the directory that holds its metadata log.',
            './bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --replication shows both ids of each voter.',
            `./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 remove-controller --controller-id ${NODE} --controller-directory-id ID, with the DirectoryId of ${NODE} as ID`,
          ],
        },
        {
          id: 'came-back',
          title: `Node ${NODE} became a voter again, and nobody had told it to`,
          judge: ({ history, passes }) => {
            if (!passes.removed) return missing(`Node ${NODE} has not been removed yet.`)
            const sets = setsOfVoters(history)
            const out = sets.findIndex(({ voters }, index) => index > 0 && !voters.includes(NODE))
            const added = sets.find(({ voters }, index) => out > 0 && index > out && voters.includes(NODE))
            if (!added) return missing(`Node ${NODE} is out. Leave it running, and watch the voters.`)
            const ms = Math.max(0, added.at - sets[out]!.at)
            return passed(`${(ms / 1000).toFixed(1)} s after it was removed node ${NODE} was a voter again.`, {
              seq: added.seq,
              at: added.at,
              ms,
            })
          },
          hints: [
            'Nothing has to be done for that.',
            `${HOST} has to run: it is the node itself that asks to be a voter again, some seconds after it was removed.`,
            `Look at config/controller.properties of ${HOST}, at controller.quorum.auto.join.enable, and wait ten seconds.`,
          ],
        },
      ],
    }),
    step('for-good', {
      title: 'Remove it for good',
      checks: [
        {
          id: 'observes',
          title: `${HOST} runs and only observes, and the voters have been ${listed(LEFT)} for ${QUIET_MS / 1_000} s`,
          judge: ({ cluster, history }) => {
            const voters = listed(cluster.voters.map(({ node }) => node))
            if (voters !== listed(LEFT)) return missing(`The voters are ${voters}.`)
            if (!cluster.nodes[HOST]?.up)
              return missing(
                `${HOST} is not up. It should run: a node that is down asks for nothing, until somebody starts it.`,
              )
            if (!cluster.observers.some(({ node }) => node === NODE))
              return missing(`Node ${NODE} is up; the leader does not list it among the observers yet.`)
            const changed = history.last('voters', () => true, { after: FROM_THE_START })?.at ?? 0
            const from = Math.max(changed, cluster.nodes[HOST].since)
            const now = cluster.sampledAt ?? from
            if (now - from < QUIET_MS)
              return missing(
                `Node ${NODE} observes. Whether it stays so is said ${QUIET_MS / 1_000} s after the last change.`,
                {
                  says: 'Under auto-join it would ask to be a voter again within seconds.',
                  from,
                  due: from + QUIET_MS + 2_000,
                },
              )
            return passed(
              `The voters are ${voters}, and node ${NODE} has observed for ${Math.round((now - from) / 1000)} s.`,
            )
          },
          hints: [
            'remove-controller says who votes now. What says who may ask to vote?',
            `The node reads controller.quorum.auto.join.enable when it starts: set it to false on ${HOST}, and restart that node before you remove it.`,
            `On ${HOST}: sed -i 's/^controller.quorum.auto.join.enable=.*/controller.quorum.auto.join.enable=false/' config/controller.properties, then Restart in its menu, then remove-controller as before.`,
          ],
        },
        {
          id: 'quorum-works',
          title: 'The two that are left have a leader and have committed something since',
          judge: ({ cluster, passes }) => {
            if (!passes.observes) return missing(`Node ${NODE} still votes, or has not been out for long enough.`)
            if (cluster.leader === null || !LEFT.includes(cluster.leader))
              return missing('None of the two voters leads that we know of.')
            const end = cluster.metadataEnds[LEFT.find((one) => one !== cluster.leader)!]
            if (end === undefined || cluster.highWatermark === null || end < cluster.highWatermark)
              return missing('The other voter has not caught up yet.')
            return passed(`Node ${cluster.leader} leads, and everything below ${cluster.highWatermark} is committed.`)
          },
          hints: [
            'Two voters need both for a majority.',
            'If one of the two is down, start it.',
            './bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --status',
          ],
        },
      ],
    }),
  ],
})
