/** Faults: done to a node or to the network, one after another for each host, and noted with what followed. */
import { KraftlabError } from '#config/errors.ts'
import type { Fault, Observation } from '#labs/protocol/observation.ts'
import type { RoomNode } from '#labs/protocol/room.ts'
import { Cuts, type NetworkFault } from './cuts.ts'
import type { Host } from './host.ts'
import { KafkaProcesses } from './kafka-processes.ts'
import { Node } from './nodes.ts'
import type { Observations } from './observations.ts'

type By = Extract<Observation, { type: 'fault' }>['by']
type NodeFault = Exclude<Fault, NetworkFault>

/** More clicks than that on one host's buttons while it is busy are refused. */
const MAX_WAITING = 8
const NETWORK = ' network'

export class Faults {
  private readonly processes: KafkaProcesses
  private readonly nodes = new Map<string, Node>()
  private readonly cuts: Cuts
  private readonly turns = new Map<string, { last: Promise<unknown>; waiting: number }>()

  /** The hosts have been started. @throws Error where the plan's nodes cannot be */
  constructor(
    private readonly hosts: Map<string, Host>,
    private readonly declared: RoomNode[],
    private readonly observations: Observations,
  ) {
    this.processes = new KafkaProcesses(hosts, (seen) => observations.add(seen))
    this.cuts = new Cuts([...hosts.values()].map(({ plan }) => plan))
    for (const node of declared) {
      const host = hosts.get(node.host)
      if (!host) throw new Error(`a node is declared on ${node.host}, which is no host of this room`)
      if (this.nodes.has(node.host)) throw new Error(`two nodes are declared on ${node.host}`)
      this.nodes.set(node.host, new Node(host, node, this.processes, observations))
    }
  }

  /** Those that run from the start, all at once. One that does not start is its learner's to find out about. */
  startDeclared(): void {
    for (const { host, running } of this.declared) {
      if (!running) continue
      this.make({ action: 'start', host }, 'lab').catch((error: Error) => console.error(error.message))
    }
  }

  /** Resolves when it is done. @throws KraftlabError ALREADY_SO, UNKNOWN_HOST, BAD_REQUEST, HOST_UNAVAILABLE */
  async make(fault: Fault, by: By): Promise<void> {
    const note = () => this.observations.add({ type: 'fault', fault, by })
    if (!isOfNode(fault)) {
      return this.inTurn(NETWORK, async () => {
        const cuts = await this.cuts.make(fault)
        note()
        this.observations.add({ type: 'network', cuts })
      })
    }
    const { host, action } = fault
    if (!this.hosts.has(host)) throw new KraftlabError('UNKNOWN_HOST', `There is no host ${host} in this room.`)
    const node = this.nodes.get(host)
    if (!node) throw new KraftlabError('BAD_REQUEST', `This lab declares no node on ${host}: use its terminal.`)
    const rest = await this.inTurn(host, () =>
      this.processes.heldBack(host, (release) =>
        node.act(action, () => {
          note()
          release()
        }),
      ),
    )
    await rest?.()
  }

  /** What one host waits for, no other does. */
  private async inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const turn = this.turns.get(key) ?? { last: Promise.resolve(), waiting: 0 }
    this.turns.set(key, turn)
    if (turn.waiting >= MAX_WAITING)
      throw new KraftlabError('HOST_UNAVAILABLE', 'It is busy with what was asked before. Try again in a moment.')
    turn.waiting++
    const result = turn.last.then(work)
    turn.last = result.catch(() => undefined)
    try {
      return await result
    } finally {
      turn.waiting--
    }
  }
}

const NETWORK_ACTIONS: ReadonlySet<Fault['action']> = new Set(['isolate', 'split', 'cut', 'heal'])
const isOfNode = (fault: Fault): fault is NodeFault => !NETWORK_ACTIONS.has(fault.action)
