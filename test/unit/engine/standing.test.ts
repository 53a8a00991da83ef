import { expect, test } from 'vitest'
import { type Deeds, foldDeeds, NO_DEEDS } from '#labs/engine/deeds.ts'
import type { Entry, EntryBody } from '#labs/engine/history.ts'
import { COMMANDS, IDLE_MS, standingOf, WRONG_ANSWERS } from '#labs/engine/standing.ts'

const STUCK_MS = 10 * 60_000
const command: EntryBody = {
  type: 'observed',
  number: 1,
  observation: { type: 'command', host: 'client', terminal: 't1', command: 'ls', exitStatus: 0, startedAt: 0 },
}
const answered = (correct: boolean): EntryBody => ({ type: 'answered', step: 'a', given: 'x', correct, says: '' })
const opened: EntryBody = { type: 'step-opened', step: 'a' }
const passed: EntryBody = { type: 'passed', step: 'a', check: 'c', evidence: { says: '' } }

/** A second between two entries, the first at 1 s. */
const after = (...bodies: EntryBody[]): Deeds =>
  bodies
    .map((body, index): Entry => ({ v: 1, seq: index + 1, at: (index + 1) * 1_000, mono: 0, body }))
    .reduce(foldDeeds, NO_DEEDS)
const stands = (deeds: Deeds, now: number, activeAt = now) =>
  standingOf(deeds, { done: false, open: ['a'], activeAt, stuckMs: STUCK_MS, now })

test('is working while there is something new, stuck when there is nothing new for long', () => {
  const deeds = after(opened, command)
  expect(stands(deeds, 2_000)).toEqual({ is: 'working' })
  expect(stands(deeds, 999 + STUCK_MS)).toEqual({ is: 'working' })
  expect(stands(deeds, 1_000 + STUCK_MS)).toEqual({ is: 'stuck', because: 'time', times: 0, since: 1_000 })
  expect(stands(after(opened, command, passed), 1_000 + STUCK_MS)).toEqual({ is: 'working' })
})

test('is idle when nothing is done, whatever came before; a key that is not written down counts', () => {
  const deeds = after(opened, ...Array<EntryBody>(COMMANDS).fill(command))
  const last = (COMMANDS + 1) * 1_000
  expect(stands(deeds, last + IDLE_MS, last)).toEqual({ is: 'idle', since: last })
  expect(stands(deeds, last + IDLE_MS, last + 5_000)).toMatchObject({ is: 'stuck' })
})

test('is stuck by the same question answered wrongly again and again, until it is answered', () => {
  const wrong = Array<EntryBody>(WRONG_ANSWERS).fill(answered(false))
  expect(stands(after(opened, ...wrong.slice(1)), 5_000)).toEqual({ is: 'working' })
  expect(stands(after(opened, ...wrong), 5_000)).toMatchObject({ is: 'stuck', because: 'answers', times: 3 })
  expect(stands(after(opened, ...wrong, answered(true)), 5_000)).toEqual({ is: 'working' })
  // of a step that is done nobody is stuck any more
  const elsewhere = { done: false, open: ['b'], activeAt: 5_000, stuckMs: STUCK_MS, now: 5_000 }
  expect(standingOf(after(opened, ...wrong), elsewhere)).toEqual({ is: 'working' })
})

test('is stuck by command after command without a check, and no longer with the next pass', () => {
  const many = Array<EntryBody>(COMMANDS).fill(command)
  expect(stands(after(opened, ...many.slice(1)), 20_000)).toEqual({ is: 'working' })
  const stuck = { is: 'stuck', because: 'commands', times: COMMANDS, since: 1_000 }
  expect(stands(after(opened, ...many), 20_000)).toEqual(stuck)
  expect(stands(after(opened, ...many, passed), 20_000)).toEqual({ is: 'working' })
})

test('is done when all is passed, idle or not', () => {
  const of = { done: true, open: [], activeAt: 0, stuckMs: STUCK_MS, now: 10 * IDLE_MS }
  expect(standingOf(after(opened, passed), of)).toEqual({ is: 'done' })
})
