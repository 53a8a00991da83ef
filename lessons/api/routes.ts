/** The JSON API: each route with its scope, what it answers, and how. The OpenAPI document is made from this table. */
import { z } from 'zod'
import type { ApiScope } from '#config/api-scopes.ts'
import { KraftlabError } from '#config/errors.ts'
import { findOptionalClass } from '#data/class.ts'
import type { Database } from '#data/database.ts'
import { gradesOf, pointsOf } from '../grades.ts'

const time = z.iso.datetime()
const id = z.string()

const classShape = z.strictObject({
  id,
  name: z.string(),
  archived: z.boolean(),
  createdAt: time,
})
const learnerShape = z.strictObject({
  id: id.nullable().describe('null: on the roster, and has not joined'),
  name: z.string(),
  email: z.string().nullable(),
  canvasId: z.string().nullable(),
  sisUserId: z.string().nullable(),
  sisLoginId: z.string().nullable(),
  section: z.string().nullable(),
})
const assignmentShape = z.strictObject({
  id,
  kind: z.enum(['lab', 'module']),
  course: z.string(),
  slug: z.string(),
  title: z.string(),
  dueAt: time.nullable(),
  pointsPossible: z.number(),
  parts: z.int().describe('checks and lessons that count'),
})
const resultShape = z.strictObject({
  learner: id,
  assignment: id,
  points: z.number(),
  done: z.int().describe('of the assignment’s parts'),
  late: z.int().describe('of these, done after it was due'),
})

export type ApiRoute = {
  /** as OpenAPI writes it */
  path: string
  scope: ApiScope
  summary: string
  answer: z.ZodType
  /** `classId`: of the token, and of the path where that names one */
  handle: (database: Database, classId: string) => Promise<unknown>
}

const classOf = async (database: Database, classId: string): Promise<z.infer<typeof classShape>> => {
  const found = await findOptionalClass(database, classId)
  if (!found) throw new KraftlabError('NOT_FOUND')
  const { name, archivedAt, createdAt } = found
  return { id: classId, name, archived: archivedAt !== null, createdAt: createdAt.toISOString() }
}

export const API_ROUTES: ApiRoute[] = [
  {
    path: '/classes',
    scope: 'classes',
    summary: 'The class that the token is of',
    answer: z.strictObject({ classes: z.array(classShape) }),
    handle: async (database, classId) => ({ classes: [await classOf(database, classId)] }),
  },
  {
    path: '/classes/{classId}',
    scope: 'classes',
    summary: 'A class',
    answer: classShape,
    handle: classOf,
  },
  {
    path: '/classes/{classId}/learners',
    scope: 'learners',
    summary: 'Its learners, and lines of its roster that nobody is yet',
    answer: z.strictObject({ learners: z.array(learnerShape) }),
    handle: async (database, classId) => {
      const { rows } = await gradesOf(database, classId)
      const learners = rows.map(({ userId, name, email, roster }): z.infer<typeof learnerShape> => {
        const { canvasId = null, sisUserId = null, sisLoginId = null, section = null } = roster ?? {}
        return { id: userId, name, email, canvasId, sisUserId, sisLoginId, section }
      })
      return { learners }
    },
  },
  {
    path: '/classes/{classId}/results',
    scope: 'results',
    summary: 'Its assignments, and what each learner has of each',
    answer: z.strictObject({ assignments: z.array(assignmentShape), results: z.array(resultShape) }),
    handle: async (database, classId) => {
      const { columns, rows } = await gradesOf(database, classId)
      const assignments = columns.map(({ assignment, what }): z.infer<typeof assignmentShape> => {
        const { kind, course, slug, title, parts } = what
        const { id, dueAt, points } = assignment
        const due = dueAt?.toISOString() ?? null
        return { id, kind, course, slug, title, dueAt: due, pointsPossible: points, parts }
      })
      const results = rows.flatMap(({ userId, scores }) =>
        scores.flatMap((score, at): z.infer<typeof resultShape>[] => {
          if (userId === null || !score) return []
          const { id, points } = columns[at]!.assignment
          const { done, late } = score
          return [{ learner: userId, assignment: id, points: pointsOf(score, points), done, late }]
        }),
      )
      return { assignments, results }
    },
  },
]
