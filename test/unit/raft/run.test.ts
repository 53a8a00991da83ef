/** What a reader does with the simulator, and an address of a moment. */
import { expect, test } from 'vitest'
import { fragmentOf, runOf } from '#components/raft-simulator/link.ts'
import { begin, isRoutine, quorumAt, type RunAction, reduce } from '#components/raft-simulator/run.ts'
import { leaderIn } from '#raft/scenario.ts'
import { scenarios } from '#raft/scenarios/index.ts'

const { failover } = scenarios
const after = (...actions: RunAction[]) => actions.reduce(reduce, begin(failover))

test('the next change is one', () => {
  const run = after({ is: 'do', events: [{ is: 'crash', node: 102 }] }, { is: 'skip' }, { is: 'skip' })
  expect(run.at).toBeGreaterThan(2)
  expect(isRoutine(run.steps[run.at - 1]!)).toBe(false)
  // where nothing changes by itself, nothing is skipped
  expect(after({ is: 'skip' }).at).toBe(0)
})

test('going back and on shows the same; a deed in the past begins another run', () => {
  const there = after({ is: 'show', moment: 'crash' }, { is: 'seek', at: 20 })
  const again = reduce(reduce(there, { is: 'back' }), { is: 'step' })
  expect(quorumAt(again)).toBe(quorumAt(there))
  const other = reduce(reduce(there, { is: 'seek', at: 5 }), { is: 'do', events: [{ is: 'start', node: 102 }] })
  expect(other.steps).toHaveLength(6)
})

test('a moment that is shown plays to its end and stops there', () => {
  let run = after({ is: 'show', moment: 'crash' })
  expect(run).toMatchObject({ at: 0, isPlaying: true })
  for (let count = 0; count < 500 && run.isPlaying; count++) run = reduce(run, { is: 'step' })
  expect(run.at).toBe(run.until)
  expect(leaderIn(quorumAt(run))!.id).not.toBe(102)
})

test('an address leads to the same moment', () => {
  const run = after(
    { is: 'show', moment: 'return' },
    { is: 'seek', at: 25 },
    { is: 'do', events: [{ is: 'cut', from: 101, to: 103 }] },
    { is: 'step' },
    { is: 'step' },
  )
  const found = runOf('failover', failover, fragmentOf('failover', run))
  expect(quorumAt(found!)).toEqual(quorumAt(run))
  expect(runOf('failover', failover, '#the-first-thing-a-leader-does')).toBeNull()
})
