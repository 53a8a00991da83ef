import { expect, test } from 'vitest'
import { requireMay } from '#labs/gateway/may.ts'
import { Watchers } from '#labs/gateway/watchers.ts'

function watched() {
  const told: string[] = []
  const watchers = new Watchers({ say: (what) => told.push(what.type === 'watch' ? what.is : what.type) }, () => {})
  return { watchers, told }
}

test('types only who watches, has asked, and was let; and no longer than that', () => {
  const { watchers, told } = watched()
  expect(() => watchers.ask('i')).toThrow('Watch the terminals first')
  watchers.allow('i', true)
  watchers.begin('i', 'Ida')
  watchers.begin('i', 'Ida')
  watchers.allow('i', true)
  expect(watchers.mayType('i')).toBe(false)
  watchers.ask('i')
  watchers.ask('i')
  watchers.allow('other', true)
  expect(watchers.mayType('i')).toBe(false)
  watchers.allow('i', true)
  expect(watchers.mayType('i')).toBe(true)
  watchers.allow('i', false)
  expect(watchers.mayType('i')).toBe(false)
  watchers.ask('i')
  watchers.allow('i', true)
  watchers.end('i')
  expect(watchers.mayType('i')).toBe(false)
  watchers.end('i')
  watchers.begin('i', 'Ida')
  expect(watchers.mayType('i')).toBe(false)
  expect(told).toEqual(['begun', 'asked', 'allowed', 'refused', 'asked', 'allowed', 'ended', 'begun'])
})

test('an instructor reads along when they watch, and a learner always', () => {
  const { watchers } = watched()
  const attach = (part: 'learner' | 'instructor') => () => requireMay(part, 'terminal.attach', watchers, 'i')
  expect(attach('learner')).not.toThrow()
  expect(attach('instructor')).toThrow('Watch the terminals first')
  watchers.begin('i', 'Ida')
  expect(attach('instructor')).not.toThrow()
  expect(() => requireMay('instructor', 'terminal.attach', watchers, 'another')).toThrow()
  expect(() => requireMay('instructor', 'terminal.input', watchers, 'i')).toThrow('has not let you type')
  expect(() => requireMay('instructor', 'fault', watchers, 'i')).toThrow('That is for the learner to do.')
  expect(() => requireMay('learner', 'reset', watchers, 'i')).toThrow('for the instructors')
})
