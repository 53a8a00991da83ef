/** A class's grades: who has how many points of what, as a page and as files. */
import { type Assignment, findAssignments } from '#data/assignment.ts'
import { findMembers } from '#data/class-member.ts'
import { findAchieved } from '#data/class-progress.ts'
import { toCsv } from '#data/csv.ts'
import type { Database } from '#data/database.ts'
import { findRoster, type RosterEntry } from '#data/roster.ts'
import { type Assignable, assignable, findIn } from './assignable.ts'
import { type Score, scoreOf } from './score.ts'

export type Column = { assignment: Assignment; what: Assignable }
/** `scores` in the order of the columns; null where somebody is on the roster and has not joined. */
export type GradeRow = {
  userId: string | null
  name: string
  email: string | null
  roster: RosterEntry | null
  scores: (Score | null)[]
}
export type Grades = { columns: Column[]; rows: GradeRow[] }

/** Learners of the class, then lines of the roster that nobody is yet; by the name that the school knows. */
export async function gradesOf(database: Database, classId: string): Promise<Grades> {
  const [assignments, all, members, roster] = await Promise.all([
    findAssignments(database, classId),
    assignable(),
    findMembers(database, classId),
    findRoster(database, classId),
  ])
  const columns = assignments.flatMap((assignment): Column[] => {
    const what = findIn(all, assignment)
    return what ? [{ assignment, what }] : []
  })
  const learners = members.filter(({ role, waiting }) => role === 'learner' && !waiting)
  const achieved = await findAchieved(database, {
    userIds: learners.map(({ userId }) => userId),
    labs: columns.flatMap(({ what }) => what.labs.map(({ slug }) => slug)),
    courses: columns.map(({ what }) => what.course),
  })
  const joined = learners.map(({ userId, user, roster: entry }): GradeRow => {
    const scores = columns.map(({ assignment, what }) => scoreOf(what, achieved.get(userId)!, assignment.dueAt))
    return { userId, name: entry?.student ?? user.name, email: user.email, roster: entry, scores }
  })
  const others = roster
    .filter(({ memberId }) => memberId === null)
    .map((entry): GradeRow => {
      const { student: name, email } = entry
      return { userId: null, name, email, roster: entry, scores: columns.map(() => null) }
    })
  const rows = [...joined, ...others].sort((one, other) => one.name.localeCompare(other.name, 'en'))
  return { columns, rows }
}

/** Points of a score, to two decimals. */
export const pointsOf = ({ done, all }: Score, possible: number): number =>
  all === 0 ? 0 : Math.round((done / all) * possible * 100) / 100

/**
 * As Canvas imports it: its five columns, one for each assignment, and the row Points Possible below the head. Whoever is
 * not on the roster has no id that Canvas knows, and is left out by Canvas, not by us.
 * @see https://community.canvaslms.com/t5/Instructor-Guide/How-do-I-import-grades-in-the-Gradebook/ta-p/807
 */
export function canvasCsv({ columns, rows }: Grades): string {
  const head = ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', ...columns.map(({ what }) => titleOf(what))]
  const possible = ['    Points Possible', '', '', '', '', ...columns.map(({ assignment }) => assignment.points)]
  const lines = rows.map(({ name, roster, scores }) => [
    name,
    roster?.canvasId ?? '',
    roster?.sisUserId ?? '',
    roster?.sisLoginId ?? '',
    roster?.section ?? '',
    ...scores.map((score, at) => (score ? pointsOf(score, columns[at]!.assignment.points) : '')),
  ])
  return toCsv([head, possible, ...lines])
}

/** Points, parts done, and how many of these came late, of each assignment. */
export function plainCsv({ columns, rows }: Grades): string {
  const head = [
    'Name',
    'Email',
    'Section',
    ...columns.flatMap(({ what, assignment }) => [
      `${titleOf(what)} (of ${assignment.points})`,
      `${titleOf(what)}, parts of ${what.parts}`,
      `${titleOf(what)}, late`,
    ]),
  ]
  const lines = rows.map(({ name, email, roster, scores }) => [
    name,
    email ?? '',
    roster?.section ?? '',
    ...scores.flatMap((score, at): (string | number)[] =>
      score ? [pointsOf(score, columns[at]!.assignment.points), score.done, score.late] : ['', '', ''],
    ),
  ])
  return toCsv([head, ...lines])
}

const titleOf = ({ kind, title }: Assignable): string => (kind === 'module' ? `Module: ${title}` : title)
