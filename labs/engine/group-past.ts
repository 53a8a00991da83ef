/**
 * What groups went through, as it was seen from look to look: who had which partitions when, in which states the group
 * was, and when no commit moved a partition. Times are those of the looks, ms since 1970: as exact as these are close.
 */
import type { GroupPast } from '#labs/protocol/live.ts'
import type { Group } from '#labs/protocol/observation.ts'

/** A look takes a moment, and a consumer commits now and then: shorter is no pause. */
export const STILL_MS = 1_000
/** What ended before that is forgotten: the panel shows minutes. */
const KEPT_MS = 600_000

export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}-${partition}`

/** @param groups all that there are now */
export function foldGroups(before: GroupPast[], groups: Group[], at: number): GroupPast[] {
  const gone = before.filter(({ group }) => !groups.some(({ id }) => id === group))
  const all = [
    ...groups.map((group) => foldGroup(pastOf(before, group.id), group, at)),
    ...gone.map((one) => ended(one, at)),
  ]
  return all.filter(({ states }) => states.length > 0).sort((one, other) => one.group.localeCompare(other.group))
}

const pastOf = (all: GroupPast[], id: string): GroupPast | null => all.find(({ group }) => group === id) ?? null

/** The same of one group, one look after the other. */
export function foldGroup(before: GroupPast | null, group: Group, at: number): GroupPast {
  const past: GroupPast = before ?? { group: group.id, states: [], held: [], still: [], moved: {} }
  return {
    group: group.id,
    states: statesOf(past, group, at),
    held: heldOf(past, group, at),
    ...movesOf(past, group, at),
  }
}

const lasts = ({ to }: { to: number | null }): boolean => to === null
const isKept = (at: number) => (one: { to: number | null }) => one.to === null || one.to > at - KEPT_MS
const end = <Stretch extends { to: number | null }>(one: Stretch, at: number): Stretch =>
  lasts(one) ? { ...one, to: at } : one

const ended = (past: GroupPast, at: number): GroupPast => ({
  ...past,
  states: past.states.map((one) => end(one, at)).filter(isKept(at)),
  held: past.held.map((one) => end(one, at)).filter(isKept(at)),
})

function statesOf({ states }: GroupPast, { state, epoch, members }: Group, at: number): GroupPast['states'] {
  const is = { state, epoch, members: members.length }
  const last = states.at(-1)
  if (last && lasts(last) && last.state === state && last.epoch === epoch && last.members === is.members) return states
  return [...states.map((one) => end(one, at)).filter(isKept(at)), { ...is, from: at, to: null }]
}

function heldOf({ held }: GroupPast, { members }: Group, at: number): GroupPast['held'] {
  const now = members.flatMap(({ id, clientId, instance, assigned }) =>
    assigned.map((place) => ({ member: id, name: instance ?? clientId, partition: placeOf(place) })),
  )
  const isSame = (one: { member: string; partition: string }) => (other: { member: string; partition: string }) =>
    one.member === other.member && one.partition === other.partition
  const open = held.filter(lasts)
  const begun = now.filter((one) => !open.some(isSame(one))).map((one) => ({ ...one, from: at, to: null }))
  return [...held.map((one) => (now.some(isSame(one)) ? one : end(one, at))).filter(isKept(at)), ...begun]
}

function movesOf({ still, moved }: GroupPast, { offsets }: Group, at: number): Pick<GroupPast, 'still' | 'moved'> {
  const pauses = [...still]
  const moves: GroupPast['moved'] = {}
  for (const { offset, ...place } of offsets) {
    const partition = placeOf(place)
    const last = moved[partition]
    if (last?.offset === offset) moves[partition] = last
    else moves[partition] = { offset, at }
    if (last && last.offset !== offset && at - last.at >= STILL_MS) pauses.push({ partition, from: last.at, to: at })
  }
  return { still: pauses.filter(isKept(at)), moved: moves }
}
