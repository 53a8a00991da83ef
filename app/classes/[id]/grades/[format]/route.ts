/** Grades as a file: `canvas` or `plain`. An export is audited. */
import { z } from 'zod'
import { requireAccount } from '#app/person.ts'
import { KraftlabError } from '#config/errors.ts'
import { recordAuditEvent } from '#data/audit-event.ts'
import { requireTeaching } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import { canvasCsv, gradesOf, plainCsv } from '#lessons/grades.ts'

const FORMATS = { canvas: canvasCsv, plain: plainCsv }
const format = z.enum(['canvas', 'plain'])
/** Excel takes a file without it for Windows-1252. */
const BYTE_ORDER_MARK = '\ufeff'

export async function GET(_: Request, { params }: { params: Promise<{ id: string; format: string }> }) {
  const { id, format: asked } = await params
  const wanted = format.safeParse(asked)
  if (!wanted.success) return new Response('Not found', { status: 404 })
  try {
    const person = await requireAccount()
    const { name, grades } = await database().$transaction(async (within) => {
      const { name } = await requireTeaching(within, person, id)
      await recordAuditEvent(within, person, {
        action: 'grades-exported',
        classId: id,
        details: { format: wanted.data },
      })
      return { name, grades: await gradesOf(within, id) }
    })
    const file = `${name.replace(/[^\p{L}\p{N}]+/gu, '-')}-${wanted.data}.csv`
    return new Response(BYTE_ORDER_MARK + FORMATS[wanted.data](grades), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file)}`,
        'cache-control': 'no-store',
      },
    })
  } catch (error) {
    if (error instanceof KraftlabError) return new Response(error.message, { status: error.status })
    throw error
  }
}
