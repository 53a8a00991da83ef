import { expect, test } from 'vitest'
import { readingMinutes } from '#lessons/reading-time.ts'

const words = (count: number) => Array.from({ length: count }, (_, at) => `word${at}`).join(' ')

test('two hundred words a minute, and never none', () => {
  expect(readingMinutes(words(1000))).toBe(5)
  expect(readingMinutes('')).toBe(1)
})

test('neither front matter nor tags are read', () => {
  const head = `---\ntitle: ${words(400)}\n---\n`
  expect(readingMinutes(`${head}<Check id="${words(400)}" />\n${words(600)}`)).toBe(3)
})
