/** What the labs about groups ask of them: as their coordinators tell it, look by look. */
import type { ClusterView } from '#labs/engine/cluster.ts'
import type { Fact } from '#labs/engine/define.ts'
import type { Group } from '#labs/protocol/observation.ts'

export type Groups = Fact<Group[]>

/** The group; the sentence that says why there is none. */
export function groupOf(fact: Groups, id: string): Group | string {
  if (fact.state === 'failed') return `The groups cannot be read: ${fact.why}.`
  if (fact.state === 'not-fetched') return 'Reading the groups.'
  const found = fact.value.find((group) => group.id === id)
  if (found) return found
  const others = fact.value.map((group) => group.id)
  return `There is no group ${id}. ${others.length > 0 ? `There is ${others.join(', ')}.` : 'There are no groups yet.'}`
}

/** Committed offsets of a topic, by partition. */
export const committed = (group: Group, topic: string): Record<number, number> =>
  Object.fromEntries(
    group.offsets.filter((one) => one.topic === topic).map(({ partition, offset }) => [partition, offset]),
  )

/** What a group has committed of a topic that has one partition; the sentence that says why that is not known. */
export function committedOf(fact: Groups, id: string, topic: string): number | string {
  const group = groupOf(fact, id)
  if (typeof group === 'string') return group
  return committed(group, topic)[0] ?? `Group ${id} has no offset for ${topic}.`
}

/** Where the partitions of a topic end, by number. */
export const endsOf = ({ logEnds }: ClusterView, topic: string): Record<number, number> =>
  Object.fromEntries(Object.entries(logEnds[topic] ?? {}).map(([partition, end]) => [Number(partition), end]))

/** "orders-0 at 27, orders-1 at 23" */
export const places = (topic: string, offsets: Record<number, number>): string =>
  Object.entries(offsets)
    .map(([partition, offset]) => `${topic}-${partition} at ${offset}`)
    .join(', ') || `nothing of ${topic}`

export const same = (one: Record<number, number>, other: Record<number, number>): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([partition, offset]) => other[Number(partition)] === offset)

/** A look at a group: how it was, and when, ms since 1970. */
export type Look = { at: number; seq: number; group: Group }

/** What each partition of a topic went through, from look to look. */
export class Moves {
  /** partition → when its committed offset moved */
  private readonly all = new Map<number, number[]>()

  constructor(looks: Look[], topic: string) {
    const last = new Map<number, number>()
    for (const { at, group } of looks)
      for (const [partition, offset] of Object.entries(committed(group, topic))) {
        const number = Number(partition)
        const before = last.get(number)
        last.set(number, offset)
        if (before !== undefined && before !== offset) this.all.set(number, [...(this.all.get(number) ?? []), at])
      }
  }

  private of(partition: number): number[] {
    return this.all.get(partition) ?? []
  }

  /** how many commits moved it after that */
  after(partition: number, at: number): number {
    return this.of(partition).filter((move) => move > at).length
  }

  /** the last commit that moved it until then */
  until(partition: number, at: number): number | null {
    return this.of(partition).findLast((move) => move <= at) ?? null
  }

  /** the first commit that moved it from then on */
  since(partition: number, at: number): number | null {
    return this.of(partition).find((move) => move >= at) ?? null
  }

  /** the longest time between two commits of which a part lies between these moments, ms */
  longest(partition: number, from: number, to: number): number {
    const moves = this.of(partition)
    const gaps = moves.slice(1).map((move, index) => ({ from: moves[index]!, to: move }))
    return Math.max(0, ...gaps.filter((gap) => gap.to > from && gap.from < to).map((gap) => gap.to - gap.from))
  }
}

/** Since when the member has had the partition without a break, as of the look at `index`; null where it has not. */
export function heldSince(
  looks: Look[],
  index: number,
  member: string,
  topic: string,
  partition: number,
): number | null {
  let since: number | null = null
  for (let at = index; at >= 0 && partitionsAt(looks[at]!, member, topic).includes(partition); at--)
    since = looks[at]!.at
  return since
}

const partitionsAt = (look: Look, member: string, topic: string): number[] =>
  (look.group.members.find(({ id }) => id === member)?.assigned ?? [])
    .filter((one) => one.topic === topic)
    .map(({ partition }) => partition)
const nameIn = (look: Look, member: string): string => {
  const found = look.group.members.find(({ id }) => id === member)
  return found?.instance ?? found?.clientId ?? member
}

export type Failure = {
  at: number
  seq: number
  /** who went, and what it had; how long it was missed by nobody, and how long its partitions stood still */
  lost: { name: string; partitions: number[]; missedMs: number; ms: number }
  /** of each of its partitions: who had it then, and how long it stood still */
  again: { partition: number; name: string; ms: number }[]
  /** of those that stayed the one that commits most often: its own partitions, how long they stood still, and before at most */
  stayed: { name: string; partitions: number[]; ms: number; usualMs: number }
}

/**
 * A member of three that went while all partitions were read, until the other two read them all.
 * @param looks in order; what is before `opened` (a number of an entry) shows what is usual
 * @returns what is missing, as a sentence, where it has not come so far
 */
export function failureOf(looks: Look[], opened: number, topic: string, partitions: number): Failure | string {
  const wentAt = looks.findLastIndex(
    (look, index) =>
      look.seq > opened && look.group.members.length === 2 && looks[index - 1]?.group.members.length === 3,
  )
  const [before, went] = [looks[wentAt - 1], looks[wentAt]]
  if (!before || !went) return `No one of three members has gone; ${looks.at(-1)?.group.members.length ?? 0} are there.`
  const lostId = before.group.members.find(({ id }) => !went.group.members.some((one) => one.id === id))?.id ?? ''
  // While a classic group rebalances, nobody has anything.
  const hadAt = looks.slice(0, wentAt).findLastIndex((look) => partitionsAt(look, lostId, topic).length > 0)
  const had = looks[hadAt]
  if (!had) return 'The member that went had no partition.'
  const lost = { name: nameIn(had, lostId), partitions: partitionsAt(had, lostId, topic) }
  const moves = new Moves(looks, topic)
  const stops = lost.partitions.map((partition) => moves.until(partition, went.at) ?? had.at)
  const stopped = Math.min(...stops)
  const missedMs = went.at - Math.max(...stops)
  if (missedMs < IN_ORDER_BELOW_MS)
    return `${lost.name} left in order: it was gone ${(missedMs / 1_000).toFixed(1)} s after its last commit. Start three members again, and kill one with SIGKILL.`
  const newest = looks.at(-1)!
  const others = newest.group.members.map(({ id }) => id)
  if (others.length !== 2 || others.some((id) => !had.group.members.some((one) => one.id === id)))
    return `${lost.name} is gone. Of the three, the other two are to stay, alone: now ${others.length} are there.`
  const held = others.flatMap((id) => partitionsAt(newest, id, topic))
  const nobodys = Array.from({ length: partitions }, (_, partition) => partition).filter((one) => !held.includes(one))
  if (newest.group.state !== 'Stable' || nobodys.length > 0)
    return `${lost.name} is gone. The group is ${newest.group.state}, and ${nobodys.length} of ${partitions} partitions are nobody’s.`
  const moved = lost.partitions.map((partition) => moves.since(partition, went.at))
  if (moved.some((at) => at === null))
    return `The partitions of ${lost.name} have new readers, and nothing of them is committed yet.`
  const goesOn = Math.max(...moved.map((at) => at ?? 0))
  const again = lost.partitions.map((partition, index) => {
    const holder = others.find((id) => partitionsAt(newest, id, topic).includes(partition)) ?? ''
    return { partition, name: nameIn(newest, holder), ms: (moved[index] ?? 0) - stops[index]! }
  })
  const ms = Math.max(...again.map((one) => one.ms))
  const stayed = others
    .map((id) => {
      const own = partitionsAt(had, id, topic)
      const usual = own.map((partition) => {
        const since = heldSince(looks, hadAt, id, topic, partition) ?? had.at
        return moves.longest(partition, Math.max(since, had.at - BEFORE_MS), stopped)
      })
      const now = own.map((partition) => moves.longest(partition, stopped, goesOn))
      return { name: nameIn(had, id), partitions: own, ms: Math.max(0, ...now), usualMs: Math.max(0, ...usual) }
    })
    .sort((one, other) => one.usualMs - other.usualMs)[0]!
  return { at: went.at, seq: newest.seq, lost: { ...lost, missedMs, ms }, again, stayed }
}

/** A session of 6 s and a heartbeat every 3: who dies is in the group for 3 s more at least. */
const IN_ORDER_BELOW_MS = 2_000
/** So much of the time before is taken for what is usual. */
const BEFORE_MS = 20_000
