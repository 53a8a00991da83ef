import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Entry, History, readHistory, systemClock } from '#labs/engine/history.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const fail = (error: unknown) => {
  throw error
}

test('entries are in the file, in order, before they are shown', async () => {
  const file = join(await temporaryFolder(), 'deep', 'history.ndjson')
  const shown: { entry: Entry; lines: number }[] = []
  const reads: Promise<void>[] = []
  const { history } = await History.open(
    file,
    systemClock,
    (stored) => {
      reads.push(
        readFile(file, 'utf8').then((text) => {
          for (const entry of stored) shown.push({ entry, lines: text.split('\n').length - 1 })
        }),
      )
    },
    fail,
  )
  for (let level = 1; level <= 3; level++) history.append({ type: 'hint', check: 'c', level })
  await history.flush()
  history.append({ type: 'step-opened', step: 'next' })
  await history.close()
  await Promise.all(reads)
  expect(shown.map(({ entry }) => entry.seq)).toEqual([1, 2, 3, 4])
  for (const { entry, lines } of shown) expect(lines).toBeGreaterThanOrEqual(entry.seq)
})

test('a last line that a crash cut short is dropped, and the history goes on after it', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const first = await History.open(file, systemClock, () => {}, fail)
  first.history.append({ type: 'opened', id: 'a', lab: 'quick-start', variant: null, learner: 'ada' })
  first.history.append({ type: 'step-opened', step: 'format' })
  await first.history.close()
  await appendFile(file, '{"v":1,"seq":3,"at":17')

  const second = await History.open(file, systemClock, () => {}, fail)
  expect(second.entries.map(({ body }) => body.type)).toEqual(['opened', 'step-opened'])
  second.history.append({ type: 'step-opened', step: 'start' })
  await second.history.close()
  const { entries } = await readHistory(file)
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3])
})

test('a history from before labs had variants is read as of a lab without', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const opened = { type: 'opened', id: 'a', lab: 'quick-start', learner: 'ada' }
  await writeFile(file, `${JSON.stringify({ v: 1, seq: 1, at: 17, mono: 1, body: opened })}\n`)
  const { entries } = await readHistory(file)
  expect(entries).toEqual([{ v: 2, seq: 1, at: 17, mono: 1, body: { ...opened, variant: null } }])
})

test('a broken line in the middle is an error that names file and line', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  await writeFile(file, '{"not":"an entry"}\n')
  await expect(readHistory(file)).rejects.toThrow(`${file}:1 is not an entry`)
})

test('a history that cannot be written shows nothing more and says so', async () => {
  const shown: Entry[] = []
  const failures: unknown[] = []
  const { history } = await History.open(
    '/dev/full',
    systemClock,
    (stored) => shown.push(...stored),
    (error) => failures.push(error),
  ).catch(() => ({ history: null }))
  // Where the machine has no /dev/full that can be opened so, there is nothing to test.
  if (!history) return
  history.append({ type: 'hint', check: 'c', level: 1 })
  await expect(history.flush()).rejects.toThrow()
  expect(shown).toEqual([])
  expect(failures).toHaveLength(1)
})

test('a chunk ends with a thousand entries or with 4 MB, the same when it is read again', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const begin = ({ history }: { history: History }) =>
    Array.from({ length: 2_020 }, (_, at) => at + 1).filter((seq) => history.beginsChunk(seq))
  const first = await History.open(file, systemClock, () => {}, fail)
  const large = 'x'.repeat(2 ** 20)
  for (let index = 0; index < 10; index++) first.history.append({ type: 'room-started', says: large })
  for (let index = 0; index < 2_000; index++) first.history.append({ type: 'step-opened', step: 's' })
  await first.history.flush()
  expect(begin(first)).toEqual([1, 5, 9, 1_009, 2_009])
  expect((await first.history.read(1)).map(({ seq }) => seq)).toEqual([5, 6, 7, 8])
  await first.history.close()

  const second = await History.open(file, systemClock, () => {}, fail)
  expect(begin(second)).toEqual([1, 5, 9, 1_009, 2_009])
  expect(await second.history.read(3)).toHaveLength(1_000)
  await second.history.close()
})
