/** How a log ends, as a lab asks for it: from the page that the inspector shows. */
import { expect, test } from 'vitest'
import type { LogItem, LogPage } from '#labs/protocol/log.ts'
import { endOfLog, LogEndNews } from '#labs/watcher/log-end.ts'

const noOps = (baseOffset: number, lastOffset: number, epoch: number): LogItem => ({
  kind: 'no-ops',
  baseOffset,
  lastOffset,
  epoch,
  count: lastOffset - baseOffset + 1,
  bytes: 72,
  from: 0,
  timestamp: 0,
})
const batch = (offset: number, epoch: number, ...types: string[]): LogItem => ({
  kind: 'batch',
  baseOffset: offset,
  lastOffset: offset + types.length - 1,
  epoch,
  timestamp: 0,
  bytes: 100,
  control: false,
  compression: 'none',
  place: null,
  records: types.map((type, at) => ({ offset: offset + at, epoch, timestamp: 0, type, version: 0, data: {} })),
  left: 0,
})
const page = (items: LogItem[], more: Partial<LogPage> = {}): LogPage => ({
  host: 'controller-1',
  source: 'files',
  generation: 1,
  items,
  earlier: false,
  later: false,
  logStart: 0,
  logEnd: items.length > 0 ? items.at(-1)!.lastOffset + 1 : null,
  highWatermark: null,
  files: [],
  says: '',
  ...more,
})

test('epochs follow each other, and NoOps belong to them without being told', () => {
  const items = [
    batch(0, 1, 'LeaderChange'),
    noOps(1, 4, 1),
    batch(5, 1, 'CONFIG_RECORD', 'NO_OP_RECORD'),
    batch(7, 3, 'LeaderChange'),
    noOps(8, 9, 3),
  ]
  const end = endOfLog(page(items))
  expect(end).toMatchObject({
    source: 'files',
    end: 10,
    epochs: [
      { epoch: 1, from: 0, to: 7 },
      { epoch: 3, from: 7, to: 10 },
    ],
  })
  expect(end!.records.map(({ offset, type }) => [offset, type])).toEqual([
    [0, 'LeaderChange'],
    [5, 'CONFIG_RECORD'],
    [7, 'LeaderChange'],
  ])
})

test('what is no batch has no epoch', () => {
  const damage: LogItem = { kind: 'damage', baseOffset: 3, lastOffset: 3, place: null, bytes: 9, says: 'a wrong CRC' }
  expect(endOfLog(page([noOps(0, 2, 1), damage]))).toMatchObject({
    epochs: [{ epoch: 1, from: 0, to: 3 }],
    records: [],
  })
})

test('the newest records are told, not all', () => {
  const many = Array.from({ length: 50 }, (_, at) => batch(at, 1, 'CONFIG_RECORD'))
  const offsets = endOfLog(page(many))!.records.map(({ offset }) => offset)
  expect(offsets).toEqual(Array.from({ length: 20 }, (_, at) => 30 + at))
})

test('a host without a metadata log is not one whose log is empty', () => {
  expect(endOfLog(page([], { files: null }))).toBeNull()
  expect(endOfLog(page([]))).toEqual({ source: 'files', end: null, epochs: [], records: [] })
  expect(endOfLog(page([noOps(0, 2, 1)], { source: 'wire', files: null }))).toMatchObject({ end: 3 })
})

test('NoOps alone are told once they have stopped; anything else at once', () => {
  const news = new LogEndNews()
  const at = (...items: LogItem[]) => news.of(endOfLog(page([batch(0, 1, 'LeaderChange'), ...items])))?.end
  expect(at(noOps(1, 2, 1))).toBe(3)
  expect(at(noOps(1, 4, 1))).toBe(3)
  expect(at(noOps(1, 6, 1))).toBe(3)
  expect(at(noOps(1, 6, 1))).toBe(7)
  expect(at(noOps(1, 6, 1), batch(7, 1, 'CONFIG_RECORD'))).toBe(8)
  expect(at(noOps(1, 6, 1), batch(7, 1, 'CONFIG_RECORD'), noOps(8, 9, 1))).toBe(8)
  // cut off and gone on in a later epoch, with NoOps alone
  expect(at(noOps(1, 6, 1), noOps(7, 9, 2))).toBe(10)
})

test('a directory that goes, or comes, is told', () => {
  const news = new LogEndNews()
  expect(news.of(endOfLog(page([noOps(0, 2, 1)])))).not.toBeNull()
  expect(news.of(null)).toBeNull()
  expect(news.of(endOfLog(page([])))).toMatchObject({ end: null })
})
