/**
 * A history as an hour and a half of six nodes makes it: samples of every node each second, ISR changes now and then, and
 * a failover every few minutes.
 */
import type { EntryBody } from '#labs/engine/history.ts'
import type { Observation } from '#labs/protocol/observation.ts'

const CONTROLLERS = [101, 102, 103]
const BROKERS = [1, 2, 3]
const PARTITIONS = 12
const FAILOVER_EVERY_S = 180

type Dated = { at: number; body: EntryBody }

/** @param start ms since 1970 */
export function busyHour(start: number, seconds = 5_400): Dated[] {
  const entries: Dated[] = []
  let number = 0
  let offset = 0
  const see = (at: number, observation: Observation) =>
    entries.push({ at, body: { type: 'observed', number: ++number, observation } })
  const records = (at: number, epoch: number, all: [type: string, data: unknown][]) =>
    see(at, {
      type: 'metadata',
      host: hostOf(101),
      records: all.map(([type, data]) => ({ offset: offset++, epoch, timestamp: at, type, version: 0, data })),
    })
  const quorum = (at: number, node: number, leader: number | null, epoch: number) =>
    see(at, {
      type: 'quorum',
      host: hostOf(node),
      clusterId: 'C',
      leader,
      epoch,
      voters: CONTROLLERS.map((one) => ({ node: one, directory: null })),
      observers: [],
    })
  const up = (at: number, node: number) =>
    see(at, { type: 'node-up', host: hostOf(node), node, clusterId: 'C', listeners: [] })

  entries.push({ at: start, body: { type: 'opened', id: 's', lab: 'busy', variant: null, learner: 'ada' } })
  entries.push({ at: start, body: { type: 'room-started', says: '' } })
  entries.push({ at: start, body: { type: 'step-opened', step: 'watch' } })
  for (const node of [...CONTROLLERS, ...BROKERS]) up(start, node)
  const partition = (index: number) => ({ topicId: 'T', partitionId: index })
  records(start, 1, [
    ['TOPIC_RECORD', { name: 'orders', topicId: 'T' }],
    ...Array.from({ length: PARTITIONS }, (_, index): [string, unknown] => [
      'PARTITION_RECORD',
      { ...partition(index), replicas: BROKERS, isr: BROKERS, leader: 1 + (index % 3), leaderEpoch: 0 },
    ]),
  ])
  let epoch = 1
  let leader = 101
  for (const node of CONTROLLERS) quorum(start, node, leader, epoch)

  for (let second = 1; second <= seconds; second++) {
    const at = start + second * 1_000
    const led = (broker: number) =>
      Array.from({ length: PARTITIONS }, (_, i) => i).filter((i) => 1 + (i % 3) === broker)
    const end = (i: number) => ({ topic: 'orders', partition: i, end: second * 10 + i })
    const replicas = [...CONTROLLERS, ...BROKERS].map((node) => ({ node, logEndOffset: second * 2, lagMs: 3 }))
    see(at + 10, { type: 'metadata-log', host: hostOf(leader), highWatermark: second * 2, logStart: 0, replicas })
    for (const broker of BROKERS) {
      see(at + 100 * broker, { type: 'log-ends', host: hostOf(broker), partitions: led(broker).map(end) })
      const others = Array.from({ length: PARTITIONS }, (_, i) => i).filter((i) => 1 + (i % 3) !== broker)
      see(at + 100 * broker + 20, { type: 'replica-ends', host: hostOf(broker), partitions: others.map(end) })
    }
    see(at + 500, {
      type: 'probe',
      cluster: 'main',
      acknowledged: second * 20,
      readBack: second,
      lost: [],
      readBackAt: at,
    })
    if (second % 30 === 0) {
      const shrunk = second % 60 === 0
      records(at + 600, epoch, [
        ['PARTITION_CHANGE_RECORD', { ...partition(0), isr: shrunk ? [1, 2] : BROKERS, leader: -2 }],
        ['PARTITION_CHANGE_RECORD', { ...partition(1), isr: shrunk ? [1, 2] : BROKERS, leader: -2 }],
      ])
    }
    if (second % FAILOVER_EVERY_S === 0) {
      const dead = leader
      see(at + 700, { type: 'fault', fault: { action: 'kill', host: hostOf(dead) }, by: 'learner' })
      see(at + 701, { type: 'process', host: hostOf(dead), state: 'none', pid: null })
      see(at + 750, { type: 'node-down', host: hostOf(dead), why: 'nothing of Kafka listens there any more' })
      see(at + 760, { type: 'outage', cluster: 'main', kind: 'metadata', from: at + 700, to: null, why: 'no answer' })
      leader = CONTROLLERS[(CONTROLLERS.indexOf(dead) + 1) % 3]!
      epoch += 2
      for (const node of CONTROLLERS) if (node !== dead) quorum(at + 2_300, node, leader, epoch)
      see(at + 2_400, { type: 'outage', cluster: 'main', kind: 'metadata', from: at + 700, to: at + 2_400, why: '' })
      see(at + 5_000, { type: 'process', host: hostOf(dead), state: 'running', pid: 9 })
      up(at + 6_000, dead)
      quorum(at + 6_100, dead, leader, epoch)
    }
  }
  return entries
}

const hostOf = (node: number): string => (node > 100 ? `controller-${node - 100}` : `broker-${node}`)
