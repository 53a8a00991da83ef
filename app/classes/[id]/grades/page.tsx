import type { Metadata } from 'next'
import { taughtClass } from '#app/classes/class-page.ts'
import { ClassPage } from '#components/classes/class-page.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import { database } from '#data/connection.ts'
import { gradesOf, pointsOf } from '#lessons/grades.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }> }

export const metadata: Metadata = { title: translate('classes.tab.grades') }

export default async function GradesPage({ params }: Props) {
  const { id } = await params
  const { class: shown } = await taughtClass(id, `/classes/${id}/grades`)
  const { columns, rows } = await gradesOf(database(), id)
  const files = (
    <>
      {(['canvas', 'plain'] as const).map((format) => (
        <a
          key={format}
          href={`/classes/${id}/grades/${format}`}
          download
          className={buttonVariants({ variant: 'outline' })}
        >
          {translate(`classes.export.${format}`)}
        </a>
      ))}
    </>
  )
  return (
    <ClassPage shown={shown} actions={columns.length > 0 ? files : null}>
      <p className="max-w-[70ch] text-ink-soft text-sm">{translate('classes.gradesText')}</p>
      {columns.length === 0 ? (
        <p className="mt-6 text-ink-soft">{translate('classes.nothingAssigned')}</p>
      ) : (
        <Table
          label={translate('classes.tab.grades')}
          head={
            <>
              <HeadCell>{translate('classes.name')}</HeadCell>
              {columns.map(({ assignment, what }) => (
                <HeadCell key={assignment.id}>
                  {what.title}
                  <span className="block font-normal tabular-nums">
                    {translate('classes.pointsOf', { points: assignment.points })}
                  </span>
                </HeadCell>
              ))}
            </>
          }
        >
          {rows.map(({ userId, name, roster, scores }) => (
            <tr key={userId ?? roster?.id}>
              <Cell className="font-medium text-ink">
                {name}
                {userId === null && (
                  <span className="block font-normal text-[13px] text-ink-quiet">{translate('classes.notYet')}</span>
                )}
              </Cell>
              {scores.map((score, at) => (
                <Cell key={columns[at]!.assignment.id} className="tabular-nums">
                  {score && (
                    <>
                      <span className="text-ink">{pointsOf(score, columns[at]!.assignment.points)}</span>
                      <span className="ml-2 text-[13px] text-ink-quiet">
                        {translate('classes.partsShort', score)}
                        {score.late > 0 && ` · ${translate('classes.late', { late: score.late })}`}
                      </span>
                    </>
                  )}
                </Cell>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </ClassPage>
  )
}
