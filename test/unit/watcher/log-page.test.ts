/** Pages of a log: whole, without holes, bounded; what is committed apart from what is not. */
import { describe, expect, it } from 'vitest'
import { readBatches } from '#labs/kafka/log/batch.ts'
import { type LogItem, type LogPage, type LogRange, MAX_PAGE_CHARS, MAX_PAGE_ITEMS } from '#labs/protocol/log.ts'
import { damage, type Kept, KeptLog, kept, type LogView } from '#labs/watcher/kept-log.ts'
import { readPage } from '#labs/watcher/log-page.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { metadata } from '../../support/segments.ts'

type More = { epoch?: number; timestamp?: number }

const entry = (bytes: Buffer): Kept => kept(schemas, [...readBatches(bytes)][0]!, null, true)
const noOp = (baseOffset: number, more: More = {}): Kept =>
  entry(encodeBatch([metadata('NoOpRecord', {})], { baseOffset, ...more }))
/** The same NoOp elsewhere in the log. */
function movedTo(one: Kept, baseOffset: number): Kept {
  if (one.kind !== 'no-ops') throw new Error('not a NoOp')
  const range = { baseOffset, lastOffset: baseOffset }
  return { ...one, ...range, noOps: one.noOps.map((noOp) => ({ ...noOp, ...range })) }
}
const topics = (baseOffset: number, names: string[], more: More = {}): Kept => {
  const records = names.map((name) =>
    metadata('TopicRecord', { name, topicId: Buffer.alloc(16, 7).toString('base64url') }),
  )
  return entry(encodeBatch(records, { baseOffset, ...more }))
}
const logOf = (...all: Kept[]): KeptLog => {
  const log = new KeptLog()
  for (const one of all) log.add(one)
  return log
}
const viewOf = (log: KeptLog): LogView => ({
  kept: log.kept,
  generation: log.generation,
  logStart: log.kept[0]?.baseOffset ?? null,
  logEnd: log.end,
  says: '',
})
const page = (log: KeptLog, range: LogRange, highWatermark: number | null = null): Promise<LogPage> =>
  readPage(schemas, range, { host: 'controller-1', source: 'wire', view: viewOf(log), highWatermark, files: null })
const END: LogRange = { of: 'end' }

const shape = (item: LogItem): string =>
  `${item.kind} ${item.baseOffset}-${item.lastOffset}${item.kind === 'no-ops' ? ` ×${item.count}` : ''}`
const shapes = ({ items }: LogPage): string[] => items.map(shape)
const offsets = (items: LogItem[]): number[] =>
  items.flatMap(({ baseOffset, lastOffset }) =>
    Array.from({ length: lastOffset - baseOffset + 1 }, (_, at) => baseOffset + at),
  )

describe('NoOps', () => {
  it('that follow each other are one item, until something else or another epoch comes', async () => {
    const log = logOf(
      noOp(0),
      noOp(1, { timestamp: 5 }),
      topics(2, ['orders', 'drafts']),
      noOp(4),
      noOp(5, { epoch: 2 }),
    )
    const { items } = await page(log, END)
    expect(items.map(shape)).toEqual(['no-ops 0-1 ×2', 'batch 2-3', 'no-ops 4-4 ×1', 'no-ops 5-5 ×1'])
    expect(items[0]).toMatchObject({ from: 0, timestamp: 5, epoch: 1 })
    expect(items.at(-1)).toMatchObject({ epoch: 2 })
  })

  it('are told apart where some are committed and some are not', async () => {
    const log = logOf(...Array.from({ length: 6 }, (_, at) => noOp(at)))
    expect(shapes(await page(log, END, 4))).toEqual(['no-ops 0-3 ×4', 'no-ops 4-5 ×2'])
  })

  it('are told apart where the range ends among them', async () => {
    const log = logOf(...Array.from({ length: 6 }, (_, at) => noOp(at)))
    expect(shapes(await page(log, { of: 'from', offset: 4 }))).toEqual(['no-ops 4-5 ×2'])
    expect(shapes(await page(log, { of: 'before', offset: 4 }))).toEqual(['no-ops 0-3 ×4'])
  })

  it('take little room: a day of them is one page', async () => {
    const log = new KeptLog()
    const one = noOp(0)
    for (let at = 0; at < 172_800; at++) log.add(movedTo(one, at))
    const { items, earlier } = await page(log, END)
    expect([earlier, items.length, items[0]?.kind]).toEqual([false, 1, 'no-ops'])
    expect(log.isCut).toBe(true)
    expect(items[0]?.lastOffset).toBe(172_799)
  })
})

describe('pages', () => {
  const all = Array.from({ length: 3 * MAX_PAGE_ITEMS }, (_, at) => topics(at * 2, [`a${at}`, `b${at}`]))

  it('from the newest backwards give each record once and in order', async () => {
    const log = logOf(...all)
    let got = await page(log, END)
    const items = [...got.items]
    expect(got.later).toBe(false)
    for (let pages = 1; got.earlier; pages++) {
      expect(got.items.length).toBe(MAX_PAGE_ITEMS)
      expect(pages).toBeLessThan(4)
      got = await page(log, { of: 'before', offset: items[0]!.baseOffset })
      expect(got.later).toBe(true)
      items.unshift(...got.items)
    }
    expect(offsets(items)).toEqual(Array.from({ length: all.length * 2 }, (_, at) => at))
  })

  it('from an offset forwards give what came since, and say when there is more', async () => {
    const log = logOf(...all)
    const first = await page(log, { of: 'from', offset: 100 })
    expect([first.items[0]?.baseOffset, first.items.length, first.earlier, first.later]).toEqual([
      100,
      MAX_PAGE_ITEMS,
      true,
      true,
    ])
    const end = await page(log, { of: 'from', offset: all.length * 2 - 2 })
    expect([shapes(end), end.later]).toEqual([[`batch ${all.length * 2 - 2}-${all.length * 2 - 1}`], false])
    expect((await page(log, { of: 'from', offset: all.length * 2 })).items).toEqual([])
  })

  it('have the records as kafka-dump-log names them', async () => {
    const { items } = await page(logOf(topics(7, ['orders'], { epoch: 3, timestamp: 9 })), END)
    expect(items[0]).toMatchObject({ kind: 'batch', epoch: 3, timestamp: 9, place: null, left: 0, compression: 'none' })
    const records = items[0]?.kind === 'batch' ? items[0].records : []
    expect(records).toMatchObject([{ offset: 7, epoch: 3, type: 'TOPIC_RECORD', version: 0, data: { name: 'orders' } }])
  })

  it('are bounded in bytes, whatever a batch holds, and leave out what is beyond', async () => {
    const large = (baseOffset: number) =>
      topics(
        baseOffset,
        Array.from({ length: 400 }, () => 'x'.repeat(1_000)),
      )
    const log = logOf(...Array.from({ length: 12 }, (_, at) => large(at * 400)))
    const got = await page(log, END)
    expect(JSON.stringify(got).length).toBeLessThan(MAX_PAGE_CHARS * 1.1)
    expect(got.items.length).toBeGreaterThan(1)
    const [first] = got.items
    expect(first?.kind === 'batch' && first.left + first.records.length).toBe(400)
    expect(got.earlier).toBe(true)
  })

  it('do not decode a record that nobody could be shown', async () => {
    const endPoints = Array.from({ length: 100_000 }, () => ({ name: 'a', host: 'b', port: 1, securityProtocol: 0 }))
    const record = metadata('RegisterBrokerRecord', { brokerId: 1, incarnationId: 'AAAAAAAAAAAAAAAAAAAAAA', endPoints })
    const begun = performance.now()
    const { items } = await page(logOf(entry(encodeBatch([record]))), END)
    expect(performance.now() - begun).toBeLessThan(500)
    expect(items).toMatchObject([
      { records: [{ type: 'REGISTER_BROKER_RECORD', data: { tooLarge: record.value!.length } }] },
    ])
  })

  it('say what cannot be decoded, in its place', async () => {
    const odd = entry(encodeBatch([{ key: null, value: Buffer.from([9, 9, 9]) }], { baseOffset: 1 }))
    const got = await page(logOf(noOp(0), odd, noOp(2)), END)
    expect(shapes(got)).toEqual(['no-ops 0-0 ×1', 'damage 1-1', 'no-ops 2-2 ×1'])
    expect(got.items[1]).toMatchObject({ says: expect.stringContaining('frame version 9') })
  })
})

describe('what is kept', () => {
  it('names holes, and batches that lie where others were due', async () => {
    const log = logOf(noOp(0), noOp(5), topics(2, ['orders']), noOp(6))
    const got = await page(log, END)
    expect(shapes(got)).toEqual(['no-ops 0-0 ×1', 'damage 1-4', 'no-ops 5-5 ×1', 'damage 6-6', 'no-ops 6-6 ×1'])
    expect(got.items[1]).toMatchObject({ says: 'Offsets 1 to 4 are not there.' })
    expect(got.items[3]).toMatchObject({ says: expect.stringContaining('2 to 2 lies where 6 was due') })
  })

  it('gives damage the offsets that nothing else has', async () => {
    const place = { file: 'a.log', position: 61 }
    const got = await page(logOf(noOp(0), damage(1, 1, place, 80, 'It is not a batch.'), noOp(3)), END)
    expect(shapes(got)).toEqual(['no-ops 0-0 ×1', 'damage 1-2', 'no-ops 3-3 ×1'])
    expect(got.items[1]).toMatchObject({ place, bytes: 80 })
  })

  it('loses its oldest beyond so many bytes, and says so', () => {
    const log = new KeptLog()
    const name = 'x'.repeat(30_000)
    for (let at = 0; at < 700; at++) log.add(topics(at, [name]))
    expect(log.isCut).toBe(true)
    expect(log.kept.length).toBeLessThan(600)
    expect(log.end).toBe(700)
  })

  it('is another log after it was cleared, unlike any other', () => {
    const log = logOf(noOp(0))
    const { generation } = log
    log.clear()
    expect(log.generation).not.toBe(generation)
    expect(log.end).toBeNull()
    expect(new KeptLog().generation).not.toBe(log.generation)
  })

  it('does not change under a page that is being made', () => {
    const log = logOf(noOp(0), noOp(1))
    const [run] = log.kept
    log.add(noOp(2))
    expect(run).toMatchObject({ length: 2, lastOffset: 1 })
    expect(log.kept[0]).toMatchObject({ length: 3, lastOffset: 2 })
  })
})
