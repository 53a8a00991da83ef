/** Reads a roster as a school exports it. Nothing here writes: what is wrong is told line by line first. */
import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'

/** A gradebook of thousands of lines is some hundreds of kilobytes. */
export const MAX_ROSTER_BYTES = 1_000_000
const MAX_LINES = 5_000
const MAX_FIELD_CHARS = 200

export type RosterLine = {
  student: string
  email: string | null
  canvasId: string | null
  sisUserId: string | null
  sisLoginId: string | null
  section: string | null
}
/** `line`: as an editor counts them, from 1. */
export type RosterProblem = { line: number; says: string }
export type Roster = { lines: RosterLine[]; problems: RosterProblem[] }

/** Heads of columns, as Canvas and others write them; others are passed over. */
const COLUMNS: Record<keyof RosterLine, RegExp> = {
  student: /^(student|student name|name|full name)$/i,
  email: /^(e-?mail|e-?mail address|mail)$/i,
  canvasId: /^id$/i,
  sisUserId: /^sis user id$/i,
  sisLoginId: /^sis login id$/i,
  section: /^sections?$/i,
}
/** Canvas puts it below the head of its gradebook. */
const POINTS_POSSIBLE = /^\s*points possible\s*$/i

/** @throws RosterError for a file that cannot be read at all: too large, no text in UTF-8, no head with the names */
export function readRoster(bytes: Uint8Array): Roster {
  const records = parsed(textOf(bytes))
  const head = records[0]
  const columns = head && columnsOf(head.record)
  if (!columns || columns.student === undefined)
    throw new RosterError('The first line has to name the columns, one of them Student or Name.')
  if (records.length - 1 > MAX_LINES)
    throw new RosterError(`The file has more than ${MAX_LINES.toLocaleString('en')} lines. Split it.`)
  const roster: Roster = { lines: [], problems: [] }
  const seen = new Map<string, number>()
  for (const { record, info } of records.slice(1)) {
    if (record.every((field) => field.trim() === '') || POINTS_POSSIBLE.test(record[columns.student] ?? '')) continue
    const line = lineOf(record, columns)
    const problem = problemOf(line, record.length, head.record.length) ?? double(line, info.lines, seen)
    if (problem) roster.problems.push({ line: info.lines, says: problem })
    else roster.lines.push(line)
  }
  return roster
}

export class RosterError extends Error {
  override readonly name = 'RosterError'
}

type Parsed = { record: string[]; info: { lines: number } }

function parsed(text: string): Parsed[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      delimiter: delimiterOf(text),
      max_record_size: MAX_FIELD_CHARS * 100,
    }) as unknown as Parsed[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new RosterError(`Line ${Number(error.lines ?? 0)} cannot be read as CSV: ${error.message}`)
  }
}

/** Excel writes semicolons where the comma is in numbers. */
const delimiterOf = (text: string): string => {
  const head = text.slice(0, text.search(/\r|\n|$/))
  const counted = [',', ';', '\t'].map((one) => ({ one, count: head.split(one).length }))
  return counted.sort((a, b) => b.count - a.count)[0]!.one
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_ROSTER_BYTES) throw new RosterError('The file is larger than 1 MB. Is it a roster?')
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!utf16 && !text.includes('\0')) return text
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw new RosterError('The file is not text in UTF-8. Export it again as “CSV UTF-8”.')
}

function columnsOf(head: string[]): Partial<Record<keyof RosterLine, number>> {
  const found: Partial<Record<keyof RosterLine, number>> = {}
  for (const [name, mark] of Object.entries(COLUMNS)) {
    const at = head.findIndex((one) => mark.test(one.trim()))
    if (at >= 0) found[name as keyof RosterLine] = at
  }
  return found
}

function lineOf(record: string[], columns: Partial<Record<keyof RosterLine, number>>): RosterLine {
  const field = (name: keyof RosterLine) => {
    const at = columns[name]
    return (at === undefined ? '' : (record[at] ?? '')).trim() || null
  }
  const login = field('sisLoginId')
  return {
    student: field('student') ?? '',
    // Many schools' logins are addresses.
    email: (field('email') ?? (login && isEmail(login) ? login : null))?.toLowerCase() ?? null,
    canvasId: field('canvasId'),
    sisUserId: field('sisUserId'),
    sisLoginId: login,
    section: field('section'),
  }
}

const isEmail = (text: string): boolean => z.email().safeParse(text).success

function problemOf(line: RosterLine, fields: number, wanted: number): string | null {
  if (fields !== wanted) return `has ${fields} fields, the head ${wanted}`
  if (!line.student) return 'has no name'
  if (line.email && !isEmail(line.email)) return `“${line.email.slice(0, 60)}” is no e-mail address`
  const long = Object.values(line).find((field) => field && field.length > MAX_FIELD_CHARS)
  return long ? `“${long.slice(0, 30)}…” is too long` : null
}

/** The same person twice, by address or by an id. */
function double(line: RosterLine, at: number, seen: Map<string, number>): string | null {
  const keys = (['email', 'canvasId', 'sisUserId'] as const).flatMap((name) =>
    line[name] ? [{ key: `${name} ${line[name]}`, shown: line[name] }] : [],
  )
  const before = keys.find(({ key }) => seen.has(key))
  if (before) return `“${before.shown}” is in line ${seen.get(before.key)} already`
  for (const { key } of keys) seen.set(key, at)
  return null
}
