import { type ClusterView, nodeOf } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { Mark } from '#labs/engine/history-view.ts'
import type { Link } from '#labs/protocol/observation.ts'
import { FROM_THE_START, followerCutOff, followsLeader, leadsAsBefore, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
/** Its fetch time-out is 2 s, a round of pre-votes takes 1 to 2 s: some five rounds or more. */
const ALONE_MS = 20_000
/** Some four. */
const HALF_MS = 15_000

export default defineLab({
  slug: 'pre-vote',
  title: 'Asking before standing',
  course: 'kraft',
  module: 'electing-a-leader',
  minutes: 12,
  clusters: { main: cluster({ controllers: 3, brokers: 1 }) },
  hosts: ['client'],
  steps: [
    step('alone', {
      title: 'A voter alone',
      predict: {
        question:
          'You will cut off a controller that follows, for 20 seconds. It gives up on its leader after 2 seconds, and wants to be elected again and again. Which epoch will it be in after that?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const epoch = told(passes['stood-alone'], 'epoch')
          return {
            right: numberIn(given) === epoch,
            says: `In epoch ${epoch}, as before. It asks whether the others would vote for it, and raises nothing for a question.`,
          }
        },
      },
      checks: [
        {
          id: 'follower-isolated',
          title: 'The host of a controller that follows is cut off from all others',
          judge: (moment) => followerCutOff(moment, CONTROLLERS),
          hints: [
            'Two of three have to go on without noticing much.',
            'Isolate from the network is in the menu of each host. Take a controller without the leader’s mark.',
            'If you cut off the leader, choose Heal all cuts, wait until all follow, and take another.',
          ],
        },
        {
          id: 'stood-alone',
          title: 'After 20 seconds alone it says itself that it is in the same epoch',
          judge: ({ cluster, history, network, passes }) => {
            const began = passes['follower-isolated']?.evidence
            const [node, epoch] = [
              told(passes['follower-isolated'], 'node'),
              told(passes['follower-isolated'], 'epoch'),
            ]
            if (!began || node === null || epoch === null) return missing('No follower is cut off yet.')
            const host = String(began.host)
            if (!isAlone(network.cuts, host))
              return missing(`${host} reaches somebody. Isolate it once more, and leave it alone for 20 seconds.`)
            const cut = history.events('network').findLast(({ isolated }) => isolated.includes(host))
            const mine = cluster.nodes[host]
            if (!mine?.up || !mine.quorum || !cut) return missing(`The node on ${host} does not answer.`)
            const raised = history.last('view', (view) => view.host === host && view.epoch > epoch, { after: cut })
            if (raised) return missing(`Node ${node} says that it is in epoch ${raised.epoch}.`)
            const forMs = (cluster.sampledAt ?? 0) - cut.at
            if (forMs < ALONE_MS)
              return missing(`It has been alone for ${seconds(forMs)}, and is in epoch ${mine.quorum.epoch}.`, {
                says: 'The longer it is alone, the more often it asks for votes.',
                from: cut.at,
                due: cut.at + ALONE_MS,
              })
            return passed(`After ${seconds(forMs)} alone, node ${node} is in epoch ${mine.quorum.epoch} still.`, {
              node,
              epoch: mine.quorum.epoch,
              ms: forMs,
            })
          },
          hints: [
            'Nothing is to be done but to wait, with the host cut off and its node running.',
            'Meanwhile look into its server.log for Completed transition.',
            'If you healed it or stopped it, isolate it again, start it, and wait 20 seconds.',
          ],
        },
      ],
    }),
    step('back', {
      title: 'It comes back',
      checks: [
        {
          id: 'healed',
          title: 'All links are whole again',
          judge: ({ history, passes }) =>
            passes['stood-alone']
              ? history.healed({ after: 'stood-alone' })
              : missing('It has not been alone long enough.'),
          hints: [
            'The network was taken away by a button; another one gives it back.',
            'Reconnect in the menu of the isolated host, or Heal all cuts for the whole room.',
            'Choose Heal all cuts.',
          ],
        },
        {
          id: 'undisturbed',
          title: 'It follows again, and the leader and its epoch are what they were before the cut',
          judge: (moment) => {
            const { cluster, passes } = moment
            const node = told(passes['follower-isolated'], 'node')
            if (node === null || !passes.healed) return missing('It is still cut off.')
            const follows = followsLeader(cluster, node)
            if (!follows.passed) return follows
            const same = leadsAsBefore(moment, 'follower-isolated')
            if (!same.passed) return same
            const { leader, epoch } = same.evidence
            return passed(
              `Node ${node} follows node ${leader} in epoch ${epoch}, as before the cut. Nobody else has noticed.`,
              { node, leader, epoch },
            )
          },
          hints: [
            'It knew its leader all the time. It only has to reach it again.',
            'A second or two after the healing it fetches: see describe --replication.',
            'Leave all three controllers running and all links whole. If the leader was killed or cut off meanwhile, start the lab anew.',
          ],
        },
      ],
    }),
    step('half', {
      title: 'A voter that half of them reach',
      checks: [
        {
          id: 'half-cut',
          title: 'A controller that follows is cut off from the leader alone',
          judge: (moment) => halfCut(moment),
          hints: [
            'Now it should reach the other follower, and not the leader.',
            'Cut one direction, in the room’s menu, takes one link and one direction of it at a time.',
            'Cut from the leader’s host to that of a follower, and from there back. All other links stay whole.',
          ],
        },
        {
          id: 'leader-stays',
          title: 'For 15 seconds it asks the other follower, and the leader still leads in the same epoch',
          judge: (moment) => {
            const { cluster, history, passes } = moment
            const now = halfCut(moment)
            if (!now.passed)
              return passes['half-cut'] ? now : missing('No follower is cut off from the leader alone yet.')
            const since = markOf(now.evidence)
            if (!since) return missing('Since when it is cut off is not known.')
            const { node, leader, epoch } = now.evidence
            const changed = history.last('leader', (event) => event.epoch !== epoch || event.leader !== leader, {
              after: since,
            })
            if (changed) return missing(`Node ${changed.leader ?? 'unknown'} leads in epoch ${changed.epoch} now.`)
            const forMs = (cluster.sampledAt ?? 0) - since.at
            if (forMs < HALF_MS)
              return missing(`Node ${node} has been without its leader for ${seconds(forMs)}.`, {
                says: 'It asks the other follower for a pre-vote every few seconds.',
                from: since.at,
                due: since.at + HALF_MS,
              })
            return passed(
              `Without its leader for ${seconds(forMs)}, node ${node} has asked whom it could reach. Node ${leader} leads in epoch ${epoch}.`,
              { node, leader, epoch },
            )
          },
          hints: [
            'Nothing is to be done but to wait.',
            'Meanwhile look into the server.log of the other follower for Vote request.',
            'If a link was mended or another one cut, choose Heal all cuts and cut that one link again, both ways.',
          ],
        },
        {
          id: 'whole-again',
          title: 'The network is whole, and all follow',
          judge: ({ cluster, history, passes }) => {
            if (!passes['leader-stays']) return missing('Leave the cut where it is until the 15 seconds are over.')
            const healed = history.healed({ after: 'leader-stays' })
            if (!healed.passed) return healed
            for (const { node } of cluster.voters) {
              if (node === cluster.leader) continue
              const follows = followsLeader(cluster, node)
              if (!follows.passed) return follows
            }
            return passed(`All follow node ${cluster.leader}, in epoch ${cluster.epoch}.`)
          },
          hints: [
            'Leave no cut behind.',
            'Heal all cuts mends them all.',
            'Choose Heal all cuts, and wait for a second or two.',
          ],
        },
      ],
    }),
  ],
})

const seconds = (ms: number): string => `${Math.max(0, ms / 1_000).toFixed(0)} s`
const isCut = (cuts: Link[], from: string, to: string): boolean =>
  cuts.some((link) => link.from === from && link.to === to)
const isAlone = (cuts: Link[], host: string): boolean =>
  CONTROLLERS.every((other) => other === host || (isCut(cuts, host, other) && isCut(cuts, other, host)))

function markOf({ seq, at }: Record<string, unknown>): Mark | null {
  return typeof seq === 'number' && typeof at === 'number' ? { seq, at } : null
}

/** Since when a follower reaches the other follower, and the leader not: the present state, with its beginning. */
function halfCut({ cluster, history, network }: Pick<Moment, 'cluster' | 'history' | 'network'>): Verdict {
  const { leader, epoch } = cluster
  const leading = leader === null ? undefined : nodeOf(cluster, leader)?.host
  if (!leading || leader === null) return missing('Nobody leads that we know of.')
  const isHalf = (cuts: Link[], host: string, other: string) =>
    isCut(cuts, host, leading) &&
    isCut(cuts, leading, host) &&
    [host, leading].every((one) => !isCut(cuts, one, other) && !isCut(cuts, other, one))
  const [one, two] = CONTROLLERS.filter((host) => host !== leading)
  const [host, other] = isHalf(network.cuts, one!, two!) ? [one!, two!] : [two!, one!]
  if (!isHalf(network.cuts, host, other)) return missing(why(network.cuts, cluster, leading))
  const events = history.events('network', { after: FROM_THE_START })
  const before = events.findLastIndex(({ cuts }) => !isHalf(cuts, host, other))
  const cut = events[before + 1]
  const node = cluster.nodes[host]?.node
  if (!cut) return missing('Since when it is cut off is not known.')
  return passed(`${host} (node ${node}) and ${leading}, the leader, do not reach each other; ${other} reaches both.`, {
    host,
    other,
    node,
    leader,
    epoch,
    seq: cut.seq,
    at: cut.at,
  })
}

function why(cuts: Link[], { nodes }: ClusterView, leading: string): string {
  const between = cuts.filter(({ from, to }) => CONTROLLERS.includes(from) && CONTROLLERS.includes(to))
  if (between.length === 0)
    return `No link between controllers is cut. Node ${nodes[leading]?.node} leads, on ${leading}.`
  const oneWay = between.length === 1 && (between[0]!.from === leading || between[0]!.to === leading)
  if (oneWay) return `One direction is cut, from ${between[0]!.from} to ${between[0]!.to}. Cut the other one too.`
  return `Cut between ${leading}, the leader, and one follower, both ways, and nowhere else: ${between.length} directions are cut between controllers.`
}
