/** Lines of a program that take the place of others. */
import { expect, test } from 'vitest'
import { changeLines } from '#labs/protocol/edit.ts'

const PROGRAM = 'a\n  b\nc\n  b2\n'

test.each<[what: string, from: string, to: string, text: string]>([
  ['a line', '  b', '  x', 'a\n  x\nc\n  b2\n'],
  ['lines', '  b\nc', 'y', 'a\ny\n  b2\n'],
  ['the first and the last', 'a\n  b\nc\n  b2', 'z', 'z\n'],
  ['lines that come between', 'c', 'c\nd', 'a\n  b\nc\nd\n  b2\n'],
])('%s', (_, from, to, text) => {
  const at = text.indexOf(to)
  expect(changeLines(PROGRAM, { from, to })).toEqual({ state: 'changed', text, at })
  // Made twice it is made once.
  expect(changeLines(text, { from, to })).toEqual({ state: 'done', at })
})

test('whole lines alone; where they are not there, or more than once, nothing is changed', () => {
  expect(changeLines(PROGRAM, { from: 'b', to: 'x' })).toEqual({ state: 'absent' })
  expect(changeLines(PROGRAM, { from: '  b\n', to: 'x' })).toEqual({ state: 'absent' })
  expect(changeLines('a\nb\na\n', { from: 'a', to: 'x' })).toEqual({ state: 'twice' })
  expect(changeLines('a\na2\na\na2', { from: 'a\na2', to: 'x' })).toEqual({ state: 'twice' })
  expect(changeLines(PROGRAM, { from: '', to: 'x' })).toEqual({ state: 'absent' })
})
