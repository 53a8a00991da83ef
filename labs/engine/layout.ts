/** Which host belongs to which cluster, as the lab declares it. */
import type { Role } from '#labs/kafka/nodes/configuration.ts'
import type { DeclaredNode } from './cluster-declaration.ts'
import type { Lab } from './define.ts'

/** The cluster of labs that declare none: the learner makes it. */
const ONLY_CLUSTER = 'main'
const NETWORK = '192.0.2'

export type LaidNode = { host: string; id: number | null; roles: Role[] }
export type Layout = {
  /** the first declared */
  main: string
  /** cluster → its nodes, as far as they are declared */
  clusters: Record<string, LaidNode[]>
  /** host → cluster */
  clusterOf: Record<string, string>
  /** host → address */
  addresses: Record<string, string>
  /** hosts without a node */
  others: string[]
  /** has a probe */
  probed: string | null
}

/** ZooKeeper's servers have numbers of their own, which are no ids of nodes. */
const laid = ({ host, id, roles }: DeclaredNode): LaidNode => ({
  host,
  id: roles.includes('zookeeper') ? null : id,
  roles,
})

export function layoutOf(lab: Pick<Lab, 'hosts' | 'clusters' | 'probe'>): Layout {
  const declared = Object.entries(lab.clusters)
  const hosts = lab.hosts.map(({ name }) => name)
  const clusters: Layout['clusters'] =
    declared.length > 0
      ? Object.fromEntries(declared.map(([name, { nodes }]) => [name, nodes.map(laid)]))
      : { [ONLY_CLUSTER]: hosts.map((host) => ({ host, id: null, roles: [] })) }
  const main = Object.keys(clusters)[0]!
  const clusterOf = Object.fromEntries(
    Object.entries(clusters).flatMap(([name, nodes]) => nodes.map(({ host }) => [host, name])),
  )
  return {
    main,
    clusters,
    clusterOf,
    addresses: Object.fromEntries(lab.hosts.map(({ name, address }) => [name, `${NETWORK}.${address}`])),
    others: hosts.filter((host) => !clusterOf[host]),
    probed: lab.probe,
  }
}
