/** Records of the metadata log in words, a line for each thing that happened; many alike are told together. */
import { configResource, MetadataImage, type MetadataTree, quotaEntity } from '#labs/kafka/metadata/image.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'

/** Nobody reads more. */
const MAX_LINES = 100
const MAX_LINE_CHARS = 400
const MAX_VALUE_CHARS = 80
const NO_CHANGE = -2

type Data = Record<string, unknown>
/** The name of a node: its host's, where that is known. */
type NameOf = (node: number) => string | null
type Told = { items: string[]; tell: (items: string[]) => string }

/**
 * @param before the state before the first of them; it is left as it is
 * @param nameOf a node's host
 */
export function inWords(records: readonly MetadataRecord[], before: MetadataImage, nameOf: NameOf): string[] {
  const teller = new Teller(new MetadataImage(before.state()), nameOf)
  for (const record of records) teller.take(record)
  return teller.lines()
}

const shortened = (text: string, chars: number) => (text.length > chars ? `${text.slice(0, chars)}…` : text)
const counted = (count: number, what: string) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const show = (value: unknown): string => shortened(Array.isArray(value) ? `[${value}]` : String(value), MAX_VALUE_CHARS)
const has = (data: Data, key: string) => data[key] !== undefined && data[key] !== null

/** 0, 1, 2, 5 → `0–2, 5` */
function ranges(all: number[]): string {
  const parts: [number, number][] = []
  for (const one of [...new Set(all)].sort((a, b) => a - b)) {
    const last = parts.at(-1)
    if (last && one === last[1] + 1) last[1] = one
    else parts.push([one, one])
  }
  return parts
    .map(([from, to]) => (to > from + 1 ? `${from}–${to}` : to > from ? `${from}, ${to}` : `${from}`))
    .join(', ')
}

const RESOURCE_TITLES: Record<string, string> = { 'broker <default>': 'All brokers' }
const resourceTitle = (resource: string) => RESOURCE_TITLES[resource] ?? upper(resource)
const time = (ms: unknown) =>
  typeof ms === 'number' && Math.abs(ms) < 8.64e15
    ? `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : show(ms)

class Teller {
  /** what is told together → how; in the order of its first record */
  private readonly told = new Map<string, Told>()
  private readonly created = new Map<string, { partitions: number; leaders: Set<number>; replicas: number }>()
  private transaction: { name: string; records: number } | null = null

  constructor(
    private readonly image: MetadataImage,
    private readonly nameOf: NameOf,
  ) {}

  take(record: MetadataRecord): void {
    const data = (typeof record.data === 'object' && record.data !== null ? record.data : {}) as Data
    if (this.transaction) this.transaction.records++
    const topic = this.image.topicName(data.topicId)
    const past = this.past(record.type, topic, data)
    this.image.apply(record)
    this.tell(record, data, topic, past)
  }

  lines(): string[] {
    if (this.transaction) this.one(`A transaction${this.transaction.name} was begun.`)
    const all = [...this.told.values()].map(({ items, tell }) => shortened(tell(items), MAX_LINE_CHARS))
    return all.length > MAX_LINES
      ? [...all.slice(0, MAX_LINES), `And ${counted(all.length - MAX_LINES, 'more line')}.`]
      : all
  }

  /** What the record is about, as it was. */
  private past(type: string, topic: string | null, data: Data): MetadataTree | undefined {
    const path = {
      PARTITION_RECORD: topic === null ? null : ['topics', topic, 'partitions', `${data.partitionId}`],
      PARTITION_CHANGE_RECORD: topic === null ? null : ['topics', topic, 'partitions', `${data.partitionId}`],
      REMOVE_TOPIC_RECORD: topic === null ? null : ['topics', topic],
      REMOVE_ACCESS_CONTROL_ENTRY_RECORD: ['acls', `${data.id}`],
      REMOVE_DELEGATION_TOKEN_RECORD: ['delegation tokens', `${data.tokenId}`],
      DELEGATION_TOKEN_RECORD: ['delegation tokens', `${data.tokenId}`],
      REGISTER_BROKER_RECORD: ['brokers', `${data.brokerId}`],
      FEATURE_LEVEL_RECORD: ['features'],
      KRaftVersion: ['features'],
      KRaftVoters: ['voters'],
    }[type]
    const found = path && (this.image.look(...path) as MetadataTree | undefined)
    // A map may change in place; what it holds is replaced.
    return found ? { ...found } : undefined
  }

  private add(key: string, item: string, tell: Told['tell']): void {
    const told = this.told.get(key)
    if (told) told.items.push(item)
    else this.told.set(key, { items: [item], tell })
  }

  private one(text: string): void {
    this.add(text, '', ({ length }) => (length > 1 ? `${text.replace(/\.$/, '')} (${length} times).` : text))
  }

  private node(kind: string, id: unknown): string {
    return (typeof id === 'number' ? this.nameOf(id) : null) ?? `${kind} ${show(id)}`
  }
  private Node = (kind: string, id: unknown) => {
    const name = this.node(kind, id)
    return name.startsWith(kind) && name.includes(' ') ? upper(name) : name
  }

  private tell(
    { type, epoch }: MetadataRecord,
    data: Data,
    topic: string | null,
    past: MetadataTree | undefined,
  ): void {
    switch (type) {
      case 'NO_OP_RECORD':
      case 'SnapshotFooter':
        return
      case 'SnapshotHeader':
        return this.one('The state was read from a snapshot.')
      case 'LeaderChange':
        return this.one(`${this.Node('node', data.leaderId)} leads the quorum in epoch ${epoch}.`)
      case 'KRaftVersion':
        return this.feature('kraft.version', past, data.kRaftVersion)
      case 'FEATURE_LEVEL_RECORD':
        return this.feature(show(data.name), past, data.featureLevel)
      case 'KRaftVoters': {
        const now = Object.keys(this.image.look('voters') as MetadataTree)
        const was = Object.keys(past ?? {})
        return this.one(
          String(was) === String(now) || was.length === 0 ? `Voters: [${now}].` : `Voters: [${was}] → [${now}].`,
        )
      }
      case 'BEGIN_TRANSACTION_RECORD':
        this.transaction = { name: data.name ? ` (${show(data.name)})` : '', records: 0 }
        return
      case 'END_TRANSACTION_RECORD':
      case 'ABORT_TRANSACTION_RECORD':
        return this.endTransaction(type === 'END_TRANSACTION_RECORD')
      case 'TOPIC_RECORD':
        return this.topicCreated(data)
      case 'REMOVE_TOPIC_RECORD': {
        const partitions = Object.keys((past?.partitions as MetadataTree | undefined) ?? {}).length
        return this.one(`Topic ${topic ?? show(data.topicId)} was deleted, with ${counted(partitions, 'partition')}.`)
      }
      case 'PARTITION_RECORD':
        return this.partitionMade(topic, data, past)
      case 'PARTITION_CHANGE_RECORD':
        return this.partitionChanged(topic, data, past)
      case 'CLEAR_ELR_RECORD': {
        // Each new topic has one.
        const name = show(data.topicName)
        if (this.created.has(String(this.image.look('topics', String(data.topicName), 'id')))) return
        return this.one(data.topicName ? `Topic ${name}: the ELR was cleared.` : 'The ELR of all topics was cleared.')
      }
      case 'CONFIG_RECORD': {
        const resource = configResource(data.resourceType, data.resourceName)
        const what = has(data, 'value')
          ? `${show(data.name)} = ${show(data.value)}`
          : `${show(data.name)} is no longer set`
        return this.add(`config ${resource}`, what, (all) => `${resourceTitle(resource)}: ${all.join(', ')}.`)
      }
      case 'REGISTER_BROKER_RECORD': {
        const again = past ? ' again' : ''
        const fenced = data.fenced === false ? '' : ', fenced'
        return this.one(
          `${this.Node('broker', data.brokerId)} registered${again}, broker epoch ${show(data.brokerEpoch)}${fenced}.`,
        )
      }
      case 'REGISTER_CONTROLLER_RECORD':
        return this.one(`${this.Node('controller', data.controllerId)} registered as a controller.`)
      case 'UNREGISTER_BROKER_RECORD':
        return this.one(`${this.Node('broker', data.brokerId)} was unregistered.`)
      case 'FENCE_BROKER_RECORD':
        return this.one(`${this.Node('broker', data.id)} was fenced.`)
      case 'UNFENCE_BROKER_RECORD':
        return this.one(`${this.Node('broker', data.id)} was unfenced.`)
      case 'BROKER_REGISTRATION_CHANGE_RECORD':
        return this.brokerChanged(data)
      case 'CLIENT_QUOTA_RECORD': {
        const what =
          data.remove === true ? `${show(data.key)} is no longer set` : `${show(data.key)} = ${show(data.value)}`
        const entity = quotaEntity(data.entity)
        return this.add(`quota ${entity}`, what, (all) => `Quota of ${entity}: ${all.join(', ')}.`)
      }
      case 'ACCESS_CONTROL_ENTRY_RECORD':
        return this.one(
          `ACL added: ${acl(this.image.look('acls', String(data.id)) as MetadataTree | undefined, data.id)}.`,
        )
      case 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD':
        return this.one(`ACL removed: ${acl(past, data.id)}.`)
      case 'USER_SCRAM_CREDENTIAL_RECORD':
        return this.one(
          `User ${show(data.name)} can sign in with ${mechanism(data)} (${show(data.iterations)} iterations).`,
        )
      case 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD':
        return this.one(`User ${show(data.name)} can no longer sign in with ${mechanism(data)}.`)
      case 'DELEGATION_TOKEN_RECORD':
        return this.one(
          `Delegation token of ${show(data.owner)}: ${past ? 'now valid' : 'issued, valid'} until ${time(data.expirationTimestamp)}.`,
        )
      case 'REMOVE_DELEGATION_TOKEN_RECORD':
        return this.one(`Delegation token of ${show(past?.owner ?? data.tokenId)} is gone.`)
      case 'PRODUCER_IDS_RECORD':
        return this.one(
          `${this.Node('broker', data.brokerId)} got producer ids; the next are from ${show(data.nextProducerId)} on.`,
        )
      case 'ZK_MIGRATION_STATE_RECORD':
        return this.one(`The state of the migration from ZooKeeper is ${show(data.zkMigrationState)}.`)
      default:
        return this.add(
          `unknown ${type}`,
          '',
          ({ length }) => `${counted(length, 'record')} of type ${show(type)}, which Kraftlab does not know.`,
        )
    }
  }

  private feature(name: string, past: MetadataTree | undefined, level: unknown): void {
    const was = past?.[name]
    if (level === 0) return this.one(`Feature ${name} was taken back${was === undefined ? '' : ` (before: ${was})`}.`)
    this.one(`Feature ${name}: ${was === undefined || was === level ? '' : `${was} → `}${show(level)}.`)
  }

  private endTransaction(isEnd: boolean): void {
    const { name, records } = this.transaction ?? { name: '', records: 1 }
    this.transaction = null
    const what = `A transaction${name} of ${counted(Math.max(0, records - 1), 'record')}`
    this.one(isEnd ? `${what} was committed.` : `${what} was aborted: they count for nothing.`)
  }

  private topicCreated(data: Data): void {
    const id = String(data.topicId)
    const made = { partitions: 0, leaders: new Set<number>(), replicas: 0 }
    this.created.set(id, made)
    this.add(`created ${id}`, '', () => {
      const { partitions, leaders, replicas } = made
      const led = [...leaders].sort((a, b) => a - b).map((one) => (one < 0 ? 'nobody' : this.node('broker', one)))
      const how =
        partitions === 0
          ? ''
          : `: ${counted(partitions, 'partition')}, ${counted(replicas, 'replica')} each, led by ${led.join(', ')}`
      return `Topic ${show(data.name)} was created${how}.`
    })
  }

  private partitionMade(topic: string | null, data: Data, past: MetadataTree | undefined): void {
    const made = this.created.get(String(data.topicId))
    const leader = typeof data.leader === 'number' ? data.leader : -1
    if (made) {
      made.partitions++
      made.leaders.add(leader)
      made.replicas = Math.max(made.replicas, Array.isArray(data.replicas) ? data.replicas.length : 0)
      return
    }
    const name = topic ?? show(data.topicId)
    const what = past ? 'was written anew' : 'was added'
    const led = leader < 0 ? 'without a leader' : `led by ${this.node('broker', leader)}`
    this.ofPartitions(name, data.partitionId, `${what}, ${led}, replicas ${show(data.replicas)}`)
  }

  private ofPartitions(topic: string, partition: unknown, what: string): void {
    this.add(`partition ${topic} ${what}`, `${partition}`, (all) =>
      all.length === 1 ? `${topic}-${all[0]}: ${what}.` : `${topic} (partitions ${ranges(all.map(Number))}): ${what}.`,
    )
  }

  private partitionChanged(topic: string | null, data: Data, past: MetadataTree | undefined): void {
    const now =
      topic === null
        ? undefined
        : (this.image.look('topics', topic, 'partitions', `${data.partitionId}`) as MetadataTree)
    if (topic === null || !past || !now)
      return this.add(
        'strange',
        '',
        ({ length }) => `${counted(length, 'partition')} of topics that are not known changed.`,
      )
    const name = (node: unknown) => (node === -1 ? 'none' : this.node('broker', node))
    const parts: string[] = []
    if (past.leader !== now.leader) parts.push(`leader ${name(past.leader)} → ${name(now.leader)}`)
    else if (has(data, 'leader') && data.leader !== NO_CHANGE)
      parts.push(`leader ${name(now.leader)} again, leader epoch ${past.leaderEpoch} → ${now.leaderEpoch}`)
    const differs = (field: string) => String(past[field]) !== String(now[field])
    for (const [field, title] of LISTS)
      if (differs(field)) parts.push(`${title} ${show(past[field])} → ${show(now[field])}`)
    if (differs('directories')) parts.push('its directories were assigned')
    if (differs('leaderRecoveryState')) parts.push(`${now.leaderRecoveryState}`)
    this.ofPartitions(topic, data.partitionId, parts.join(', ') || 'only its epoch rose')
  }

  private brokerChanged(data: Data): void {
    const who = this.Node('broker', data.brokerId)
    if (data.fenced === 1) this.one(`${who} was fenced.`)
    if (data.fenced === -1) this.one(`${who} was unfenced.`)
    if (data.inControlledShutdown === 1) this.one(`${who} is shutting down in order.`)
    if (Array.isArray(data.logDirs) && data.logDirs.length > 0)
      this.one(`${who}: ${counted(data.logDirs.length, 'log directory').replace('ys', 'ies')} in use.`)
    if (Array.isArray(data.cordonedLogDirs)) {
      const { length } = data.cordonedLogDirs
      this.one(
        length === 0
          ? `${who}: no log directory is cordoned.`
          : `${who}: ${counted(length, 'log directory').replace('ys', 'ies')} cordoned.`,
      )
    }
  }
}

const LISTS = [
  ['isr', 'ISR'],
  ['elr', 'ELR'],
  ['lastKnownElr', 'last known ELR'],
  ['replicas', 'replicas'],
  ['addingReplicas', 'adding'],
  ['removingReplicas', 'removing'],
] as const

const mechanism = ({ mechanism: code }: Data) =>
  ({ 1: 'SCRAM-SHA-256', 2: 'SCRAM-SHA-512' })[code as number] ?? show(code)

function acl(entry: MetadataTree | undefined, id: unknown): string {
  if (!entry) return `entry ${show(id)}`
  const { principal, permission, operation, resource, pattern, host } = entry
  const may = permission === 'deny' ? 'may not' : 'may'
  const from = host === '*' ? '' : ` from ${host}`
  const prefixed = pattern === 'prefixed' ? ' (prefix)' : ''
  return `${principal} ${may} ${operation} ${resource}${prefixed}${from}`
}
