/** The quorum while one event is applied: nodes are copied when first touched, so that every earlier state stays as it was. */
import { random } from './random.ts'
import type { Rules } from './rules.ts'
import type { Answer, Message, News, Node, NodeId, Quorum, ReplicaKey, Request } from './types.ts'

/** One way, on a network that is not busy. */
const LATENCY_MS = { least: 8, most: 30 }

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }

export class Work {
  readonly state: Writable<Quorum>
  readonly news: News[] = []
  private readonly nodes: Node[]
  private readonly copied = new Set<NodeId>()
  private readonly messages: Message[]

  constructor(
    before: Quorum,
    readonly rules: Rules,
  ) {
    this.nodes = [...before.nodes]
    this.messages = [...before.messages]
    this.state = { ...before, nodes: this.nodes, messages: this.messages, news: this.news }
  }

  get now(): number {
    return this.state.now
  }

  look(id: NodeId): Node {
    return this.nodes.find((node) => node.id === id)!
  }

  /** For writing. */
  node(id: NodeId): Node {
    const at = this.nodes.findIndex((node) => node.id === id)
    if (!this.copied.has(id)) {
      this.copied.add(id)
      this.nodes[at] = { ...this.nodes[at]! }
    }
    return this.nodes[at]!
  }

  isVoter = ({ id, directory }: ReplicaKey): boolean =>
    this.state.voters.some((voter) => voter.id === id && voter.directory === directory)

  isCut(from: NodeId, to: NodeId): boolean {
    return this.state.cuts.some((cut) => cut.from === from && cut.to === to)
  }

  request(from: Node, to: NodeId, body: Request): void {
    const id = this.send(from.id, to, body, null)
    from.connections = {
      ...from.connections,
      [to]: { is: 'waiting', request: id, until: this.now + this.state.settings.requestTimeoutMs },
    }
  }

  answer(from: Node, request: Message, body: Answer): void {
    this.send(from.id, request.from, body, request.id)
  }

  take(id: number): Message | null {
    const at = this.messages.findIndex((message) => message.id === id)
    return at < 0 ? null : this.messages.splice(at, 1)[0]!
  }

  /** electionTimeoutMs, and up to as much again (QuorumState.randomElectionTimeoutMs). */
  electionTimeout(node: Node): number {
    const { seed, electionTimeoutMs } = this.state.settings
    node.draws++
    return this.now + electionTimeoutMs + Math.floor(random(seed, node.id, node.draws) * electionTimeoutMs)
  }

  private send(from: NodeId, to: NodeId, body: Request | Answer, answers: number | null): number {
    const id = this.state.nextMessage++
    const { least, most } = LATENCY_MS
    const due = this.now + least + Math.floor(random(this.state.settings.seed, id, 0) * (most - least))
    this.messages.push({ id, from, to, sent: this.now, due, answers, body })
    return id
  }
}
