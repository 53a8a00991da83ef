/** What is KRaft's own, and not a textbook's: one case each. */
import { expect, test } from 'vitest'
import { nextEvent } from '#raft/due.ts'
import { leaderIn, opening, perform } from '#raft/scenario.ts'
import { scenarios } from '#raft/scenarios/index.ts'
import { replay, step } from '#raft/step.ts'
import type { Message, Quorum, RaftEvent } from '#raft/types.ts'

const [leader, follower] = [102, 101]
const settled = () => opening(scenarios.failover)
const node = (quorum: Quorum, id: number) => quorum.nodes.find((one) => one.id === id)!
const run = (from: Quorum, ...events: RaftEvent[]) => replay(from, events)
const deliverWhere = (quorum: Quorum, is: (message: Message) => boolean): Quorum => {
  const message = quorum.messages.find(is)
  expect(message).toBeDefined()
  return step(quorum, { is: 'deliver', message: message!.id })
}

test('a run is a fold: the same events give the same quorum, and what was before stays as it was', () => {
  const start = settled()
  const copy = structuredClone(start)
  const events = perform(start, scenarios.failover.moments.return.deeds)
  expect(replay(start, events)).toEqual(replay(structuredClone(start), events))
  expect(start).toEqual(copy)
})

test('what does not apply changes nothing', () => {
  const start = settled()
  const none: RaftEvent[] = [
    { is: 'deliver', message: 9_999 },
    { is: 'append', node: follower, payloads: ['x'] },
    { is: 'resume', node: follower },
    { is: 'fetch-wait-over', node: leader, request: 9_999 },
  ]
  for (const event of none) {
    const after = step(start, event)
    expect(after.messages, event.is).toEqual(start.messages)
    expect(
      after.nodes.map(({ log, role }) => [log, role]),
      event.is,
    ).toEqual(start.nodes.map(({ log, role }) => [log, role]))
  }
})

test('a leader that was restarted is resigned in its epoch, and leaves it before it stands again', () => {
  const back = run(settled(), { is: 'crash', node: leader }, { is: 'start', node: leader })
  expect(node(back, leader)).toMatchObject({ role: { is: 'resigned' }, epoch: 1, highWatermark: null })
  const later = run(back, { is: 'timeout', node: leader })
  expect(node(later, leader)).toMatchObject({ role: { is: 'unattached' }, epoch: 2 })
})

test('a candidate that was restarted is a candidate of the same epoch, and asks again', () => {
  const alone = run(
    opening(scenarios.election, { preVote: false }),
    { is: 'timeout', node: follower },
    { is: 'crash', node: follower },
  )
  const back = step(alone, { is: 'start', node: follower })
  expect(node(back, follower)).toMatchObject({ role: { is: 'candidate' }, epoch: 1 })
})

test('a vote is kept over a restart', () => {
  let quorum = run(opening(scenarios.election, { preVote: false }), { is: 'timeout', node: follower })
  quorum = deliverWhere(quorum, ({ to, body }) => to === leader && body.is === 'vote')
  quorum = run(quorum, { is: 'crash', node: leader }, { is: 'start', node: leader })
  expect(node(quorum, leader).role).toMatchObject({ is: 'unattached', voted: { id: follower } })
})

test('a wiped disk is another replica: it follows and has no vote', () => {
  let quorum = run(settled(), { is: 'wipe', node: follower }, { is: 'start', node: follower })
  for (let count = 0; count < 200 && node(quorum, follower).log.length < 3; count++)
    quorum = step(quorum, nextEvent(quorum)!)
  expect(node(quorum, follower)).toMatchObject({ role: { is: 'follower', leader }, deadline: null })
  const leads = node(quorum, leader).role
  const keys = leads.is === 'leader' ? leads.replicas.filter(({ key }) => key.id === follower) : []
  expect(keys.map(({ key }) => key.directory).sort()).toEqual([1, 2])
})

test('one voter alone leads at once', () => {
  const alone = { voters: [{ id: 1, name: 'one' }], observers: [], settings: { seed: 1 }, moments: {} }
  const quorum = opening({ ...alone, before: [{ do: 'start', to: [1] }] })
  expect(leaderIn(quorum)).toMatchObject({ id: 1, epoch: 1, highWatermark: 1, deadline: null })
})

test('the leader holds a Fetch that has nothing to bring, until there is something', () => {
  let quorum = settled()
  for (let count = 0; count < 20 && node(quorum, leader).parked.length < 2; count++)
    quorum = step(quorum, nextEvent(quorum)!)
  expect(node(quorum, leader).parked).toHaveLength(2)
  const after = step(quorum, { is: 'append', node: leader, payloads: ['x'] })
  expect(node(after, leader).parked).toHaveLength(0)
  expect(after.messages.filter(({ body }) => body.is === 'fetch-answer')).toHaveLength(2)
})
