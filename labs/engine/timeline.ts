/** Everything that happened, in a line each, for the learner. */
import type { Drill } from '#labs/protocol/class.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import type { Fault, Observation } from '#labs/protocol/observation.ts'
import type { Lab } from './define.ts'
import type { ClusterEvent, EventOf } from './events.ts'
import { firstAfter } from './first-after.ts'
import type { Entry } from './history.ts'

/** Hours of a lively room; the oldest go. */
const MAX_EVENTS = 5_000
const MAX_COMMAND_CHARS = 200
const MAX_SAYS_CHARS = 300

/** The name of a node: its host's, where that is known. */
export type Names = (cluster: string, node: number) => string | null
type Told = Omit<TimelineEvent, 'seq' | 'records'>

export class Timeline {
  /** oldest first by when it was told; `seq` counts them */
  private all: TimelineEvent[] = []
  private next = 1
  /** those that last: cluster and kind → seq */
  private readonly lasting = new Map<string, number>()
  /** cluster → who led last */
  private readonly led = new Map<string, { leader: number; epoch: number }>()

  constructor(private readonly lab: Lab) {}

  get events(): readonly TimelineEvent[] {
    return this.all
  }

  /** @returns what is new; an event that was told before (an outage that has ended) comes again with its `seq` */
  take(entry: Entry, events: ClusterEvent[], names: Names): TimelineEvent[] {
    const partitions = ofPartitions(events, names).map(({ cluster, ...one }) => ({
      ...one,
      says: this.named(cluster, one.says),
    }))
    const told = [...this.ofEntry(entry), ...partitions].map((one) => this.add(one))
    return [...told, ...events.flatMap((event) => this.ofEvent(event, names))]
  }

  /** What is said of a cluster as a whole; of several, it says of which. Hosts carry their cluster in their name. */
  private named(cluster: string, says: string): string {
    return Object.keys(this.lab.clusters).length > 1 ? `${cluster}: ${says}` : says
  }

  /** Says of a command how many records the log got meanwhile. @returns the event as it is now; null where it is gone */
  setRecords(seq: number, records: number): TimelineEvent | null {
    const at = firstAfter(this.all, seq - 1, (event) => event.seq)
    const before = this.all[at]
    if (before?.seq !== seq) return null
    const again = { ...before, records }
    this.all[at] = again
    return again
  }

  private add(told: Told): TimelineEvent {
    const event = { seq: this.next++, ...told, says: shortened(told.says, MAX_SAYS_CHARS), records: null }
    this.all.push(event)
    if (this.all.length > MAX_EVENTS) this.all = this.all.slice(MAX_EVENTS / 10)
    return event
  }

  private ofEntry({ body, at }: Entry): Told[] {
    const told = (kind: Told['kind'], says: string, more: Partial<Told> = {}): Told[] => [
      { at, kind, says, host: null, until: null, ...more },
    ]
    switch (body.type) {
      case 'room-started':
        this.led.clear()
        this.lasting.clear()
        return told('room', 'The room was started')
      case 'room-ended':
        return told('room', body.says)
      case 'step-opened':
        return told('step', `Step: ${this.stepTitle(body.step)}`)
      case 'passed':
        return told('pass', `Passed: ${this.titleOf(body.step, body.check)}`)
      case 'repeated':
        return told(
          'pass',
          `${body.by === 'replay' ? 'Done for you' : 'Passed again'}: ${this.titleOf(body.step, body.check)}`,
        )
      case 'reset':
        return told('room', `Back to the beginning of: ${this.stepTitle(body.step)}`)
      case 'replayed':
        return told('room', body.says)
      case 'answered':
        return told('answer', `Answered: ${shortened(body.given)} (${body.correct ? 'right' : 'not right'})`)
      case 'solution':
        return told('answer', `Looked at the solution of: ${this.stepTitle(body.step)}`)
      case 'tried':
        return told(
          'answer',
          `${body.result.state === 'failed' ? 'A trial failed' : 'Tried'}: ${this.titleOf(body.step, body.check)}`,
        )
      case 'help':
        return told('class', body.wanted ? 'Asked for help' : 'No longer asks for help')
      case 'noted':
        return told('class', `${body.by} left a note: ${shortened(body.text)}`)
      case 'told':
        return told('class', `${body.by} to the class: ${shortened(body.text)}`)
      case 'watch':
        return told('class', `${body.by} ${WATCHING[body.is]}`)
      case 'extended':
        return told('class', `${body.by} extended the lab session`)
      case 'drill':
        return told('class', `Drill by ${body.by}: ${DRILL[body.drill]}`)
      case 'observed':
        return body.observation.type === 'command' ? [command(body.observation, at)] : []
      default:
        return []
    }
  }

  private stepTitle(step: string): string {
    return this.lab.steps.find(({ id }) => id === step)?.title ?? step
  }

  private titleOf(step: string, check: string): string {
    const found = this.lab.steps.find(({ id }) => id === step)
    return found?.checks.find(({ id }) => id === check)?.title ?? found?.ask?.question ?? check
  }

  private ofEvent(event: ClusterEvent, names: Names): TimelineEvent[] {
    if (event.type !== 'outage') {
      const said = says(event, names, this.led.get(event.cluster) ?? null)
      if (event.type === 'leader' && event.leader !== null)
        this.led.set(event.cluster, { leader: event.leader, epoch: event.epoch })
      if (!said) return []
      const line = OF_CLUSTER.has(event.type) ? this.named(event.cluster, said.says) : said.says
      return [this.add({ at: event.at, host: null, until: null, ...said, says: line })]
    }
    const key = `${event.cluster} ${event.kind}`
    const { from, to } = event
    const ms = to === null ? null : Math.max(0, to - from)
    const lasted = ms === null ? '' : ` for ${ms.toLocaleString('en')} ms`
    const line = this.named(event.cluster, `${OUTAGES[event.kind]}${lasted}`)
    const told: Told = { at: from, kind: 'outage', says: line, host: null, until: to }
    const seq = this.lasting.get(key)
    const at = seq === undefined ? -1 : this.all.findIndex((one) => one.seq === seq)
    const before = this.all[at]
    if (to === null && before) return []
    this.lasting.delete(key)
    if (before) {
      const again = { seq: before.seq, ...told, records: null }
      this.all[at] = again
      return [again]
    }
    const added = this.add(told)
    if (to === null) this.lasting.set(key, added.seq)
    return [added]
  }
}

/** Told of a cluster, not of one of its hosts. */
const OF_CLUSTER = new Set<ClusterEvent['type']>(['leader', 'voters', 'topic', 'high-watermark'])

const OUTAGES = {
  write: 'Writes unavailable',
  read: 'Reads unavailable',
  metadata: 'No active controller answered',
}

const WATCHING = {
  begun: 'watches the terminals',
  asked: 'asks to type',
  allowed: 'may type',
  refused: 'may not type',
  ended: 'no longer watches',
}
const DRILL: Record<Drill, string> = {
  'kill-active-controller': 'the active controller is killed',
  'isolate-active-controller': 'the active controller is cut off',
  'kill-broker': 'a broker is killed',
  restore: 'all is mended and started again',
}

const shortened = (text: string, chars = MAX_COMMAND_CHARS) => (text.length > chars ? `${text.slice(0, chars)}…` : text)

function command(
  { command, host, exitStatus, startedAt }: Extract<Observation, { type: 'command' }>,
  at: number,
): Told {
  const status = exitStatus === null || exitStatus === 0 ? '' : ` (exit ${exitStatus})`
  return { at: startedAt, kind: 'command', says: `$ ${shortened(command)}${status}`, host, until: at }
}

type Said = Pick<Told, 'kind' | 'says'> & { host?: string | null }

/** A line for what is worth one: what the fault said already is not said again by the links that it cut. */
function says(event: ClusterEvent, names: Names, led: { leader: number; epoch: number } | null): Said | null {
  const name = (node: number) => names(event.cluster, node) ?? `node ${node}`
  const host = (node: number | null) => (node === null ? null : names(event.cluster, node))
  switch (event.type) {
    case 'leader': {
      const { leader, epoch, before } = event
      const was = led ? ` (before: ${name(led.leader)}, epoch ${led.epoch})` : ''
      const now = leader === null ? 'No leader known' : `${name(leader)} leads in epoch ${epoch}`
      return { kind: 'leader', says: now + was, host: host(leader ?? before.leader) }
    }
    case 'view': {
      const { node, leader, epoch, before } = event
      if (node === null || before?.leader !== node || leader === node) return null
      const now = leader === null ? 'it names no leader' : `it names ${name(leader)}`
      return { kind: 'leader', says: `${event.host} stepped down: ${now}, epoch ${epoch}`, host: event.host }
    }
    case 'node': {
      const led = event.led ? ', the active controller,' : ''
      const text = event.up ? `${event.host} answers` : `${event.host}${led} no longer answers: ${event.why}`
      return { kind: 'node', says: text, host: event.host }
    }
    case 'process': {
      const { host, state, before } = event
      if (state === 'none' && before === null) return null
      const became = { none: 'ended', paused: 'is paused', running: before === 'paused' ? 'goes on' : 'started' }[state]
      return { kind: 'node', says: `The Kafka process on ${host} ${became}`, host }
    }
    case 'fault':
      return { ...faultSaid(event.fault), host: 'host' in event.fault ? event.fault.host : null }
    case 'disk':
      return {
        kind: 'node',
        says: `The disk of ${event.host} ${event.full ? 'is full' : 'has space again'}`,
        host: event.host,
      }
    case 'broker': {
      const { broker, is } = event
      const became = is === 'fenced' || is === 'unfenced' ? `is ${is}` : `was ${is}`
      return {
        kind: 'broker',
        says: `${names(event.cluster, broker) ?? `Broker ${broker}`} ${became}`,
        host: host(broker),
      }
    }
    case 'voters': {
      return { kind: 'leader', says: `Voters: [${event.before}] → [${event.voters}]` }
    }
    case 'topic':
      return { kind: 'topic', says: `Topic ${event.topic} was ${event.is}` }
    case 'high-watermark': {
      if (event.before === null || event.to >= event.before) return null
      return { kind: 'leader', says: `The high watermark fell from ${event.before} to ${event.to}` }
    }
    case 'gap':
      return { kind: 'gap', says: `Not watched for a while: ${event.why}` }
    // The links follow from the fault; partitions are told together, outages as long as they last.
    case 'network':
    case 'partition':
    case 'outage':
    // The panel draws it.
    case 'group':
      return null
  }
}

const DONE = {
  start: 'was started',
  stop: 'was stopped',
  kill: 'was killed',
  pause: 'was paused',
  resume: 'was resumed',
  restart: 'was restarted',
  wipe: 'was killed and its disk wiped',
  fill: ': its disk was filled',
  free: ': its disk was freed',
  isolate: 'was cut off from all others',
} as const

function faultSaid(fault: Fault): Pick<Told, 'kind' | 'says'> {
  switch (fault.action) {
    case 'split':
      return {
        kind: 'network',
        says: `The network was split: ${fault.groups.map((one) => one.join(', ')).join(' | ')}`,
      }
    case 'cut':
      return { kind: 'network', says: `The way from ${fault.from} to ${fault.to} was cut` }
    case 'heal':
      return {
        kind: 'network',
        says: fault.host === null ? 'All links were mended' : `All links of ${fault.host} were mended`,
      }
    default: {
      const done = DONE[fault.action]
      const text = `${fault.host}${done.startsWith(':') ? '' : ' '}${done}`
      return { kind: fault.action === 'isolate' ? 'network' : 'fault', says: text }
    }
  }
}

/** What happened to several partitions of a topic at once is one line. */
function ofPartitions(events: ClusterEvent[], names: Names): (Told & { cluster: string })[] {
  const lines = new Map<string, { event: EventOf<'partition'>; partitions: number[]; what: string }>()
  for (const event of events) {
    if (event.type !== 'partition') continue
    const what = partitionSaid(event, (node) => names(event.cluster, node) ?? `broker ${node}`)
    if (!what) continue
    const key = `${event.cluster} ${event.topic} ${what}`
    const line = lines.get(key)
    if (line) line.partitions.push(event.partition)
    else lines.set(key, { event, partitions: [event.partition], what })
  }
  return [...lines.values()].map(({ event, partitions, what }) => {
    const { cluster, topic, at, isr, before } = event
    const which =
      partitions.length === 1 ? `${topic}-${partitions[0]}` : `${topic} (partitions ${partitions.join(', ')})`
    const kind = String(isr) === String(before.isr) ? 'topic' : 'isr'
    return { cluster, at, kind, says: `${which}: ${what}`, host: null, until: null }
  })
}

function partitionSaid({ leader, isr, before }: EventOf<'partition'>, name: (node: number) => string): string {
  const parts: string[] = []
  const was = before.leader < 0 ? 'none' : name(before.leader)
  if (leader !== before.leader)
    parts.push(leader < 0 ? `no leader (before: ${was})` : `${name(leader)} leads (before: ${was})`)
  const left = before.isr.filter((node) => !isr.includes(node)).map(name)
  const joined = isr.filter((node) => !before.isr.includes(node)).map(name)
  if (left.length > 0) parts.push(`${left.join(' and ')} left the ISR`)
  if (joined.length > 0) parts.push(`${joined.join(' and ')} joined the ISR`)
  if (left.length + joined.length > 0) parts[parts.length - 1] += ` [${before.isr}] → [${isr}]`
  return parts.join('; ')
}
