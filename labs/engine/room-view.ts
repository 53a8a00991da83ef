/** The fold as the panel shows it. */
import type { LabSessionState } from '#labs/protocol/live.ts'
import type { Fold } from './fold.ts'

export type RoomView = Pick<LabSessionState, 'clusters' | 'cuts' | 'otherHosts'>

export function roomView({ cluster }: Fold): RoomView {
  const nodes = Object.values(cluster.nodes).map(({ host, node, up, listeners, since }) => ({
    host,
    address: '',
    node,
    up,
    since,
    process: null,
    roles: [...new Set(listeners.map(({ kind }) => kind))],
    leads: up && node !== null && node === cluster.leader,
    votes: cluster.voters.some((voter) => voter.node === node),
    fenced: node === null ? null : (cluster.brokers[node]?.fenced ?? null),
    view: null,
    metadataEnd: node === null ? null : (cluster.metadataEnds[node] ?? null),
    metadataLagMs: null,
    diskFull: false,
  }))
  const topics = Object.values(cluster.topics)
    .filter(({ name }) => !name.startsWith('__'))
    .map(({ name, partitions }) => ({
      name,
      partitions: Object.entries(partitions).map(([partition, { leader, leaderEpoch, replicas, isr, elr }]) => ({
        partition: Number(partition),
        leader,
        leaderEpoch,
        replicas: replicas.map((node) => ({
          node,
          inSync: isr.includes(node),
          eligible: elr.includes(node),
          end: null,
        })),
      })),
    }))
  const { clusterId, leader, epoch, highWatermark } = cluster
  const main = {
    name: 'main',
    clusterId,
    leader,
    epoch,
    leaderSince: null,
    highWatermark,
    sampledAt: null,
    nodes,
    topics,
  }
  return { clusters: [{ ...main, probe: null }], cuts: [], otherHosts: [] }
}
