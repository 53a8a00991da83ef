/** Who was away: a node whose process ended or was paused, and no other that was silent for a while. */
import { expect, test } from 'vitest'
import { comingsOf, isGone } from '#labs/engine/comings.ts'
import type { EventOf } from '#labs/engine/events.ts'

type Life = EventOf<'node'> | EventOf<'process'>

/** One node's life, an event each: `answers`, `silent`, or what its process became. */
function life(...words: ('answers' | 'silent' | 'none' | 'paused' | 'running')[]): Life[] {
  let state: 'none' | 'paused' | 'running' | null = null
  return words.map((word, at): Life => {
    const about = { seq: at + 1, at, cluster: 'main', host: 'broker-1', node: 1 }
    if (word === 'answers' || word === 'silent')
      return { ...about, type: 'node', up: word === 'answers', led: false, process: state, why: '' }
    const before = state
    state = word
    return { ...about, type: 'process', state, before }
  })
}
const awayAt = (events: Life[]) => comingsOf(events).map(({ seq, away }) => [seq, away])
const firstSilence = (events: Life[]) => events.find((event) => event.type === 'node' && !event.up) as EventOf<'node'>
const gone = (events: Life[]) => isGone(firstSilence(events), events)

test('before it has ever answered a node is not away', () => {
  expect(awayAt(life('none', 'running', 'answers'))).toEqual([])
})

test('one that is stopped is away from the end of its process until it answers again', () => {
  const stopped = life('running', 'answers', 'silent', 'none', 'running', 'answers')
  expect(awayAt(stopped)).toEqual([
    [4, true],
    [6, false],
  ])
  expect(gone(stopped)).toBe(true)
})

test('one that starts again at once, too: its process ends before anybody misses it', () => {
  const restarted = life('running', 'answers', 'none', 'running', 'silent', 'answers')
  expect(awayAt(restarted)).toEqual([
    [3, true],
    [6, false],
  ])
  expect(gone(restarted)).toBe(true)
})

test('one that a busy machine kept from answering was never away', () => {
  const busy = life('running', 'answers', 'silent', 'answers')
  expect(awayAt(busy)).toEqual([])
  expect(gone(busy)).toBe(false)
})

test('one that is paused is away until it goes on, or answers where it was missed', () => {
  expect(awayAt(life('running', 'answers', 'paused', 'running'))).toEqual([
    [3, true],
    [4, false],
  ])
  const missed = life('running', 'answers', 'paused', 'silent', 'running', 'answers')
  expect(awayAt(missed)).toEqual([
    [3, true],
    [6, false],
  ])
  expect(gone(missed)).toBe(false)
})

test('where nothing tells of processes, silence is all there is', () => {
  const silent = life('answers', 'silent', 'answers')
  expect(awayAt(silent)).toEqual([
    [2, true],
    [3, false],
  ])
  expect(gone(silent)).toBe(true)
})
