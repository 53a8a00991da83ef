/** Rosters as schools export them, and as they should not be. */
import { describe, expect, test } from 'vitest'
import { MAX_ROSTER_BYTES, readRoster } from '#data/roster-csv.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (...lines: string[]) => readRoster(bytes(lines.join('\r\n')))
const ada = {
  student: 'Lovelace, Ada',
  email: 'ada@example.com',
  canvasId: '17',
  sisUserId: 'S1',
  sisLoginId: 'Ada@Example.com',
  section: 'Tuesday',
}

describe('is read', () => {
  test('as Canvas exports its gradebook, marks and all', () => {
    const { lines, problems } = read(
      'Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711)',
      '    Points Possible,,,,,10',
      '"Lovelace, Ada",17,S1,Ada@Example.com,Tuesday,9.5',
      '',
    )
    expect(problems).toEqual([])
    expect(lines).toEqual([ada])
  })

  test('as a list of names and addresses, with any delimiter, with a byte order mark', () => {
    for (const delimiter of [',', ';', '\t']) {
      const { lines } = read(`\ufeffName${delimiter}E-mail`, `Ada${delimiter}ADA@example.com`)
      expect(lines).toMatchObject([{ student: 'Ada', email: 'ada@example.com', canvasId: null }])
    }
  })

  test('with names that a spreadsheet would run: they are names', () => {
    expect(read('Name', '=HYPERLINK(1)').lines[0]?.student).toBe('=HYPERLINK(1)')
  })
})

describe('tells each broken line, and keeps the others', () => {
  test('by its number', () => {
    const { lines, problems } = read(
      'Name,Email,ID',
      'Ada,ada@example.com,1',
      ',bob@example.com,2',
      'Cyd,not an address,3',
      'Dan,dan@example.com',
      'Eve,ADA@example.com,5',
      'Fay,,1',
      `${'G'.repeat(300)},,7`,
      'Hal,,8',
    )
    expect(lines.map(({ student }) => student)).toEqual(['Ada', 'Hal'])
    expect(problems).toEqual([
      { line: 3, says: 'has no name' },
      { line: 4, says: '“not an address” is no e-mail address' },
      { line: 5, says: 'has 2 fields, the head 3' },
      { line: 6, says: '“ada@example.com” is in line 2 already' },
      { line: 7, says: '“1” is in line 2 already' },
      { line: 8, says: `“${'G'.repeat(30)}…” is too long` },
    ])
  })
})

describe('is refused as a whole', () => {
  test.each([
    ['nothing', new Uint8Array(), /name the columns/],
    ['a head without names', bytes('a,b\n1,2'), /name the columns/],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x4e, 0, 0x61, 0]), /not text in UTF-8/],
    ['Latin-1', new Uint8Array([...bytes('Name\nJos'), 0xe9]), /not text in UTF-8/],
    ['a spreadsheet', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0]), /not text in UTF-8/],
    ['a quote without its end', bytes('Name,Email\n"Ada,ada@example.com\n'), /Line \d+ cannot be read/],
    ['a megabyte', new Uint8Array(MAX_ROSTER_BYTES + 1), /larger than 1 MB/],
    ['more lines than a school has learners', bytes(`Name\n${'A\n'.repeat(5_001)}`), /more than 5,000 lines/],
  ])('%s', (_, given, says) => {
    expect(() => readRoster(given)).toThrow(says)
  })
})
