/** The fold as the panel shows it: what the lab declares, and what was seen of it. */
import type { ClusterState, LabSessionState, NodeState, ShownFact } from '#labs/protocol/live.ts'
import { isReserved } from '#labs/protocol/metadata.ts'
import type { Need } from '#labs/protocol/observation.ts'
import { type ClusterView, epochOf, type NodeView, type PartitionView, type TopicView } from './cluster.ts'
import type { Fold } from './fold.ts'
import type { LaidNode, Layout } from './layout.ts'

export type RoomView = Pick<LabSessionState, 'clusters' | 'cuts' | 'facts' | 'otherHosts'>

/** @param shows what the lab shows besides */
export function roomView({ clusters, cuts, facts, groups }: Fold, layout: Layout, shows: { need: Need }[]): RoomView {
  const shown = Object.entries(clusters).map(([name, cluster]) => clusterState(name, cluster, layout))
  const withNode = new Set(shown.flatMap(({ nodes }) => nodes.map(({ host }) => host)))
  const otherHosts = Object.entries(layout.addresses)
    .filter(([host]) => !withNode.has(host))
    .map(([host, address]) => ({ host, address }))
  // A need's result is of its kind.
  const shownFacts = shows.map(
    ({ need }) =>
      ({
        ...need,
        is: facts[need.name] ?? { state: 'not-fetched' },
        ...(need.kind === 'groups' ? { past: groups[need.name] ?? [] } : {}),
      }) as ShownFact,
  )
  return { clusters: shown, cuts, facts: shownFacts, otherHosts }
}

function clusterState(name: string, cluster: ClusterView, layout: Layout): ClusterState {
  const { clusterId, leader, leaderSince, highWatermark, sampledAt, probe, zookeeper } = cluster
  const laid = layout.clusters[name] ?? []
  // A node that no lab declares is there once it was seen.
  const declared = laid.filter(({ host, roles }) => roles.length > 0 || cluster.nodes[host])
  const others = Object.keys(cluster.nodes).filter((host) => !laid.some((one) => one.host === host))
  const nodes = [...declared, ...others.map((host) => ({ host, id: null, roles: [] }))]
  return {
    name,
    clusterId,
    leader,
    epoch: epochOf(cluster),
    leaderSince,
    highWatermark,
    sampledAt,
    zookeeper: zookeeper && {
      controller: zookeeper.controller?.node ?? null,
      kraftEpoch: zookeeper.controller?.kraftEpoch ?? null,
    },
    nodes: nodes.map((node) => nodeState(node, cluster.nodes[node.host] ?? null, cluster, layout)),
    topics: Object.values(cluster.topics)
      .filter((topic) => !isReserved(topic.name))
      .map((topic) => topicState(topic, cluster)),
    probe:
      layout.probed === name
        ? {
            acknowledged: probe?.acknowledged ?? 0,
            lost: probe?.lost.length ?? 0,
            outages: probe?.outages.map(({ kind, from }) => ({ kind, from })) ?? [],
          }
        : null,
  }
}

function nodeState(
  { host, id, roles }: LaidNode,
  seen: NodeView | null,
  cluster: ClusterView,
  layout: Layout,
): NodeState {
  const node = seen?.node ?? id
  const answers = new Set(seen?.listeners.map(({ kind }) => kind))
  return {
    host,
    address: layout.addresses[host] ?? '',
    node,
    roles: roles.length > 0 ? roles : [...answers],
    process: seen?.process ?? null,
    up: seen?.up ?? false,
    since: seen?.since ?? null,
    leads: seen?.up === true && node !== null && node === cluster.leader,
    votes: cluster.voters.some((voter) => voter.node === node),
    fenced: node === null ? null : (cluster.brokers[node]?.fenced ?? null),
    view: seen?.quorum ?? null,
    metadataEnd: node === null ? null : (cluster.metadataEnds[node] ?? null),
    metadataLagMs: node === null ? null : (cluster.metadataLags[node] ?? null),
    diskFull: seen?.diskFull ?? false,
  }
}

function topicState({ name, partitions }: TopicView, cluster: ClusterView): ClusterState['topics'][number] {
  const end = (partition: number, node: number, { leader }: PartitionView) =>
    (node === leader ? cluster.logEnds[name]?.[partition] : undefined) ??
    cluster.replicaEnds[name]?.[partition]?.[node] ??
    null
  return {
    name,
    partitions: Object.entries(partitions).map(([key, view]) => ({
      partition: Number(key),
      leader: view.leader,
      leaderEpoch: view.leaderEpoch,
      replicas: view.replicas.map((node) => ({
        node,
        inSync: view.isr.includes(node),
        eligible: view.elr.includes(node),
        end: end(Number(key), node, view),
      })),
    })),
  }
}
