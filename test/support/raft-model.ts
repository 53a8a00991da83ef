/** The model of the quorum under random schedules: any message in any order or never, any timer at any time, faults. */
import { dues } from '#raft/due.ts'
import { kraftRules, type Rules } from '#raft/rules.ts'
import { quorumOf } from '#raft/start.ts'
import { step } from '#raft/step.ts'
import { leaderOf } from '#raft/transitions.ts'
import type { Node, Quorum, RaftEvent, Settings } from '#raft/types.ts'
import { RaftPromises } from './raft-promises.ts'

/** Tells the promises what one step has changed. */
export function watch(promises: RaftPromises, before: Quorum, after: Quorum): void {
  for (const [at, node] of after.nodes.entries()) {
    const was = before.nodes[at]!
    if (node === was) continue
    const replica = `${node.name}, disk ${node.directory}`
    if (node.process !== 'down') promises.tells(replica, node.epoch, leaderOf(node))
    if (node.log !== was.log) tellLog(promises, node, was.directory === node.directory ? was.log.length : 0)
    if (node.role.is === 'leader' && was.role.is !== 'leader') promises.leads(replica, node.epoch, node.log)
    if (node.highWatermark !== was.highWatermark && node.highWatermark !== null) {
      promises.highWatermark(replica, node.highWatermark)
      for (let offset = was.highWatermark ?? 0; offset < node.highWatermark; offset++)
        promises.commits(offset, node.log[offset]?.epoch ?? -1, node.log[offset]?.payload ?? 'nothing', node.epoch)
    }
  }
}

function tellLog(promises: RaftPromises, { log }: Node, from: number): void {
  for (let offset = Math.min(from, log.length); offset < log.length; offset++)
    promises.has(offset, log[offset]!.epoch, log[offset]!.payload, log[offset - 1]?.epoch ?? 0)
}

const names = (word: string, ids: number[]) => ids.map((id) => ({ id, name: `${word}-${id}` }))

/** All nodes run. */
export function startedQuorum(
  voters: number,
  observers: number,
  settings: Partial<Settings> & { seed: number },
): Quorum {
  const ids = (count: number, from: number) => Array.from({ length: count }, (_, at) => from + at)
  const quorum = quorumOf(names('controller', ids(voters, 1)), names('broker', ids(observers, 11)), settings)
  return quorum.nodes.reduce((now, { id }) => step(now, { is: 'start', node: id }), quorum)
}

/** Runs one random schedule and holds every step against the promises. @throws Error with the seed, if one is broken */
export function runRandomly(
  seed: number,
  steps: number,
  rules: Rules = kraftRules,
): { quorum: Quorum; leaders: number } {
  const random = mulberry32(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
  const promises = new RaftPromises()
  let quorum = startedQuorum(pick([1, 2, 3, 3, 3, 4, 5]), pick([0, 0, 1, 2]), { seed, preVote: random() < 0.7 })
  const events: RaftEvent[] = []
  try {
    for (let at = 0; at < steps; at++) {
      const event = chooseEvent(quorum, random, pick)
      if (!event) continue
      events.push(event)
      const before = quorum
      quorum = step(before, event, rules)
      watch(promises, before, quorum)
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after ${events.length} steps: ${(error as Error).message}`, { cause: error })
  }
  return { quorum, leaders: promises.leadersSeen }
}

type Pick = <Item>(items: readonly Item[]) => Item

function chooseEvent(quorum: Quorum, random: () => number, pick: Pick): RaftEvent | null {
  const chance = random()
  if (chance < 0.05) return fault(quorum, random, pick)
  if (chance < 0.13) {
    const leader = quorum.nodes.find((node) => node.role.is === 'leader' && node.process === 'running')
    return leader ? { is: 'append', node: leader.id, payloads: [`record ${quorum.nextMessage}`] } : null
  }
  // Mostly messages: with timers as often, nobody would be elected.
  if (quorum.messages.length > 0 && random() < 0.85)
    return { is: random() < 0.04 ? 'drop' : 'deliver', message: pick(quorum.messages).id }
  const all = dues(quorum)
  return all.length > 0 ? pick(all).event : null
}

function fault(quorum: Quorum, random: () => number, pick: Pick): RaftEvent {
  const { id: node, process } = pick(quorum.nodes)
  const others = quorum.nodes.filter(({ id }) => id !== node)
  if (process === 'paused') return { is: random() < 0.8 ? 'resume' : 'crash', node }
  if (process === 'down') return { is: random() < 0.95 ? 'start' : 'wipe', node }
  if (others.length === 0 || random() < 0.4) return { is: pick(['crash', 'crash', 'pause', 'stop'] as const), node }
  const to = pick(others).id
  if (quorum.cuts.length > 0 && random() < 0.6) return { is: 'mend', ...pick(quorum.cuts) }
  return { is: 'cut', from: node, to }
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
