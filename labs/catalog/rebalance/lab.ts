import {
  cluster,
  defineLab,
  type Fact,
  groups,
  type Moment,
  missing,
  passed,
  step,
  type Verdict,
} from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { type Failure, failureOf, groupOf, heldSince, type Look, Moves } from '../groups.ts'
import { counted } from '../quorum.ts'

const TOPIC = 'orders'
const PARTITIONS = 6
const MEMBERS = 3
/** Closer than a second: a pause of half a second shows. */
const LOOKS = groups({ everyMs: 250 })
const SESSION_MS = 6_000

type Protocol = { group: string; type: 'classic' | 'consumer'; shared: string; other: string }
const CLASSIC: Protocol = { group: 'billing', type: 'classic', shared: 'classic-shared', other: 'consumer' }
const CONSUMER: Protocol = { group: 'shipping', type: 'consumer', shared: 'consumer-shared', other: 'classic' }
type Facts = { groups: Fact<Group[]> }
type At = Pick<Moment, 'history' | 'passes'> & { facts: Facts }

export default defineLab({
  slug: 'rebalance',
  title: 'A member dies',
  course: 'internals',
  module: 'consumer-groups',
  minutes: 15,
  clusters: {
    main: cluster({
      combined: 1,
      properties: {
        'group.consumer.session.timeout.ms': SESSION_MS,
        'group.consumer.min.session.timeout.ms': SESSION_MS,
        'group.consumer.heartbeat.interval.ms': 3_000,
        'group.consumer.min.heartbeat.interval.ms': 3_000,
      },
    }),
  },
  hosts: ['client'],
  prepare: [
    {
      host: 'client',
      command: `cd ~/members && javac -cp '/opt/kafka/libs/*' Member.java && kafka-topics --bootstrap-server node-1:9092 --create --topic ${TOPIC} --partitions ${PARTITIONS} > /dev/null`,
    },
  ],
  shows: [LOOKS],
  steps: [
    step('classic', {
      title: 'Three members, classic protocol',
      facts: { groups: LOOKS },
      checks: [
        {
          id: CLASSIC.shared,
          title: `Three members of group ${CLASSIC.group} share ${TOPIC} in the classic protocol, and commit`,
          judge: (at) => shared(at, CLASSIC),
          hints: sharedHints(CLASSIC),
        },
      ],
    }),
    step('classic-kill', {
      title: 'Kill one',
      facts: { groups: LOOKS },
      predict: stands(CLASSIC, 'classic-moved'),
      checks: [
        {
          id: 'classic-moved',
          title: 'One of them died without a word, and the other two read everything',
          judge: (at) => moved(at, CLASSIC),
          hints: killHints(CLASSIC),
        },
      ],
    }),
    step('consumer', {
      title: 'The same in the new protocol',
      facts: { groups: LOOKS },
      checks: [
        {
          id: CONSUMER.shared,
          title: `Three members of group ${CONSUMER.group} share ${TOPIC} in the consumer protocol, and commit`,
          judge: (at) => shared(at, CONSUMER),
          hints: sharedHints(CONSUMER),
        },
      ],
    }),
    step('consumer-kill', {
      title: 'Kill one here',
      facts: { groups: LOOKS },
      predict: stands(CONSUMER, 'consumer-moved'),
      checks: [
        {
          id: 'consumer-moved',
          title: 'One of them died without a word, and the other two read everything',
          judge: (at) => {
            const verdict = moved(at, CONSUMER)
            const then = at.passes['classic-moved']?.evidence.stayedMs
            if (!verdict.passed || typeof then !== 'number') return verdict
            return passed(`${verdict.evidence.says} In ${CLASSIC.group} it was ${seconds(then)}.`, verdict.evidence)
          },
          hints: killHints(CONSUMER),
        },
      ],
    }),
  ],
})

function sharedHints({ group, type }: Protocol): readonly [string, string, string] {
  return [
    'Members find each other by nothing but the group’s id. The topic needs records that come all the time.',
    'In ~/members, three.sh starts three members of a group in a protocol; kafka-verifiable-producer writes with a --throughput, and to all partitions with --repeating-keys.',
    `On client: ./bin/kafka-verifiable-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --throughput 60 --repeating-keys 60 > /dev/null & (once), then bash ~/members/three.sh ${group} ${type}`,
  ]
}

function killHints({ group }: Protocol): readonly [string, string, string] {
  return [
    'A member that leaves in order says so. This one should not come to it.',
    'SIGKILL ends a process at once. Wait then until the coordinator misses it: six seconds, and some more until the others have its partitions.',
    `On client: pkill -9 -f 'Member ${group} .* member-3'`,
  ]
}

/** The guess is about those that stay; what is measured decides. */
function stands({ type }: Protocol, check: string) {
  return {
    question: `member-3 is killed. Will the partitions of member-1, which lives and is quick, stand still for more than a second? yes or no`,
    refuse: (given: string) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
    outcome: (given: string, { passes }: Pick<Moment, 'passes'>) => {
      const { stayedMs, stayed } = (passes[check]?.evidence ?? {}) as { stayedMs?: number; stayed?: string }
      const stood = (stayedMs ?? 0) > 1_000
      return {
        right: given.trim().toLowerCase() === (stood ? 'yes' : 'no'),
        says: `The partitions of ${stayed} stood still for ${seconds(stayedMs ?? 0)} at most. ${
          type === 'classic'
            ? 'In a classic rebalance with eager assignors everybody gives up everything, and waits for the slowest.'
            : 'In the new protocol a member goes on with what it keeps.'
        }`,
      }
    },
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const named = (partitions: number[]): string =>
  [...partitions]
    .sort((one, other) => one - other)
    .map((partition) => `${TOPIC}-${partition}`)
    .join(' and ')

function looksAt(history: HistoryView, group: string): Look[] {
  return history.events('group', { after: FROM_THE_START }).filter((event) => event.group.id === group)
}
const FROM_THE_START = { seq: 0, at: 0 }

function shared({ facts, history }: At, { group: id, type }: Protocol): Verdict {
  const group = groupOf(facts.groups, id)
  if (typeof group === 'string') return missing(group)
  if (group.type !== type) return missing(`${id} is a ${group.type} group. It should be one of the ${type} protocol.`)
  if (group.members.length !== MEMBERS)
    return missing(`${id} has ${counted(group.members.length, 'member')}, and is ${group.state}.`)
  const shares = group.members.map(({ assigned }) => assigned.filter(({ topic }) => topic === TOPIC).length)
  if (group.state !== 'Stable' || shares.some((share) => share !== PARTITIONS / MEMBERS))
    return missing(`${id} is ${group.state}; its members have ${shares.join(', ')} partitions.`)
  const looks = looksAt(history, id)
  const moves = new Moves(looks, TOPIC)
  const idle = group.members.flatMap((member) =>
    member.assigned
      .map(({ partition }) => partition)
      .filter((partition) => {
        const since = heldSince(looks, looks.length - 1, member.id, TOPIC, partition)
        return since === null || moves.after(partition, since) < 2
      }),
  )
  if (idle.length > 0) return missing(`${named(idle)}: whoever has this has not committed twice yet.`)
  return passed(
    `${group.members.map((member) => `${member.clientId}: ${named(member.assigned.map(({ partition }) => partition))}`).join('; ')}. Assignor ${group.protocol}.`,
  )
}

function moved({ facts, history, passes }: At, { group: id, shared }: Protocol): Verdict {
  const group = groupOf(facts.groups, id)
  if (typeof group === 'string') return missing(group)
  if (!passes[shared]) return missing(`${id} is to have three members first.`)
  const gap = history.events('gap').at(-1)
  const looks = looksAt(history, id).filter(({ seq }) => seq > (gap?.seq ?? 0))
  const found = failureOf(looks, history.mark(shared)?.seq ?? 0, TOPIC, PARTITIONS)
  if (typeof found === 'string')
    return missing(gap ? `Kraftlab missed a part of what happened: only what comes after it counts. ${found}` : found)
  const { lost, stayed } = found
  return passed(said(found), {
    at: found.at,
    seq: found.seq,
    missedMs: lost.missedMs,
    lostMs: lost.ms,
    stayedMs: stayed.ms,
    stayed: stayed.name,
  })
}

const said = ({ lost, again, stayed }: Failure): string => {
  const each = again.map(
    ({ partition, name, ms }) => `${TOPIC}-${partition}, now with ${name}, stood still for ${seconds(ms)}`,
  )
  return `${lost.name} died, and was missed after ${seconds(lost.missedMs)}; ${each.join('; ')}. ${stayed.name} lived: its ${named(stayed.partitions)} stood still for ${seconds(stayed.ms)} (before, ${seconds(stayed.usualMs)} at most).`
}
