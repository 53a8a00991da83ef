import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cluster, defineLab, groups, passed, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const lab = defineLab({
  slug: 'two',
  title: 'Two',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  clusters: { east: cluster({ combined: 1 }), west: cluster({ combined: 1, firstAddress: 31 }) },
  steps: [
    step('one', {
      title: 'One',
      facts: { west: groups({ cluster: 'west' }), all: groups() },
      ask: 'Well?',
      judge: () => passed('Yes.'),
    }),
  ],
})

test('what happens to each of two clusters is kept apart, and the timeline says of which it speaks', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file })
  onTestFinished(() => session.close())
  session.note('room-started', '')
  // A fact of one cluster is asked of its hosts alone.
  expect(session.needs()).toMatchObject([{ cluster: 'west', hosts: ['west-node-1'] }, { name: 'groups' }])
  let number = 0
  const see = (observation: Observation) =>
    session.observe({ number: ++number, at: 1_000 + number, mono: number, observation })
  for (const [name, epoch] of [
    ['east', 3],
    ['west', 8],
  ] as const) {
    const [node] = lab.clusters[name]!.nodes
    const { host, id } = node!
    see({ type: 'node-up', host, node: id, clusterId: name, listeners: [] })
    const voters = [{ node: id, directory: null }]
    see({ type: 'quorum', host, clusterId: name, leader: id, epoch, voters, observers: [] })
    const topic = { name: `of-${name}`, topicId: `id-${name}` }
    const record = { offset: 9, epoch, timestamp: 1_000, type: 'TOPIC_RECORD', version: 0, data: topic }
    see({ type: 'metadata', host, records: [record] })
  }
  await session.settled()
  expect(session.view().clusters).toMatchObject([
    { name: 'east', epoch: 3, topics: [{ name: 'of-east' }] },
    { name: 'west', epoch: 8, topics: [{ name: 'of-west' }] },
  ])
  const lines = session.timeline.filter(({ kind }) => kind === 'leader' || kind === 'topic').map(({ says }) => says)
  expect(lines).toEqual([
    expect.stringMatching(/^east: east-\S+ leads in epoch 3/),
    'east: Topic of-east was created',
    expect.stringMatching(/^west: west-\S+ leads in epoch 8/),
    'west: Topic of-west was created',
  ])
})
