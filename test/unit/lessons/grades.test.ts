/** Points, what is late, and files that other programs read. */
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { readRoster } from '#data/roster-csv.ts'
import type { Assignable } from '#lessons/assignable.ts'
import { canvasCsv, type Grades, plainCsv, pointsOf } from '#lessons/grades.ts'
import { scoreOf } from '#lessons/score.ts'

const what: Assignable = {
  kind: 'module',
  course: 'kraft',
  slug: 'start',
  title: 'Start, “quick”',
  href: '/',
  labs: [{ slug: 'one', checks: ['a', 'b'] }],
  lessons: ['read'],
  parts: 3,
}
const achieved = {
  checks: new Map([
    ['one/a', new Date(1_000)],
    ['one/gone', new Date(1_000)],
    ['other/b', new Date(1_000)],
  ]),
  lessons: new Map([
    ['kraft/read', new Date(3_000)],
    ['internals/read', new Date(1)],
  ]),
}

describe('a score', () => {
  test('counts what the course has now, of this lab and course alone', () => {
    expect(scoreOf(what, achieved, null)).toEqual({ done: 2, all: 3, late: 0 })
    expect(scoreOf(what, { checks: new Map(), lessons: new Map() }, null)).toEqual({ done: 0, all: 3, late: 0 })
  })

  test('tells what came after it was due; on the dot is in time', () => {
    expect(scoreOf(what, achieved, new Date(2_999)).late).toBe(1)
    expect(scoreOf(what, achieved, new Date(3_000)).late).toBe(0)
  })

  test('makes points to two decimals', () => {
    expect(pointsOf({ done: 2, all: 3, late: 0 }, 10)).toBe(6.67)
    expect(pointsOf({ done: 0, all: 0, late: 0 }, 10)).toBe(0)
  })
})

const entry = (student: string) => ({
  id: student,
  classId: 'c',
  student,
  email: null,
  canvasId: '17',
  sisUserId: 'S1',
  sisLoginId: 'ada',
  section: 'Tuesday',
  memberId: null,
})
const assignment = {
  id: 'a',
  classId: 'c',
  kind: 'module',
  course: 'kraft',
  slug: 'start',
  dueAt: null,
  points: 12.5,
  createdAt: new Date(0),
}
const grades = (name: string): Grades => ({
  columns: [{ assignment, what }],
  rows: [
    { userId: 'u', name, email: 'ada@example.com', roster: entry(name), scores: [{ done: 2, all: 3, late: 1 }] },
    { userId: null, name: 'Max', email: null, roster: null, scores: [null] },
  ],
})

describe('as a file', () => {
  test('for Canvas it has its columns, points possible, and a cell a learner', () => {
    const rows = parse(canvasCsv(grades('Lovelace, Ada'))) as string[][]
    expect(rows).toEqual([
      ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', 'Module: Start, “quick”'],
      ['    Points Possible', '', '', '', '', '12.5'],
      ['Lovelace, Ada', '17', 'S1', 'ada', 'Tuesday', '8.33'],
      ['Max', '', '', '', '', ''],
    ])
  })

  test('what Canvas takes is a roster, too', () => {
    const { lines, problems } = readRoster(new TextEncoder().encode(canvasCsv(grades('Lovelace, Ada'))))
    expect(problems).toEqual([])
    expect(lines.map(({ student, canvasId }) => [student, canvasId])).toEqual([
      ['Lovelace, Ada', '17'],
      ['Max', null],
    ])
  })

  test('in plain it tells parts and what was late', () => {
    const [, first] = parse(plainCsv(grades('Ada'))) as string[][]
    expect(first).toEqual(['Ada', 'ada@example.com', 'Tuesday', '8.33', '2', '1'])
  })

  test.each(['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'a name that a spreadsheet would run (%j) is text in it',
    (name) => {
      for (const file of [canvasCsv, plainCsv]) {
        const row = (parse(file(grades(name))) as string[][]).find((one) => one[0]?.includes(name))
        expect(row?.[0]).toBe(`'${name}`)
      }
    },
  )
})
