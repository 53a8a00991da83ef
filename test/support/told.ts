/** A lab session that is told what was seen, an observation at a time, and what its checks then say. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Check, cluster, defineLab, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { HINTS } from './small-lab.ts'
import { temporaryFolder } from './temporary.ts'

export const labOf = (judges: Record<string, Check['judge']>, brokers = 3) =>
  defineLab({
    slug: 'told',
    title: 'Told',
    course: 'kraft',
    module: 'quick-start',
    minutes: 1,
    clusters: { main: cluster({ controllers: 3, brokers }) },
    hosts: ['client'],
    probe: 'main',
    steps: [
      step('watch', {
        title: 'Watch',
        checks: Object.entries(judges).map(([id, judge]) => ({ id, title: id, judge, hints: HINTS })),
      }),
    ],
  })

export const START = 1_000_000
const CONTROLLERS = [101, 102, 103]
export const hostOf = (node: number): string => (node > 100 ? `controller-${node - 100}` : `broker-${node}`)

export class Told {
  private number = 0
  private offset = 0
  now = START

  private constructor(readonly session: LabSession) {}

  static async open(judges: Record<string, Check['judge']>, brokers = 3): Promise<Told> {
    const file = join(await temporaryFolder(), 'history.ndjson')
    const session = await LabSession.open({ id: 's', lab: labOf(judges, brokers), learner: 'ada', file })
    onTestFinished(() => session.close())
    const told = new Told(session)
    session.note('room-started', '')
    return told
  }

  /** @param afterMs since what was seen before */
  see(observation: Observation, afterMs = 1_000): Promise<void> {
    return this.seeAt(observation, this.now + afterMs)
  }

  /** @param at ms since 1970 */
  async seeAt(observation: Observation, at: number): Promise<void> {
    this.now = at
    const number = ++this.number
    this.session.observe({ number, at: this.now, mono: this.now, observation })
    if (this.session.seen < number) {
      await new Promise<void>((resolve) => {
        const look = () => {
          if (this.session.seen < number) return
          this.session.off('changed', look)
          resolve()
        }
        this.session.on('changed', look)
      })
    }
    // A pass is written in the turn after; what comes next sees it.
    await this.session.settled()
  }

  up = (node: number) => this.see({ type: 'node-up', host: hostOf(node), node, clusterId: 'C', listeners: [] })
  down = (node: number) => this.see({ type: 'node-down', host: hostOf(node), why: 'it went' })
  quorum = (node: number, leader: number | null, epoch: number) =>
    this.see({
      type: 'quorum',
      host: hostOf(node),
      clusterId: 'C',
      leader,
      epoch,
      voters: CONTROLLERS.map((one) => ({ node: one, directory: leader === node ? `D${one}` : null })),
      observers: [],
    })
  sample = (node: number, highWatermark: number | null) =>
    this.see({ type: 'metadata-log', host: hostOf(node), highWatermark, logStart: null, replicas: [] })
  records = (...all: [type: string, data: unknown][]) =>
    this.see({
      type: 'metadata',
      host: hostOf(101),
      records: all.map(([type, data]) => ({ offset: this.offset++, epoch: 1, timestamp: 0, type, version: 0, data })),
    })
  gap = () => this.see({ type: 'unobserved', why: 'nobody looked', since: this.now })
  network = (...cuts: [from: string, to: string][]) =>
    this.see({ type: 'network', cuts: cuts.map(([from, to]) => ({ from, to })) })

  /** Three controllers of which 101 leads in epoch 5, three brokers, topic orders with one partition. */
  async cluster(): Promise<void> {
    for (const node of [...CONTROLLERS, 1, 2, 3]) await this.up(node)
    for (const node of CONTROLLERS) await this.quorum(node, 101, 5)
    await this.sample(101, 100)
    await this.records(
      ['TOPIC_RECORD', { name: 'orders', topicId: 'T' }],
      [
        'PARTITION_RECORD',
        { partitionId: 0, topicId: 'T', replicas: [1, 2, 3], isr: [1, 2, 3], leader: 1, leaderEpoch: 0 },
      ],
    )
  }

  says(id: string): { passed: boolean; says: string } {
    const check = this.session.assess().find((one) => one.id === id)
    if (!check) throw new Error(`there is no check ${id}`)
    return { passed: check.passed, says: check.says }
  }
  passes = (id: string): boolean => this.says(id).passed
  get cluster0() {
    return this.session.view().clusters[0]!
  }
}
