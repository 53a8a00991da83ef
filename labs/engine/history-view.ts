/**
 * What a judge may ask of what happened. All of it is derived from the history's events (events.ts), of one cluster and
 * of the present room. A temporal check is a pure function of them: it says `passed` with evidence or what is missing,
 * and is true only after its trigger.
 */
import type { MetadataTree } from '#labs/kafka/metadata/image.ts'
import type { Fault, Link } from '#labs/protocol/observation.ts'
import type { ClusterView } from './cluster.ts'
import { type Coming, comingsOf, isGone } from './comings.ts'
import { type Evidence, missing, passed, type Verdict } from './define.ts'
import type { EventLog, EventOf, EventType } from './events.ts'
import type { Pass } from './fold.ts'
import type { LoggedRecord, RecordLog } from './record-log.ts'

/** A moment of the history. Events are marks. `seq`: of the entry. */
export type Mark = { seq: number; at: number }
/** A moment, or the id of an earlier check of this lab: the moment of what that check saw. */
export type After = string | Mark
type Since = { after?: After }

/** What the view needs to know besides the events. */
export type Told = {
  /** of the cluster */
  name: string
  cluster: ClusterView
  cuts: Link[]
  /** number of the entry of the step's opening; null while it is closed */
  opened: number | null
  /** that with which the present room began */
  room: number
  passes: Record<string, Pass>
  /** of the cluster, in this room */
  log: RecordLog
  hostOf: (node: number) => string | null
}

const AGAIN = 'Kraftlab missed a part of what happened, so this cannot be said. Do it again.'

export class HistoryView {
  constructor(
    private readonly log: EventLog,
    private readonly told: Told,
  ) {}

  // --- facts

  /** Events of one type, oldest first: since the step opened, or since `after`. */
  events<Type extends EventType>(type: Type, { after }: Since = {}): EventOf<Type>[] {
    const from = this.from(after)
    return from === null ? [] : this.log.since(type, this.told.name, from)
  }

  /** The newest event of one type that holds, since the step opened, or since `after`. */
  last<Type extends EventType>(
    type: Type,
    holds: (event: EventOf<Type>) => boolean = () => true,
    since: Since = {},
  ): EventOf<Type> | null {
    return this.events(type, since).findLast(holds) ?? null
  }

  /**
   * Records of the cluster's metadata log in this room (without NoOps), in the order of their offsets: those that were first
   * seen since the step opened, or since `after`, or `all`. `offset`, `epoch` and `timestamp` (ms since 1970) are of the
   * log; `type` and `data` as kafka-dump-log prints them, so that a tagged field at its default is left out (a
   * PARTITION_CHANGE_RECORD without `leader` leaves the leader as it is).
   * @param options.type `PARTITION_CHANGE_RECORD`, or several of them
   * @param options.where called with `data`
   */
  records({ type, where, all, after }: RecordsWanted = {}): LoggedRecord[] {
    const from = all ? 0 : this.from(after)
    if (from === null) return []
    const types = type === undefined ? null : new Set(typeof type === 'string' ? [type] : type)
    return this.told.log
      .since(from)
      .filter((record) => (!types || types.has(record.type)) && (!where || where(fieldsOf(record), record)))
  }

  /**
   * The cluster's metadata as all records before this offset make it (labs/kafka/metadata/image.ts says which keys it has);
   * left out: as it is now. It is what a snapshot holds that ends at this offset.
   * @returns null where it is not known: not reached yet, or in a part that was not seen
   */
  state(offset?: number): MetadataTree | null {
    const { log, cluster } = this.told
    // What follows the last record, up to there, are NoOps.
    const isReached = offset !== undefined && offset > log.endOffset && offset <= (cluster.highWatermark ?? 0)
    return log.imageAt(isReached ? log.endOffset : offset)?.tree() ?? null
  }

  /** Goings and comings of nodes in this room, from its start. */
  comings(): Coming[] {
    return comingsOf(this.lives())
  }

  /** What was done to the room, by buttons or by the lab. Commands typed are not among them. */
  faults({ action, host, after }: { action?: Fault['action']; host?: string } & Since = {}): EventOf<'fault'>[] {
    return this.events('fault', { after }).filter(
      ({ fault }) => (!action || fault.action === action) && (!host || ('host' in fault && fault.host === host)),
    )
  }

  /** The links that were cut at some moment from `after` until `until` (left out: now), each once. */
  cutsBetween(after: After, until?: After): Link[] {
    const [from, to] = [this.from(after), until === undefined ? Number.POSITIVE_INFINITY : this.from(until)]
    if (from === null || to === null) return []
    const all = this.log.since('network', this.told.name, this.told.room)
    const before = all.findLast(({ seq }) => seq <= from)
    const during = all.filter(({ seq }) => seq > from && seq <= to)
    const links = [...(before ? [before] : []), ...during].flatMap(({ cuts }) => cuts)
    return [...new Map(links.map((link) => [`${link.from} ${link.to}`, link])).values()]
  }

  /** Outages that the probe measured: those that lasted past `after` and, where `ended`, are over. */
  outages({
    kind,
    ended,
    after,
  }: { kind?: EventOf<'outage'>['kind']; ended?: boolean } & Since = {}): EventOf<'outage'>[] {
    const all = new Map<string, EventOf<'outage'>>()
    for (const event of this.events('outage', { after })) all.set(`${event.kind} ${event.from}`, event)
    return [...all.values()].filter(
      (event) => (!kind || event.kind === kind) && (ended === undefined || ended === (event.to !== null)),
    )
  }

  /** The moment that `after` names; null where there is none (yet). */
  mark(after: After): Mark | null {
    if (typeof after !== 'string') return after
    const pass = this.told.passes[after]
    if (!pass) return null
    const { seq, at } = pass.evidence as { seq?: unknown; at?: unknown }
    // A pass is written after what it saw, and other things may lie between.
    return typeof seq === 'number' && typeof at === 'number' ? { seq, at } : { seq: pass.seq, at: pass.at }
  }

  // --- temporal checks

  /** A node stopped answering and is not only paused. @param options.wasLeader it was the active controller until then */
  nodeDown({ wasLeader, host, after }: { wasLeader?: boolean; host?: string } & Since = {}): Verdict {
    const down = this.events('node', { after }).filter(({ up }) => !up)
    const matching = down.filter((event) => (!wasLeader || event.led) && (!host || event.host === host))
    const lives = this.lives()
    const found = matching.findLast((event) => isGone(event, lives))
    if (found?.led)
      return seen(this.lostBy(found), `${title(found)}, the active controller, went down.`, details(found))
    if (found) return seen(found, `${title(found)} went down.`, details(found))
    const silent = matching.at(-1)
    if (silent?.process === 'paused') return missing(`${title(silent)} is only paused.`)
    if (silent) return missing(`${title(silent)} does not answer, but its process runs.`)
    const other = down.at(-1)
    if (other && wasLeader) return missing(`${title(other)} went down, but it was not the active controller.`)
    if (other) return missing(`${title(other)} went down; ${host} did not.`)
    return missing(
      wasLeader
        ? 'The active controller has not gone down.'
        : `${host ?? 'No node'} has ${host ? 'not ' : ''}gone down.`,
    )
  }

  /** A node answers again. @param options.host left out: the host that `after` was about */
  nodeUp({ host, after }: { host?: string; after: After }): Verdict {
    if (this.from(after) === null) return missing('It has not gone down yet.')
    const wanted = host ?? this.hostOf(after)
    const up = this.last('node', (event) => event.up && (!wanted || event.host === wanted), { after })
    if (!up) return missing(`${wanted ?? 'The node'} is not back yet.`)
    return seen(up, `${title(up)} is back.`, details(up))
  }

  /** After that moment another node leads, in a later epoch. */
  newLeader({ after }: { after: After }): Verdict {
    const from = this.from(after)
    if (from === null) return missing('The one before it still leads.')
    const before = this.leaderBefore(from)
    if (!before) return missing('No leader was known before, so none is new.')
    const elected = this.events('leader', { after }).filter(({ leader }) => leader !== null)
    const found = elected.find(({ leader, epoch }) => leader !== before.leader && epoch > before.epoch)
    const was = `node ${before.leader} led in epoch ${before.epoch}`
    if (found) {
      const { leader, epoch } = found
      return seen(found, `Node ${leader} leads in epoch ${epoch}; before, ${was}.`, {
        leader,
        epoch,
        before: { leader: before.leader, epoch: before.epoch },
        ms: Math.max(0, found.at - (this.mark(after)?.at ?? found.at)),
      })
    }
    const same = elected.at(-1)
    if (same) return missing(`Node ${same.leader} leads again, in epoch ${same.epoch}. Another one should.`)
    return missing(
      this.told.cluster.leader === null ? `No leader is known yet; ${was}.` : `No other node leads yet; ${was}.`,
    )
  }

  /** The node that led at that moment says itself that it does not any more; it said so before it ever went down. */
  steppedDown({ after }: { after: After }): Verdict {
    const from = this.from(after)
    const led = from === null ? null : this.leaderBefore(from)
    if (!led) return missing('No leader was known before.')
    const died = this.events('node', { after }).find(({ up, node }) => !up && node === led.leader)
    const stepped = (view: EventOf<'view'>) =>
      view.node === led.leader && view.leader !== view.node && (!died || view.seq < died.seq)
    const view = this.last('view', stepped, { after })
    if (!view && died) return missing(`${title(died)} went down before it said that it stepped down.`)
    if (!view) return missing(`Node ${led.leader} has not said that it stepped down.`)
    const now = view.leader === null ? 'names no leader' : `names node ${view.leader} as the leader`
    return seen(view, `Node ${led.leader} stepped down: it ${now} now, in epoch ${view.epoch}.`, {
      node: led.leader,
      leader: view.leader,
      epoch: view.epoch,
    })
  }

  /**
   * No two nodes ever said that they lead in the same epoch, in this room, as far back as nothing was missed.
   * @param options.after true only once somebody was elected after that
   */
  leadersByEpoch({ after }: { after: After }): Verdict {
    const from = this.from(after)
    if (from === null) return missing('This can be said once it has happened.')
    const elected = this.last('leader', ({ leader }) => leader !== null, { after })
    if (!elected) return missing('Nobody has been elected since.')
    const { name, room } = this.told
    const missed = Math.max(this.missedUntil('view'), this.missedUntil('leader'))
    if (missed > from) return missing(AGAIN)
    const watched = Math.max(missed, room)
    const leaders = new Map<number, Set<number>>()
    const say = (epoch: number, node: number) => leaders.set(epoch, (leaders.get(epoch) ?? new Set()).add(node))
    for (const { node, leader, epoch } of this.log.since('view', name, watched))
      if (leader !== null && node === leader) say(epoch, leader)
    for (const { leader, epoch } of this.log.since('leader', name, watched)) if (leader !== null) say(epoch, leader)
    for (const [epoch, nodes] of leaders)
      if (nodes.size > 1) return missing(`Nodes ${[...nodes].join(' and ')} both led in epoch ${epoch}.`)
    const told = [...leaders].sort(([a], [b]) => a - b).map(([epoch, [node]]) => ({ epoch, leader: node }))
    const list = told.map(({ epoch, leader }) => `epoch ${epoch}: node ${leader}`).join(', ')
    return seen(elected, `Each epoch had one leader (${list}).`, { leaders: told })
  }

  /** Since then no node told of a high watermark lower than one that was known; and one was told since. */
  highWatermarkNeverFell({ since }: { since: After }): Verdict {
    const mark = this.mark(since)
    const from = this.from(since)
    if (!mark || from === null) return missing('This can be said once it has happened.')
    if (this.missedUntil('high-watermark') > from) return missing(AGAIN)
    const fell = this.events('high-watermark', { after: since }).find(
      ({ to, before }) => before !== null && to < before,
    )
    if (fell) return missing(`The high watermark fell from ${fell.before} to ${fell.to}.`)
    const { highWatermark: known, sampledAt } = this.told.cluster
    if (known === null || sampledAt === null || sampledAt <= mark.at)
      return missing('The high watermark is not known yet.')
    return passed(`The high watermark never fell; it is ${known} now.`, { highWatermark: known })
  }

  /** From when the leader was lost, after `after`, until `until`, nobody led. */
  noLeaderBetween(after: After, until: After): Verdict {
    const [from, to] = [this.from(after), this.from(until)]
    if (from === null || to === null) return missing('This can be said once it has happened.')
    const gap = this.log.since('gap', this.told.name, from).some(({ seq }) => seq <= to)
    if (gap || this.log.forgotten('leader') > from) return missing(AGAIN)
    const events = this.log.since('leader', this.told.name, this.told.room).filter(({ seq }) => seq <= to)
    const during = events.filter(({ seq }) => seq > from)
    const before = events.findLast(({ seq }) => seq <= from)
    const lost = before?.leader === null ? before : during.find(({ leader }) => leader === null)
    if (!lost) return missing('There was a leader all the time.')
    const elected = during.find(({ seq, leader }) => leader !== null && seq > lost.seq)
    if (elected) return missing(`Node ${elected.leader} led in epoch ${elected.epoch} in between.`)
    const end = this.mark(until)?.at ?? lost.at
    const ms = Math.max(0, end - Math.max(lost.at, this.mark(after)?.at ?? 0))
    return passed(`Nobody led for ${(ms / 1000).toFixed(1)} s.`, { ms, from: lost.at, to: end })
  }

  /** A partition is led by another broker. @param options.from the broker that led before */
  partitionLeaderMoved({ topic, from, after }: { topic?: string; from?: number } & Since = {}): Verdict {
    const moved = this.last(
      'partition',
      (event) =>
        (!topic || event.topic === topic) &&
        event.leader >= 0 &&
        event.leader !== event.before.leader &&
        (from === undefined ? event.before.leader >= 0 : this.lastLedBy(event) === from),
      { after },
    )
    if (!moved) return missing(`No partition${topic ? ` of ${topic}` : ''} has moved to another leader.`)
    const { partition, leader, before } = moved
    return seen(
      moved,
      `Partition ${moved.topic}-${partition} is led by broker ${leader} now, no longer by ${before.leader < 0 ? from : before.leader}.`,
      {
        topic: moved.topic,
        partition,
        leader,
        before: before.leader,
      },
    )
  }

  /** A broker left the in-sync replicas of a partition. */
  isrShrank(options: { topic?: string; node?: number } & Since = {}): Verdict {
    return this.isrChanged(
      options,
      (event, node) => event.before.isr.includes(node) && !event.isr.includes(node),
      'left',
    )
  }

  /** A broker is in sync again. */
  isrGrew(options: { topic?: string; node?: number } & Since = {}): Verdict {
    return this.isrChanged(
      options,
      (event, node) => !event.before.isr.includes(node) && event.isr.includes(node),
      'joined',
    )
  }

  /** A host was cut off from all others, both ways. @param options.wasLeader it was that of the active controller */
  isolated({ host, wasLeader, after }: { host?: string; wasLeader?: boolean } & Since = {}): Verdict {
    for (const event of this.events('network', { after }).reverse()) {
      const leader = wasLeader ? this.leaderBefore(event.seq) : null
      const wanted = wasLeader ? leader && this.told.hostOf(leader.leader) : host
      const found = event.isolated.find((one) => wanted === undefined || one === wanted)
      if (found)
        return seen(event, `${found} is cut off from all others.`, { host: found, node: leader?.leader ?? null })
    }
    return missing(
      `${wasLeader ? 'The host of the active controller' : (host ?? 'No host')} is not cut off${host || wasLeader ? '' : ' from all others'}.`,
    )
  }

  /** After that moment all links were whole again, and are. */
  healed({ after }: { after: After }): Verdict {
    if (this.from(after) === null) return missing('No link has been cut yet.')
    const { length } = this.told.cuts
    if (length > 0) return missing(`${length} links are still cut.`)
    const whole = this.last('network', ({ cuts }) => cuts.length === 0, { after })
    if (!whole) return missing('No link has been mended since.')
    return seen(whole, 'All links are whole again.')
  }

  /** The probe could not do this for a while, and then could again. */
  outageMeasured({ kind, after }: { kind: EventOf<'outage'>['kind'] } & Since): Verdict {
    const [over] = this.outages({ kind, ended: true, after }).reverse()
    if (!over)
      return missing(this.outages({ kind, after }).length > 0 ? 'It still lasts.' : 'The probe has measured no outage.')
    const ms = (over.to ?? over.from) - over.from
    return seen(over, `${OUTAGE[kind]} for ${ms.toLocaleString('en')} ms.`, { kind, ms })
  }

  /** All that the probe wrote with acks=all and was acknowledged was found when it read back after that moment. */
  acknowledgedAllFound({ since }: { since: After }): Verdict {
    const mark = this.mark(since)
    if (!mark) return missing('This can be said once it has happened.')
    const { probe } = this.told.cluster
    if (!probe || probe.acknowledged === 0) return missing('The probe has written nothing yet.')
    if (probe.lost.length > 0)
      return missing(`${probe.lost.length} acknowledged records are lost, the first at offset ${probe.lost[0]}.`)
    if (probe.beganAnewAt !== null && probe.beganAnewAt > mark.at)
      return missing('The probe began anew, and what it wrote before was not read back. Do it again.')
    if (probe.readBackAt === null || probe.readBackAt <= mark.at)
      return missing('The probe has not read everything back yet.')
    const { acknowledged, readBackAt } = probe
    return passed(`All ${acknowledged.toLocaleString('en')} acknowledged records were found.`, {
      acknowledged,
      readBackAt,
    })
  }

  /** True where the watcher missed something since then: no "never" holds over it. */
  hasGap({ after }: Since = {}): boolean {
    const from = this.from(after)
    return from !== null && this.missedUntil() > from
  }

  // --- how

  /** Entries above this count; null: its trigger has not come. What was in a former room is not of this one. */
  private from(after: After | undefined): number | null {
    const { opened, room } = this.told
    if (after === undefined) return opened === null ? null : Math.max(opened, room)
    const mark = this.mark(after)
    return mark && Math.max(mark.seq, room)
  }

  /** The last entry up to which events of this type (left out: of any) may be missing; 0: none are. */
  private missedUntil(type?: EventType): number {
    const gap = this.log.since('gap', this.told.name, 0).at(-1)?.seq ?? 0
    return Math.max(gap, this.log.forgotten('gap'), this.log.forgotten(type))
  }

  private lives(): (EventOf<'node'> | EventOf<'process'>)[] {
    const after = { seq: this.told.room, at: 0 }
    return [...this.events('node', { after }), ...this.events('process', { after })]
  }

  /** When a node that led and went down lost its lead: one that shuts down in order hands it over first. */
  private lostBy(down: EventOf<'node'>): Mark {
    const { name, room } = this.told
    const lost = this.log
      .since('leader', name, room)
      .findLast(({ seq, before }) => seq <= down.seq && before.leader === down.node)
    return lost ? { seq: lost.seq - 1, at: Math.min(lost.at, down.at) } : down
  }

  /** Who led when that entry came: the last that was known. */
  private leaderBefore(seq: number): { leader: number; epoch: number } | null {
    const { name, room } = this.told
    const found = this.log.since('leader', name, room).findLast((event) => event.seq <= seq && event.leader !== null)
    return found ? { leader: found.leader!, epoch: found.epoch } : null
  }

  private hostOf(after: After): string | null {
    const host =
      typeof after === 'string' ? this.told.passes[after]?.evidence.host : (after as Partial<{ host: unknown }>).host
    return typeof host === 'string' ? host : null
  }

  /** Between two leaders a partition may have had none. */
  private lastLedBy(event: EventOf<'partition'>): number {
    if (event.before.leader >= 0) return event.before.leader
    const { name, room } = this.told
    const earlier = this.log
      .since('partition', name, room)
      .findLast(
        (one) =>
          one.seq < event.seq &&
          one.topic === event.topic &&
          one.partition === event.partition &&
          one.before.leader >= 0,
      )
    return earlier?.before.leader ?? -1
  }

  private isrChanged(
    { topic, node, after }: { topic?: string; node?: number } & Since,
    changed: (event: EventOf<'partition'>, node: number) => boolean,
    verb: 'left' | 'joined',
  ): Verdict {
    const which = (event: EventOf<'partition'>) =>
      [...new Set([...event.isr, ...event.before.isr])].find(
        (one) => (node === undefined || one === node) && changed(event, one),
      )
    const found = this.last('partition', (event) => (!topic || event.topic === topic) && which(event) !== undefined, {
      after,
    })
    if (!found)
      return missing(
        `${node === undefined ? 'No broker' : `Broker ${node}`} has ${node === undefined ? '' : 'not '}${verb} the ISR${topic ? ` of ${topic}` : ''} yet.`,
      )
    const { partition, isr, before } = found
    return seen(
      found,
      `Broker ${which(found)} ${verb} the ISR of ${found.topic}-${partition}: [${before.isr}] → [${isr}].`,
      {
        topic: found.topic,
        partition,
        node: which(found),
        isr,
      },
    )
  }
}

type RecordsWanted = {
  type?: string | readonly string[]
  where?: (data: Record<string, unknown>, record: LoggedRecord) => boolean
  /** also those of before the step opened */
  all?: boolean
} & Since

const fieldsOf = ({ data }: LoggedRecord): Record<string, unknown> =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}

const OUTAGE = {
  write: 'No write was acknowledged',
  read: 'No record could be read',
  metadata: 'No active controller answered',
}

const seen = (event: Mark, says: string, more: Omit<Evidence, 'says'> = {}): Verdict =>
  passed(says, { ...more, seq: event.seq, at: event.at })
const title = ({ host, node }: EventOf<'node'>) => (node === null ? host : `${host} (node ${node})`)
const details = ({ host, node }: EventOf<'node'>) => ({ host, node })
