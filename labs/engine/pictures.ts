/** A quorum and its brokers in a few marks, for a page that shows many. */
import type { Picture } from '#labs/protocol/class.ts'
import type { ClusterView } from './cluster.ts'
import type { LaidNode, Layout } from './layout.ts'

export function picturesOf(clusters: Record<string, ClusterView>, layout: Layout): Picture[] {
  return Object.entries(clusters).map(([cluster, view]) => {
    const laid = layout.clusters[cluster] ?? []
    const nodes = laid
      .filter(({ host, id, roles }) => (id !== null || view.nodes[host]) && !roles.includes('zookeeper'))
      .map((node) => marked(node, view))
    return { cluster, leader: nodes.find(({ is }) => is === 'leads')?.host ?? null, epoch: view.epoch, nodes }
  })
}

function marked({ host, id, roles }: LaidNode, view: ClusterView): Picture['nodes'][number] {
  const seen = view.nodes[host]
  const node = seen?.node ?? id
  const answers = new Set(seen?.listeners.map(({ kind }) => kind))
  const is = (role: 'broker' | 'controller') => (roles.length > 0 ? roles.includes(role) : answers.has(role))
  const fenced = node === null ? false : (view.brokers[node]?.fenced ?? false)
  return { host, role: is('controller') ? (is('broker') ? 'both' : 'controller') : 'broker', is: stateOf(), fenced }

  function stateOf(): Picture['nodes'][number]['is'] {
    if (!seen) return 'unknown'
    if (seen.process === 'paused') return 'paused'
    // Where the lab lays no node there is none to be down until the learner has started one.
    if (!seen.up) return node === null ? 'unknown' : 'down'
    return node !== null && node === view.leader ? 'leads' : 'up'
  }
}
