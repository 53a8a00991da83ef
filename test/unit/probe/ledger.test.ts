import { beforeEach, describe, expect, test } from 'vitest'
import { type FoundRecord, Ledger } from '#labs/probe/ledger.ts'

const REMEMBERED = 100

describe('the ledger', () => {
  let ledger: Ledger
  beforeEach(() => {
    ledger = new Ledger('nonce', { remembered: REMEMBERED })
  })

  /** Records number 1 to `count` at offsets from 0 on. */
  function write(count: number): FoundRecord[] {
    return Array.from({ length: count }, (_, offset) => {
      ledger.acknowledged(offset, offset + 1)
      return { offset, value: ledger.value(offset + 1) }
    })
  }

  test('what is found is read back once', () => {
    const records = write(10)
    ledger.read(0, 6, records.slice(0, 6))
    ledger.read(4, 10, records.slice(4))
    ledger.read(0, 10, records)
    expect(ledger.sample()).toEqual({ acknowledged: 10, readBack: 10, lost: [] })
  })

  test('what is not there, or is another record, is lost', () => {
    const records = write(10)
    records.splice(7, 1)
    records[2] = { offset: 2, value: Buffer.from('nonce 99') }
    records[3] = { offset: 3, value: null }
    ledger.read(0, 10, records)
    ledger.read(0, 10, records)
    expect(ledger.sample()).toEqual({ acknowledged: 10, readBack: 7, lost: [2, 3, 7] })
  })

  test('what had been found and is no more is lost', () => {
    const records = write(10)
    ledger.read(0, 10, records)
    ledger.read(0, 10, records.slice(0, 9))
    expect(ledger.sample()).toEqual({ acknowledged: 10, readBack: 9, lost: [9] })
  })

  test('what was not acknowledged may be there or not', () => {
    ledger.acknowledged(3, 4)
    const three = { offset: 3, value: ledger.value(4) }
    ledger.read(0, 5, [three])
    ledger.read(0, 5, [{ offset: 1, value: ledger.value(2) }, three, { offset: 4, value: null }])
    expect(ledger.sample()).toEqual({ acknowledged: 1, readBack: 1, lost: [] })
  })

  test('a shorter log has lost what was behind its end, and its places are given again', () => {
    const records = write(10)
    ledger.read(0, 10, records)
    ledger.endsAt(8)
    ledger.acknowledged(8, 20)
    ledger.read(0, 9, [...records.slice(0, 8), { offset: 8, value: ledger.value(20) }])
    expect(ledger.sample()).toEqual({ acknowledged: 11, readBack: 9, lost: [8, 9] })
  })

  test('of two that are acknowledged at one place the first is lost', () => {
    write(10)
    ledger.acknowledged(5, 20)
    expect(ledger.sample().lost).toEqual([5])
  })

  test('what somebody deleted from the start of the log is lost', () => {
    const records = write(10)
    ledger.read(0, 10, records)
    ledger.beginsAt(6)
    ledger.read(6, 10, records.slice(6))
    expect(ledger.sample()).toEqual({ acknowledged: 10, readBack: 4, lost: [0, 1, 2, 3, 4, 5] })
    expect(ledger.low).toBe(6)
    ledger.beginsAt(2 ** 53 - 2)
    expect(ledger.sample().lost).toHaveLength(10)
  })

  test('the next cluster has lost what the one before had', () => {
    write(10)
    ledger.endsAt(8)
    const next = new Ledger('other', { former: ledger })
    next.acknowledged(3, 1)
    next.endsAt(3)
    expect(next.sample()).toEqual({ acknowledged: 1, readBack: 0, lost: [3, 8, 9] })
  })

  test('an offset far away, as only a liar gives it, is reached at once', () => {
    ledger.acknowledged(2 ** 53 - 2, 1)
    expect([ledger.high - ledger.low, ledger.high]).toEqual([REMEMBERED, 2 ** 53 - 1])
    ledger.read(0, 2 ** 53 - 1, [])
    expect(ledger.sample().lost).toEqual([2 ** 53 - 2])
  })

  test('another topic of the same name has lost all that can be judged', () => {
    const records = write(10)
    ledger.read(0, 10, records)
    ledger.beginAnew()
    expect(ledger.sample()).toEqual({ acknowledged: 10, readBack: 0, lost: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
    const again = write(3)
    ledger.read(0, 3, again)
    expect(ledger.sample()).toMatchObject({ acknowledged: 13, readBack: 3 })
  })

  test('remembers so many and no more, and names a hundred of those lost', () => {
    const records = write(REMEMBERED * 3)
    expect([ledger.low, ledger.high]).toEqual([REMEMBERED * 2, REMEMBERED * 3])
    ledger.read(0, REMEMBERED * 3, records.slice(REMEMBERED * 2))
    expect(ledger.sample()).toEqual({ acknowledged: 300, readBack: 100, lost: [] })
    ledger.acknowledged(REMEMBERED * 10, 1)
    ledger.read(0, REMEMBERED * 10 + 1, [])
    expect(ledger.sample()).toMatchObject({ acknowledged: 301, readBack: 100, lost: [REMEMBERED * 10] })
    const large = new Ledger('nonce')
    for (let offset = 0; offset < 500; offset++) large.acknowledged(offset, offset + 1)
    large.endsAt(0)
    expect(large.sample().lost).toHaveLength(100)
  })
})
