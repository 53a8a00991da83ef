import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { BENEFIT_GROUPS, readBenefits } from '#lessons/benefits.ts'

const FILE = 'content/kraft/benefits.yaml'

test('the course lists at least 42 benefits, of every group, each with a place or a reason', async () => {
  const benefits = readBenefits(FILE, await readFile(FILE, 'utf8'))
  expect(benefits.length).toBeGreaterThanOrEqual(42)
  expect(new Set(benefits.map(({ group }) => group))).toEqual(new Set(BENEFIT_GROUPS))
  expect(new Set(benefits.map(({ title }) => title)).size).toBe(benefits.length)
})

test('a benefit is shown somewhere, or it is said why not', () => {
  const one = '- { title: A, group: scale, text: B'
  expect(() => readBenefits(FILE, `${one} }`)).toThrow(/0\.lesson: either the lesson/)
  expect(() => readBenefits(FILE, `${one}, lesson: a, not: b }`)).toThrow(/0\.lesson: either the lesson/)
  expect(readBenefits(FILE, `${one}, lesson: a }`)).toHaveLength(1)
})
