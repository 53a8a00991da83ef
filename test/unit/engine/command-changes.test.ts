import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import brokerFailure from '#labs/catalog/broker-failure/lab.ts'
import { passed } from '#labs/engine/define.ts'
import type { Entry } from '#labs/engine/history.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { FIRST_AT, partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'
import { Recorded } from '#test/support/recorded.ts'
import { temporaryFolder } from '#test/support/temporary.ts'
import { START, Told } from '#test/support/told.ts'

const HOST = 'controller-1'

async function recordedSession(): Promise<{ session: LabSession; entries: Entry[] }> {
  const { entries } = await Recorded.of(brokerFailure)
  const file = join(await temporaryFolder(), 'history.ndjson')
  await writeFile(file, entries.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const session = await LabSession.open({ id: 'recorded', lab: brokerFailure, learner: 'ada', file })
  onTestFinished(() => session.close())
  return { session, entries }
}

const commandOf = (host: string, startedAt: number): Observation => ({
  type: 'command',
  host,
  terminal: 't1',
  command: 'kafka-topics --create',
  exitStatus: 0,
  startedAt,
})

test('a recorded topic creation, told in words and as a difference, after the gateway was restarted', async () => {
  const { session } = await recordedSession()
  const commands = session.timeline.filter(({ kind }) => kind === 'command')
  expect(commands.map(({ records }) => records)).toEqual([expect.any(Number), 0, 1])
  const change = session.commandChange(commands[0]!.seq)!
  expect(change.records).toHaveLength(commands[0]!.records!)
  expect(change.says).toContainEqual(
    expect.stringMatching(
      /^Topic orders was created: 3 partitions, 3 replicas each, led by broker-1, broker-2, broker-3\.$/,
    ),
  )
  expect(change.says).toContain('Topic orders: min.insync.replicas = 2.')
  expect(change.changes).toContainEqual(expect.objectContaining({ path: ['topics', 'orders'], kind: 'added' }))
  expect(change.first).toBeLessThan(change.last!)
  const killed = session.commandChange(commands[1]!.seq)!
  expect(killed).toMatchObject({ first: null, last: null, says: [], records: [], changes: [] })
  const elected = session.commandChange(commands[2]!.seq)!
  expect(elected.says).toEqual(['orders-2: leader broker-3 → broker-2.'])
  expect(elected.changes.map(({ path }) => path.at(-1))).toEqual(['leader', 'leaderEpoch', 'partitionEpoch'])
  expect(session.commandChange(999_999)).toBeNull()
})

test('records count from edge to edge, and late ones are told again; commands of the same time are named', async () => {
  const told = await Told.open({ any: () => passed('x') })
  const news: TimelineEvent[] = []
  told.session.on('told', (events) => news.push(...events))
  await told.up(101)
  const [first, ...later] = recordsFrom(
    0,
    topic('orders'),
    partition('orders', 0, [1, 2]),
    partitionChange('orders', 0, { isr: [1] }),
    topic('after'),
  )
  const metadata = (records: unknown[]) => told.see({ type: 'metadata', host: HOST, records } as Observation)
  await metadata([first])
  // records of 1,000 s, 1,001 s, 1,002 s and 1,003 s; this command ran until 1,002 s
  await told.seeAt(commandOf('client', FIRST_AT), FIRST_AT + 2_000)
  await told.seeAt(commandOf('broker-1', FIRST_AT + 1_500), FIRST_AT + 2_500)
  const commands = () => told.session.timeline.filter(({ kind }) => kind === 'command')
  expect(commands().map(({ records }) => records)).toEqual([1, 0])
  news.length = 0
  await metadata(later)
  expect(commands().map(({ records }) => records)).toEqual([3, 1])
  expect(news.filter(({ kind }) => kind === 'command').map(({ seq, records }) => [seq, records])).toEqual(
    commands().map(({ seq, records }) => [seq, records]),
  )
  const change = told.session.commandChange(commands()[0]!.seq)!
  expect([change.first, change.last, change.left]).toEqual([0, 2, 0])
  expect(change.says).toEqual([
    'Topic orders was created: 1 partition, 2 replicas each, led by broker-1.',
    'orders-0: ISR [1,2] → [1].',
  ])
  expect(change.overlaps).toEqual([{ seq: commands()[1]!.seq, says: commands()[1]!.says }])
  told.session.note('room-started', '')
  await told.session.settled()
  expect(told.session.commandChange(commands()[0]!.seq), 'of a former room').toBeNull()
  expect(told.session.recordLog().records()).toEqual([])
  expect(START).toBeLessThanOrEqual(FIRST_AT)
})

test('a judge finds records since its step opened, or all, and the state at an offset', async () => {
  let seen: unknown
  const look = (history: HistoryView) => ({
    since: history.records().map(({ offset }) => offset),
    all: history.records({ all: true }).map(({ offset }) => offset),
    changes: history.records({ type: 'PARTITION_CHANGE_RECORD', where: ({ isr }) => Array.isArray(isr) }).length,
    several: history.records({ type: ['TOPIC_RECORD', 'PARTITION_RECORD'] }).length,
    none: history.records({ after: 'never-passed' }),
    isr: [2, 3, undefined].map((offset) => {
      const topics = history.state(offset)?.topics as Record<string, { partitions: Record<string, { isr: number[] }> }>
      return topics?.orders?.partitions['0']?.isr
    }),
    later: history.state(4),
  })
  const told = await Told.open({
    any: ({ history }) => {
      seen = look(history)
      return passed('x')
    },
  })
  await told.up(101)
  await told.see({
    type: 'metadata',
    host: HOST,
    records: recordsFrom(
      0,
      topic('orders'),
      partition('orders', 0, [1, 2]),
      partitionChange('orders', 0, { isr: [1] }),
    ),
  })
  told.says('any')
  expect(seen).toEqual({
    since: [0, 1, 2],
    all: [0, 1, 2],
    changes: 1,
    several: 2,
    none: [],
    isr: [[1, 2], [1], [1]],
    later: null,
  })
  // up to the high watermark there are NoOps
  await told.quorum(101, 101, 5)
  await told.sample(101, 9)
  told.says('any')
  expect((seen as { later: unknown }).later).toMatchObject({ topics: { orders: {} } })
})
