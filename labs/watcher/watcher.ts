/**
 * Sees what Kafka nodes in a room do, without leaving a trace in them: no registration, no group, no topic. It believes
 * nothing but what it sees on the wire, and expects every byte of it to be a lie.
 */
import { setMaxListeners } from 'node:events'
import type { Need } from '#labs/protocol/observation.ts'
import { systemClock } from './clock.ts'
import { ClusterLog } from './cluster-log.ts'
import { Needs } from './needs.ts'
import { NodeWatch } from './node-watch.ts'
import type { Surroundings, WatcherOptions } from './room.ts'
import { ZooKeeperWatch } from './zookeeper-watch.ts'

export type { WatcherOptions } from './room.ts'

export class Watcher {
  readonly #stop = new AbortController()
  readonly #nodes: NodeWatch[]
  readonly #needs: Needs
  readonly #running: Promise<unknown>
  readonly #logs = new Map<string, ClusterLog>()
  /** ids of clusters whose metadata is in ZooKeeper: of those that a quorum has taken over it is in a log */
  readonly #inZooKeeper = new Set<string>()

  /** Begins at once. */
  constructor(options: WatcherOptions) {
    const problem = options.problem ?? ((error: unknown): void => console.error('watcher:', error))
    const { signal } = this.#stop
    // all that waits, of all hosts, listens to this one
    setMaxListeners(0, signal)
    const room: Surroundings = {
      zooKeepers: [],
      ...options,
      clock: options.clock ?? systemClock,
      problem,
      signal,
      // after close nothing more is said, whatever was on its way
      emit: (observation) => {
        if (!signal.aborted) options.emit(observation)
      },
    }
    const fellows = {
      log: (clusterId: string) => this.#log(clusterId),
      logs: () => [...this.#logs.values()],
      viewsChanged: (log: ClusterLog, by: string) => {
        for (const node of this.#nodes) if (node.log === log && node.host !== by) node.ringController()
      },
      isInZooKeeper: (clusterId: string) => this.#inZooKeeper.has(clusterId),
      tellsTopics: (host: string, clusterId: string) =>
        this.#nodes.find((node) => node.broker && node.clusterId === clusterId)?.host === host,
      moved: () => this.#forget(),
      news: () => this.#needs.ring(),
      topicsChanged: () => {
        this.#needs.ring()
        for (const node of this.#nodes) node.ringBroker()
      },
    }
    const { zooKeepers } = room
    this.#nodes = options.hosts
      .filter((host) => !zooKeepers.includes(host))
      .map((host) => new NodeWatch(host, room, fellows))
    const decides = (clusterId: string, broker: boolean): void => {
      if (broker) this.#inZooKeeper.add(clusterId)
      else this.#inZooKeeper.delete(clusterId)
    }
    const servers = zooKeepers.map((host) => new ZooKeeperWatch(host, room, decides))
    this.#needs = new Needs(room, this.#nodes)
    this.#running = Promise.all([...this.#nodes, ...servers].map((one) => one.run().catch(problem)))
  }

  #log(clusterId: string): ClusterLog {
    const log = this.#logs.get(clusterId) ?? new ClusterLog(clusterId)
    this.#logs.set(clusterId, log)
    return log
  }

  /** A host was formatted for another cluster: a log that no host has any more is gone, and would begin at its start. */
  #forget(): void {
    const inUse = new Set(this.#nodes.map(({ clusterId }) => clusterId))
    for (const clusterId of this.#logs.keys()) if (!inUse.has(clusterId)) this.#logs.delete(clusterId)
  }

  /** Of the cluster that this host's node is of, or was last; undefined where none was seen there. */
  logOf(host: string): ClusterLog | undefined {
    return this.#nodes.find((node) => node.host === host)?.log
  }

  /** Replaces what is asked for. Those dropped stop at once, those new are fetched at once. */
  setNeeds(needs: Need[]): void {
    if (!this.#stop.signal.aborted) this.#needs.set(needs)
  }

  /** Ends everything; resolves when no loop is left. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}
